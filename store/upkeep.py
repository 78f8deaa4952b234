"""What the nightly work did: kept beside the data it answers for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from store.admitted import Cleared
from store.database import Database
from store.keeping_tables import upkeep


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One line of a task: rows seen, done with, and remaining where they should not; kind and source empty: all of it."""

    kind: str = ""
    source_id: str = ""
    seen: int = 0
    done: int = 0
    remaining: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTask:
    """The last time a task ran: `lines` begin with the whole of it."""

    at: datetime
    gate: str | None
    lines: tuple[Done, ...]


def keep_done(database: Database, task: str, at: datetime, lines: Sequence[Done], gate: str | None = None) -> None:
    """Note what a task did; the first line is the whole of it."""
    version = None if gate is None else Cleared(gate)  # ours: a number and the hash of the city's names
    rows = [asdict(line) | {"task": task, "at": at, "gate": version} for line in lines]
    with database.write(is_upkeep=True) as connection:
        connection.execute(insert(upkeep), rows)


def last_done(database: Database, task: str) -> LastTask | None:
    """Return what the last run of a task did, None before the first."""
    whole = select(func.max(upkeep.c.id)).where(upkeep.c.task == task, upkeep.c.kind == "").scalar_subquery()
    query = select(upkeep).where(upkeep.c.task == task, upkeep.c.id >= whole).order_by(upkeep.c.id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    if not rows:
        return None
    lines = tuple(
        Done(kind=row.kind, source_id=row.source_id, seen=row.seen, done=row.done, remaining=row.remaining)
        for row in rows
    )
    return LastTask(at=rows[0].at, gate=rows[0].gate, lines=lines)
