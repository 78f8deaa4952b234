"""iCalendar as icalendar reads it, after everything no one may read was left out: only some properties are ever parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from datasources.contract import Document, Source
from datasources.readers.collect import MAX_FIELD_NAMES
from datasources.readers.times import Times, zone_named
from events.errors import ConfigurationError, DocumentUnreadable

MAX_BYTES = 8 * 2**20
MAX_LINES = 40_000  # of those that are read
READ = frozenset(
    {
        "UID", "RECURRENCE-ID", "SEQUENCE", "LAST-MODIFIED", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE",
        "STATUS", "CLASS", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "CATEGORIES",
    }
)  # fmt: skip
_OF_CALENDAR = frozenset({"BEGIN", "END", "METHOD", "CALSCALE", "X-WR-TIMEZONE"})
_OF_ZONE = frozenset({"TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "DTSTART", "RRULE", "RDATE"})
_UNUSED = frozenset({"VERSION", "PRODID", "DTSTAMP", "TRANSP", "CREATED"})  # nothing anyone could miss
_MEDIA = frozenset({"ATTACH", "IMAGE"})
_DEEPEST = 8  # a calendar, its zones, their hours; an event, its reminders
_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"([A-Za-z0-9-]{1,60})[;:]")
_LONGEST = 20_000
TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_WHOLE = re.compile(rf"[A-Za-z0-9-]+(?:;[A-Za-z0-9-]+={_VALUE}(?:,{_VALUE})*)*:")
_MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


@dataclass(frozen=True, slots=True)
class Told:
    """A component, the zone of its floating times, and whether a time or a rule of it cannot be read."""

    component: Component
    zone: tzinfo
    is_broken: bool = False

    def text(self, name: str) -> str:
        """Return a property as text, the first of several; empty without one."""
        value = self.component.get(name)
        return str(value[0] if isinstance(value, list) and value else value or "").strip()


@dataclass(slots=True)
class Calendars:
    """The events of a document, and what of it was left out."""

    events: list[Told] = field(default_factory=list)
    is_cancelled: bool = False
    dropped: set[str] = field(default_factory=set)
    media: int = 0

    def leave(self, name: str) -> None:
        """Remember that a property of an event was not read."""
        self.media += name in _MEDIA
        if name not in _MEDIA | _UNUSED and len(self.dropped) < MAX_FIELD_NAMES:
            self.dropped.add(name)


def read_calendars(document: Document, source: Source) -> Calendars:
    """Return the events of all calendars of a document; times without zone get the calendar's, else the source's.

    Raises DocumentUnreadable for what is no calendar, is cut short, or is larger than any city's.
    """
    found = Calendars()
    lines = list(_lines_read(_text(document, source), source, found))
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise _unreadable(source, "it does not begin as a calendar")
    if len(lines) > MAX_LINES:
        raise _unreadable(source, f"it holds more than {MAX_LINES} lines of events")
    try:
        calendars = Calendar.from_ical("\r\n".join(lines) + "\r\n", multiple=True)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _unreadable(source, "it is not a calendar that can be read") from error
    for calendar in calendars:
        if calendar.name != "VCALENDAR":
            raise _unreadable(source, "it is not a whole calendar: parts of it stand outside")
        zone = _zone_of(calendar, source)
        found.is_cancelled |= str(calendar.get("METHOD", "")).upper() == "CANCEL"
        for event in calendar.walk("VEVENT"):
            broken = {str(name).upper() for name, _ in event.errors if name}
            found.dropped |= broken
            for name in broken:
                event.pop(name, None)
            _place_in(event, zone)
            found.events.append(Told(event, zone, is_broken=bool(broken & TIMES)))
    return found


def moments_in(value: object) -> Iterator[object]:
    """Yield the holders of moments of a property, each with its `dt`."""
    for one in value if isinstance(value, list) else [value]:
        yield from getattr(one, "dts", None) or [one]


def _text(document: Document, source: Source) -> str:
    with document.open() as stream:
        body = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _unreadable(source, f"it is longer than {MAX_BYTES} bytes")
    start = body[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:5].upper()
    if start != b"BEGIN":
        raise _unreadable(source, "it does not begin as a calendar")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _lines_read(text: str, source: Source, found: Calendars) -> Iterator[str]:
    """Yield the unfolded lines that may be read; the names of the others are remembered."""
    inside: list[str] = []
    for line in _FOLD.sub("", text.lstrip()).splitlines():
        match = _NAME.match(line)
        if match is None:
            if line.strip():
                found.dropped.add("line that is none")
            continue
        name = match[1].upper()
        if name in ("BEGIN", "END"):
            inside = _stepped(inside, name, line[match.end() :].strip().upper(), source)
        if _is_read(name, inside):
            # A line the parser could not even split would vanish, and an event without its end or rule is another event.
            yield line[:_LONGEST] if _WHOLE.match(line) else f"{name}:?"
        elif "VEVENT" in inside and "VALARM" not in inside:
            found.leave(name)
    if inside:
        raise _unreadable(source, "it is cut short: a part of it does not end")


def _stepped(inside: list[str], step: str, part: str, source: Source) -> list[str]:
    if step == "BEGIN":
        if len(inside) == _DEEPEST:
            raise _unreadable(source, f"its parts are more than {_DEEPEST} deep")
        return [*inside, part]
    if inside[-1:] != [part]:
        raise _unreadable(source, "its parts do not close in order")
    return inside[:-1]


def _is_read(name: str, inside: Sequence[str]) -> bool:
    part = inside[-1] if inside else ""
    if name in _OF_CALENDAR:
        return True
    return name in (READ if part == "VEVENT" else _OF_ZONE if "VTIMEZONE" in inside else ())


def _zone_of(calendar: Component, source: Source) -> ZoneInfo:
    named = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    try:
        return zone_named(named) if named else Times(source.timezone).zone
    except ConfigurationError:
        return Times(source.timezone).zone


def _place_in(event: Component, zone: tzinfo) -> None:
    """Give every floating time of an event the zone."""
    for name in _MOMENTS:
        for holder in moments_in(event.get(name)):
            held = getattr(holder, "dt", None)
            if isinstance(held, tuple):
                holder.dt = tuple(_placed(one, zone) for one in held)  # type: ignore[attr-defined]
            elif held is not None:
                holder.dt = _placed(held, zone)  # type: ignore[attr-defined]


def _placed(held: object, zone: tzinfo) -> object:
    is_floating = isinstance(held, datetime) and held.tzinfo is None
    return held.replace(tzinfo=zone) if is_floating and isinstance(held, datetime) else held


def day_or_moment(event: Component, name: str) -> date | datetime | None:
    """Return the date or the time of a property; None when there is none that can be read."""
    held = getattr(event.get(name), "dt", None)
    return held if isinstance(held, date) else None


def _unreadable(source: Source, what: str) -> DocumentUnreadable:
    return DocumentUnreadable(source.id, f"{what}; check the address of the source; what was kept stays")
