"""Which fields a source has told: noted in the transaction of the reading that told them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, text

from store.admitted import AdmittedBatch
from store.source_tables import source_field

# A decision may have allowed the field since this reading was screened: what is there stays.
_ADD = text(
    "INSERT INTO source_field (source_id, field, is_known, first_seen_at) "
    "VALUES (:source_id, :field, :is_known, :first_seen_at) ON CONFLICT (source_id, field) DO NOTHING"
).bindparams(bindparam("first_seen_at", type_=source_field.c.first_seen_at.type))
_READ = text(
    "INSERT INTO source_schema (source_id, readings) VALUES (:source_id, 1) "
    "ON CONFLICT (source_id) DO UPDATE SET readings = source_schema.readings + 1"
)


def note_fields(connection: Connection, batch: AdmittedBatch, now: datetime) -> None:
    """Note one more reading and the fields that no earlier one told."""
    if not batch.is_read:
        return
    source_id = batch.run.source_id
    connection.execute(_READ, {"source_id": source_id})
    rows = [
        {"source_id": source_id, "field": name, "is_known": is_known, "first_seen_at": now}
        for names, is_known in ((batch.new_fields, 1), (batch.locked_fields, 0))
        for name in sorted(names)
    ]
    if rows:
        connection.execute(_ADD, rows)
