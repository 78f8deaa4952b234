"""Sums of the time of road axes by day: the same as the history tells, whoever asks and whenever they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from events.audience import ANONYMOUS, CITY_READER, PARTNERS, PUBLIC, Viewer
from events.vocabulary import TrafficState
from store import readers
from store.road_days import forget_from, sum_days
from store.road_time import RoadQuestion
from store.tables import road_day, rollup

S = TrafficState
DAY = timedelta(days=1)


def at(town, hours, *roads):
    """Let a document come so many hours after noon."""
    town.now = town.noon + timedelta(hours=hours) - timedelta(minutes=1)  # a poll takes a minute
    town.poll(road_states=roads)


def road(town, name, state, **more):
    return town.road(name, state=state, **({"axis_id": "quay"} | more))


def asked(town, **more):
    days = {"first": town.noon.date(), "last": town.noon.date() + DAY}
    return RoadQuestion(**(days | {"now": town.now, "timezone": "Europe/Paris"} | more))


def axis(town, viewer=CITY_READER, **more):
    told = readers.axis_times(town.database, viewer=viewer, asked=asked(town, **more))
    return {one.axis_id: one for one in told}


def test_a_state_lasts_until_the_next_one_and_the_last_until_now(town):
    at(town, 0, road(town, "r1", S.FREE))
    at(town, 1, road(town, "r1", S.CLOSED))
    at(town, 2, road(town, "r1", S.SLOW))
    town.now = town.noon + timedelta(hours=3)
    quay = axis(town)["quay"]
    assert [round(value / 60) for value in quay[1:]] == [60, 60, 0, 60, 0, 60]


def test_hours_of_the_night_are_in_no_share_of_the_day(town):
    at(town, 6, road(town, "r1", S.CLOSED))  # 19 in Paris
    town.now = town.noon + timedelta(hours=10)
    quay = axis(town)["quay"]
    assert (round(quay.closed / 3600), round(quay.closed_all_day / 3600)) == (1, 4)


def test_each_of_two_sections_is_half_an_axis(town):
    at(town, 0, road(town, "r1", S.CLOSED), road(town, "r2", S.FREE))
    town.now = town.noon + timedelta(hours=2)
    quay = axis(town)["quay"]
    assert (round(quay.closed / 60), round(quay.free / 60)) == (60, 60)


def test_who_may_not_see_a_section_is_not_told_its_time(town):
    at(town, 0, road(town, "r1", S.CLOSED, audience=PARTNERS), road(town, "r2", S.SLOW, audience=PUBLIC))
    town.now = town.noon + timedelta(hours=40)
    for summed in (2, 0):  # from the history, then from the sums
        assert axis(town, ANONYMOUS)["quay"].closed == 0
        assert axis(town, CITY_READER)["quay"].closed > 0
        assert sum_days(town.database, town.now) == summed


def test_a_section_that_is_no_longer_told_has_no_time_after_that(town):
    at(town, 0, road(town, "r1", S.CLOSED))
    town.now = town.noon + timedelta(hours=2)
    for _ in range(3):
        town.listed()
    with_none = axis(town, now=town.noon + timedelta(hours=9))["quay"]
    assert with_none.closed == pytest.approx(2 * 3600, abs=240)


def test_sums_are_what_the_history_told_and_are_written_once(town):
    for hours in range(0, 60, 3):
        at(town, hours, road(town, "r1", tuple(S)[hours % 5]), road(town, "h", tuple(S)[hours % 3], axis_id="hill"))
    question = asked(town, last=town.noon.date() + 2 * DAY)
    ways = (readers.axis_times, readers.day_times, readers.hour_times)
    from_history = [way(town.database, viewer=CITY_READER, asked=question) for way in ways]
    assert sum_days(town.database, town.now) == 2
    assert sum_days(town.database, town.now) == 0
    from_sums = [way(town.database, viewer=CITY_READER, asked=question) for way in ways]
    for told, summed in zip(from_history, from_sums, strict=True):
        assert [row[:1] for row in told] == [row[:1] for row in summed]
        for one, other in zip(told, summed, strict=True):
            assert one == pytest.approx(other) if not hasattr(one, "axis_id") else one[1:] == pytest.approx(other[1:])
    with town.database.read() as connection:
        assert (
            connection.execute(select(rollup.c.last_day).where(rollup.c.kind == "road_day")).scalar()
            == (town.noon.date() + DAY).toordinal()
        )


def test_a_day_without_any_road_is_summed_too(town):
    at(town, 0, road(town, "r1", S.CLOSED))
    town.now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert sum_days(town.database, town.now) == 4
    with town.database.read() as connection:
        days = set(connection.execute(select(road_day.c.day)).scalars())
    assert len(days) == 4


def test_axes_that_are_asked_for_are_told_alone(town):
    at(town, 0, road(town, "r1", S.CLOSED), road(town, "h", S.SLOW, axis_id="hill"))
    town.now += timedelta(hours=1)
    assert set(axis(town, axes=["hill"])) == {"hill"}
    assert axis(town, axes=[]) == {}


def test_a_document_of_the_past_takes_the_sums_of_its_day_back(town):
    at(town, 0, road(town, "r1", S.CLOSED))
    town.now = town.noon + 3 * DAY
    assert sum_days(town.database, town.now) == 3
    with town.database.write() as connection:
        forget_from(connection, town.noon + DAY)
    assert sum_days(town.database, town.now) == 2
    with town.database.write() as connection:
        forget_from(connection, town.noon + 30 * DAY)
    assert sum_days(town.database, town.now) == 0


def test_trap_a_source_that_is_not_passed_on_is_in_no_share_of_its_axis(town):
    at(town, 0, road(town, "r1", S.CLOSED))
    town.poll(road_states=[road(town, "p1", S.SLOW, source_id="town-police")], run=town.run(source_id="town-police"))
    town.now = town.noon + timedelta(hours=40)
    program = Viewer(is_partner=True, withheld=frozenset({"town-police"}))
    for _ in range(2):  # from the history, then beside the sums
        assert axis(town)["quay"].slow > 0
        quay = axis(town, program)["quay"]
        assert (quay.slow, quay.closed > 0) == (0, True)
        sum_days(town.database, town.now)
