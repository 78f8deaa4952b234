"""What a period of the city was like, beside the period it is compared with: shapes counts of the store, reads nothing.

More or fewer is said, never judged: there is no score and no ranking of places, and a rate of few events is told as small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import pandas as pd

SMALL = 10
"""Below so many events a rate says little: it is drawn hollow and takes no place in an order."""
_PER = 10_000


@dataclass(frozen=True, slots=True)
class Days:
    """Whole local days from `first` to `last`, both included."""

    first: date
    last: date

    def __len__(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1

    def each(self) -> tuple[date, ...]:
        """Return every day in order."""
        return tuple(self.first + timedelta(days=i) for i in range(len(self)))

    def before(self) -> Days:
        """Return the days of the same number just before."""
        return Days(self.first - timedelta(days=len(self)), self.first - timedelta(days=1))

    def year_before(self) -> Days:
        """Return the same days 52 weeks earlier: weekdays stay what they are."""
        year = timedelta(weeks=52)
        return Days(self.first - year, self.last - year)


def days_between(start: datetime, end: datetime, zone: tzinfo) -> Days:
    """Return the local days that a view touches; "the last 28 days" are 28, today included, not 29."""
    first, until = start.astimezone(zone), (end - timedelta(microseconds=1)).astimezone(zone)
    last = max(first, until).date()
    is_whole_days = (end - start) % timedelta(days=1) == timedelta() and first.time() != time()
    return Days(first.date() + timedelta(days=1) if is_whole_days and last > first.date() else first.date(), last)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in the period and in the one it is compared with, None where nothing was measured.

    `series` is the value by day (None on days without), first day first.
    """

    now: float | None
    then: float | None
    series: tuple[float | None, ...] = ()

    @property
    def difference(self) -> float | None:
        """How much more now than then; None when one of them is not known."""
        return None if self.now is None or self.then is None else self.now - self.then


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category: events of the period and of the one before."""

    category: str
    family: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One district; `rate` is per 10,000 inhabitants, None where they are not known; `closed_s` seconds of closed axes."""

    code: str
    now: int
    then: int
    serious: int
    rate: float | None
    closed_s: float
    series: tuple[int, ...]

    @property
    def is_small(self) -> bool:
        """Tell whether there are too few events for a rate."""
        return self.now < SMALL

    @property
    def is_comparable(self) -> bool:
        """Tell whether both periods have enough events for a difference in per cent."""
        return min(self.now, self.then) >= SMALL


@dataclass(frozen=True, slots=True)
class AxisRow:
    """One axis from 7 to 20: shares of the known time, and the share of all its time that nobody measured."""

    axis_id: str
    closed: float
    congested: float
    slow: float
    unknown: float

    @property
    def hindered(self) -> float:
        """Share of the time closed or congested."""
        return self.closed + self.congested


def categories_of(now: pd.DataFrame, then: pd.DataFrame) -> tuple[CategoryRow, ...]:
    """Return every category of either period, most events first."""
    sums = pd.DataFrame(
        {name: kinds.groupby(["category", "family"])["n"].sum() for name, kinds in (("now", now), ("then", then))}
    ).fillna(0)
    sums = sums.sort_values(["now", "then"], ascending=False, kind="stable")
    rows = zip(sums.index, sums["now"], sums["then"], strict=True)
    return tuple(CategoryRow(str(key[0]), str(key[1]), int(n), int(before)) for key, n, before in rows)


