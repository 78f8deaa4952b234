"""When an Open511 event is in effect: intervals, or rules in local time with exceptions and specific dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from datasources.readers.periods import MAX_RULES, any_of
from datasources.readers.times import Times, clock_time
from events.errors import InvalidRecord
from events.validity import Period, Recurrence, Validity

_MAX_PARTS = 400
_RANGE = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_NO_DAY = "a day of the schedule is not a date"
_ONE_DAY = timedelta(days=1)

Told = Mapping[str, object]
Days = dict[date, list[tuple[time, time]]]


def validity_of(schedule: object, times: Times, created: datetime | None, around: datetime) -> Validity:
    """Return when an event is in effect; of one without schedule, since it was made.

    Rules and naive times are the wall clock of the source. A day of `exceptions` or `specific_dates` replaces what the
    rules say of it: alone it is left out, with hours only these count. Raises InvalidRecord for what cannot be read.
    """
    told = schedule if isinstance(schedule, Mapping) else {}
    rules = _list(told, "recurring_schedules") + (schedule if isinstance(schedule, list) else [])
    days = _days(_list(told, "exceptions") + _list(told, "specific_dates"))
    parts = [_ruled(rule, days, times) for rule in rules]
    periods = [*_intervals(_list(told, "intervals"), times), *_specific(days, times)]
    if periods:
        ends = [period.end for period in periods if period.end is not None]
        end = max(ends) if len(ends) == len(periods) else None
        parts.append(Validity(start=periods[0].start, end=end, periods=tuple(periods) if len(periods) > 1 else ()))
    if parts:
        return any_of(parts, around)
    if created is None:
        raise InvalidRecord("the event says neither when it is in effect nor when it was made")
    return Validity(start=created)


def _list(told: Told, name: str) -> list[object]:
    parts = told.get(name) or []
    if not isinstance(parts, list) or len(parts) > (MAX_RULES if name == "recurring_schedules" else _MAX_PARTS):
        raise InvalidRecord(f"the schedule has no list of at most {_MAX_PARTS} parts where one is expected")
    return list(parts)


def _intervals(told: list[object], times: Times) -> list[Period]:
    periods = []
    for one in told:
        first, slash, last = str(one).partition("/")
        start, end = times.moment(first.strip()), times.moment(last.strip(), is_end=True)
        if start is None or not slash:
            raise InvalidRecord("an interval of the schedule is not made of a start and an end")
        periods.append(Period(start, end))
    return sorted(periods, key=lambda period: period.start)


def _days(told: list[object]) -> Days:
    days: Days = {}
    for one in told:
        day, _, hours = str(one).strip().partition(" ")
        ranges = [_RANGE.fullmatch(part) for part in re.split(r"[ ,]+", hours.strip()) if part]
        if any(part is None for part in ranges):
            raise InvalidRecord("the hours of a day of the schedule are not written as 08:00-10:00")
        found = [(_clock(part[1]), _clock(part[2])) for part in ranges if part]
        days.setdefault(_date(day), []).extend(found)
    return days


def _specific(days: Days, times: Times) -> Iterator[Period]:
    for day, ranges in sorted(days.items()):
        for start, end in sorted(ranges):
            period = Recurrence(start, end, times.zone.key).on(day)
            assert period is not None  # it names no weekday
            yield period


def _ruled(rule: object, days: Days, times: Times) -> Validity:
    if not isinstance(rule, Mapping):
        raise InvalidRecord("a rule of the schedule is not an object")
    hours = [
        clock_time(str(rule.get(f"daily_{name}") or rule.get(name) or "")) or time(0)
        for name in ("start_time", "end_time")
    ]
    recurrence = Recurrence(hours[0], hours[1], times.zone.key, _weekdays(rule.get("days")))
    first, last = (_date(str(rule[name])) if rule.get(name) else None for name in ("start_date", "end_date"))
    every = Recurrence(hours[0], hours[1], times.zone.key)
    opens, closes = (every.on(day) if day else None for day in (first, last))
    outside = [period for day in sorted(days) if (period := recurrence.on(day)) is not None]
    return Validity(
        start=opens.start if opens else None,
        end=closes.end if closes else None,
        recurrences=(recurrence,),
        exceptions=tuple(outside),
    )


def _weekdays(told: object) -> frozenset[int]:
    days = told if isinstance(told, list) else []
    numbers = [int(str(day)) for day in days if str(day) in "1234567" and len(str(day)) == 1]
    if len(numbers) != len(days):
        raise InvalidRecord("a weekday of the schedule is not a number from 1 to 7")
    return frozenset(number - 1 for number in numbers) if len(set(numbers)) < 7 else frozenset()


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidRecord(_NO_DAY) from error
    if not 1900 < day.year < 2200:
        raise InvalidRecord(_NO_DAY)
    return day


def _clock(text: str) -> time:
    return clock_time(text) or time(0)
