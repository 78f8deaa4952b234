"""What changed of a view since a moment: created, closed, withdrawn, and the differences that count, by the rule of the screen's review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from api.exports.spool import events_for
from api.house import House
from api.reports.head import moment
from components.formats import short_time
from components.report import ChangeLine, Titled
from components.texts import Words
from events.audience import Viewer
from events.records import Event
from events.validity import Period
from events.vocabulary import Phase, StoredStatus
from store import readers
from store.kept import EventQuery, KeptEvent
from store.past import phase_at

MOST_LINES = 18
MOST_COMPARED = 2000
MOVED = timedelta(minutes=10)  # a time that moves by less is no news
_OVER = (Phase.ENDED, Phase.CANCELLED)
_STATUS = {
    None: "confirme",
    StoredStatus.TO_CONFIRM: "a_confirmer",
    StoredStatus.CANCELLED: "annule",
    StoredStatus.DRAFT: "brouillon",
}


def changes_since(house: House, viewer: Viewer, query: EventQuery, since: datetime, words: Words) -> Titled[ChangeLine]:
    """Return what changed of the events of a view since a moment, most severe first; raises StoreUnavailable."""
    now = query.now or house.clock()
    then = {one.id: one for one in readers.replaced(house.database, viewer=viewer, since=since, limit=MOST_COMPARED)}
    wide = replace(query, phases=(), now=now, start=min(since, query.start or since))
    found = [
        (one, line) for one in events_for(house, viewer, wide)
        if (line := _line(one, then.get(one.id), since, now, house, words)) is not None
    ]  # fmt: skip
    gone = replace(wide, include_withdrawn=True, only_withdrawn=True)
    found += [
        (one, ChangeLine(event_id=one.id, what=words("report.changes.withdrawn"), title=one.event.headline, told=""))
        for one in events_for(house, viewer, gone) if one.withdrawn_at is not None and since < one.withdrawn_at <= now
    ]  # fmt: skip
    found.sort(key=lambda pair: (-int(pair[0].event.severity), pair[0].number))
    more = len(found) - MOST_LINES
    return Titled(
        title=words("report.changes", time=moment(since, house, words)),
        lines=[line for _, line in found[:MOST_LINES]],
        more=words.count("report.changes.more", more) if more > 0 else "",
        empty=words("report.changes.none"),
    )


def _line(
    one: KeptEvent, before: KeptEvent | None, since: datetime, now: datetime, house: House, words: Words
) -> ChangeLine | None:
    phase = phase_at(one.periods, one.event, now)
    if one.recorded_at > since:
        told = "" if phase not in _OVER else words("report.changes.over")
        return ChangeLine(event_id=one.id, what=words("report.changes.created"), title=one.event.headline, told=told)
    was = before or one
    was_over = phase_at(was.periods, was.event, since) in _OVER
    if phase is Phase.CANCELLED and not was_over:
        return ChangeLine(event_id=one.id, what=words("news.cancelled"), title=one.event.headline, told="")
    if phase in _OVER:
        return (
            None
            if was_over
            else ChangeLine(event_id=one.id, what=words("report.changes.closed"), title=one.event.headline, told="")
        )
    told = ", ".join(_differences(was, one, now, house, words)) if before is not None else ""
    return (
        ChangeLine(event_id=one.id, what=words("report.changes.changed"), title=one.event.headline, told=told)
        if told
        else None
    )


def _differences(before: KeptEvent, after: KeptEvent, now: datetime, house: House, words: Words) -> Iterator[str]:
    old, new = before.event, after.event
    if old.severity != new.severity:
        yield _told("severity", words(f"sev.{int(old.severity)}"), words(f"sev.{int(new.severity)}"), words)
    if old.status != new.status:
        yield _told("status", words(f"status.{_STATUS[old.status]}"), words(f"status.{_STATUS[new.status]}"), words)
    bounds = _bounds(before, now), _bounds(after, now)
    for name in ("start", "end"):
        was, is_now = bounds[0][name], bounds[1][name]
        if (was is None) != (is_now is None) or (was and is_now and abs(was - is_now) > MOVED):
            yield _told(name, _time(was, now, house, words), _time(is_now, now, house, words), words)
    if (old.place or old.road_name) != (new.place or new.road_name):
        yield _told("place", old.place or old.road_name or "–", new.place or new.road_name or "–", words)
    if _way(old) != _way(new):
        yield words("news.field.route")


def _told(field: str, old: str, new: str, words: Words) -> str:
    return words("report.changes.field", field=words(f"news.field.{field}"), old=old, new=new)


def _bounds(kept: KeptEvent, now: datetime) -> Mapping[str, datetime | None]:
    """Return start and end of the period to speak of: the present one, else the next, else the last."""
    ahead = [one for one in kept.periods if one.end is None or one.end > now]
    period: Period | None = ahead[0] if ahead else kept.periods[-1] if kept.periods else None
    return {"start": period.start if period else None, "end": period.end if period else None}


def _time(at: datetime | None, now: datetime, house: House, words: Words) -> str:
    return words("news.open_end") if at is None else short_time(at, now, house.zone, words)


def _way(event: Event) -> tuple[tuple[str, object], ...]:
    return () if event.route is None else tuple((point.label, point.position) for point in event.route.checkpoints)
