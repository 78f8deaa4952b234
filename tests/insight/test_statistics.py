"""Counts put into figures, series, districts and axes; how far sources were heard."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from insight.heard import coverage_of
from insight.statistics import (
    CategoryRow,
    Days,
    Figure,
    axes_of,
    by_family,
    categories_of,
    closed_hours,
    congested_share,
    counts_of,
    districts_of,
    families_of,
    heat_of,
)

FIRST = date(2026, 11, 13)
DAYS = Days(FIRST, FIRST + timedelta(days=1))
KINDS = ["category", "family", "is_serious", "n"]
TRAFFIC = ["day", "closed", "congested", "known"]


def kinds(*rows: tuple[str, str, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=KINDS).astype({"is_serious": bool})


def active(*rows: tuple[int, str, bool, int]) -> pd.DataFrame:
    told = [(FIRST + timedelta(days=day), *rest) for day, *rest in rows]
    return pd.DataFrame(told, columns=["day", "family", "is_serious", "n"]).astype({"is_serious": bool})


NOW = kinds(("accident", "circ", False, 3), ("accident", "circ", True, 2), ("match", "fete", False, 4))
THEN = kinds(("metro", "tc", False, 9), ("match", "fete", False, 1))
ACTIVE = active((0, "circ", False, 2), (1, "circ", True, 2), (1, "fete", False, 4))


def test_compared_days_are_just_before_or_the_same_weekdays_a_year_ago() -> None:
    assert DAYS.before() == Days(date(2026, 11, 11), date(2026, 11, 12))
    assert DAYS.year_before().first.weekday() == DAYS.first.weekday()
    assert len(DAYS.year_before()) == 2


def test_events_count_once_in_all_and_on_each_of_their_days_in_the_series() -> None:
    assert counts_of(NOW, THEN, ACTIVE, DAYS, only_serious=False) == Figure(9, 10, (2.0, 6.0))
    assert counts_of(NOW, THEN, ACTIVE, DAYS, only_serious=True) == Figure(2, 0, (0.0, 2.0))
    assert Figure(9, 10).difference == -1
    assert Figure(None, 10).difference is None


def test_families_come_largest_first_with_a_value_for_each_day() -> None:
    assert list(by_family(ACTIVE, DAYS).items()) == [("circ", (2, 2)), ("fete", (0, 4))]


def test_categories_of_either_period_are_told_and_added_up_by_family() -> None:
    rows = categories_of(NOW, THEN)
    assert rows == (
        CategoryRow("accident", "circ", 5, 0), CategoryRow("match", "fete", 4, 1), CategoryRow("metro", "tc", 0, 9)
    )  # fmt: skip
    assert [row.category for row in families_of((*rows, CategoryRow("panne", "circ", 1, 1)))] == ["circ", "fete", "tc"]


def test_a_day_without_measure_is_none_and_a_night_has_no_share() -> None:
    now = pd.DataFrame([(FIRST, 7200.0, 0.0, 0.0)], columns=TRAFFIC)
    none = pd.DataFrame([], columns=TRAFFIC)
    assert closed_hours(now, none, DAYS) == Figure(2.0, None, (2.0, None))
    assert congested_share(now, none, DAYS) == Figure(None, None, (None, None))
    day = pd.DataFrame([(FIRST, 0.0, 30.0, 120.0)], columns=TRAFFIC)
    assert congested_share(day, day, DAYS) == Figure(0.25, 0.25, (0.25, None))


def test_every_district_is_listed_in_the_order_given_and_few_events_are_small() -> None:
    places = pd.DataFrame([("2", False, 12), ("2", True, 1), ("1", False, 9)], columns=["district", "is_serious", "n"])
    by_place = pd.DataFrame([(FIRST, "2", 13)], columns=["day", "district", "n"])
    rows = districts_of(places, places, by_place, {"2": 60.0}, DAYS, inhabitants={"1": 1000, "2": None, "3": 5000})
    assert [(row.code, row.now, row.serious, row.rate, row.closed_s) for row in rows] == [
        ("1", 9, 0, 90.0, 0.0),
        ("2", 13, 1, None, 60.0),
        ("3", 0, 0, 0.0, 0.0),
    ]
    assert [row.is_small for row in rows] == [True, False, True]
    assert rows[1].series == (13, 0)


def test_shares_of_an_axis_are_of_its_known_time_and_the_rest_is_told() -> None:
    axes = pd.DataFrame(
        [("b", 60.0, 20.0, 10.0, 10.0, 100.0), ("a", 0.0, 0.0, 0.0, 50.0, 0.0), ("never", 0.0, 0.0, 0.0, 0.0, 9.0)],
        columns=["axis", "free", "slow", "congested", "closed", "unknown"],
    )
    first, second = axes_of(axes)
    assert (first.axis_id, first.hindered, first.unknown) == ("a", 1.0, 0.0)
    assert (second.closed, second.congested, second.slow, second.unknown) == pytest.approx((0.1, 0.1, 0.2, 0.5))


def test_an_hour_that_nobody_measured_is_not_calm() -> None:
    hours = pd.DataFrame(
        [(0, 8, 30.0, 60.0), (0, 9, 0.0, 60.0), (6, 3, 0.0, 0.0)], columns=["weekday", "hour", "hindered", "known"]
    )
    heat = heat_of(hours, 4)
    assert (heat[0][8], heat[0][9], heat[6][3], heat[1][0]) == (2.0, 0.0, None, None)


def covered(good: dict[tuple[str, date], int], *, first: dict[str, int], now: int = 96):
    return coverage_of(
        good, days=DAYS.each(), first_heard=first, now=now,
        begins=lambda day: 48 * (day - FIRST).days, ends=lambda day: 48 * ((day - FIRST).days + 1),
    )  # fmt: skip


def test_a_day_with_four_silent_hours_is_partial() -> None:
    second = FIRST + timedelta(days=1)
    found = covered({("a", FIRST): 41, ("a", second): 40}, first={"a": -500})
    assert found.partial == {second: ("a",)}
    assert found.share == pytest.approx(81 / 96)
    assert found.since is None


def test_nothing_is_expected_before_a_source_was_first_heard_nor_after_now() -> None:
    found = covered({("a", FIRST): 8, ("a", FIRST + timedelta(days=1)): 12}, first={"a": 40}, now=60)
    assert (found.share, dict(found.partial), found.since) == (1.0, {}, None)
    late = covered({}, first={"a": 50}, now=52)
    assert (late.share, late.since) == (0.0, FIRST + timedelta(days=1))
    assert covered({}, first={}).share is None
