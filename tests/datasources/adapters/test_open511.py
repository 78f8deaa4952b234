"""Traps of Open511, one test each (FEEDS 10)."""

from __future__ import annotations

import sys
import time as clock
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agenda_cases import paris, read, why

from datasources.contract import Reading
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.validity import Period
from events.vocabulary import Severity, TrafficState

LINE = {"type": "LineString", "coordinates": [[5.3742, 43.2951], [5.3756, 43.2959]]}
NIGHTS = {"start_date": "2026-11-02", "end_date": "2026-11-27", "daily_start_time": "21:00", "daily_end_time": "05:00"}


def event(name: str = "ville.example/1", **fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "id": name, "status": "ACTIVE", "headline": "Travaux", "event_type": "CONSTRUCTION", "severity": "MODERATE",
        "created": "2026-10-20T08:00:00Z", "updated": "2026-11-06T09:00:00Z", "geography": LINE,
        "schedule": {"intervals": ["2026-11-07T08:00/2026-11-20T18:00"]},
    }  # fmt: skip
    return usual | fields


def reading_of(
    *events: object, url: str = "https://ville.example/api/events", next_url: str | None = None, **options: object
) -> Reading:
    body = orjson.dumps({"events": list(events), "pagination": {"offset": 0, "next_url": next_url}})
    return read("open511", body, url=url, **options)


def event_of(**fields: object) -> Event:
    reading = reading_of(event(**fields))
    assert reading.rejects == ()
    return reading.events[0]


def in_xml(inside: str) -> Reading:
    return read(
        "open511",
        '<open511 xmlns:gml="http://www.opengis.net/gml" xml:lang="en" version="v1"><events><event>'
        "<id>ville.example/1</id><status>ACTIVE</status><event_type>CONSTRUCTION</event_type>"
        f"<created>2026-10-20T08:00:00Z</created>{inside}</event></events></open511>",
    )


def test_recurring_schedules_are_local_time_without_zone() -> None:
    validity = event_of(schedule={"recurring_schedules": [NIGHTS | {"days": [1, 2, 3, 4, 5]}]}).validity
    assert (validity.start, validity.end) == (paris(11, 2, 21), paris(11, 28, 5))
    assert validity.expand(paris(11, 6), paris(11, 9, 12)) == (
        Period(paris(11, 5, 21), paris(11, 6, 5)), Period(paris(11, 6, 21), paris(11, 7, 5))
    )  # fmt: skip


def test_recurring_schedule_keeps_its_hour_when_clocks_change() -> None:
    told = NIGHTS | {"start_date": "2026-10-20", "daily_start_time": "08:00", "daily_end_time": "10:00"}
    validity = event_of(schedule={"recurring_schedules": [told]}).validity
    starts = [period.start.hour for period in validity.expand(paris(10, 24), paris(10, 27))]
    assert starts == [6, 7, 7]  # the clocks go back on the 25th


def test_recurring_schedule_without_hours_is_the_whole_day_the_last_one_included() -> None:
    validity = event_of(
        schedule={"recurring_schedules": [{"start_date": "2026-11-10", "end_date": "2026-11-11"}]}
    ).validity
    assert validity.expand(paris(11, 1), paris(11, 30)) == (Period(paris(11, 10), paris(11, 12)),)


def test_interval_with_no_end_is_open() -> None:
    validity = event_of(schedule={"intervals": ["2026-11-07T08:00/"]}).validity
    assert (validity.start, validity.end) == (paris(11, 7, 8), None)


def test_several_intervals_are_periods_inside_their_hull() -> None:
    intervals = ["2026-11-08T17:00/2026-11-09T06:00", "2026-11-07T17:00/2026-11-08T06:00"]
    validity = event_of(schedule={"intervals": intervals}).validity
    assert (validity.start, validity.end) == (paris(11, 7, 17), paris(11, 9, 6))
    assert [period.start for period in validity.periods] == [paris(11, 7, 17), paris(11, 8, 17)]
    opened = event_of(schedule={"intervals": [*intervals, "2026-11-10T08:00/"]}).validity
    assert (opened.end, opened.in_force(datetime(2030, 1, 1, tzinfo=UTC))) == (None, True)


