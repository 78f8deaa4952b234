"""Every stored text once more: what a gate of today reads again, and the deletion of what it no longer lets through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, literal, select, update

from events.records import Camera, Event, RoadState, Tally
from store.admitted import Cleared
from store.columns import ClearedText, ClearedTexts, end_of
from store.database import Database
from store.derived import fold
from store.frozen import fingerprint, freeze
from store.kept import Kind
from store.notices import tell
from store.report_copies import forget_of_events
from store.retention import erase_events, forget_versions
from store.snapshot import event_to_snapshot, snapshot_to_event
from store.snapshot_current import snapshot_to_camera, snapshot_to_road, snapshot_to_tally
from store.tables import camera, change, event, event_version, metadata, road_state, tally
from store.writer.current import CAMERAS, ROADS, TALLIES, Shelf
from store.writer.event_rows import add_versions, version_row
from store.writer.groups import follow
from store.writer.numbering import Numbering

PAGE = 500
WITHHELD = Cleared("withheld by the privacy gate")
_GONE = "withheld"
_READ = {
    "event": snapshot_to_event,
    "road_state": snapshot_to_road,
    "camera": snapshot_to_camera,
    "tally": snapshot_to_tally,
}
_SHELVES: dict[str, Shelf[Any]] = {"road_state": ROADS, "camera": CAMERAS, "tally": TALLIES}
RECORDS = {table.name: table for table in (event, road_state, camera, tally)}
# They follow from the record itself, which is read as a whole.
_OF_RECORDS = frozenset({"event.external_id", "event.search", "road_state.id", "camera.id", "tally.id"})

Record = Event | RoadState | Camera | Tally


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is kept, under its key."""

    key: Any
    source_id: str
    record: Any


def stored(database: Database, kind: str) -> Iterator[list[Stored]]:
    """Yield all records of a kind in pages, each read at one moment."""
    table, last = RECORDS[kind], ""
    while True:
        query = select(table.c.id, table.c.source_id, table.c.snapshot).where(table.c.id > last)
        with database.read() as connection:
            rows = connection.execute(query.order_by(table.c.id).limit(PAGE)).all()
        if not rows:
            return
        last = str(rows[-1].id)
        yield [Stored(row.id, row.source_id, _READ[kind](row.snapshot.content)) for row in rows]


def past_versions(database: Database) -> Iterator[list[Stored]]:
    """Yield the versions that still have a content, in pages; the key is (event, version)."""
    last, v = "", 0
    told = (event_version.c.event_id, event_version.c.v, event_version.c.source_id, event_version.c.snapshot)
    while True:
        after = (event_version.c.event_id > last) | and_(event_version.c.event_id == last, event_version.c.v > v)
        query = select(*told).where(after, event_version.c.snapshot.is_not(None))
        with database.read() as connection:
            rows = connection.execute(query.order_by(event_version.c.event_id, event_version.c.v).limit(PAGE)).all()
        if not rows:
            return
        last, v = rows[-1].event_id, rows[-1].v
        yield [Stored((row.event_id, row.v), row.source_id, snapshot_to_event(row.snapshot.content)) for row in rows]


def text_columns() -> tuple[Column[Any], ...]:
    """Return the columns of cleared text that are read one by one: all that do not follow from a record."""
    return tuple(
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, ClearedText | ClearedTexts) and str(column) not in _OF_RECORDS
    )


def texts_of(database: Database, column: Column[Any]) -> Iterator[tuple[str, ...]]:
    """Yield the different values of a column, each as the texts it holds."""
    with database.read() as connection:
        values = connection.execute(select(column).where(column.is_not(None)).distinct()).scalars().all()
    for value in values:
        yield (value,) if isinstance(value, str) else tuple(value)


def withhold_texts(database: Database, column: Column[Any], found: Collection[tuple[str, ...]]) -> int:
    """Take values of a column out of the store; return how many rows held them."""
    table, count = column.table, 0
    assert isinstance(table, Table)
    with database.write(is_upkeep=True) as connection:
        for texts in found:
            value: Any = (
                [Cleared(text) for text in texts] if isinstance(column.type, ClearedTexts) else Cleared(texts[0])
            )
            held = column == literal(value, type_=column.type)
            if table.name == "road_state_history":
                done = connection.execute(delete(table).where(held))
            else:
                done = connection.execute(update(table).where(held).values({column.name: _instead(column)}))
            count += done.rowcount
    return count


