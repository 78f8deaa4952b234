"""The numbered changes: as one viewer meets them, and raw for the live hub."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from events.audience import Viewer
from store import joined
from store.database import Database
from store.kept import Action, Change, ChangePage, Kind, RawChange
from store.tables import change, counter
from store.visibility import visible_to

MAX_CHANGES = 5000


@dataclass(frozen=True, slots=True)
class Head:
    """The number of a change and its mark: a database put back to an older state gives the number again, not the mark."""

    seq: int = 0
    mark: str = ""


def head_of(change: Change | RawChange) -> Head:
    """Return the head of those who have everything up to this change."""
    return _head(change.seq, change.id, change.recorded_at)


def changes(database: Database, *, viewer: Viewer, since: int, limit: int = 1000) -> ChangePage:
    """Return the changes after number `since` that concern this viewer: take the object again, or drop it.

    What a viewer never saw and may not see is left out; `next` is the number of the last one given.
    """
    limit = max(1, min(limit, MAX_CHANGES))
    sees_after = visible_to(viewer, change.c.audience_after).label("sees_after")
    query = (
        select(change, sees_after)
        .where(change.c.seq > since, _concerns(viewer))
        .order_by(change.c.seq)
        .limit(limit + 1)
    )
    with database.read() as connection:
        is_known = _is_known(connection, since)
        rows = connection.execute(query).all() if is_known else []
        followers = set(connection.execute(joined.followers(viewer)).scalars()) if rows else set()
    told = tuple(_change(row, followers) for row in rows[:limit])
    return ChangePage(
        next=told[-1].seq if told else since,
        changes=told,
        is_known=is_known,
        has_more=len(rows) > limit,
    )


def last_change(database: Database, *, viewer: Viewer) -> int:
    """Return the number of the last change that concerns this viewer, 0 when there is none."""
    return last_head(database, viewer=viewer).seq


def last_head(database: Database, *, viewer: Viewer) -> Head:
    """Return number and mark of the last change that concerns this viewer, those of nothing when there is none."""
    query = select(*_HEAD).where(_concerns(viewer)).order_by(change.c.seq.desc()).limit(1)
    with database.read() as connection:
        row = connection.execute(query).first()
    return Head() if row is None else _head(*row)


def first_after(connection: Connection, *, viewer: Viewer, seq: int) -> datetime | None:
    """Return when the first change after number `seq` that concerns this viewer was recorded, None when there is none.

    Inside the caller's transaction: in one that writes, whatever is recorded later is recorded at a later time.
    """
    query = select(change.c.recorded_at).where(change.c.seq > seq, _concerns(viewer)).order_by(change.c.seq).limit(1)
    return connection.execute(query).scalar()


def is_past(database: Database, head: Head) -> bool:
    """Tell whether this database went through that change; False for one of another history, or one deleted since."""
    if head == Head():
        return True
    with database.read() as connection:
        row = connection.execute(select(*_HEAD).where(change.c.seq == head.seq)).first()
    return row is not None and _head(*row) == head


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


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    return or_(visible_to(viewer, change.c.audience_after), visible_to(viewer, change.c.audience_before))


_HEAD = (change.c.seq, change.c.object_id, change.c.recorded_at)


def _head(seq: int, object_id: str, recorded_at: datetime) -> Head:
    said = f"{seq} {object_id} {recorded_at.timestamp():.6f}"
    return Head(seq, hashlib.sha256(said.encode()).hexdigest()[:12])


def _change(row: Row[Any], followers: Collection[str]) -> Change:
    is_shown = row.sees_after and not (row.kind == Kind.EVENT.value and row.object_id in followers)
    return Change(
        seq=row.seq,
        kind=Kind(row.kind),
        id=row.object_id,
        action=Action.UPSERT if is_shown else Action.GONE,
        recorded_at=row.recorded_at,
    )


def _is_known(connection: Connection, since: int) -> bool:
    """Tell whether nothing is missing after `since`: numbers of another database, or deleted ones, are not known."""
    last = connection.execute(select(counter.c.value).where(counter.c.name == "change")).scalar() or 0
    first = connection.execute(select(func.min(change.c.seq))).scalar()
    oldest = first - 1 if first is not None else last
    return bool(oldest <= since <= last)
