"""A period and the one it is compared with, read from the store: every number of the analysis, by panel.

What is asked of the store is asked once for a `Periods`, and only what the panels that are looked at need.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypedDict, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from events.audience import Viewer
from events.city import City
from events.taxonomy import category
from events.vocabulary import Severity
from insight import statistics
from insight.heard import Coverage, coverage_of
from insight.statistics import AxisRow, CategoryRow, Days, DistrictRow, Figure
from store import readers
from store.database import Database
from store.delays import Delays
from store.half_hours import half_hour_of, moment_of
from store.heard_days import midnight
from store.kept import EventQuery
from store.period_sums import PeriodQuestion, PeriodSum
from store.road_days import Cell
from store.road_time import RoadQuestion
from store.summed import Span

T = TypeVar("T")


class _OfRoads(TypedDict):
    viewer: Viewer
    asked: RoadQuestion
    fresh: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which events, on which days, beside which days. `filters` holds everything but start and end.

    `is_impossible`: a filter names only what does not exist, and no event matches.
    """

    days: Days
    compared: Days
    filters: EventQuery
    is_impossible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stays the same for every question: the city, the present, every source, and those asked twice an hour or more."""

    city: City
    now: datetime
    sources: Collection[str]
    regular: Collection[str]

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.city.timezone)


class Periods:
    """The panels of one question for one viewer. Every property raises StoreUnavailable when the store is away."""

    def __init__(self, database: Database, viewer: Viewer, question: Question, setting: Setting) -> None:
        self._database = database
        self._viewer = viewer
        self.question = question
        self._setting = setting
        self._tables: dict[tuple[str, Days], pd.DataFrame] = {}
        self._fresh: dict[Days, Sequence[Cell]] = {}
        self._read: dict[tuple[Callable[..., tuple[PeriodSum, ...]], bool], Mapping[Days, PeriodSum]] = {}
        self._serious = max(int(Severity.MAJOR), question.filters.severity or 0)

    @cached_property
    def total(self) -> Figure:
        """Events in force, each once, and on each day."""
        return self._counts(only_serious=False)

    @cached_property
    def serious(self) -> Figure:
        """The same of events of the two highest severities."""
        return self._counts(only_serious=True)

    @cached_property
    def closed_hours(self) -> Figure:
        """Hours of closed axes."""
        return statistics.closed_hours(*self._traffic_by_day, self.question.days)

    @cached_property
    def congested_share(self) -> Figure:
        """Share of the known time from 7 to 20 that axes were congested, 0 to 1."""
        return statistics.congested_share(*self._traffic_by_day, self.question.days)

    @cached_property
    def delay(self) -> Figure:
        """Median seconds from the start of an event that was not announced to its first record; by day."""
        now, then = self._delays
        return Figure(now.median_s, then.median_s, tuple(now.by_day.get(day) for day in self.question.days.each()))

    @cached_property
    def families(self) -> dict[str, tuple[int, ...]]:
        """Events in force by family on each day."""
        return statistics.by_family(self._active(self.question.days), self.question.days)

    @cached_property
    def before_by_day(self) -> tuple[int, ...]:
        """Events in force on each day of the compared period."""
        return statistics.totals_by_day(self._active(self.question.compared), self.question.compared)

    @cached_property
    def categories(self) -> tuple[CategoryRow, ...]:
        """Events by category in both periods."""
        return statistics.categories_of(*self._both(self._kinds))

    @property
    def kinds(self) -> tuple[CategoryRow, ...]:
        """The same by family, most events first."""
        return statistics.families_of(self.categories)

    @cached_property
    def districts(self) -> tuple[DistrictRow, ...]:
        """The districts asked for, in the order of the city."""
        chosen = set(self.question.filters.districts)
        shown = [one for one in self._setting.city.districts if not chosen or one.code in chosen]
        closed = self._axis_times.set_index("axis")["closed_all_day"].to_dict()
        closed_in = {
            one.code: sum(
                closed.get(axis.id, 0.0) for axis in self._setting.city.axes if one.code in axis.district_codes
            )
            for one in shown
        }
        return statistics.districts_of(
            *self._both(self._places),
            self._by_place(self.question.days),
            closed_in,
            self.question.days,
            inhabitants={one.code: one.population for one in shown},
        )

    @cached_property
    def axes(self) -> tuple[AxisRow, ...]:
        """Axes by share of the time closed, congested and slow, most hindered first."""
        return statistics.axes_of(self._axis_times)

    @cached_property
    def heat(self) -> tuple[tuple[float | None, ...], ...]:
        """How many axes were closed or congested on average, by day of the week and hour."""
        rows = readers.hour_times(self._database, **self._roads(self.question.days))
        hours = pd.DataFrame(rows, columns=["weekday", "hour", "hindered", "known"])
        return statistics.heat_of(hours, len(self.axes))

    @cached_property
    def coverage(self) -> Coverage:
        """How far the sources were heard."""
        setting, days = self._setting, self.question.days
        zone = setting.zone
        heard = readers.heard_days(
            self._database, setting.regular, first=days.first, last=days.last, timezone=setting.city.timezone
        )
        told = coverage_of(
            {(one.source_id, one.day): one.good for one in heard},
            days=days.each(),
            first_heard={name: first for name, first in self._first_heard.items() if name in setting.regular},
            now=half_hour_of(setting.now),
            begins=lambda day: midnight(day, zone),
            ends=lambda day: midnight(day + timedelta(days=1), zone),
        )
        begun = min((moment_of(first).astimezone(zone).date() for first in self._first_heard.values()), default=None)
        is_whole = begun is None or begun <= self.question.compared.first
        return told if is_whole else replace(told, compared_since=begun)

    def _both(self, read: Callable[[Days], T]) -> tuple[T, T]:
        return read(self.question.days), read(self.question.compared)

    def _counts(self, *, only_serious: bool) -> Figure:
        days = self.question.days
        active = self._active(days)  # first: what is told by day holds the rest
        return statistics.counts_of(*self._both(self._kinds), active, days, only_serious=only_serious)

    def _kinds(self, days: Days) -> pd.DataFrame:
        def read() -> list[tuple[object, ...]]:
            once = self._sums(readers.kinds, by_day=False)[days].once
            return [(name, category(name).family, is_serious, n) for (name, is_serious), n in once.items()]

        return self._table("kinds", days, read, ["category", "family", "is_serious", "n"])

    def _places(self, days: Days) -> pd.DataFrame:
        def read() -> list[tuple[object, ...]]:
            return [(*key, n) for key, n in self._sums(readers.places, by_day=True)[days].once.items()]

        return self._table("places", days, read, ["district", "is_serious", "n"])

    def _active(self, days: Days) -> pd.DataFrame:
        def read() -> list[tuple[object, ...]]:
            return [
                (day, category(name).family, is_serious, n)
                for day, told in self._sums(readers.kinds, by_day=True)[days].days
                for (name, is_serious), n in told.items()
            ]

        return self._table("active", days, read, ["day", "family", "is_serious", "n"])

    def _by_place(self, days: Days) -> pd.DataFrame:
        def read() -> list[tuple[object, ...]]:
            told = self._sums(readers.places, by_day=True)[days].days
            return [(day, district, n) for day, of_day in told for (district, _), n in of_day.items()]

        return self._table("by_place", days, read, ["day", "district", "n"])

    def _sums(self, read: Callable[..., tuple[PeriodSum, ...]], *, by_day: bool) -> Mapping[Days, PeriodSum]:
        """Return what is told of both periods, read once and together; by day only where days are shown."""
        key = (read, by_day or (read, True) in self._read)
        if key not in self._read:
            asked = self._both_periods(by_day=by_day, is_compared_by_day=by_day and read is readers.kinds)
            told = read(self._database, viewer=self._viewer, asked=asked)
            self._read[key] = dict(zip((self.question.days, self.question.compared), told, strict=True))
        return self._read[key]

    def _both_periods(self, *, by_day: bool = True, is_compared_by_day: bool = False) -> PeriodQuestion:
        days, compared = self.question.days, self.question.compared
        return PeriodQuestion(
            periods=[Span(days.first, days.last, by_day), Span(compared.first, compared.last, is_compared_by_day)],
            query=self.question.filters,
            serious=self._serious,
            timezone=self._setting.city.timezone,
        )

    @cached_property
    def _traffic_by_day(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        def read(days: Days) -> pd.DataFrame:
            rows = readers.day_times(self._database, **self._roads(days))
            return pd.DataFrame(rows, columns=["day", "closed", "congested", "known"])

        return self._both(read)

    @cached_property
    def _axis_times(self) -> pd.DataFrame:
        rows = readers.axis_times(self._database, **self._roads(self.question.days))
        return pd.DataFrame(rows, columns=["axis", "free", "slow", "congested", "closed", "unknown", "closed_all_day"])

    @cached_property
    def _delays(self) -> tuple[Delays, ...]:
        if self.question.is_impossible:
            return (Delays(None, {}),) * 2
        since = {name: moment_of(number + 1) for name, number in self._first_heard.items()}
        asked = self._both_periods()
        return readers.publication_delays(self._database, viewer=self._viewer, asked=asked, heard_since=since)

    @cached_property
    def _first_heard(self) -> Mapping[str, int]:
        return readers.first_heard(self._database, self._setting.sources)

    def _table(
        self, name: str, days: Days, read: Callable[[], Sequence[tuple[object, ...]]], columns: list[str]
    ) -> pd.DataFrame:
        """Return what is read of a period, read once; without a row when no event can match."""
        key = (name, days)
        if key not in self._tables:
            rows = () if self.question.is_impossible else read()
            table = pd.DataFrame(rows, columns=columns)
            self._tables[key] = table.astype({"is_serious": bool}) if "is_serious" in columns else table
        return self._tables[key]

    def _roads(self, days: Days) -> _OfRoads:
        """Return a question about roads; the days that have no sums yet are read from the history once."""
        chosen = set(self.question.filters.districts)
        axes = [one.id for one in self._setting.city.axes if chosen & set(one.district_codes)] if chosen else None
        if self.question.is_impossible:
            axes = []
        asked = RoadQuestion(
            first=days.first, last=days.last, now=self._setting.now, timezone=self._setting.city.timezone, axes=axes
        )
        if days not in self._fresh:
            self._fresh[days] = readers.fresh_times(self._database, viewer=self._viewer, asked=asked)
        return {"viewer": self._viewer, "asked": asked, "fresh": self._fresh[days]}