def families_of(rows: Sequence[CategoryRow]) -> tuple[CategoryRow, ...]:
    """Return the same by family, most events first; `category` is then the family too."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        known = sums.setdefault(row.family, [0, 0])
        known[0] += row.now
        known[1] += row.then
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1][0], -pair[1][1], pair[0]))
    return tuple(CategoryRow(family, family, *counts) for family, counts in ordered)


def counts_of(now: pd.DataFrame, then: pd.DataFrame, active: pd.DataFrame, days: Days, *, only_serious: bool) -> Figure:
    """Return how many events there were in both periods, and on each day.

    `now` and `then` have columns `is_serious n`, each event once; `active` `day is_serious n`, on each of its days.
    """

    def told(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["is_serious"]] if only_serious else table

    return Figure(int(told(now)["n"].sum()), int(told(then)["n"].sum()), tuple(_by_day(told(active), days)))


def by_family(active: pd.DataFrame, days: Days) -> dict[str, tuple[int, ...]]:
    """Return, per family, how many events were in force on each day; the largest family first."""
    sums = active.groupby("family")["n"].sum().sort_values(ascending=False, kind="stable")
    return {
        str(family): tuple(int(n) for n in _by_day(active[active["family"] == family], days)) for family in sums.index
    }


def totals_by_day(active: pd.DataFrame, days: Days) -> tuple[int, ...]:
    """Return how many events were in force on each day."""
    return tuple(int(n) for n in _by_day(active, days))


def closed_hours(now: pd.DataFrame, then: pd.DataFrame, days: Days) -> Figure:
    """Return how many hours axes were closed in both periods, and by day; None where nothing was told.

    The tables have columns `day closed congested known`, in seconds of axes.
    """

    def hours(told: pd.DataFrame) -> float | None:
        return None if told.empty else float(told["closed"].sum()) / 3600

    return Figure(hours(now), hours(then), _measured_days(now["closed"] / 3600, now["day"], days))


def congested_share(now: pd.DataFrame, then: pd.DataFrame, days: Days) -> Figure:
    """Return which share of the known time from 7 to 20 axes were congested (0 to 1), and by day; as `closed_hours`."""

    def share(told: pd.DataFrame) -> float | None:
        known = float(told["known"].sum())
        return float(told["congested"].sum()) / known if known else None

    measured = now[now["known"] > 0]
    return Figure(
        share(now), share(then), _measured_days(measured["congested"] / measured["known"], measured["day"], days)
    )


def districts_of(
    now: pd.DataFrame,
    then: pd.DataFrame,
    by_place: pd.DataFrame,
    closed: Mapping[str, float],
    days: Days,
    *,
    inhabitants: Mapping[str, int | None],
) -> tuple[DistrictRow, ...]:
    """Return the districts in the order of `inhabitants` (how many live in each).

    `now` and `then` have columns `district is_serious n`; `by_place` `day district n`; `closed` seconds by district.
    """
    counts, before = (table.groupby("district")["n"].sum() for table in (now, then))
    serious = now[now["is_serious"]].groupby("district")["n"].sum()
    series = by_place.groupby(["district", "day"])["n"].sum().to_dict()
    each, rows = days.each(), []
    for code, living in inhabitants.items():
        n = int(counts.get(code, 0))
        rows.append(
            DistrictRow(
                code=code,
                now=n,
                then=int(before.get(code, 0)),
                serious=int(serious.get(code, 0)),
                rate=n * _PER / living if living else None,
                closed_s=closed.get(code, 0.0),
                series=tuple(int(series.get((code, day), 0)) for day in each),
            )
        )
    return tuple(rows)


def axes_of(axes: pd.DataFrame) -> tuple[AxisRow, ...]:
    """Return the axes whose state was known at some time, those most hindered first.

    `axes` has columns `axis free slow congested closed unknown`, in seconds.
    """
    told: Iterable[Any] = axes.itertuples(index=False)
    rows = [
        AxisRow(
            axis_id=str(one.axis),
            closed=one.closed / seconds,
            congested=one.congested / seconds,
            slow=one.slow / seconds,
            unknown=one.unknown / (seconds + one.unknown),
        )
        for one in told
        if (seconds := one.free + one.slow + one.congested + one.closed)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.hindered, -row.slow, row.axis_id)))


def heat_of(hours: pd.DataFrame, axes: int) -> tuple[tuple[float | None, ...], ...]:
    """Return for each day of the week (Monday first) and hour how many of `axes` were hindered on average.

    `hours` has columns `weekday hour hindered known`; None where no state was known.
    """
    told = hours[hours["known"] > 0].set_index(["weekday", "hour"])
    found = (told["hindered"] / told["known"] * axes).to_dict()
    return tuple(tuple(found.get((day, hour)) for hour in range(24)) for day in range(7))


def _by_day(table: pd.DataFrame, days: Days) -> list[float]:
    counts = table.groupby("day")["n"].sum().to_dict()
    return [float(counts.get(day, 0)) for day in days.each()]


def _measured_days(values: pd.Series, on: pd.Series, days: Days) -> tuple[float | None, ...]:
    found = dict(zip(on, values, strict=True))
    return tuple(None if day not in found else float(found[day]) for day in days.each())
