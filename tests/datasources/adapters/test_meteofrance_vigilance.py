"""Traps of the vigilance card, one test each (FEEDS 4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from datasources.adapters.meteofrance_vigilance import MeteoFranceVigilanceAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.errors import ConfigurationError
from events.validity import Period
from events.vocabulary import GeometryPrecision, Severity

Lap = tuple[int, int, object]


def source(**options: object) -> Source:
    return Source(
        id="weather-card", kind="meteofrance_vigilance", title="Card", organisation="meteo", licence="LO",
        url="https://example.org/", poll_every=timedelta(minutes=10), timezone="Europe/Paris",
        area=(5.0, 43.0, 6.0, 44.0), coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city",
        options=options,
    )  # fmt: skip


def at(hour: int) -> datetime:
    """Return an hour after midnight of the day of the card; above 24 it is of the next."""
    return datetime(2026, 11, 7, tzinfo=UTC) + timedelta(hours=hour)


def phenomenon(number: object, *laps: Lap, worst: object = 2) -> dict[str, object]:
    told = [{"begin_time": at(a).isoformat(), "end_time": at(b).isoformat(), "color_id": c} for a, b, c in laps]
    return {"phenomenon_id": number, "phenomenon_max_color_id": worst, "timelaps_items": told}


def card(*periods: dict[object, list[object]]) -> dict[str, object]:
    told = [
        {
            "begin_validity_time": at(24 * number).isoformat(),
            "end_validity_time": at(24 * number + 24).isoformat(),
            "timelaps": {"domain_ids": [{"domain_id": zone, "phenomenon_items": one} for zone, one in zones.items()]},
        }
        for number, zones in enumerate(periods)
    ]
    return {"product": {"update_time": "2026-11-07T04:00:28Z", "periods": told}}


def read(content: object, domains: tuple[str, ...] = ("13",)) -> Reading:
    told = Document(json.dumps(content).encode(), media_type="", url="", retrieved_at=at(6))
    return MeteoFranceVigilanceAdapter(source(**({"domains": list(domains)} if domains else {}))).read(told)


def test_green_is_no_event_and_takes_an_earlier_one_back() -> None:
    reading = read(card({"13": [phenomenon("1", (0, 24, 1)), phenomenon("3", (0, 24, 2))]}))
    assert [event.external_id for event in reading.events] == ["13-3"]
    assert (reading.withdrawn, reading.records_seen) == (("13-1",), 2)


@pytest.mark.parametrize(
    ("colour", "severity", "word"),
    [(2, Severity.MODERATE, "jaune"), (3, Severity.MAJOR, "orange"), (4, Severity.CRITICAL, "rouge")],
)
def test_colours_are_severities(colour: int, severity: Severity, word: str) -> None:
    (event,) = read(card({"13": [phenomenon("1", (0, 24, colour))]})).events
    assert (event.severity, event.headline) == (severity, f"Vent violent, vigilance {word}")


def test_numbers_are_texts_and_texts_are_numbers() -> None:
    (event,) = read(card({13: [phenomenon(1, (0, 24, "3"))]})).events
    assert (event.external_id, event.category, event.severity) == ("13-1", "vent", Severity.MAJOR)


def test_today_and_tomorrow_are_one_event() -> None:
    reading = read(card({"13": [phenomenon("1", (18, 24, 2))]}, {"13": [phenomenon("1", (24, 30, 2), (30, 48, 1))]}))
    (event,) = reading.events
    assert (event.validity.start, event.validity.end, event.validity.periods) == (at(18), at(30), ())
    assert reading.records_seen == 1


def test_green_hours_between_make_two_periods() -> None:
    reading = read(card({"13": [phenomenon("1", (0, 6, 3), (6, 24, 1))]}, {"13": [phenomenon("1", (24, 48, 2))]}))
    (event,) = reading.events
    assert event.validity.periods == (Period(at(0), at(6)), Period(at(24), at(48)))
    assert event.severity is Severity.MAJOR


def test_hours_of_each_colour_are_told_in_local_time() -> None:
    (event,) = read(card({"13": [phenomenon("1", (8, 12, 2), (12, 20, 3))]})).events
    assert event.description == (
        "Vigilance jaune du 07/11 09:00 au 07/11 13:00, puis orange du 07/11 13:00 au 07/11 21:00."
    )


def test_phenomenon_without_hours_holds_for_the_period() -> None:
    (event,) = read(card({"13": [phenomenon("4", worst="3")]})).events
    assert (event.validity.start, event.validity.end, event.severity) == (at(0), at(24), Severity.MAJOR)


def test_only_the_citys_zones_are_records() -> None:
    content = card({"FRA": [phenomenon("1", (0, 24, 3))], "83": [phenomenon("1", (0, 24, 3))],
                    "13": [phenomenon("1", (0, 24, 1))], "1310": [phenomenon("9", (0, 24, 2))]})  # fmt: skip
    reading = read(content, ("13", "1310"))
    assert [(event.external_id, event.place) for event in reading.events] == [("1310-9", "Littoral : Bouches-du-Rhône")]
    assert (reading.withdrawn, reading.records_seen) == (("13-1",), 2)
    assert reading.events[0].geometry_precision is GeometryPrecision.CITY
    every = read(content, ())
    assert [event.external_id for event in every.events] == ["83-1", "1310-9"]


def test_card_without_our_zone_is_incomplete() -> None:
    assert not read(card({"83": [phenomenon("1", (0, 24, 1))]})).is_complete
    assert not read(card()).is_complete
    assert read(card({"13": [phenomenon("1", (0, 24, 1))]})).is_complete


def test_broken_phase_rejects_its_phenomenon_once() -> None:
    bad = phenomenon("1", (0, 24, 7))
    reading = read(card({"13": [bad, phenomenon("3", (0, 24, 2))]}, {"13": [bad]}))
    assert [event.external_id for event in reading.events] == ["13-3"]
    assert [(one.external_id, one.reason) for one in reading.rejects] == [
        ("13-1", "a colour is not between 1 (green) and 4 (red)")
    ]


@pytest.mark.parametrize("options", [{"domain": ["13"]}, {"domains": "13"}, {"domains": [13]}])
def test_option_that_cannot_be_used_stops_the_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="weather-card"):
        MeteoFranceVigilanceAdapter(source(**options))
