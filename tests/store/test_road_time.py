"""How long a road was in each state, against a walk through the same history in Python."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from events.audience import ANONYMOUS, PARTNERS
from events.vocabulary import TrafficState
from insight.road_time import axis_shares
from store import readers

S = TrafficState


def told(town, start, end, viewer=None):
    rows = readers.road_times(town.database, viewer=viewer or town.all_seeing, start=start, end=end)
    return {(row.road_id.partition(":")[2], row.state): round(row.seconds) for row in rows}


def at(town, minutes, *roads):
    """Let a document come so many minutes after noon."""
    town.now = town.noon + timedelta(minutes=minutes - 1)  # a poll takes a minute
    town.poll(road_states=roads)


def road(town, name, state, minutes, **more):
    return town.road(name, state=state, observed_at=town.noon + timedelta(minutes=minutes), **more)


def day(town):
    return town.noon, town.noon + timedelta(hours=10)


def test_a_state_lasts_until_the_next_and_the_last_until_the_end(town):
    for minutes, state in ((60, S.FREE), (90, S.SLOW), (95, S.SLOW), (150, S.CLOSED)):
        at(town, minutes, road(town, "r1", state, minutes))
    found = told(town, *day(town))
    begun = {state: seconds for (_, state), seconds in found.items()}
    assert begun["free"] == pytest.approx(30 * 60, abs=1)
    assert begun["slow"] == pytest.approx(60 * 60, abs=1)
    assert sum(begun.values()) == pytest.approx(9 * 3600, abs=1)


def test_a_window_cuts_what_began_before_and_what_goes_on(town):
    at(town, 0, road(town, "r1", S.CLOSED, 0))
    at(town, 180, road(town, "r1", S.FREE, 180))
    start, end = town.noon + timedelta(hours=1), town.noon + timedelta(hours=2)
    assert told(town, start, end) == {("r1", "closed"): 3600}
    assert told(town, town.noon - timedelta(hours=3), town.noon - timedelta(hours=2)) == {}


def test_who_may_not_see_a_road_is_not_told_its_time(town):
    at(town, 0, road(town, "r1", S.CLOSED, 0, audience=PARTNERS), road(town, "r2", S.SLOW, 0))
    assert {name for name, _ in told(town, *day(town), viewer=ANONYMOUS)} == {"r2"}


def test_a_random_history_is_summed_as_a_walk_sums_it(town):
    dice = random.Random(7)
    moments: dict[str, list[tuple[object, str]]] = {}
    for minutes in sorted(dice.sample(range(600), 60)):
        name, state = dice.choice(["r1", "r2", "r3"]), dice.choice(list(S))
        at(town, minutes, road(town, name, state, minutes))
        moments.setdefault(name, []).append((town.now, state.value))
    start, end = town.noon + timedelta(minutes=100), town.noon + timedelta(minutes=500)
    expected: dict[tuple[str, str], float] = {}
    for name, steps in moments.items():
        for (begin, state), (close, _) in zip(steps, [*steps[1:], (end, "")], strict=True):
            seconds = (min(close, end) - max(begin, start)).total_seconds()
            if seconds > 0:
                expected[name, state] = expected.get((name, state), 0.0) + seconds
    found = told(town, start, end)
    assert found.keys() == expected.keys()
    assert all(abs(found[key] - expected[key]) <= 1 for key in expected), (found, expected)


def test_shares_of_an_axis_are_those_of_the_known_time_of_its_sections(town):
    at(town, 0, road(town, "r1", S.FREE, 0, axis_id="quay"), road(town, "r2", S.CLOSED, 0, axis_id="quay"))
    at(town, 60, road(town, "r1", S.UNKNOWN, 60, axis_id="quay"), road(town, "r3", S.SLOW, 60, axis_id=None))
    rows = readers.road_times(
        town.database, viewer=town.all_seeing, start=town.noon, end=town.noon + timedelta(hours=2)
    )
    (quay,) = axis_shares(rows)
    assert (quay.axis_id, quay.sections) == ("quay", 2)
    assert sum(quay.shares.values()) == pytest.approx(1)
    assert quay.shares["closed"] == pytest.approx(2 / 3, abs=0.001)
    assert quay.shares["free"] == pytest.approx(1 / 3, abs=0.001)
    assert quay.unknown == pytest.approx(0.25, abs=0.001)


def test_time_that_nobody_measured_has_no_share(town):
    at(town, 0, road(town, "r1", S.UNKNOWN, 0, axis_id="quay"))
    (quay,) = axis_shares(
        readers.road_times(town.database, viewer=town.all_seeing, start=day(town)[0], end=day(town)[1])
    )
    assert (quay.shares, quay.unknown, quay.known_s) == ({}, 1.0, 0.0)
