"""What is known of the sources: their polls, their rejects, when they were last good. No content, hence no viewer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from store.database import Database
from store.kept import RejectRow, RunRow, SourceRow
from store.poll_tables import poll_run, reject
from store.source_rhythm import GAPS, rhythm_of
from store.tables import camera, event, road_state, tally

MAX_RUNS = 1000
_BAD = ("failed", "degraded")
_IMPORTED = "imported"  # no poll: it says nothing of how the source is doing
_READINGS = 100  # enough to find the last GAPS that differ, when they mostly do
_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PastRunRow:
    """What a verdict needs of an earlier poll; the fields of `datasources.contract.PastRun`."""

    verdict: str
    records_seen: int
    rejected: int
    sha256: str | None
    finished_at: datetime


def runs(database: Database, source_id: str, limit: int = 20) -> tuple[RunRow, ...]:
    """Return the last polls of a source, newest first."""
    query = _last(source_id, limit, is_poll=False)
    with database.read() as connection:
        return tuple(_run(row) for row in connection.execute(query))


def rejects(database: Database, run_id: int, limit: int = 1000) -> tuple[RejectRow, ...]:
    """Return the records of a poll that could not be used, in their order."""
    query = select(reject).where(reject.c.run_id == run_id).order_by(reject.c.id).limit(limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(
        RejectRow(run_id=row.run_id, where=row.place, reason=row.reason, external_id=row.external_id) for row in rows
    )


def run_history(database: Database, source_id: str, limit: int = 20) -> tuple[PastRunRow, ...]:
    """Return what the verdict of the next poll needs, newest first."""
    with database.read() as connection:
        rows = connection.execute(_last(source_id, limit)).all()
    return tuple(PastRunRow(row.verdict, row.records_seen, row.rejected, row.sha256, row.finished_at) for row in rows)


def in_force(database: Database, source_id: str, external_ids: Collection[str], *, now: datetime) -> tuple[int, int]:
    """Return how many of these events of a source are in force or to come, and how many it has in all."""
    live = (event.c.source_id == source_id, event.c.withdrawn_at.is_(None), event.c.until > now)
    names = list(external_ids)
    with database.read() as connection:
        total = int(connection.execute(select(func.count()).where(*live)).scalar_one())
        parts = [names[start : start + _IDS_AT_ONCE] for start in range(0, len(names), _IDS_AT_ONCE)]
        named = sum(
            int(connection.execute(select(func.count()).where(*live, event.c.external_id.in_(part))).scalar_one())
            for part in parts
        )
    return named, total


def source_states(database: Database) -> tuple[SourceRow, ...]:
    """Return one row per source that was polled at least once, in order of identifier."""
    with database.read() as connection:
        counts = {table.name: _live(connection, table) for table in (event, road_state, camera, tally)}
        flagged = _counted(connection, event, event.c.source_error)
        names = connection.execute(
            select(poll_run.c.source_id)
            .where(poll_run.c.verdict != _IMPORTED)
            .distinct()
            .order_by(poll_run.c.source_id)
        ).scalars()
        return tuple(_state(connection, name, counts, flagged) for name in names.all())


def _state(
    connection: Connection, source_id: str, counts: dict[str, dict[str, int]], flagged: dict[str, int]
) -> SourceRow:
    good = connection.execute(_last(source_id, GAPS + 1, is_good=True)).all()
    last = connection.execute(_last(source_id, 1)).one()
    readings = connection.execute(_last_read(source_id)).all()
    read, rhythm = readings[0] if readings else None, rhythm_of(good, readings)
    failures = select(func.count()).where(
        poll_run.c.source_id == source_id, poll_run.c.verdict == "failed", poll_run.c.id > _last_answered(source_id)
    )
    return SourceRow(
        source_id=source_id,
        last_run=_run(last),
        last_good_at=good[0].finished_at if good else None,
        last_datum_at=(read.published_at or read.finished_at) if read else None,
        last_good_records=read.records_seen if read else None,
        consecutive_failures=int(connection.execute(failures).scalar_one()),
        events=counts["event"].get(source_id, 0),
        roads=counts["road_state"].get(source_id, 0),
        cameras=counts["camera"].get(source_id, 0),
        tallies=counts["tally"].get(source_id, 0),
        flagged=flagged.get(source_id, 0),
        peak_ages_s=rhythm.peak_ages_s,
        moved_at=rhythm.moved_at,
        move_gaps_s=rhythm.move_gaps_s,
    )


def _last_answered(source_id: str) -> Any:
    answered = select(func.max(poll_run.c.id)).where(
        poll_run.c.source_id == source_id, poll_run.c.verdict.not_in(["failed", _IMPORTED])
    )
    return func.coalesce(answered.scalar_subquery(), 0)


def _last_read(source_id: str) -> Any:
    """Ask for the last good runs that read a document; one that did not change was not read again."""
    columns = (poll_run.c.finished_at, poll_run.c.published_at, poll_run.c.sha256, poll_run.c.records_seen)
    return (
        select(*columns)
        .where(poll_run.c.source_id == source_id, poll_run.c.verdict.not_in([*_BAD, _IMPORTED, "unchanged"]))
        .order_by(poll_run.c.id.desc())
        .limit(_READINGS)
    )


def _live(connection: Connection, table: Table) -> dict[str, int]:
    return _counted(connection, table, table.c.withdrawn_at.is_(None))


def _counted(connection: Connection, table: Table, condition: Any) -> dict[str, int]:
    live = table.c.withdrawn_at.is_(None)
    query = select(table.c.source_id, func.count()).where(live, condition).group_by(table.c.source_id)
    return {str(name): int(count) for name, count in connection.execute(query)}


def _last(source_id: str, limit: int, *, is_good: bool = False, is_poll: bool = True) -> Any:
    query = select(poll_run).where(poll_run.c.source_id == source_id)
    if is_poll:
        query = query.where(poll_run.c.verdict != _IMPORTED)
    if is_good:
        query = query.where(poll_run.c.verdict.not_in(_BAD))
    return query.order_by(poll_run.c.id.desc()).limit(max(1, min(limit, MAX_RUNS)))


def _run(row: Row[Any]) -> RunRow:
    return RunRow(**{name: getattr(row, name) for name in RunRow.__dataclass_fields__})
