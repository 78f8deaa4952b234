"""Events as a calendar (RFC 5545): one UID for each event, further periods as further dates, an open end without DTEND."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from icalendar import Calendar, Event, vDuration

from api.exports.setting import Setting
from api.exports.table import point_in
from events.validity import Period
from events.vocabulary import StoredStatus
from store.kept import KeptEvent

REFRESH = timedelta(minutes=15)
_STATUSES = {StoredStatus.TO_CONFIRM: "TENTATIVE", StoredStatus.DRAFT: "TENTATIVE", StoredStatus.CANCELLED: "CANCELLED"}


def write_calendar(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield the calendar; events that are never in force in the window asked for are in no calendar."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//{setting.city_id}//observatory//{setting.words.lang.upper()}")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", setting.heading())
    calendar.add("X-WR-CALDESC", setting.remark())
    calendar.add("X-WR-TIMEZONE", setting.zone.key)
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    head, _, tail = calendar.to_ical().partition(b"END:VCALENDAR")
    yield head
    for kept in events:
        for component in _components(kept, setting):
            yield component.to_ical()
    yield b"END:VCALENDAR" + tail


def _components(kept: KeptEvent, setting: Setting) -> Iterator[Event]:
    if not kept.periods:
        return
    first, *others = kept.periods
    main = _event(kept, first, setting)
    if others:
        main.add("RDATE", [one.start for one in others])
    yield main
    for one in others:
        if _length(one) != _length(first):  # a further date lasts as long as the first: another length is told apart
            moved = _event(kept, one, setting)
            moved.add("RECURRENCE-ID", one.start)
            yield moved


def _length(period: Period) -> timedelta | None:
    return None if period.end is None else period.end - period.start


def _event(kept: KeptEvent, period: Period, setting: Setting) -> Event:
    told = kept.event
    lon, lat = point_in(told.geometry)
    event = Event()
    event.add("UID", kept.id)
    event.add("DTSTAMP", kept.changed_at)
    event.add("LAST-MODIFIED", kept.changed_at)
    event.add("SEQUENCE", kept.version)
    event.add("DTSTART", period.start)
    if period.end is not None:
        event.add("DTEND", period.end)
    event.add("SUMMARY", setting.title(kept))
    for name, text in (
        ("DESCRIPTION", "\n\n".join(text for text in (told.description, told.instruction) if text)),
        ("LOCATION", told.place or told.road_name),
    ):
        if text:
            event.add(name, text)
    if lon is not None and lat is not None:
        event.add("GEO", (lat, lon))
    event.add("CATEGORIES", [setting.category(kept)])
    event.add("STATUS", _STATUSES[told.status] if told.status else "CONFIRMED")
    event.add("URL", setting.page(kept))
    return event
