"""The runs of each half hour, counted in the transaction that keeps the run: a day is told without reading its runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, text

from store.database import Database
from store.kept import HalfHour
from store.poll_tables import poll_half_hour

HALF_HOUR = timedelta(minutes=30)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ADD = text(
    "INSERT INTO poll_half_hour (source_id, half_hour, runs, degraded, failed) "
    "VALUES (:source_id, :half_hour, 1, :degraded, :failed) "
    "ON CONFLICT (source_id, half_hour) DO UPDATE SET runs = poll_half_hour.runs + 1, "
    "degraded = poll_half_hour.degraded + excluded.degraded, failed = poll_half_hour.failed + excluded.failed"
)


def count_run(connection: Connection, source_id: str, verdict: str, finished_at: datetime) -> None:
    """Count a run in the half hour in which it ended."""
    told = {"degraded": int(verdict == "degraded"), "failed": int(verdict == "failed")}
    connection.execute(_ADD, {"source_id": source_id, "half_hour": half_hour_of(finished_at), **told})


def half_hours(
    database: Database, source_ids: Collection[str], *, now: datetime, last: int = 48
) -> Mapping[str, tuple[HalfHour, ...]]:
    """Return, per source, its last half hours that had a run, oldest first; the present one is the last.

    A source without a run in them is not in the answer. Raises StoreUnavailable.
    """
    present = half_hour_of(now)
    slot = poll_half_hour.c
    query = (
        select(poll_half_hour)
        .where(slot.source_id.in_(list(source_ids)), slot.half_hour > present - last, slot.half_hour <= present)
        .order_by(slot.source_id, slot.half_hour)
    )
    found: dict[str, list[HalfHour]] = {}
    with database.read() as connection:
        for row in connection.execute(query):
            kept = HalfHour(moment_of(row.half_hour), row.runs, row.degraded, row.failed)
            found.setdefault(row.source_id, []).append(kept)
    return {source_id: tuple(kept) for source_id, kept in found.items()}


def half_hour_of(moment: datetime) -> int:
    """Return the number of the half hour of a moment, from 1970 on."""
    return (moment - _EPOCH) // HALF_HOUR


def moment_of(half_hour: int) -> datetime:
    """Return when a half hour begins."""
    return _EPOCH + half_hour * HALF_HOUR


__all__ = ["HALF_HOUR", "count_run", "half_hour_of", "half_hours", "moment_of"]
