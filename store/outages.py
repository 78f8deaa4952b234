"""When sources fell behind or failed, and when they were well again: what subscribers are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store.database import Database
from store.source_tables import source_outage

MAX_OUTAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage: `state` is what it began as (late, stale, frozen or failing); without `ended_at` it goes on."""

    id: int
    source_id: str
    state: str
    began_at: datetime
    ended_at: datetime | None


def outages(database: Database, *, since: datetime) -> tuple[Outage, ...]:
    """Return the outages that began or ended after a moment, newest first."""
    columns = source_outage.c
    query = select(source_outage).where((columns.began_at > since) | (columns.ended_at > since))
    with database.read() as connection:
        rows = connection.execute(query.order_by(columns.id.desc()).limit(MAX_OUTAGES)).mappings().all()
    return tuple(Outage(**row) for row in rows)


def outage(database: Database, outage_id: int) -> Outage | None:
    """Return one outage, None when it is not kept."""
    with database.read() as connection:
        row = connection.execute(select(source_outage).where(source_outage.c.id == outage_id)).mappings().first()
    return None if row is None else Outage(**row)


def open_outages(database: Database) -> Mapping[str, datetime]:
    """Return the sources whose outage goes on, and since when."""
    query = select(source_outage.c.source_id, source_outage.c.began_at).where(source_outage.c.ended_at.is_(None))
    with database.read() as connection:
        return {row.source_id: row.began_at for row in connection.execute(query)}


def begin(connection: Connection, states: Mapping[str, str], at: datetime) -> tuple[Outage, ...]:
    """Write down that these sources fell into a state, inside the caller's transaction; return the outages."""
    made = []
    for source_id, state in sorted(states.items()):
        values = {"source_id": source_id, "state": state, "began_at": at}
        number = connection.execute(insert(source_outage).returning(source_outage.c.id), values).scalar_one()
        made.append(Outage(id=int(number), source_id=source_id, state=state, began_at=at, ended_at=None))
    return tuple(made)


def end(connection: Connection, source_ids: frozenset[str], at: datetime) -> tuple[Outage, ...]:
    """Write down that these sources are well again, inside the caller's transaction; return the outages that ended."""
    which = source_outage.c.source_id.in_(sorted(source_ids)) & source_outage.c.ended_at.is_(None)
    rows = connection.execute(select(source_outage).where(which)).mappings().all()
    connection.execute(update(source_outage).where(which).values(ended_at=at))
    return tuple(Outage(**{**row, "ended_at": at}) for row in rows)
