"""The timetable of a march on a street of its own: a straight way of some two kilometres to the north."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.city import Axis, MarchRules
from events.errors import InvalidRecord
from events.records import Checkpoint
from events.timetable import chainages, closures, delay, dispersed_at, fill, observe, passings
from events.vocabulary import CheckpointKind

START = datetime(2026, 11, 14, 13, 0, tzinfo=UTC)
WAY = {"type": "LineString", "coordinates": [[5.38, 43.29], [5.38, 43.308]]}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def six() -> tuple[Checkpoint, ...]:
    kinds = [CheckpointKind.START, *[CheckpointKind.PASS] * 4, CheckpointKind.DISPERSAL]
    return tuple(
        Checkpoint(label=f"Point {n + 1}", kind=kind, chainage_m=400.0 * n, planned_at=START + minutes(10 * n))
        for n, kind in enumerate(kinds)
    )


def test_the_pace_fills_what_is_not_fixed_and_a_fixed_time_moves_what_follows() -> None:
    points = [Checkpoint(label=str(n), chainage_m=500.0 * n) for n in range(4)]
    assert [point.planned_at for point in fill(points, START, 2.5)] == [START + minutes(12 * n) for n in range(4)]
    points[2] = Checkpoint(label="fixed", chainage_m=1000.0, planned_at=START + minutes(40))
    assert [point.planned_at for point in fill(points, START, 2.5)] == [START + minutes(m) for m in (0, 12, 40, 52)]


@pytest.mark.parametrize("pace", [0, -1, float("nan"), float("inf"), 40])
def test_a_pace_that_is_none_is_refused(pace: float) -> None:
    with pytest.raises(InvalidRecord):
        fill(six(), START, pace)


def test_twelve_minutes_late_at_number_three_all_later_times_and_windows_move_by_twelve() -> None:
    planned = passings(six(), 3)
    late = passings(observe(six(), 2, START + minutes(32)), 3)
    assert delay(observe(six(), 2, START + minutes(32))) == minutes(12)
    for number in range(6):
        shift = minutes(12) if number >= 2 else minutes(0)
        for name in ("head_at", "tail_at", "closed_from", "open_again"):
            assert getattr(late[number], name) - getattr(planned[number], name) == shift
    assert [one.is_observed for one in late] == [False, False, True, False, False, False]
    assert dispersed_at(observe(six(), 2, START + minutes(32)), 3) == START + minutes(50 + 12 + 15)


def test_the_tail_and_the_windows_follow_the_size_class() -> None:
    for size, tail in enumerate((5, 10, 15, 40, 90), start=1):
        one = passings(six(), size)[0]
        assert (one.tail_at, one.closed_from, one.open_again) == (
            START + minutes(tail),
            START - minutes(15),
            START + minutes(tail + 20),
        )
    other = passings(six(), 1, MarchRules(close_before_min=30, open_after_min=15))[0]
    assert (other.closed_from, other.open_again) == (START - minutes(30), START + minutes(20))


def test_a_passage_out_of_order_is_refused_and_one_told_again_is_corrected() -> None:
    points = observe(six(), 2, START + minutes(25))
    with pytest.raises(InvalidRecord):
        observe(points, 3, START + minutes(24))
    with pytest.raises(InvalidRecord):
        observe(points, 1, START + minutes(26))
    with pytest.raises(InvalidRecord):
        observe(points, 6, START + minutes(80))
    assert observe(points, 2, START + minutes(22))[2].observed_at == START + minutes(22)


def test_distances_along_a_way_are_metres_and_never_go_back() -> None:
    found = chainages(WAY, [(5.38, 43.29), (5.381, 43.2945), (5.38, 43.299), (5.38, 43.308)])
    assert found == pytest.approx((0, 501, 1002, 2004), abs=2)
    there_and_back = {"type": "LineString", "coordinates": [[5.38, 43.29], [5.38, 43.30], [5.3801, 43.29]]}
    found = chainages(there_and_back, [(5.38, 43.29), (5.38, 43.30), (5.3801, 43.29)])
    assert found == pytest.approx((0, 1113, 2226), abs=5)


def axis(name: str, *pairs: list[float]) -> Axis:
    line = {"type": "LineString", "coordinates": list(pairs)}
    return Axis(id=name, name=name.title(), road_class="main", geometry=line, length_m=1.0, district_codes=())


def test_the_axes_along_the_way_close_before_the_head_and_open_after_the_tail() -> None:
    axes = [
        axis("second", [5.38, 43.299], [5.38, 43.32]),
        axis("first", [5.38, 43.28], [5.38, 43.299]),
        axis("crossed", [5.37, 43.295], [5.39, 43.295]),
        axis("far", [5.40, 43.29], [5.40, 43.31]),
    ]
    points = fill([Checkpoint(label="a", chainage_m=0.0), Checkpoint(label="b", chainage_m=2004.0)], START, 4.008)
    found = closures(WAY, points, axes, 1)
    assert [one.axis_id for one in found] == ["first", "second"]
    first, second = found
    assert (first.from_m, first.to_m) == pytest.approx((0, 1002), abs=3)
    assert first.closed_from == START - minutes(15)
    assert abs(first.open_again - (START + minutes(15 + 5 + 20))) <= minutes(1)
    assert abs(second.closed_from - (START + minutes(15 - 15))) <= minutes(1)
    assert abs(second.open_again - (START + minutes(30 + 5 + 20))) <= minutes(1)
    assert {at.second for one in found for at in (one.closed_from, one.open_again)} == {0}
    late = closures(WAY, observe(points, 0, START + minutes(12)), axes, 1)
    for before, after in zip(found, late, strict=True):
        assert after.closed_from - before.closed_from == after.open_again - before.open_again == minutes(12)


def test_a_march_over_a_tunnel_does_not_close_it() -> None:
    points = fill([Checkpoint(label="a", chainage_m=0.0), Checkpoint(label="b", chainage_m=2004.0)], START)
    beneath = replace(axis("tunnel", [5.38, 43.28], [5.38, 43.32]), road_class="tunnel")
    assert closures(WAY, points, [beneath], 1) == ()


def test_beyond_its_tolerance_a_passage_is_told_and_within_it_is_as_planned() -> None:
    points = [replace(one, tolerance_min=10) for one in six()]
    for late, is_beyond in ((10, False), (11, True), (-11, True)):
        found = passings(observe(points, 2, START + minutes(20 + late)), 1)
        assert [one.is_beyond for one in found] == [False, False, *[is_beyond] * 4]
    assert not any(one.is_beyond for one in passings(observe(six(), 2, START + minutes(59)), 1))


def test_a_way_without_two_known_times_closes_nothing_yet() -> None:
    points = [Checkpoint(label="a", chainage_m=0.0), Checkpoint(label="b", chainage_m=900.0)]
    assert closures(WAY, points, [axis("first", [5.38, 43.28], [5.38, 43.299])], 1) == ()


@given(
    st.lists(st.integers(0, 3000), min_size=2, max_size=12).map(sorted),
    st.floats(0.5, 12),
    st.integers(0, 11),
    st.integers(-30, 60),
)
def test_times_never_go_back_and_a_delay_moves_only_what_follows(
    metres: list[int], pace: float, seen: int, late: int
) -> None:
    points = fill([Checkpoint(label="x", chainage_m=float(m)) for m in metres], START, pace)
    times = [point.planned_at for point in points]
    assert times == sorted(times)  # type: ignore[type-var]
    number = seen % len(points)
    planned = points[number].planned_at
    assert planned is not None
    moved = passings(observe(points, number, planned + minutes(late)), 2)
    for index, (before, after) in enumerate(zip(passings(points, 2), moved, strict=True)):
        assert before.head_at is not None
        assert after.head_at is not None
        assert after.head_at - before.head_at == (minutes(late) if index >= number else minutes(0))
