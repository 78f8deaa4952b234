"""Validity: hull, periods, exceptions and recurrences, against a minute-by-minute reference."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import InvalidRecord
from events.validity import MAX_PERIODS, Period, Recurrence, Validity

DAY = datetime(2026, 11, 14, tzinfo=UTC)
PARIS = "Europe/Paris"


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def test_hull_alone_is_one_period() -> None:
    assert Validity(start=at(1), end=at(3)).expand(at(0), at(24)) == (Period(at(1), at(3)),)


def test_without_start_or_end_it_is_always_in_force() -> None:
    assert Validity().in_force(DAY)


def test_open_end_stays_open() -> None:
    assert Validity(start=at(1)).expand(at(0), at(24)) == (Period(at(1), None),)


def test_end_is_excluded() -> None:
    validity = Validity(start=at(1), end=at(3))
    assert (validity.in_force(at(1)), validity.in_force(at(3))) == (True, False)


def test_moment_without_length_is_kept() -> None:
    assert Validity(start=at(1), end=at(1)).expand(at(0), at(2)) == (Period(at(1), at(1)),)


def test_periods_are_cut_to_the_hull_and_merged() -> None:
    validity = Validity(
        start=at(2), end=at(8), periods=(Period(at(0), at(4)), Period(at(3), at(5)), Period(at(7), None))
    )
    assert validity.expand(at(0), at(24)) == (Period(at(2), at(5)), Period(at(7), at(8)))


def test_exception_makes_a_hole() -> None:
    validity = Validity(start=at(0), end=at(10), exceptions=(Period(at(4), at(6)),))
    assert validity.expand(at(0), at(24)) == (Period(at(0), at(4)), Period(at(6), at(10)))


def test_open_exception_closes_the_rest() -> None:
    validity = Validity(start=at(0), exceptions=(Period(at(4), None),))
    assert validity.expand(at(0), at(24)) == (Period(at(0), at(4)),)


def test_night_rule_crosses_midnight_in_local_time() -> None:
    night = Recurrence(time(21, 30), time(5), PARIS, weekdays=frozenset({5}))
    validity = Validity(start=at(-48), end=at(96), recurrences=(night,))
    zone = ZoneInfo(PARIS)
    start, end = datetime(2026, 11, 14, 21, 30, tzinfo=zone), datetime(2026, 11, 15, 5, tzinfo=zone)
    assert validity.expand(at(0), at(72)) == (Period(start.astimezone(UTC), end.astimezone(UTC)),)


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 10, 24, tzinfo=UTC), 9.5), (datetime(2027, 3, 27, tzinfo=UTC), 7.5)]
)
def test_night_rule_keeps_wall_clock_when_clocks_change(day: datetime, hours: float) -> None:
    night = Recurrence(time(20, 0), time(4, 30), PARIS, weekdays=frozenset({5}))
    (period,) = Validity(recurrences=(night,)).expand(day, day + timedelta(days=2))
    assert period.end is not None
    assert period.end - period.start == timedelta(hours=hours)


def test_months_narrow_a_rule() -> None:
    rule = Recurrence(time(8), time(9), PARIS, months=frozenset({12}))
    assert Validity(recurrences=(rule,)).expand(at(0), at(48)) == ()


def test_endless_rule_is_capped() -> None:
    rule = Recurrence(time(8), time(9), PARIS)
    assert len(Validity(recurrences=(rule,)).expand(DAY, DAY + timedelta(days=9000))) == MAX_PERIODS


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(datetime(2026, 1, 1)),
        lambda: Period(at(2), at(1)),
        lambda: Validity(start=at(2), end=at(1)),
        lambda: Validity(end=datetime(2026, 1, 1)),
    ],
)
def test_impossible_times_are_refused(make: object) -> None:
    with pytest.raises(InvalidRecord):
        make()  # type: ignore[operator]


hours = st.integers(0, 47)
periods = st.builds(lambda start, length: Period(at(start), at(start + length)), hours, st.integers(1, 12))


@given(st.lists(periods, max_size=4), st.lists(periods, max_size=3), hours, st.integers(1, 47))
@settings(max_examples=150, deadline=None)
def test_expansion_agrees_with_the_definition(
    given: list[Period], holes: list[Period], start: int, length: int
) -> None:
    validity = Validity(start=at(start), end=at(start + length), periods=tuple(given), exceptions=tuple(holes))
    expanded = validity.expand(at(-100), at(200))
    for half in range(-2, 200):
        moment = at(half / 2 + 0.25)
        wanted = (
            at(start) <= moment < at(start + length)
            and (not given or any(period.contains(moment) for period in given))
            and not any(hole.contains(moment) for hole in holes)
        )
        assert any(period.contains(moment) for period in expanded) == wanted == validity.in_force(moment)
    assert all(one.end is not None and one.end < other.start for one, other in itertools.pairwise(expanded))
