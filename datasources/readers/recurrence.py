"""The occurrences of a series of calendar events inside a window: bounded in time, in number and in work.

recurring-ical-events knows the rules (moved and cancelled occurrences, exceptions, zones). It is asked only about rules
that end with the window and do not repeat more often than once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar, Component, vRecur
from icalendar.error import InvalidCalendar

from datasources.readers.ical import day_or_moment
from events.errors import InvalidRecord
from events.validity import Period, Validity

MAX_OCCURRENCES = 500  # of one series
MAX_ALL_OCCURRENCES = 8000  # of a document
MAX_DAYS = 150_000  # that all rules of a document together run through
_DAYS_A_STEP = {
    "DAILY": 1,
    "WEEKLY": 2,
    "MONTHLY": 8,
    "YEARLY": 20,
}  # days run through for the price of one day of a daily rule
_FINER = ("BYHOUR", "BYMINUTE", "BYSECOND")
_ONE_DAY = timedelta(days=1)
_NO_RULE = "the rule of the event is not one of iCalendar"
_CYCLE = 400  # years after which days, weeks and leap years are the same again
_DAYS_IN_VAIN = 60_000


@dataclass(slots=True)
class Window:
    """The span for which rules are expanded, and what is left of the work a document may ask for."""

    start: datetime
    end: datetime
    days_left: int = field(default=MAX_DAYS)
    occurrences_left: int = field(default=MAX_ALL_OCCURRENCES)

    def spend(self, days: int = 0, occurrences: int = 0) -> None:
        """Count work done for a series; raise InvalidRecord when the document has had its share."""
        self.days_left -= days
        self.occurrences_left -= occurrences
        if min(self.days_left, self.occurrences_left) < 0:
            raise InvalidRecord(
                "the calendar holds too many repetitions; this event was not read, a smaller window_days reads more of them"
            )


def window_around(at: datetime, days: int) -> Window:
    """Return the window: so many days before and after, widened to whole months.

    A series then changes once a month and not with every poll.
    """
    first = (at - timedelta(days=days)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (at + timedelta(days=days)).replace(day=28, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)
    return Window(first, last.replace(day=1))


@dataclass(frozen=True, slots=True)
class Occurrences:
    """When a series takes place, and whether every occurrence is cancelled."""

    validity: Validity
    are_cancelled: bool


def occurrences_of(series: Sequence[Component], zone: tzinfo, window: Window) -> Occurrences:
    """Return the occurrences in the window; of a series that is over or begins later, its first ones.

    `series`: the components of one UID. Raises InvalidRecord with the reason when they cannot be told.
    """
    if len(series) == 1 and not any(series[0].get(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        period = period_of(series[0], zone)
        return Occurrences(Validity(start=period.start, end=period.end), _is_cancelled(series[0]))
    for one in series:
        period_of(one, zone)  # no start, or an end before it: the series cannot be told
    found = _expanded(series, zone, window.start, window.end, window)
    if not found:
        first = min(period_of(one, zone).start for one in series)
        found = _expanded(series, zone, first, first + (window.end - window.start), window)
    if not found:
        raise InvalidRecord("the rule of the event gives no day")
    taking_place = [period for period, is_cancelled in found if not is_cancelled]
    periods = tuple(sorted(set(taking_place or [period for period, _ in found]), key=lambda one: one.start))
    end = max(period.end for period in periods if period.end is not None)
    return Occurrences(
        Validity(start=periods[0].start, end=end, periods=periods if len(periods) > 1 else ()), not taking_place
    )


def period_of(event: Component, zone: tzinfo) -> Period:
    """Return from when to when a component tells; a date alone is a day, the last one included when it repeats the first.

    Without end and duration a day is a day and a time is a moment (RFC 5545, 3.6.1).
    """
    start = day_or_moment(event, "DTSTART")
    if start is None:
        raise InvalidRecord("the event has no start that can be read")
    end = day_or_moment(event, "DTEND")
    lasting = getattr(event.get("DURATION"), "dt", None)
    is_day = not isinstance(start, datetime)
    if end is None and isinstance(lasting, timedelta):
        end = start + lasting
    if end is None or (is_day and end == start):
        end = start + _ONE_DAY if is_day else start
    begin, close = _moment(start, zone), _moment(end, zone)
    if close < begin:
        raise InvalidRecord("the event ends before it starts")
    return Period(begin, close)


def _expanded(
    series: Sequence[Component], zone: tzinfo, start: datetime, end: datetime, window: Window
) -> list[tuple[Period, bool]]:
    calendar = Calendar()
    for one in series:
        calendar.add_component(_bounded(one, zone, end, window))
    try:
        query = recurring_ical_events.of(calendar, skip_bad_series=False)
        listed = list(islice(query.between(start, end), MAX_OCCURRENCES))
    except (InvalidCalendar, ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        raise InvalidRecord(_NO_RULE) from error
    window.spend(occurrences=len(listed))
    return [(period_of(one, zone), _is_cancelled(one)) for one in listed]


def _bounded(event: Component, zone: tzinfo, end: datetime, window: Window) -> Component:
    """Return the component with rules that end with the window, whatever they counted to."""
    rules = event.get("RRULE")
    copy = event.copy()
    copy.pop("RRULE", None)
    for rule in rules if isinstance(rules, list) else [rules]:
        bounded = _bounded_rule(event, vRecur(rule), zone, end, window) if rule else None
        if bounded is not None:
            copy.add("RRULE", bounded)
    return copy


def _bounded_rule(event: Component, rule: vRecur, zone: tzinfo, end: datetime, window: Window) -> vRecur | None:
    start = day_or_moment(event, "DTSTART")
    assert start is not None  # period_of asked for it
    frequency = str(_first(rule, "FREQ") or "").upper()
    if frequency not in _DAYS_A_STEP or any(len(rule.get(name, ())) > 1 for name in _FINER):
        raise InvalidRecord("the event repeats more often than once a day")
    told = _first(rule, "INTERVAL")
    step = "1" if told is None else str(told)
    if (
        not (step.isascii() and step.isdigit()) or len(step) > 4 or int(step) < 1
    ):  # dateutil never ends with a step of 0
        raise InvalidRecord("the event repeats by a step that is not a whole number from 1 to 9999")
    days = max(0, (end.date() - _moment(start, zone).date()).days)
    window.spend(days // _DAYS_A_STEP[frequency] // int(step))
    count = _first(rule, "COUNT")
    last = _until(_first(rule, "UNTIL"), zone, end)
    for name in ("COUNT", "UNTIL"):
        rule.pop(name, None)
    counted = _counted(rule, start, None if count is None else int(str(count)), zone, last)
    if counted is None:
        window.spend(_DAYS_IN_VAIN)
        return None
    is_day = not isinstance(start, datetime)
    rule["UNTIL"] = [counted.astimezone(zone).date() if is_day else counted.astimezone(UTC)]
    return rule


def _counted(rule: vRecur, start: date, count: int | None, zone: tzinfo, end: datetime) -> datetime | None:
    """Return when a rule without end is over: with its occurrence of that number, `end` at the latest; None if it has none.

    A rule that never occurs (30 February) is tried by dateutil up to the year 9999. The calendar repeats every 400 years:
    the same rule is tried as late as can be.
    """
    own_zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else zone
    local = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    until = end.astimezone(own_zone).replace(tzinfo=None)
    later = _CYCLE * ((MAXYEAR - max(local.year, until.year)) // _CYCLE)
    try:
        text = rule.to_ical().decode()  # type: ignore[no-untyped-call] # icalendar left this one out
        tried = rrulestr(text, dtstart=local.replace(year=local.year + later))
        numbered = list(islice(tried.replace(until=until.replace(year=until.year + later)), count or 1))
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidRecord(_NO_RULE) from error
    if not numbered:
        return None
    is_over = count is not None and len(numbered) == count
    return numbered[-1].replace(year=numbered[-1].year - later, tzinfo=own_zone) if is_over else end


def _until(told: object, zone: tzinfo, end: datetime) -> datetime:
    if not isinstance(told, date):
        return end
    if not isinstance(told, datetime):
        told = datetime.combine(told, time(23, 59, 59), zone)
    return min(end, told if told.tzinfo else told.replace(tzinfo=zone))


def _first(rule: vRecur, name: str) -> object:
    values = rule.get(name)
    return values[0] if isinstance(values, list) and values else values or None


def _moment(value: date, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    if not 1900 <= value.year <= 2200:
        raise InvalidRecord("a time lies outside the years 1900 to 2200")
    return value.astimezone(UTC)


def _is_cancelled(event: Component) -> bool:
    return str(event.get("STATUS", "")).strip().upper() == "CANCELLED"
