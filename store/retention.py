"""What is past its time, and its deletion: content goes, a tombstone with its hash stays, the sums by day follow.

Works in short transactions: polls go on between them, and a disk that is nearly full has room for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, case, delete, func, literal, or_, select, update

from store import media as pieces
from store import sqlite
from store.access_tables import audit, push_nonce, sign_in
from store.camera_tables import camera_purpose, camera_task
from store.columns import FAR, Moment
from store.conflict_tables import conflict_rules
from store.conflicts import forget_conflicts
from store.contribution_tables import contribution
from store.control_tables import control_report, control_review
from store.database import Database
from store.half_hours import half_hour_of
from store.joined import groups_of
from store.keeping_tables import agreement, upkeep
from store.media_tables import media
from store.poll_tables import poll_half_hour, poll_run, reject, withheld
from store.report_copies import forget_copies, forget_of_events
from store.report_tables import report_copy
from store.rollup import DayRollup, drop_zeros, timezone_of
from store.screen_tables import notice, waiting
from store.source_tables import source_order, source_outage
from store.tables import (
    camera,
    change,
    event,
    event_district,
    event_period,
    event_version,
    road_state,
    road_state_history,
    tally,
)
from store.writer.groups import unlink

KINDS = ("event", "road_state", "camera", "tally", "run")
LEAST = timedelta(days=2)  # what ended yesterday is still on screens
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each of KINDS is kept after its end, and the sources whose records are kept for less.

    `run` holds for all that is noted of polls: runs, rejects, numbered changes, past road states.
    """

    kinds: Mapping[str, timedelta]
    sources: Mapping[str, timedelta] = field(default_factory=dict)

    def of(self, kind: str, source_id: str = "") -> timedelta:
        """Return how long records of a kind and a source are kept after their end: the shorter of both, LEAST at least."""
        return max(LEAST, min(self.kinds[kind], self.sources.get(source_id, self.kinds[kind])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Rows of one kind and source (`""`: of all) past their time; the first of them ended at `oldest`."""

    kind: str
    source_id: str
    count: int
    oldest: datetime


def due(database: Database, limits: Limits, now: datetime) -> tuple[Due, ...]:
    """Return what is past its time: nothing after a purge. Reads only."""
    with database.read() as connection:
        return tuple(_due(connection, limits, now))


def purge(database: Database, limits: Limits, now: datetime) -> tuple[Due, ...]:
    """Delete what is past its time and return what that was.

    Raises StoreUnavailable; what was deleted before stays deleted, the next purge takes the rest.
    """
    found = due(database, limits, now)
    for one in found:
        table, past = _past(one.kind, one.source_id, limits, now)
        while _delete_some(database, table, past, now):
            _empty_log(database)
    if found:
        with database.write(is_upkeep=True) as connection:
            drop_zeros(connection)
        _empty_log(database)
    return found


def erase_events(connection: Connection, ids: Collection[str], now: datetime) -> set[str]:
    """Delete events with all their content, inside the caller's transaction; their chains become tombstones.

    Return the events that were joined to them and stay: others speak for them now.
    """
    timezone = timezone_of(connection)
    days = None if timezone is None else DayRollup(connection, timezone)
    if days is not None:
        days.take_out(ids)
    rest = unlink(connection, ids, now)
    if days is not None:
        days.regroup({name for name, _position in groups_of(connection, rest).values()}, is_new=True)
        days.close()
    forget_versions(connection, ids)
    pieces.forget_of_events(connection, ids)
    forget_conflicts(connection, ids)
    typed = select(event.c.external_id).where(event.c.id.in_(ids), event.c.source_id.endswith("-contributions"))
    connection.execute(delete(contribution).where(contribution.c.external_id.in_(typed)))
    for table in (event_period, event_district):
        connection.execute(delete(table).where(table.c.event_id.in_(ids)))
    connection.execute(delete(event).where(event.c.id.in_(ids)))
    return rest


def forget_versions(connection: Connection, ids: Collection[str]) -> None:
    """Delete the content of all versions of these events, and the printed reports that name them; their hashes stay, so that the chain still verifies."""
    of_these = event_version.c.event_id.in_(ids)
    connection.execute(update(event_version).where(of_these).values(snapshot=None, diff=None))
    forget_of_events(connection, ids)


def _withdrawn(table: Table) -> ColumnElement[Any]:
    return func.coalesce(table.c.withdrawn_at, FAR, type_=table.c.withdrawn_at.type)


def _ended(table: Table) -> ColumnElement[Any]:
    """Return when a record ended: its withdrawal or the end of its validity, whichever came first."""
    gone = _withdrawn(table)
    return case((gone < table.c.until, gone), else_=table.c.until)


# kind -> table and the moment from which a row is of the past
_RECORDS: dict[str, tuple[Table, ColumnElement[Any]]] = {
    "event": (event, _ended(event)),
    "road_state": (road_state, _withdrawn(road_state)),
    "camera": (camera, _withdrawn(camera)),
    "tally": (tally, _ended(tally)),
}
_NOTES: dict[str, tuple[Table, Column[Any]]] = {
    "poll_run": (poll_run, poll_run.c.finished_at),
    "road_state_history": (road_state_history, road_state_history.c.at),
    "change": (change, change.c.recorded_at),
    "upkeep": (upkeep, upkeep.c.at),
    "agreement": (agreement, agreement.c.ends_at),
    "sign_in": (sign_in, sign_in.c.ends_at),
    "audit": (audit, audit.c.at),
    "camera_purpose": (camera_purpose, camera_purpose.c.at),
    "camera_task": (camera_task, camera_task.c.opened_at),
    "push_nonce": (push_nonce, push_nonce.c.at),
    "notice": (notice, notice.c.at),
    "waiting": (waiting, waiting.c.at),
    "source_outage": (source_outage, source_outage.c.began_at),
    "source_order": (source_order, source_order.c.ordered_at),
    "control_review": (control_review, control_review.c.opened_at),
    "conflict_rules": (conflict_rules, conflict_rules.c.made_at),
    "control_report": (control_report, control_report.c.made_at),
    "poll_half_hour": (poll_half_hour, poll_half_hour.c.half_hour),
    "media": (media, media.c.created_at),
    "report_copy": (report_copy, report_copy.c.due_at),
}

# Rows that stay without their words: what was ordered still holds.
_WORDS: dict[str, tuple[Column[Any], ...]] = {"source_order": (source_order.c.told, source_order.c.reference)}
# What concerns the posts of the house has the time that its columns state, whatever a city sets.
_FIXED = {
    "sign_in": timedelta(days=30),
    "push_nonce": timedelta(days=30),
    "notice": timedelta(days=30),
    "waiting": timedelta(days=30),
    "report_copy": timedelta(days=30),
    "audit": timedelta(days=183),
    "camera_purpose": timedelta(days=183),
    "camera_task": timedelta(days=1826),
    "control_review": timedelta(days=1826),
    "conflict_rules": timedelta(days=1826),
    "control_report": timedelta(days=1826),
    "media": timedelta(days=2),  # as long as the draft that it was sent for; with an event it goes with its event
}
# Numbered without holes: only the first ones go, and never the last of all.
_NUMBERED = {"change": change.c.seq, "audit": audit.c.seq, "conflict_rules": conflict_rules.c.id}


def _due(connection: Connection, limits: Limits, now: datetime) -> Iterator[Due]:
    for kind, (table, ended) in _RECORDS.items():
        names = connection.execute(select(table.c.source_id).distinct().order_by(table.c.source_id)).scalars().all()
        for name in names:
            yield from _counted(connection, kind, name, _past(kind, name, limits, now)[1], ended)
    for kind, (table, noted) in _NOTES.items():
        _, past = _past(kind, "", limits, now)
        when = noted if table is not poll_half_hour else literal(now - limits.of("run"), type_=Moment())
        yield from _counted(connection, kind, "", past, when)


def _counted(
    connection: Connection, kind: str, source_id: str, past: ColumnElement[bool], ended: ColumnElement[Any]
) -> Iterator[Due]:
    first = func.min(ended, type_=Moment())
    count, oldest = connection.execute(select(func.count(), first).where(past)).one()
    if count:
        yield Due(kind=kind, source_id=source_id, count=count, oldest=oldest)


def _past(kind: str, source_id: str, limits: Limits, now: datetime) -> tuple[Table, ColumnElement[bool]]:
    """Return the table of a kind and the condition that a row of the source is past its time."""
    if kind in _RECORDS:
        table, ended = _RECORDS[kind]
        return table, and_(table.c.source_id == source_id, ended < now - limits.of(kind, source_id))
    table, noted = _NOTES[kind]
    limit = now - _FIXED.get(kind, limits.of("run"))
    if table is poll_half_hour:
        return table, noted < half_hour_of(limit)
    if table is media:
        return table, and_(noted < limit, media.c.event_id.is_(None))
    if kind in _NUMBERED:
        number = _NUMBERED[kind]
        young = select(func.min(number)).where(noted >= limit).scalar_subquery()
        last = select(func.max(number)).scalar_subquery()
        return table, number < func.coalesce(young, last)
    if kind in _WORDS:
        return table, and_(noted < limit, or_(*(column.is_not(None) for column in _WORDS[kind])))
    return table, noted < limit


def _delete_some(database: Database, table: Table, past: ColumnElement[bool], now: datetime) -> bool:
    """Delete one batch; False when nothing was left to delete."""
    keys = list(table.primary_key.columns)
    with database.write(is_upkeep=True) as connection:
        rows = connection.execute(select(*keys).where(past).order_by(*keys).limit(_BATCH)).all()
        if not rows:
            return False
        if len(keys) > 1:
            for row in rows:
                connection.execute(delete(table).where(*(key == value for key, value in zip(keys, row, strict=True))))
            return True
        ids = [row[0] for row in rows]
        if table is event:
            erase_events(connection, ids, now)
            return True
        if table in (media, report_copy):
            (pieces.forget if table is media else forget_copies)(connection, ids)
            return True
        if table is poll_run:
            for of_run in (reject, withheld):
                connection.execute(delete(of_run).where(of_run.c.run_id.in_(ids)))
        of_these = keys[0].in_(ids)
        words = {column.name: None for column in _WORDS.get(table.name, ())}
        connection.execute(update(table).where(of_these).values(words) if words else delete(table).where(of_these))
    return True


def _empty_log(database: Database) -> None:
    """Bring deletions into the file itself: what SQLite deleted is overwritten there, its log would still hold it."""
    if database.is_sqlite:
        with database.writers.connect() as connection:
            driver = connection.connection.driver_connection
            connection.rollback()
            sqlite.checkpoint(driver)