def _instead(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    return [WITHHELD] if isinstance(column.type, ClearedTexts) else WITHHELD


def forget(database: Database, keys: Collection[tuple[str, int]]) -> None:
    """Make tombstones of versions, and of those after them, whose difference quotes what they replaced."""
    with database.write(is_upkeep=True) as connection:
        for event_id, v in keys:
            of_these = event_version.c.event_id == event_id, event_version.c.v.in_([v, v + 1])
            connection.execute(update(event_version).where(*of_these).values(snapshot=None, diff=None))
            forget_of_events(connection, [event_id])


def replace_records(database: Database, kind: str, found: Mapping[Any, Record | None], now: datetime) -> None:
    """Keep records as the gate of today lets them through; None deletes one, whose very name it refuses.

    Past versions of these events become tombstones; every screen is told.
    """
    with database.write(is_upkeep=True) as connection:
        numbering = Numbering(connection, now)
        table = RECORDS[kind]
        rows = connection.execute(select(table).where(table.c.id.in_(list(found)))).all()
        for row in rows:
            one = found[row.id]
            if one is None:
                _delete(connection, kind, row, numbering)
                continue
            if isinstance(one, Event):
                _replace_event(connection, dict(row._mapping), one, now)  # noqa: SLF001 - its public name
            else:
                _replace_current(connection, kind, row, one)
            if row.withdrawn_at is None:
                numbering.add(_kind(kind), row.id, "changed", row.audience, row.audience)
        follow(connection, numbering)
        numbering.close()
        tell(connection)


def _kind(kind: str) -> Kind:
    return Kind.EVENT if kind == "event" else _SHELVES[kind].kind


def _delete(connection: Connection, kind: str, row: Any, numbering: Numbering) -> None:
    if kind == "event":
        rest = erase_events(connection, [row.id], numbering.now)
        numbering.add(Kind.EVENT, row.id, "withdrawn", row.audience, None)
        told = select(event.c.id, event.c.audience).where(event.c.id.in_(rest), event.c.withdrawn_at.is_(None))
        for one in connection.execute(told):
            numbering.add(Kind.EVENT, one.id, "linked", one.audience, one.audience)
        return
    table = RECORDS[kind]
    connection.execute(delete(table).where(table.c.id == row.id))
    connection.execute(update(change).where(change.c.object_id == row.id).values(object_id=_GONE))
    numbering.add(_kind(kind), _GONE, "withdrawn", row.audience, None)


def _replace_event(connection: Connection, row: dict[str, Any], one: Event, now: datetime) -> None:
    content = event_to_snapshot(one)
    snapshot = freeze(content)
    forget_versions(connection, [row["id"]])
    changed = {
        "v": row["v"] + 1, "changed_at": max(now, row["changed_at"]), "snapshot": snapshot,
        "fingerprint": fingerprint(content), "snapshot_sha256": snapshot.sha256,
        "search": Cleared(fold(f"{one.headline}\n{one.place or ''}")),
    }  # fmt: skip
    version = version_row(
        row | changed,
        prev_sha256=row["sha256"],
        valid_to=end_of(row["until"]),
        diff=freeze({"withheld": [None, "gate"]}),
    )
    add_versions(connection, [version])
    changed["sha256"] = version["sha256"]
    connection.execute(update(event).where(event.c.id == row["id"]).values(changed))


def _replace_current(connection: Connection, kind: str, row: Any, one: Record) -> None:
    shelf = _SHELVES[kind]
    content = shelf.content_of(one)
    values = {"snapshot": freeze(content), "fingerprint": fingerprint(shelf.told_of(content))}
    connection.execute(update(shelf.table).where(shelf.table.c.id == row.id).values(values))


__all__ = ["PAGE", "RECORDS", "Stored", "forget", "past_versions", "replace_records", "stored",
           "text_columns", "texts_of", "withhold_texts"]  # fmt: skip
