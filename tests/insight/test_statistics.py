"""Counts by day, family and district, and the period they are compared with."""

from __future__ import annotations

from datetime import date

from insight.statistics import Days, DistrictCount, Figure, describe, tabulate
from store.kept import DayCount

DAYS = Days(date(2026, 11, 13), date(2026, 11, 14))


def row(day: int, district: str, family: str, n: int) -> DayCount:
    return DayCount(day=date(2026, 11, day), district=district, category="x", family=family, n=n)


NOW = tabulate([row(13, "1", "rass", 2), row(14, "1", "rass", 1), row(14, "2", "tc", 12), row(14, "", "tc", 1)])
THEN = tabulate([row(11, "2", "tc", 10)])
NONE = tabulate([])


def statistics():
    return describe(
        NOW, THEN, tabulate([row(14, "2", "tc", 3)]), NONE, days=DAYS, compared=DAYS.before(), districts=("1", "2", "3")
    )


def test_compared_days_are_just_before_or_the_same_weekdays_a_year_ago() -> None:
    assert DAYS.before() == Days(date(2026, 11, 11), date(2026, 11, 12))
    assert DAYS.year_before().first.weekday() == DAYS.first.weekday()
    assert len(DAYS.year_before()) == 2


def test_totals_and_series() -> None:
    found = statistics()
    assert found.total == Figure(16, 10, (2, 14))
    assert found.total.difference == 6
    assert found.serious == Figure(3, 0, (0, 3))
    assert found.mean_per_day == Figure(8, 5)
    assert found.busiest == (date(2026, 11, 14), 14)
    assert found.then_by_day == (10, 0)


def test_families_come_largest_first_with_a_value_for_each_day() -> None:
    assert list(statistics().by_day.items()) == [("tc", (0, 13)), ("rass", (2, 1))]


def test_every_district_is_listed_in_the_order_given_and_outside_is_none() -> None:
    found = statistics()
    assert found.districts == (DistrictCount("1", 3, 0, 0), DistrictCount("2", 12, 10, 3), DistrictCount("3", 0, 0, 0))
    assert [one.is_small for one in found.districts] == [True, False, True]
    assert found.districts_concerned == Figure(2, 1)


def test_nothing_kept_is_zero_everywhere() -> None:
    found = describe(NONE, NONE, NONE, NONE, days=DAYS, compared=DAYS.before(), districts=("1",))
    assert (found.total, found.busiest, found.by_day) == (Figure(0, 0, (0, 0)), None, {})
