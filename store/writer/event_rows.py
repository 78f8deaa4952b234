"""Statements on the tables of events: what is kept of a source, and rows written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from events.validity import Period
from store.bulk import insert_rows
from store.chain import content_hash, link_hash
from store.columns import until_of
from store.frozen import Snapshot
from store.placed import Placed
from store.tables import event, event_district, event_period, event_version
from store.writer.counts import chunks
from store.writer.prepared import PreparedEvent

# An event that ended by itself is watched one more day, in case its publisher prolongs it.
GRACE = timedelta(days=1)

_KEPT = [column for column in event.c if column.name not in ("snapshot", "search", "west", "south", "east", "north")]


def kept_rows(
    connection: Connection, source_id: str, external_ids: Collection[str], now: datetime
) -> dict[str, Row[Any]]:
    """Return the rows of a source by external id: those that may be in force, and those named."""
    of_source = select(*_KEPT).where(event.c.source_id == source_id)
    live = of_source.where(event.c.withdrawn_at.is_(None), event.c.until > now - GRACE)
    kept = {str(row.external_id): row for row in connection.execute(live)}
    missing = [str(name) for name in external_ids if name not in kept]
    for part in chunks(missing):
        for row in connection.execute(of_source.where(event.c.external_id.in_(part))):
            kept[str(row.external_id)] = row
    return kept


def snapshots_of(connection: Connection, ids: Iterable[str]) -> dict[str, Snapshot]:
    """Return the kept snapshots of these events."""
    found: dict[str, Snapshot] = {}
    for part in chunks(ids):
        rows = connection.execute(select(event.c.id, event.c.snapshot).where(event.c.id.in_(part)))
        found.update({row.id: row.snapshot for row in rows})
    return found


def told_columns(one: PreparedEvent, start: datetime) -> dict[str, Any]:
    """Return the columns of `event` that follow from what the publisher told."""
    told = one.event
    west, south, east, north = one.bounds or (None, None, None, None)
    end = told.validity.end
    return {
        "organisation": told.organisation,
        "category": told.category,
        "severity": int(told.severity),
        "status": told.status.value if told.status else None,
        "audience": told.audience.key,
        "start": start,
        "until": until_of(end),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "search": one.search,
        "published_at": told.published_at,
        "recurs": bool(told.validity.recurrences),
        "snapshot": one.snapshot,
        "fingerprint": one.fingerprint,
        "snapshot_sha256": one.snapshot_sha256,
    }


def version_row(
    columns: dict[str, Any], *, prev_sha256: str | None, valid_to: datetime | None, diff: Snapshot
) -> dict[str, Any]:
    """Return a row of `event_version` with its link; `columns` are those of `event`."""
    row: dict[str, Any] = {
        "event_id": columns["id"],
        "v": columns["v"],
        "valid_from": columns["start"],
        "valid_to": valid_to,
        "recorded_at": columns["changed_at"],
        "superseded_at": None,
        "withdrawn_at": columns["withdrawn_at"],
        "snapshot": columns["snapshot"],
        "diff": diff,
        "content_sha256": content_hash(columns["snapshot"], diff),
        "prev_sha256": prev_sha256,
    }
    row |= {name: columns[name] for name in ("source_id", "organisation", "audience", "category", "severity", "status")}
    row["sha256"] = link_hash(prev_sha256, row, row["content_sha256"])
    return row


def add_versions(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Append versions and close those they supersede."""
    if not rows:
        return
    followed = [
        {"of_event": row["event_id"], "of_v": row["v"] - 1, "at": row["recorded_at"]} for row in rows if row["v"] > 1
    ]
    if followed:
        closing = (
            update(event_version)
            .where(event_version.c.event_id == bindparam("of_event"), event_version.c.v == bindparam("of_v"))
            .values(superseded_at=bindparam("at"))
        )
        connection.execute(closing, followed)
    insert_rows(connection, event_version, rows)


def update_events(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Update events by id; every row has the same columns."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    statement = (
        update(event)
        .where(event.c.id == bindparam("of_event"))
        .values({name: bindparam(f"to_{name}", type_=event.c[name].type) for name in names})
    )
    connection.execute(
        statement, [{"of_event": row["id"]} | {f"to_{name}": row[name] for name in names} for row in rows]
    )


def replace_places(
    connection: Connection,
    rows: list[tuple[dict[str, Any], PreparedEvent, tuple[Period, ...]]],
    replaced: Collection[str],
) -> None:
    """Write periods and districts of events, after deleting those of the `replaced` ones."""
    for part in chunks(replaced):
        connection.execute(delete(event_period).where(event_period.c.event_id.in_(part)))
        connection.execute(delete(event_district).where(event_district.c.event_id.in_(part)))
    periods = [
        {"event_id": columns["id"], "start": period.start, "until": until_of(period.end)}
        for columns, _one, real in rows
        for period in real
    ]
    districts = [
        {
            "event_id": columns["id"],
            "district": district,
            "category": columns["category"],
            "start": columns["start"],
            "until": columns["until"],
        }
        for columns, one, _real in rows
        for district in one.districts
    ]
    insert_rows(connection, event_period, periods)
    insert_rows(connection, event_district, districts)


def day_facts(columns: dict[str, Any], one: PreparedEvent, real: tuple[Period, ...]) -> Placed:
    """Return what the sums by day need to know of an event that was just written."""
    return Placed(
        source_id=columns["source_id"],
        start=columns["start"],
        recorded_at=columns["recorded_at"],
        category=columns["category"],
        severity=columns["severity"],
        organisation=columns["organisation"],
        audience=columns["audience"],
        status=columns["status"],
        districts=set(one.districts),
        periods=[(period.start, until_of(period.end)) for period in real],
    )


def cut_places(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """End the periods and districts of withdrawn events at a moment; what lay after it never took place."""
    for part in chunks(ids):
        for table in (event_period, event_district):
            of_these = table.c.event_id.in_(part)
            connection.execute(update(table).where(of_these, table.c.start < at, table.c.until > at).values(until=at))
        connection.execute(delete(event_period).where(event_period.c.event_id.in_(part), event_period.c.start >= at))


def mark_seen(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """Note that the source still tells these events."""
    for part in chunks(ids):
        connection.execute(update(event).where(event.c.id.in_(part)).values(last_seen_at=now, absences=0))
