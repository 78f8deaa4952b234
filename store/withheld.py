"""Which words of a source's last reading the gate withheld: where they stood and what they held, never the words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from store.admitted import AdmittedWithheld
from store.database import Database
from store.kept import WithheldRow
from store.poll_tables import withheld


def keep_withheld(connection: Connection, source_id: str, run_id: int, told: Sequence[AdmittedWithheld]) -> None:
    """Put what a reading withheld in the place of what the one before it did."""
    connection.execute(delete(withheld).where(withheld.c.source_id == source_id))
    rows = [
        {
            "source_id": source_id, "run_id": run_id, "record": one.record, "field": one.field, "type": one.type,
            "start_at": one.start, "end_at": one.end,
        }
        for one in told
    ]  # fmt: skip
    if rows:
        connection.execute(insert(withheld), rows)


def withheld_words(database: Database, source_id: str, limit: int = 1000) -> tuple[WithheldRow, ...]:
    """Return where the last reading of a source held words that the gate withheld; never the words."""
    query = select(withheld).where(withheld.c.source_id == source_id).order_by(withheld.c.id).limit(limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(
        WithheldRow(record=row.record, field=row.field, type=row.type, start=row.start_at, end=row.end_at)
        for row in rows
    )
