"""Events per district, day and family over a period, beside the period it is compared with.

The rows are those of the store's day counts: one event counts on each of its days and in each of its districts.
More or fewer is said, never judged: there is no score and no ranking of places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import pandas as pd

COLUMNS = ("day", "district", "family", "n")


class DayRow(Protocol):
    """One row of the store's day counts; `district` is "" for an event that lies in none."""

    @property
    def day(self) -> date: ...
    @property
    def district(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def n(self) -> int: ...


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


@dataclass(frozen=True, slots=True)
class Figure:
    """A count in the period and in the one it is compared with; `days` is the series, first day first."""

    now: int
    then: int
    days: tuple[int, ...] = ()

    @property
    def difference(self) -> int:
        """How many more now than then."""
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class DistrictCount:
    """One district: counts of both periods and of the serious ones now; rates need 10 to be said (`is_small`)."""

    code: str
    now: int
    then: int
    serious: int

    @property
    def is_small(self) -> bool:
        """Tell whether there are too few to compare in per cent."""
        return min(self.now, self.then) < 10


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the analysis shows: `by_day` maps a family to its series over `days`; `then_by_day` is the total then."""

    days: Days
    compared: Days
    total: Figure
    serious: Figure
    mean_per_day: Figure
    busiest: tuple[date, int] | None
    districts_concerned: Figure
    by_day: dict[str, tuple[int, ...]]
    then_by_day: tuple[int, ...]
    districts: tuple[DistrictCount, ...]


def tabulate(rows: Iterable[DayRow]) -> pd.DataFrame:
    """Return the rows as a table with the columns of COLUMNS, which exist even without a row."""
    return pd.DataFrame([(row.day, row.district, row.family, row.n) for row in rows], columns=list(COLUMNS))


def describe(
    now: pd.DataFrame,
    then: pd.DataFrame,
    serious: pd.DataFrame,
    serious_then: pd.DataFrame,
    *,
    days: Days,
    compared: Days,
    districts: Sequence[str],
) -> Statistics:
    """Return the statistics of a period; the tables hold its rows, those compared, and the serious ones of each.

    `districts` fixes which districts are listed and in what order; one without an event is there with zero.
    """
    series = _per_day(now, days)
    return Statistics(
        days=days,
        compared=compared,
        total=_figure(now, then, days),
        serious=_figure(serious, serious_then, days),
        mean_per_day=Figure(round(_total(now) / len(days)), round(_total(then) / len(compared))),
        busiest=_busiest(series, days),
        districts_concerned=Figure(_concerned(now), _concerned(then)),
        by_day=_by_family(now, days),
        then_by_day=_per_day(then, compared),
        districts=_by_district(now, then, serious, districts),
    )


def _total(table: pd.DataFrame) -> int:
    return int(table["n"].sum())


def _figure(now: pd.DataFrame, then: pd.DataFrame, days: Days) -> Figure:
    return Figure(_total(now), _total(then), _per_day(now, days))


def _concerned(table: pd.DataFrame) -> int:
    return int(table.loc[(table["district"] != "") & (table["n"] > 0), "district"].nunique())


def _per_day(table: pd.DataFrame, days: Days) -> tuple[int, ...]:
    counts = table.groupby("day")["n"].sum().reindex(days.each(), fill_value=0)
    return tuple(int(n) for n in counts)


def _busiest(series: tuple[int, ...], days: Days) -> tuple[date, int] | None:
    top = max(series, default=0)
    return (days.each()[series.index(top)], top) if top else None


def _by_family(table: pd.DataFrame, days: Days) -> dict[str, tuple[int, ...]]:
    families = table.groupby("family")["n"].sum().sort_values(ascending=False, kind="stable")
    return {str(family): _per_day(table[table["family"] == family], days) for family in families.index}


def _by_district(
    now: pd.DataFrame, then: pd.DataFrame, serious: pd.DataFrame, districts: Sequence[str]
) -> tuple[DistrictCount, ...]:
    sums = [
        table.groupby("district")["n"].sum().reindex(list(districts), fill_value=0) for table in (now, then, serious)
    ]
    return tuple(DistrictCount(code, *(int(counts[code]) for counts in sums)) for code in districts)
