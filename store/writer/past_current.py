"""Counts and road states that imported documents tell: in their own time, never over what a poll or a later one told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, bindparam, select, update

from events.records import Camera, RoadState, Tally
from store.admitted import AdmittedPast
from store.bulk import insert_rows
from store.tables import tally
from store.writer.counts import Counts, chunks
from store.writer.current import Prepared, Shelf
from store.writer.numbering import Numbering
from store.writer.past_roads import PastRoads
from store.writer.prepared import is_only_imported

R = TypeVar("R", RoadState, Camera, Tally)


@dataclass(slots=True)
class PastShelf(Generic[R]):
    """Writes one kind of record of an imported document inside the writer's transaction.

    A count is of its own period and is shown; a road is kept as one that left its source, only its past states are.
    """

    connection: Connection
    shelf: Shelf[R]
    source_id: str
    past: AdmittedPast
    numbering: Numbering
    now: datetime
    counts: Counts = field(default_factory=Counts)

    def apply(self, prepared: Mapping[str, Prepared[R]]) -> Counts:
        """Write all and return the counts."""
        kept = self._kept([one.id for one in prepared.values()])
        new: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        for one in prepared.values():
            row = kept.get(one.id)
            if row is not None and not (is_only_imported(row) and row.last_seen_at < self.past.at):
                self.counts.unchanged += 1
                continue
            columns = self._columns(one, row)
            (new if row is None else again).append(columns)
            self._count(columns, row)
        insert_rows(self.connection, self.shelf.table, new)
        self._update(again)
        roads: dict[str, RoadState] = {}
        for one in prepared.values():
            if isinstance(one.record, RoadState):
                roads[one.id] = one.record
        if roads:
            PastRoads(self.connection, self.source_id, self.past, self.now).apply(roads)
        return self.counts

    def _columns(self, one: Prepared[R], row: Row[Any] | None) -> dict[str, Any]:
        is_same = row is not None and row.fingerprint == one.fingerprint
        return {
            "id": one.id,
            "source_id": one.record.source_id,
            "organisation": one.record.organisation,
            "audience": one.record.audience.key,
            "recorded_at": self.now if row is None else row.recorded_at,
            "changed_at": row.changed_at if row is not None and is_same else self.now,
            "last_seen_at": self.past.at,
            "absences": 0,
            "withdrawn_at": None if self.shelf.table is tally else self.now,
            "snapshot": one.snapshot,
            "fingerprint": one.fingerprint,
        } | self.shelf.columns_of(one.record)

    def _count(self, columns: dict[str, Any], row: Row[Any] | None) -> None:
        if row is not None and row.fingerprint == columns["fingerprint"]:
            self.counts.unchanged += 1
            return
        if row is None:
            self.counts.new += 1
        else:
            self.counts.changed += 1
        if columns["withdrawn_at"] is None:
            before = None if row is None else row.audience
            what = "created" if row is None else "changed"
            self.numbering.add(self.shelf.kind, columns["id"], what, before, columns["audience"])

    def _kept(self, names: Iterable[str]) -> dict[str, Row[Any]]:
        table = self.shelf.table
        return {
            str(row.id): row
            for part in chunks(names)
            for row in self.connection.execute(select(table).where(table.c.id.in_(part)))
        }

    def _update(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            table = self.shelf.table
            values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in rows[0] if name != "id"}
            statement = update(table).where(table.c.id == bindparam("of_record")).values(values)
            told = [{"of_record": row["id"]} | {f"to_{name}": row[name] for name in values} for row in rows]
            self.connection.execute(statement, told)
