"""`validity` of DATEX II: a hull, periods, days and hours that repeat, exceptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from datasources.readers.periods import any_of, written
from datasources.readers.times import Times, clock_time
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord
from events.validity import Period, Recurrence, Validity

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SUSPENDED = "suspended"


@dataclass(slots=True)
class PeriodRule:
    """One `validPeriod` or `exceptionPeriod`."""

    start: datetime | None = None
    end: datetime | None = None
    hours: list[tuple[time, time]] = field(default_factory=list)
    days: list[tuple[frozenset[int], frozenset[int]]] = field(default_factory=list)
    is_special: bool = False  # of public holidays and the like, whose days no one tells

    def recurrences(self, zone: str) -> tuple[Recurrence, ...]:
        """Return every combination of hours and days; empty when the period does not repeat."""
        if not self.hours and not self.days:
            return ()
        return tuple(
            Recurrence(start, end, zone, weekdays, months)
            for start, end in self.hours or [(time(0), time(0))]
            for weekdays, months in self.days or [(frozenset[int](), frozenset[int]())]
        )

    def inside(self, hull: Validity, zone: str) -> Validity | None:
        """Return the period alone, bounded by a hull where it has no bounds of its own; None when it lies outside."""
        start, end = self.start or hull.start, self.end or hull.end
        if self.is_special or (start is not None and end is not None and end < start):
            return None
        return Validity(start=start, end=end, recurrences=self.recurrences(zone))


@dataclass(slots=True)
class StatedValidity:
    """A `validity` in the publisher's words."""

    status: str = ""
    start: datetime | None = None
    end: datetime | None = None
    valid: list[PeriodRule] = field(default_factory=list)
    excepted: list[PeriodRule] = field(default_factory=list)

    def to_validity(self, *, zone: str, known_at: datetime, ended_at: datetime | None, around: datetime) -> Validity:
        """Return our validity.

        `known_at` is the record's own time; a suspended record is out of force from then on. `ended_at` closes it.
        What must be written out is written out near `around`. Raises InvalidRecord when it is never in force.
        """
        end = self.end
        if ended_at is not None and (end is None or ended_at < end):
            end = max(ended_at, self.start) if self.start else ended_at
        if self.start is not None and end is not None and end < self.start:
            raise InvalidRecord("the validity ends before it starts")
        hull = Validity(start=self.start, end=end)
        if not (self.valid or self.excepted or self.status == SUSPENDED):
            return hull
        periods, recurrences = self._periods(zone, end, around)
        exceptions = [
            period
            for rule in self.excepted
            if (told := rule.inside(hull, zone)) is not None
            for period in written(told, around)
        ]
        if self.status == SUSPENDED:
            exceptions.append(Period(known_at))
        return Validity(
            start=self.start, end=end, periods=periods, recurrences=recurrences, exceptions=tuple(exceptions)
        )

    def _periods(
        self, zone: str, end: datetime | None, around: datetime
    ) -> tuple[tuple[Period, ...], tuple[Recurrence, ...]]:
        rules = [(rule, rule.recurrences(zone)) for rule in self.valid if not rule.is_special]
        if not rules:
            if self.valid:
                raise InvalidRecord("it is in force on public holidays or other special days only, which are not read")
            return (), ()
        if len({recurrence for _, recurrence in rules}) == 1:
            floor = self.start or datetime(1970, 1, 1, tzinfo=UTC)
            periods = tuple(
                Period(rule.start or floor, rule.end) for rule, _ in rules if rule.start is not None or rule.end
            )
            return periods, rules[0][1]
        hull = Validity(start=self.start, end=end)
        parts = [part for rule, _ in rules if (part := rule.inside(hull, zone)) is not None]
        if not parts:
            raise InvalidRecord("its periods lie outside its whole validity")
        joined = any_of(parts, around)
        return joined.periods, joined.recurrences


def read_validity(element: Element, times: Times) -> StatedValidity:
    """Return what a `validity` element says; raise InvalidRecord for a time that is none."""
    stated = StatedValidity()
    for child in element:
        name = local(child)
        if name == "validityStatus":
            stated.status = text_of(child)
        elif name == "validityTimeSpecification":
            _read_specification(child, stated, times)
    return stated


def _read_specification(element: Element, stated: StatedValidity, times: Times) -> None:
    for child in element:
        name = local(child)
        if name == "overallStartTime":
            stated.start = times.moment(text_of(child))
        elif name == "overallEndTime":
            stated.end = times.moment(text_of(child), is_end=True)
        elif name == "validPeriod":
            stated.valid.append(_read_period(child, times))
        elif name == "exceptionPeriod":
            stated.excepted.append(_read_period(child, times))


def _read_period(element: Element, times: Times) -> PeriodRule:
    rule = PeriodRule()
    for child in element:
        name = local(child)
        if name == "startOfPeriod":
            rule.start = times.moment(text_of(child))
        elif name == "endOfPeriod":
            rule.end = times.moment(text_of(child), is_end=True)
        elif name == "recurringTimePeriodOfDay":
            hours = {local(part): clock_time(text_of(part)) for part in child}
            rule.hours.append((hours.get("startTimeOfPeriod") or time(0), hours.get("endTimeOfPeriod") or time(0)))
        elif name == "recurringDayWeekMonthPeriod":
            rule.days.append(_read_days(child))
        elif name == "recurringSpecialDay":
            rule.is_special = True
    if rule.start is not None and rule.end is not None and rule.end < rule.start:
        raise InvalidRecord("a period ends before it starts")
    return rule


def _read_days(element: Element) -> tuple[frozenset[int], frozenset[int]]:
    weekdays, months = set[int](), set[int]()
    for child in element:
        code = text_of(child)
        if local(child) == "applicableDay" and code in DAYS:
            weekdays.add(DAYS.index(code))
        elif local(child) == "applicableMonth" and code in MONTHS:
            months.add(MONTHS.index(code) + 1)
    return frozenset(weekdays), frozenset(months)
