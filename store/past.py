"""Events as they were known at a moment: the versions recorded by then and not yet superseded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from events.audience import Viewer
from events.geometry import bounds
from events.records import Event
from events.validity import Period
from events.vocabulary import Phase, StoredStatus
from store.columns import until_of
from store.derived import fold, real_periods
from store.event_filters import read_cursor, window_of, write_cursor
from store.kept import EventPage, EventQuery, KeptEvent
from store.snapshot import snapshot_to_event
from store.tables import event, event_version
from store.visibility import visible_to


def events_known(connection: Connection, viewer: Viewer, query: EventQuery, limit: int) -> EventPage:
    """Return a page of what was known at `query.known_at`, with the other conditions of the query.

    Visibility asks both audiences, that of then and that of now: what was closed since stays closed.
    """
    assert query.known_at is not None
    statement = _known(query.known_at).where(*_conditions(query), _visible(viewer))
    statement = statement.order_by(event_version.c.valid_from, event_version.c.event_id)
    start_after = read_cursor(query.cursor) if query.cursor is not None else None
    shown: list[KeptEvent] = []
    starts: list[datetime] = []
    for row, kept in _matching(connection.execute(statement), query):
        if start_after is not None and (row.valid_from, row.event_id) <= start_after:
            continue
        shown.append(kept)
        starts.append(row.valid_from)
        if len(shown) > limit:
            break
    has_more = len(shown) > limit
    cursor = write_cursor(starts[limit - 1], shown[limit - 1].id) if has_more else None
    return EventPage(events=tuple(shown[:limit]), next_cursor=cursor)


def event_known(connection: Connection, event_id: str, viewer: Viewer, known_at: datetime) -> KeptEvent | None:
    """Return one event as it was known at a moment; None when unknown then, or not visible then or now."""
    statement = _known(known_at).where(event_version.c.event_id == event_id, _visible(viewer))
    row = connection.execute(statement).first()
    return None if row is None else _kept(row, snapshot_to_event(row.snapshot.content))


def events_replaced(connection: Connection, viewer: Viewer, since: datetime, limit: int) -> tuple[KeptEvent, ...]:
    """Return events as they were known at a moment, of those that have another version since, replaced last first."""
    later = event_version.alias("later")
    changed = select(later.c.event_id).where(later.c.recorded_at > since)
    statement = _known(since).where(event_version.c.event_id.in_(changed), _visible(viewer))
    rows = connection.execute(statement.order_by(event_version.c.superseded_at.desc()).limit(limit))
    return tuple(_kept(row, snapshot_to_event(row.snapshot.content)) for row in rows)


def _known(known_at: datetime) -> Select[Any]:
    first = (
        select(func.min(event_version.c.recorded_at))
        .where(event_version.c.event_id == event.c.id)
        .correlate(event)
        .scalar_subquery()
    )
    return (
        select(event_version, event.c.number, event.c.last_seen_at, first.label("first_recorded_at"))
        .join(event, event.c.id == event_version.c.event_id)
        .where(
            event_version.c.recorded_at <= known_at,
            or_(event_version.c.superseded_at.is_(None), event_version.c.superseded_at > known_at),
            event_version.c.snapshot.is_not(None),
        )
    )


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    return visible_to(viewer, event_version.c.audience) & visible_to(viewer, event.c.audience)


def _conditions(query: EventQuery) -> Iterator[ColumnElement[bool]]:
    window = window_of(query)
    if window is not None:
        yield event_version.c.valid_from <= window[1]
        yield or_(event_version.c.valid_to.is_(None), event_version.c.valid_to >= window[0])
    if query.categories:
        yield event_version.c.category.in_(sorted(query.categories))
    if query.organisations:
        yield event_version.c.organisation.in_(sorted(query.organisations))
    if query.sources:
        yield event_version.c.source_id.in_(sorted(query.sources))
    if query.severity is not None:
        yield event_version.c.severity >= int(query.severity)


def _matching(rows: Any, query: EventQuery) -> Iterator[tuple[Row[Any], KeptEvent]]:
    window = window_of(query)
    for row in rows:
        told = snapshot_to_event(row.snapshot.content)
        kept = _kept(row, told)
        if window is not None:
            kept = replace(kept, periods=tuple(period for period in kept.periods if period.meets(*window)))
            if not kept.periods:
                continue
        if _is_asked(told, query) and _has_phase(row, told, query):
            yield row, kept


def _is_asked(told: Event, query: EventQuery) -> bool:
    if query.districts and not set(query.districts) & set(told.district_codes):
        return False
    if query.text and fold(query.text.strip()) not in fold(f"{told.headline}\n{told.place or ''}"):
        return False
    if query.bbox is None:
        return True
    if told.geometry is None:
        return False
    west, south, east, north = bounds(told.geometry)
    return west <= query.bbox[2] and east >= query.bbox[0] and south <= query.bbox[3] and north >= query.bbox[1]


def _has_phase(row: Row[Any], told: Event, query: EventQuery) -> bool:
    if not query.phases:
        return True
    given = {str(one) for one in query.phases}
    return phase_at(_periods(row, told), told, query.now or datetime.now(UTC)) in given or told.status in given


def phase_at(periods: tuple[Period, ...], told: Event, now: datetime) -> Phase:
    """Return where an event stands at a moment; between two of its periods it is planned."""
    if told.status is StoredStatus.CANCELLED:
        return Phase.CANCELLED
    if any(period.contains(now) for period in periods):
        return Phase.ONGOING
    return Phase.PLANNED if any(period.start > now for period in periods) else Phase.ENDED


def _kept(row: Row[Any], told: Event) -> KeptEvent:
    return KeptEvent(
        id=row.event_id,
        number=row.number,
        version=row.v,
        event=told,
        periods=_periods(row, told),
        recorded_at=row.first_recorded_at,
        changed_at=row.recorded_at,
        last_seen_at=min(row.last_seen_at, row.superseded_at or row.last_seen_at),
        source_error=False,
        withdrawn_at=row.withdrawn_at,
        sha256=row.sha256,
    )


def _periods(row: Row[Any], told: Event) -> tuple[Period, ...]:
    periods = real_periods(told, row.valid_from, row.recorded_at)
    cut: datetime | None = row.withdrawn_at
    if cut is None:
        return periods
    return tuple(
        period if until_of(period.end) <= cut else Period(period.start, cut) for period in periods if period.start < cut
    )
