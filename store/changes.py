"""The numbered changes: as one viewer meets them, and raw for the live hub."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from events.audience import Viewer
from store.database import Database
from store.kept import Action, Change, ChangePage, Kind, RawChange
from store.tables import change, counter
from store.visibility import visible_to

MAX_CHANGES = 5000


def changes(database: Database, *, viewer: Viewer, since: int, limit: int = 1000) -> ChangePage:
    """Return the changes after number `since` that concern this viewer: take the object again, or drop it.

    What a viewer never saw and may not see is left out; `next` is the number of the last one given.
    """
    limit = max(1, min(limit, MAX_CHANGES))
    sees_after = visible_to(viewer, change.c.audience_after).label("sees_after")
    concerns = or_(visible_to(viewer, change.c.audience_after), visible_to(viewer, change.c.audience_before))
    query = select(change, sees_after).where(change.c.seq > since, concerns).order_by(change.c.seq).limit(limit + 1)
    with database.read() as connection:
        is_known = _is_known(connection, since)
        rows = connection.execute(query).all() if is_known else []
    told = tuple(_change(row) for row in rows[:limit])
    return ChangePage(
        next=told[-1].seq if told else since,
        changes=told,
        is_known=is_known,
        has_more=len(rows) > limit,
    )


def last_change(database: Database, *, viewer: Viewer) -> int:
    """Return the number of the last change that concerns this viewer, 0 when there is none."""
    concerns = or_(visible_to(viewer, change.c.audience_after), visible_to(viewer, change.c.audience_before))
    query = select(change.c.seq).where(concerns).order_by(change.c.seq.desc()).limit(1)
    with database.read() as connection:
        return int(connection.execute(query).scalar() or 0)


def raw_changes(database: Database, *, since: int, limit: int = 1000) -> tuple[RawChange, ...]:
    """Return the changes after number `since` with both audiences, in order; for the live hub only."""
    query = select(change).where(change.c.seq > since).order_by(change.c.seq).limit(max(1, min(limit, MAX_CHANGES)))
    with database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(
        RawChange(
            seq=row.seq,
            kind=Kind(row.kind),
            id=row.object_id,
            what=row.what,
            audience_before=row.audience_before,
            audience_after=row.audience_after,
            recorded_at=row.recorded_at,
        )
        for row in rows
    )


def _change(row: Row[Any]) -> Change:
    return Change(
        seq=row.seq,
        kind=Kind(row.kind),
        id=row.object_id,
        action=Action.UPSERT if row.sees_after else Action.GONE,
        recorded_at=row.recorded_at,
    )


def _is_known(connection: Connection, since: int) -> bool:
    """Tell whether nothing is missing after `since`: numbers of another database, or deleted ones, are not known."""
    last = connection.execute(select(counter.c.value).where(counter.c.name == "change")).scalar() or 0
    first = connection.execute(select(func.min(change.c.seq))).scalar()
    oldest = first - 1 if first is not None else last
    return bool(oldest <= since <= last)
