"""When a record is in force: a hull, real periods inside it, exceptions, and recurrence in local time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.errors import InvalidRecord

# A publisher's daily rule over years must not fill the store: beyond this, the first ones of the window are kept.
MAX_PERIODS = 2000


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` (included) to `end` (excluded, None = open-ended); aware times in UTC."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment is not None and moment.tzinfo is None:
                raise InvalidRecord("a period needs times with a zone")
        if self.end is not None and self.end < self.start:
            raise InvalidRecord("a period ends before it starts")

    def contains(self, at: datetime) -> bool:
        """Tell whether the moment `at` lies in the period."""
        return self.start <= at and (self.end is None or at < self.end)

    def meets(self, start: datetime, end: datetime) -> bool:
        """Tell whether the period shares a moment with [start, end]."""
        return self.start <= end and (self.end is None or self.end > start or self.start == self.end == start)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every chosen day from `start_time` to `end_time`, wall clock of `timezone`.

    Empty `weekdays` (0 = Monday) or `months` mean all of them. An `end_time` at or before `start_time` is on
    the next day. DATEX II: recurringTimePeriodOfDay, recurringDayWeekMonthPeriod.
    """

    start_time: time
    end_time: time
    timezone: str
    weekdays: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()

    def on(self, day: date) -> Period | None:
        """Return the occurrence that starts on this local day, if there is one."""
        if (self.weekdays and day.weekday() not in self.weekdays) or (self.months and day.month not in self.months):
            return None
        zone = ZoneInfo(self.timezone)
        start = datetime.combine(day, self.start_time, zone)
        last = day + timedelta(days=1) if self.end_time <= self.start_time else day
        end = datetime.combine(last, self.end_time, zone)
        return Period(start.astimezone(UTC), max(start, end).astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The hull [start, end], the periods inside it, what is cut out, and what repeats inside.

    `start` None means the publisher gave none: in force since it was published.
    """

    start: datetime | None = None
    end: datetime | None = None
    periods: tuple[Period, ...] = ()
    exceptions: tuple[Period, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()

    def __post_init__(self) -> None:
        start, end = self.start, self.end
        if (start is not None and start.tzinfo is None) or (end is not None and end.tzinfo is None):
            raise InvalidRecord("a validity needs times with a zone")
        if start is not None and end is not None and end < start:
            raise InvalidRecord("a validity ends before it starts")

    def expand(self, since: datetime, until: datetime) -> tuple[Period, ...]:
        """Return the real periods that meet [since, until], merged and in order, at most MAX_PERIODS.

        Periods are not cut to the window; recurring ones are generated for the days of the window only.
        """
        hull = Period(self.start or datetime.min.replace(tzinfo=UTC), self.end)
        bounds = [cut for period in self.periods or (hull,) if (cut := _cross(period, hull)) is not None]
        if self.recurrences:
            bounds = [
                cut
                for occurrence in self._occurrences(since, until)
                for bound in bounds
                if (cut := _cross(occurrence, bound)) is not None
            ]
        free = _without(_merged(bounds), _merged(self.exceptions))
        return tuple(period for period in free if period.meets(since, until))[:MAX_PERIODS]

    def in_force(self, at: datetime) -> bool:
        """Tell whether the record is in force at a moment, whether or not its periods were expanded."""
        return any(period.contains(at) for period in self.expand(at - timedelta(days=1), at + timedelta(days=1)))

    def _occurrences(self, since: datetime, until: datetime) -> Iterator[Period]:
        first = max(since, self.start - timedelta(days=1)) if self.start else since
        last = min(until, self.end) if self.end else until
        day = first.date() - timedelta(days=2)
        while day <= last.date() + timedelta(days=1):
            for recurrence in self.recurrences:
                occurrence = recurrence.on(day)
                if occurrence is not None:
                    yield occurrence
            day += timedelta(days=1)


def _cross(one: Period, other: Period) -> Period | None:
    start = max(one.start, other.start)
    ends = [end for end in (one.end, other.end) if end is not None]
    end = min(ends) if ends else None
    if end is not None and (end < start or (end == start and one.start != one.end)):
        return None
    return Period(start, end)


def _merged(periods: Iterable[Period]) -> list[Period]:
    merged: list[Period] = []
    for period in sorted(periods, key=lambda item: item.start):
        last = merged[-1] if merged else None
        if last is not None and (last.end is None or period.start <= last.end):
            end = None if last.end is None or period.end is None else max(last.end, period.end)
            merged[-1] = Period(last.start, end)
        else:
            merged.append(period)
    return merged


def _without(periods: list[Period], holes: list[Period]) -> list[Period]:
    for hole in holes:
        kept: list[Period] = []
        for period in periods:
            if hole.end is not None and hole.end <= period.start:
                kept.append(period)
                continue
            if period.end is not None and period.end <= hole.start:
                kept.append(period)
                continue
            if period.start < hole.start:
                kept.append(Period(period.start, hole.start))
            if hole.end is not None and (period.end is None or hole.end < period.end):
                kept.append(Period(hole.end, period.end))
        periods = kept
    return periods
