"""The past of roads: the state that held when a span began, what was told in it, and only what was known by then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from events.audience import ANONYMOUS, CITY_READER, PARTNERS
from events.vocabulary import TrafficState
from store import readers

S, HOUR = TrafficState, timedelta(hours=1)


def told(town, hours, state, name="r1", **more):
    """Let a source tell a state so many hours after noon, observed then unless said otherwise."""
    town.now = town.noon + hours * HOUR - timedelta(minutes=1)  # a poll takes a minute
    values = {"observed_at": town.noon + hours * HOUR} | more
    town.poll(road_states=[town.road(name, state=state, **values)])


def states(town, start, end, viewer=CITY_READER, **more):
    found = readers.road_past(
        town.database, viewer=viewer, start=town.noon + start * HOUR, end=town.noon + end * HOUR, **more
    )
    return {
        one.id.partition(":")[2]: [((at - town.noon) / HOUR, str(state)) for at, state in one.states] for one in found
    }


def test_the_state_that_held_when_the_span_began_comes_first(town):
    for hours, state in ((0, S.FREE), (1, S.SLOW), (5, S.CLOSED), (9, S.FREE)):
        told(town, hours, state)
    assert states(town, 3, 6) == {"r1": [(1, "slow"), (5, "closed")]}
    assert states(town, 6, 8) == {"r1": [(5, "closed")]}
    assert states(town, -2, -1) == {}


def test_what_was_recorded_later_was_not_known(town):
    told(town, 0, S.FREE)
    told(town, 2, S.CLOSED)
    assert states(town, 1, 3, known_at=town.noon + HOUR) == {"r1": [(0, "free")]}


def test_a_state_that_was_told_late_stands_where_it_was_observed(town):
    told(town, 0, S.FREE)
    told(town, 4, S.CLOSED, observed_at=town.noon + 2 * HOUR)
    assert states(town, 1, 3) == {"r1": [(0, "free"), (2, "closed")]}


def test_who_may_not_see_a_road_is_told_nothing_of_its_past(town):
    told(town, 0, S.CLOSED, audience=PARTNERS)
    assert states(town, 0, 1, ANONYMOUS) == {}
    assert states(town, 0, 1) == {"r1": [(0, "closed")]}


def test_trap_the_past_of_a_day_is_not_looked_for_in_all_that_was_ever_told(town):
    if not town.database.is_sqlite:
        pytest.skip("what a PostgreSQL server plans depends on how much it holds")
    for hours in range(6):
        told(town, hours, tuple(S)[hours % 5])
    asked = []
    event.listen(town.database.readers, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    assert states(town, 3, 4)
    with town.database.read() as connection:
        plans = [
            row[-1]
            for statement, values in tuple(asked)
            if "road_state_history" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert any("ix_road_state_history_road" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN") and ("history" in plan or "earlier" in plan)]
