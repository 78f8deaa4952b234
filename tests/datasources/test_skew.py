"""Dates of a publisher whose clock is ahead."""

from __future__ import annotations

from datetime import timedelta

from datasources.contract import NO_VALIDATORS, Fetched, NotModified, Reading
from datasources.skew import PATIENCE, in_the_present
from events.audience import PUBLIC
from events.records import RoadState
from events.vocabulary import TrafficState
from tests.datasources.client_cases import NOW, make_source

HOUR = timedelta(hours=1)


def fetched(**dates: object) -> Fetched:
    road = RoadState(
        source_id="city-works", segment_id="r1", state=TrafficState.SLOW, observed_at=NOW + HOUR, organisation="city", audience=PUBLIC
    )  # fmt: skip
    reading = Reading(road_states=(road,), **dates)  # type: ignore[arg-type]
    return Fetched(source=make_source(), reading=reading, sha256="a", size=1, http_status=200, validators=NO_VALIDATORS)


def test_what_is_dated_in_the_future_counts_as_told_when_it_came() -> None:
    outcome, ahead = in_the_present(fetched(published_at=NOW + 2 * HOUR), NOW)
    assert isinstance(outcome, Fetched)
    assert (outcome.reading.published_at, ahead) == (NOW, 2 * HOUR)
    assert outcome.reading.road_states[0].observed_at == NOW


def test_clocks_that_differ_by_less_than_five_minutes_are_let_be() -> None:
    given = fetched(published_at=NOW + HOUR + PATIENCE)
    outcome, ahead = in_the_present(given, NOW + HOUR)
    assert outcome is given
    assert not ahead


def test_what_was_not_read_has_no_dates() -> None:
    same = NotModified(source=make_source(), sha256="a", http_status=304)
    assert in_the_present(same, NOW) == (same, timedelta(0))
