"""The nightly expansion of recurrences, so that questions meet intervals only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from store.columns import until_of
from store.database import Database
from store.derived import HORIZON, real_periods
from store.rollup import DayRollup, timezone_of
from store.snapshot import snapshot_to_event
from store.tables import event, event_period
from store.writer.counts import chunks

_BATCH = 200


def extend_periods(database: Database, now: datetime) -> int:
    """Expand the recurring events that are not over to 400 days after `now`; return how many there were.

    Runs in short transactions, so that polls go on between them. Past periods stay as they are.
    """
    recurring = select(event.c.id).where(event.c.recurs, event.c.withdrawn_at.is_(None), event.c.until > now - HORIZON)
    with database.read() as connection:
        ids = list(connection.execute(recurring).scalars())
    for part in chunks(ids, _BATCH):
        _extend(database, list(part), now)
    return len(ids)


def _extend(database: Database, ids: list[str], now: datetime) -> None:
    query = select(event.c.id, event.c.start, event.c.snapshot).where(
        event.c.id.in_(ids), event.c.withdrawn_at.is_(None)
    )
    with database.write() as connection:
        rows = connection.execute(query).all()
        periods = [
            {"event_id": row.id, "start": period.start, "until": until_of(period.end)}
            for row in rows
            for period in real_periods(snapshot_to_event(row.snapshot.content), row.start, now)
            if period.end is None or period.end > now
        ]
        kept = [row.id for row in rows]
        timezone = timezone_of(connection)
        days = None if timezone is None else DayRollup(connection, timezone)
        if days is not None:
            days.take_out(kept)
        connection.execute(delete(event_period).where(event_period.c.event_id.in_(kept), event_period.c.until > now))
        if periods:
            connection.execute(insert(event_period), periods)
        if days is not None:
            days.put_in(kept)
            days.close()
