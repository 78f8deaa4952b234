"""Events as one viewer may see them: in force when, where, and as we know or knew it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select

from events.audience import Viewer
from events.validity import Period
from store import joined, past
from store.columns import end_of
from store.database import Database
from store.event_filters import Window, after, conditions, meets, window_of, write_cursor
from store.kept import MAX_PAGE, EventPage, EventQuery, KeptEvent, KeptVersion
from store.link_tables import event_joined
from store.snapshot import snapshot_to_event
from store.tables import event, event_period, event_version
from store.visibility import visible_to

_CHUNK = 500
# Made once: they are asked with every page.
_PERIODS = (
    select(event_period)
    .where(event_period.c.event_id.in_(bindparam("ids", expanding=True)))
    .order_by(event_period.c.event_id, event_period.c.start)
)
_WINDOW = (bindparam("first", type_=event_period.c.start.type), bindparam("last", type_=event_period.c.start.type))
_PERIODS_THEN = _PERIODS.where(meets(event_period, _WINDOW))
# What a kept event shows; the columns that only filter stay where they are.
_SHOWN = [
    event.c[name]
    for name in (
        "id", "number", "v", "start", "recorded_at", "changed_at", "last_seen_at", "source_error", "withdrawn_at",
        "snapshot", "sha256",
    )
]  # fmt: skip
_IN_GROUP = [event_joined.c.joined_id, event_joined.c.position]
_EVENTS = select(*_SHOWN, *_IN_GROUP).outerjoin(event_joined, event_joined.c.event_id == event.c.id)


def events(database: Database, *, viewer: Viewer, query: EventQuery, is_joined: bool = True) -> EventPage:
    """Return a page of the events that match, in order of start; at most 10,000. Raise InvalidRecord for a bad cursor.

    What several sources tell is one event, that of who speaks first among those this viewer may see; without
    `is_joined`, and with `known_at`, each stands for itself.
    """
    limit = max(1, min(query.limit, MAX_PAGE))
    with database.read() as connection:
        if query.known_at is not None:
            return past.events_known(connection, viewer, query, limit)
        matching = conditions(query)
        page = _EVENTS.where(*matching, visible_to(viewer, event.c.audience))
        if is_joined:
            page = page.where(event.c.id.not_in(joined.followers(viewer, query)))
        if query.cursor is not None:
            page = page.where(after(query.cursor))
        rows = connection.execute(page.order_by(event.c.start, event.c.id).limit(limit + 1)).all()
        shown, rest = rows[:limit], rows[limit:]
        kept = _kept_events(connection, shown, window_of(query))
        return EventPage(
            events=_joined(connection, kept, viewer, query.at) if is_joined else kept,
            next_cursor=write_cursor(shown[-1].start, shown[-1].id) if rest else None,
        )


def count_events(database: Database, *, viewer: Viewer, query: EventQuery) -> int:
    """Return how many events match in all that this viewer may see, whatever the page; `known_at` is not looked at."""
    matching = select(func.count()).select_from(event).where(*conditions(query), visible_to(viewer, event.c.audience))
    matching = matching.where(event.c.id.not_in(joined.followers(viewer, query)))
    with database.read() as connection:
        return int(connection.execute(matching).scalar_one())


def events_by_id(database: Database, ids: Collection[str], *, viewer: Viewer) -> tuple[KeptEvent, ...]:
    """Return those of these events that are kept, not withdrawn and visible to this viewer, with all their periods.

    Each as its source tells it, with its `group`: `store.joined.join` makes one of those that a viewer sees as one.
    """
    found: list[KeptEvent] = []
    wanted = list(dict.fromkeys(ids))
    with database.read() as connection:
        for first in range(0, len(wanted), _CHUNK):
            part = wanted[first : first + _CHUNK]
            query = _EVENTS.where(
                event.c.id.in_(part), event.c.withdrawn_at.is_(None), visible_to(viewer, event.c.audience)
            )
            found += _kept_events(connection, connection.execute(query).all(), None)
    return tuple(found)


def groups(database: Database, names: Collection[str], *, viewer: Viewer) -> dict[str, tuple[KeptEvent, ...]]:
    """Return the members of these groups that are not withdrawn and visible to this viewer, first speaker first."""
    with database.read() as connection:
        return _members(connection, names, viewer, None)


def event_of(
    database: Database,
    event_id: str,
    *,
    viewer: Viewer,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> KeptEvent | None:
    """Return one event, withdrawn or not; None when there is none or this viewer may not see it.

    With `at` None unless it was in force then; with `known_at` as it was known then.
    """
    with database.read() as connection:
        if known_at is not None:
            kept = past.event_known(connection, event_id, viewer, known_at)
        else:
            query = _EVENTS.where(event.c.id == event_id, visible_to(viewer, event.c.audience))
            rows = connection.execute(query).all()
            found = _kept_events(connection, rows, None)
            kept = next(iter(_joined(connection, found, viewer, None)), None)
    if kept is None or at is None or any(period.meets(at, at) for period in kept.periods):
        return kept
    return None


def versions(database: Database, event_id: str, *, viewer: Viewer) -> tuple[KeptVersion, ...]:
    """Return the versions this viewer may see, oldest first; none when they may not see the event as it is now.

    A version that others only might see is left out, and so is the difference that would quote it.
    """
    query = (
        select(event_version, visible_to(viewer, event_version.c.audience).label("is_visible"))
        .join(event, and_(event.c.id == event_version.c.event_id, visible_to(viewer, event.c.audience)))
        .where(event_version.c.event_id == event_id, event_version.c.snapshot.is_not(None))
        .order_by(event_version.c.v)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    shown: list[KeptVersion] = []
    quotes_hidden = False
    for row in rows:
        if row.is_visible:
            shown.append(_kept_version(row, quotes_hidden=quotes_hidden))
        quotes_hidden = not row.is_visible
    return tuple(shown)


def recent_versions(
    database: Database, *, viewer: Viewer, since: datetime, limit: int, categories: Collection[str] = ()
) -> tuple[KeptVersion, ...]:
    """Return the newest versions recorded after `since` of events that this viewer sees now, newest first.

    What `versions` leaves out is left out here too; `categories` empty means all.
    """
    before = event_version.alias("before")
    query = (
        select(event_version, visible_to(viewer, before.c.audience).label("sees_before"))
        .join(event, and_(event.c.id == event_version.c.event_id, visible_to(viewer, event.c.audience)))
        .outerjoin(before, and_(before.c.event_id == event_version.c.event_id, before.c.v == event_version.c.v - 1))
        .where(event_version.c.recorded_at > since, event_version.c.snapshot.is_not(None))
        .where(visible_to(viewer, event_version.c.audience))
        .order_by(event_version.c.recorded_at.desc(), event_version.c.event_id, event_version.c.v.desc())
        .limit(limit)
    )
    if categories:
        query = query.where(event_version.c.category.in_(sorted(categories)))
    with database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(_kept_version(row, quotes_hidden=not row.sees_before) for row in rows)


def replaced(database: Database, *, viewer: Viewer, since: datetime, limit: int) -> tuple[KeptEvent, ...]:
    """Return what was known at a moment of the events that changed since and that this viewer saw then and sees now."""
    with database.read() as connection:
        return past.events_replaced(connection, viewer, since, limit)


def _kept_events(connection: Connection, rows: Sequence[Row[Any]], window: Window | None) -> tuple[KeptEvent, ...]:
    periods = _periods(connection, [row.id for row in rows], window)
    return tuple(_kept_event(row, tuple(periods.get(row.id, ()))) for row in rows)


def _joined(
    connection: Connection, kept: Sequence[KeptEvent], viewer: Viewer, at: datetime | None
) -> tuple[KeptEvent, ...]:
    """Return these events with what the others of their group add; one that another speaks for stays as it is told."""
    names = {one.group[0] for one in kept if one.group is not None}
    if not names:
        return tuple(kept)
    members = _members(connection, names, viewer, at)
    return tuple(one if one.group is None else _spoken(one, members.get(one.group[0], ())) for one in kept)


def _spoken(one: KeptEvent, group: Sequence[KeptEvent]) -> KeptEvent:
    if not group or group[0].id != one.id:
        return one
    return replace(joined.join(group), periods=one.periods)


def _members(
    connection: Connection, names: Collection[str], viewer: Viewer, at: datetime | None
) -> dict[str, tuple[KeptEvent, ...]]:
    found: dict[str, list[KeptEvent]] = {}
    speaks: ColumnElement[bool] = event.c.withdrawn_at.is_(None)
    if at is not None:
        speaks = or_(speaks, event.c.withdrawn_at > at)
    for part in _parts(sorted(names)):
        query = select(*_SHOWN, *_IN_GROUP).join(event_joined, event_joined.c.event_id == event.c.id)
        query = query.where(event_joined.c.joined_id.in_(part), speaks, visible_to(viewer, event.c.audience))
        for one in _kept_events(connection, connection.execute(query).all(), None):
            assert one.group is not None
            found.setdefault(one.group[0], []).append(one)
    return {name: tuple(sorted(group, key=joined.position)) for name, group in found.items()}


def _kept_event(row: Sequence[Any], periods: tuple[Period, ...]) -> KeptEvent:
    # By place, as _EVENTS lists them: by name, a page of a hundred takes a tenth longer.
    name, number, v, _, recorded, changed, seen, is_error, withdrawn, snapshot, sha256, joined_id, position = row
    return KeptEvent(
        id=name,
        number=number,
        version=v,
        event=snapshot_to_event(snapshot.content),
        periods=periods,
        recorded_at=recorded,
        changed_at=changed,
        last_seen_at=seen,
        source_error=is_error,
        withdrawn_at=withdrawn,
        sha256=sha256,
        group=None if joined_id is None else (joined_id, position),
    )


def _kept_version(row: Row[Any], *, quotes_hidden: bool) -> KeptVersion:
    return KeptVersion(
        event_id=row.event_id,
        version=row.v,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        organisation=row.organisation,
        withdrawn_at=row.withdrawn_at,
        diff={} if quotes_hidden or row.diff is None else row.diff.content,
        sha256=row.sha256,
        prev_sha256=row.prev_sha256,
        event=snapshot_to_event(row.snapshot.content),
    )


def _periods(connection: Connection, ids: list[str], window: Window | None) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = {}
    bounds = {} if window is None else {"first": window[0], "last": window[1]}
    for part in _parts(ids):
        query = _PERIODS if window is None else _PERIODS_THEN
        for event_id, start, until in connection.execute(query, {"ids": part, **bounds}).all():
            found.setdefault(event_id, []).append(Period(start, end_of(until)))
    return found


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))