def test_exception_without_hours_leaves_its_day_out_and_the_night_before_whole() -> None:
    validity = event_of(schedule={"recurring_schedules": [NIGHTS], "exceptions": ["2026-11-11"]}).validity
    assert [validity.in_force(paris(11, day, hour)) for day, hour in ((11, 4), (11, 22), (12, 4), (12, 22))] == [
        True, False, False, True
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["exceptions", "specific_dates"])
def test_day_with_hours_replaces_the_rule_of_that_day(name: str) -> None:
    rule = NIGHTS | {"daily_start_time": "12:00", "daily_end_time": "15:00"}
    validity = event_of(schedule={"recurring_schedules": [rule], name: ["2026-11-10 09:00-10:00 18:00-19:00"]}).validity
    assert validity.expand(paris(11, 10), paris(11, 10, 23)) == (
        Period(paris(11, 10, 9), paris(11, 10, 10)), Period(paris(11, 10, 18), paris(11, 10, 19))
    )  # fmt: skip
    assert validity.in_force(paris(11, 9, 13))


def test_pages_are_followed_by_next_url() -> None:
    reading = reading_of(event(), next_url="/api/events?limit=20&offset=20")
    assert [request.url for request in reading.next_requests] == ["https://ville.example/api/events?limit=20&offset=20"]
    assert reading_of(event()).next_requests == ()
    assert reading_of(event(), next_url="https://ville.example/api/events").next_requests == (), "a page names itself"


def test_archived_event_is_taken_back() -> None:
    assert reading_of(event(status="ARCHIVED"), event("ville.example/2")).withdrawn == ("ville.example/1",)


def test_events_that_left_the_active_ones_are_only_absent() -> None:
    assert reading_of().is_complete
    assert reading_of().withdrawn == ()


@pytest.mark.parametrize(
    "body",
    [
        b'[{"ID": "1", "Organization": "ERS", "LanesAffected": "All", "StartDate": 1762500000, "EncodedPolyline": "_p~iF"}]',
        b'{"Events": [{"ID": 1}]}',
        b"<Events/>",
    ],
)
def test_other_apis_called_511_are_another_format(body: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match="another format"):
        read("open511", body)


def test_xml_is_latitude_first_and_json_longitude_first() -> None:
    gml = '<geography><gml:LineString srsName="urn:ogc:def:crs:EPSG::4326"><gml:posList>43.2951 5.3742 43.2959 5.3756</gml:posList></gml:LineString></geography>'
    assert in_xml(gml).events[0].geometry == event_of().geometry == LINE


def test_xml_of_several_languages_is_french_then_english() -> None:
    (told,) = in_xml('<headline>Works</headline><headline xml:lang="fr">Travaux</headline>').events
    assert (told.headline, told.language) == ("Travaux", "fr")
    (told,) = in_xml("<headline>Works</headline>").events
    assert (told.headline, told.language) == ("Works", "en")
    assert reading_of(event(), language="fr").events[0].language == "fr"


def test_severity_unknown_takes_the_category_s() -> None:
    found = [event_of(severity=word).severity for word in ("MINOR", "MODERATE", "MAJOR", "UNKNOWN", "ODD")]
    assert found == [Severity.MINOR, Severity.MODERATE, Severity.MAJOR, Severity.MINOR, Severity.MINOR]


def test_subtype_goes_before_the_type_and_the_sources_table_before_both() -> None:
    assert event_of(event_type="INCIDENT", event_subtypes=["ODD", "ACCIDENT"]).category == "accident"
    assert event_of(event_type="INCIDENT").category == "obstacle"
    fair = event(event_type="SPECIAL_EVENT", event_subtypes=["MARKET"])
    assert reading_of(fair, codes={"category": {"MARKET": "marche"}}).events[0].category == "marche"
    odd = event_of(event_type="INVASION", event_subtypes=["ALIENS"])
    assert (odd.category, odd.source_code) == ("inconnu", "INVASION: ALIENS")


def test_works_that_close_every_road_are_a_closure_and_one_direction_is_an_effect() -> None:
    closed, open_ = (
        {"name": "Broadway", "direction": "W", "state": "CLOSED"},
        {"name": "Broadway", "direction": "E", "state": "SOME_LANES_CLOSED"},
    )
    assert event_of(roads=[closed]).category == "fermeture"
    both = event_of(roads=[closed, open_])
    assert (both.category, both.road_name, both.direction) == ("chantier", "Broadway", None)
    assert [(effect.text, effect.state) for effect in both.effects] == [
        ("Broadway (W): closed", TrafficState.CLOSED), ("Broadway (E): fewer lanes", None)
    ]  # fmt: skip


