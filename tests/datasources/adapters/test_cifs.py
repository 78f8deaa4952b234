"""What CIFS documents get wrong in practice, one test for each."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agenda_cases import BASE, NOW, paris, read, source, why

from datasources.catalogue import make_adapter
from datasources.contract import Document
from events.errors import DocumentUnreadable
from events.validity import Period

LINE = [[5.3742, 43.2951], [5.3756, 43.2959]]


def incident(**fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "id": "101", "type": "ROAD_CLOSED", "polyline": "43.2951 5.3742 43.2959 5.3756",
        "starttime": "2026-11-02T00:00:00+01:00", "endtime": "2026-11-16T00:00:00+01:00",
    }  # fmt: skip
    return usual | fields


def as_json(*incidents: object) -> bytes:
    return orjson.dumps({"incidents": [{"incident": one} for one in incidents]})


def as_xml(inner: str, name: str = "101") -> str:
    return (
        f'<incidents><incident id="{name}"><type>ROAD_CLOSED</type><polyline>43.2951 5.3742 43.2959 5.3756</polyline>'
        f"<starttime>2026-11-02T00:00:00+01:00</starttime>{inner}</incident></incidents>"
    )


def test_polyline_is_latitude_first() -> None:
    anywhere = replace(source("cifs"), area=(-180.0, -90.0, 180.0, 90.0))  # an area where either order would fit
    document = Document(as_json(incident()), media_type="", url=BASE, retrieved_at=NOW)
    (event,) = make_adapter(anywhere).read(document).events
    assert event.geometry == {"type": "LineString", "coordinates": LINE}


def test_a_polyline_that_fits_only_longitude_first_is_read_so() -> None:
    (event,) = read("cifs", as_json(incident(polyline="5.3742 43.2951 5.3756 43.2959"))).events
    assert event.geometry == {"type": "LineString", "coordinates": LINE}


def test_a_polyline_that_fits_neither_way_is_a_reject() -> None:
    reading = read("cifs", as_json(incident(polyline="48.85 2.35 48.86 2.36"), incident(id="good")))
    assert [event.external_id for event in reading.events] == ["good"]
    assert len(reading.rejects) == 1


def test_an_odd_count_of_numbers_is_a_reject() -> None:
    assert why(read("cifs", as_json(incident(polyline="43.2951 5.3742 43.2959")))) == [
        "the line is not made of pairs of numbers"
    ]


def test_an_endtime_before_the_starttime_is_a_reject() -> None:
    assert why(read("cifs", as_json(incident(endtime="2026-10-16T00:00:00+01:00")))) == [
        "a validity ends before it starts"
    ]


def test_schedule_uses_day_names_and_local_times() -> None:
    (event,) = read("cifs", as_xml("<schedule><tuesday>12:00-14:00,19:00-21:00</tuesday></schedule>")).events
    assert event.validity.expand(paris(11, 2), paris(11, 9)) == (
        Period(paris(11, 3, 12), paris(11, 3, 14)),
        Period(paris(11, 3, 19), paris(11, 3, 21)),
    )


@pytest.mark.parametrize(
    ("told", "line", "words"),
    [
        ("BOTH_DIRECTIONS", "43.2951 5.3742 43.2959 5.3756", "deux sens"),
        ("ONE_DIRECTION", "43.2951 5.3742 43.2965 5.3760", "vers le nord-est"),
        ("ONE_DIRECTION", "43.2965 5.3760 43.2951 5.3742", "vers le sud-ouest"),
        ("ONE_DIRECTION", "43.2951 5.3742 43.2952 5.3790", "vers l’est"),
        ("ONE_DIRECTION", "43.2951 5.3742 43.2965 5.3760 43.2951 5.3742", None),
        ("ONE_DIRECTION", "", None),
        ("", "43.2951 5.3742 43.2965 5.3760", None),
    ],
)
def test_one_direction_is_that_of_the_line(told: str, line: str, words: str | None) -> None:
    (event,) = read("cifs", as_json(incident(direction=told, polyline=line))).events
    assert event.direction == words


def test_schedule_of_every_day_may_pass_midnight() -> None:
    (event,) = read("cifs", as_json(incident(schedule={"everyday": "22:00-05:00"}))).events
    assert event.validity.expand(paris(11, 3, 12), paris(11, 4, 12)) == (Period(paris(11, 3, 22), paris(11, 4, 5)),)


def test_schedule_follows_the_clocks_when_they_change() -> None:
    told = incident(starttime="2026-10-20T00:00:00+02:00", schedule={"everyday": "08:00-10:00"})
    (event,) = read("cifs", as_json(told)).events
    hours = {
        period.start.hour
        for period in event.validity.expand(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    }
    assert hours == {6, 7}


@pytest.mark.parametrize(
    "schedule", [{"demain": "08:00-10:00"}, {"monday": "matin"}, {"monday": "25:00-26:00"}, "monday", {"monday": None}]
)
def test_a_schedule_that_cannot_be_read_is_a_reject_not_a_closure_at_all_hours(schedule: object) -> None:
    reading = read("cifs", as_json(incident(schedule=schedule)))
    assert (reading.events, len(reading.rejects)) == ((), 1)


def test_the_json_form_wraps_each_incident() -> None:
    bare = orjson.dumps({"incidents": [incident()]})
    assert read("cifs", bare).events == read("cifs", as_json(incident())).events


def test_street_and_polyline_may_stand_under_location() -> None:
    body = as_xml("<location><street>Quai</street><direction>ONE_DIRECTION</direction></location>")
    assert read("cifs", body).events[0].road_name == "Quai"


def test_subtype_decides_and_an_empty_one_leaves_the_type() -> None:
    works = incident(id="1", type="HAZARD", subtype="HAZARD_ON_ROAD_CONSTRUCTION")
    reading = read("cifs", as_json(works, incident(id="2", type="ACCIDENT", subtype="")))
    assert [event.category for event in reading.events] == ["chantier", "accident"]
    (own,) = read("cifs", as_json(works), codes={"category": {"HAZARD": "obstacle"}}).events
    assert own.category == "obstacle"


def test_where_the_police_stands_is_never_read() -> None:
    reading = read("cifs", as_json(incident(type="POLICE", subtype="POLICE_VISIBLE")))
    assert (reading.events, why(reading)) == ((), ["police alerts are not read"])


def test_who_sent_it_is_never_read() -> None:
    reading = read("cifs", as_xml("<source><name>Jeanne Exemple</name></source>"))
    assert "Exemple" not in repr(reading)
    assert reading.dropped_fields == ("source",)


def test_an_incident_without_start_or_type_is_a_reject() -> None:
    reading = read("cifs", as_json(incident(starttime=None), incident(id="2", type=None)))
    assert why(reading) == ["the incident has no start time", "the incident has no type"]


def test_a_document_of_something_else_is_unreadable() -> None:
    for body in ("<regulations/>", '{"alerts": []}', "[]"):
        with pytest.raises(DocumentUnreadable):
            read("cifs", body)


def test_a_huge_polyline_and_schedule_are_rejects_at_once() -> None:
    began = time.monotonic()
    reading = read(
        "cifs", as_json(incident(polyline="43.3 5.4 " * 1_000_000), incident(schedule={"monday": "," * 10**6}))
    )
    assert (len(reading.rejects), time.monotonic() - began < 1) == (2, True)
