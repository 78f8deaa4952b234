"""Agreements as they are kept: read at each poll, written when the operator changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from store.database import Database
from store.keeping_tables import agreement


def kept_agreements(database: Database) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of all agreements, by identifier; raise StoreUnavailable."""
    with database.read() as connection:
        rows = connection.execute(select(agreement).order_by(agreement.c.id)).all()
    return tuple(dict(row._mapping) for row in rows)  # noqa: SLF001 - its public name


def put_agreements(database: Database, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Make these the agreements that are live: others end now. Raises InvalidRecord, StoreUnavailable."""
    ids = [row["id"] for row in rows]
    with database.write() as connection:
        others = agreement.c.id.not_in(ids), agreement.c.ends_at > now
        connection.execute(update(agreement).where(*others).values(ends_at=now))
        connection.execute(delete(agreement).where(agreement.c.id.in_(ids)))
        if rows:
            connection.execute(insert(agreement), [dict(row) for row in rows])