def test_grouped_events_share_one_situation_whatever_their_address() -> None:
    one = event("ville.example/2", grouped_events=["/api/events/ville.example/1/?format=json"])
    assert {told.situation_id for told in reading_of(event(), one).events} == {"ville.example/1"}


def test_fields_of_the_publishers_own_and_attachments_are_named_and_not_kept() -> None:
    reading = reading_of(event(attachments=[{"url": "https://ville.example/plan.pdf"}], **{"+ivr_message": "CANARI"}))
    assert (reading.dropped_fields, reading.dropped_media) == (("+ivr_message",), 1)
    assert "CANARI" not in repr(reading.events)
    assert "plan.pdf" not in repr(reading.events)


def test_camera_is_a_position_and_never_an_image() -> None:
    told = {"id": "c", "name": "Prado", "orientation": "SW", "geography": {"type": "Point", "coordinates": [5.39, 43.27]},
            "media_files": [{"url": "https://ville.example/c.jpg"}]}  # fmt: skip
    reading = read(
        "open511",
        orjson.dumps(
            {"cameras": [told, told | {"id": "d", "geography": None}, told | {"id": "e", "name": "https://x/c.jpg"}]}
        ),
    )
    assert [(camera.external_id, camera.azimuth_deg, camera.label) for camera in reading.cameras] == [
        ("c", 225.0, "Prado"), ("e", 225.0, None)
    ]  # fmt: skip
    assert (why(reading), reading.dropped_media) == (["the camera has no position"], 3)
    assert ".jpg" not in repr(reading)


def test_segment_is_compared_with_its_usual_speed_or_duration() -> None:
    told = {"id": "s", "updated": "2026-11-07T14:30:00Z", "geography": LINE}
    speeds = [{"current_speed": now, "historical_speed": 40} for now in (38, 20, 5)]
    cases = [*speeds, {"current_travel_time": 500, "historical_travel_time": 100}, {}]
    body = orjson.dumps({"traffic_segments": [told | {"id": str(n)} | case for n, case in enumerate(cases)]})
    states = [state.state for state in read("open511", body).road_states]
    assert states == [
        TrafficState.FREE,
        TrafficState.SLOW,
        TrafficState.CONGESTED,
        TrafficState.CONGESTED,
        TrafficState.UNKNOWN,
    ]


def test_one_name_for_an_event_and_a_camera_is_two_records() -> None:
    camera = {"id": "ville.example/1", "name": "Prado", "geography": {"type": "Point", "coordinates": [5.39, 43.27]}}
    reading = read("open511", orjson.dumps({"events": [event()], "cameras": [camera]}))
    assert (len(reading.events), len(reading.cameras), reading.rejects) == (1, 1, ())


@pytest.mark.parametrize("schedule", [{"intervals": ["2026-11-20T08:00/2026-11-01T08:00"]}, {"intervals": ["x"]},
    {"recurring_schedules": [{"days": [0]}]}, {"recurring_schedules": [NIGHTS] * 61}, {"exceptions": ["2026-13-01"]}])  # fmt: skip
def test_schedule_that_cannot_be_read_is_a_reject_not_an_event_at_all_hours(schedule: object) -> None:
    reading = reading_of(event(schedule=schedule), event("good"))
    assert [told.external_id for told in reading.events] == ["good"]


def test_many_rules_and_exceptions_cost_little() -> None:
    rules = [NIGHTS | {"daily_start_time": f"{n // 3:02d}:{n % 3}0", "end_date": "2199-01-01"} for n in range(60)]
    days = [f"2026-{month:02d}-{day:02d} 01:00-02:00" for month in range(1, 13) for day in range(1, 29)]
    start = clock.thread_time()
    assert reading_of(event(schedule={"recurring_schedules": rules, "specific_dates": days})).records_seen == 1
    assert clock.thread_time() - start < 1.0


def test_unknown_option_stops_the_start() -> None:
    with pytest.raises(ConfigurationError):
        reading_of(event(), language="klingon")
