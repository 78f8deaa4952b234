"""10,000 gated records written by the store, beside a bare insert of the very rows they become."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from api.serving import settle_memory
from benchmarks.made_events import CITY, a_run, events
from benchmarks.rows import Row
from events.records import Event
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from store.admitted import AdmittedBatch
from store.database import connect
from store.kept import Applied
from store.schema import migrate
from store.writer import Writer

MOST_RATIO = 5.0
# Current state, version, period: what any store that answers "what was in force" has to write.
_TABLES = ("event", "event_version", "event_period")
_KEY = b"0" * 32


class _Held:
    """Takes the batch that the gate admitted instead of writing it, so that each is timed alone."""

    def __init__(self) -> None:
        self.batch: AdmittedBatch | None = None

    def apply(self, batch: AdmittedBatch, *, is_durable: bool = False) -> Applied:
        assert not is_durable  # a reading is not: its partner tells it again
        self.batch = batch
        return Applied(run_id=0, last_seq=0, new=0, changed=0, unchanged=0, absent=0, withdrawn=0, flagged=0)


def measure(quick: bool) -> Sequence[Row]:
    """Return the first load, the same records again, and the gate."""
    count, repetitions = (300, 1) if quick else (10_000, 5)
    now = datetime.now(UTC)
    told = tuple(events(count, now))
    settle_memory()  # as the house does before it serves
    first, again, bare, gated = [], [], [], []
    for _ in range(repetitions):
        with TemporaryDirectory() as folder:
            took, batch = _gate(told)
            gated.append(took)
            times = _ours(Path(folder) / "ours.db", batch)
            first.append(times[0])
            again.append(times[1])
            bare.append(_bare(Path(folder) / "ours.db", Path(folder) / "bare.db"))
    return _rows(count, repetitions, median(first), median(again), median(bare), median(gated))


def _rows(count: int, repetitions: int, first: float, again: float, bare: float, gated: float) -> Sequence[Row]:
    said: dict[str, Any] = {"unit": "ms", "repetitions": repetitions}
    beside: dict[str, Any] = {"beside": "bare insert of the same rows", "floor": bare * 1000} | said
    rest = "districts, snapshots, hashes, chain, numbered changes, sums by day and the run included"
    return [
        Row(
            what=f"store {count:,} new events",
            ours=first * 1000,
            most_ratio=MOST_RATIO,
            note=f"{count / first:,.0f} records/s; {rest}; SQLite, one transaction",
            **beside,
        ),
        Row(what=f"store the same {count:,} again, unchanged", ours=again * 1000, most_ratio=MOST_RATIO, **beside),
        Row(
            what=f"privacy gate on {count:,} new events",
            ours=gated * 1000,
            note="timed apart: before the store",
            **said,
        ),
    ]


def _gate(told: tuple[Event, ...]) -> tuple[float, AdmittedBatch]:
    held = _Held()
    gate = Gate(held, city_gazetteer(CITY), lambda: datetime.now(UTC), key=_KEY)
    run = a_run(told)
    began = time.perf_counter()
    gate.admit(run)
    took = time.perf_counter() - began
    if held.batch is None or len(held.batch.events) != len(told):
        raise RuntimeError("the gate did not admit every event")
    return took, held.batch


def _ours(file: Path, batch: AdmittedBatch) -> tuple[float, float]:
    database = connect(f"sqlite:///{file}")
    migrate(database)
    writer = Writer(database, CITY, lambda: datetime.now(UTC))
    times = []
    for is_new in (True, False):
        began = time.perf_counter()
        applied = writer.apply(batch)
        times.append(time.perf_counter() - began)
        if (applied.new if is_new else applied.unchanged) != len(batch.events):
            raise RuntimeError("the store did not count what it was given")
    database.close()
    return times[0], times[1]


def _bare(kept: Path, target: Path) -> float:
    """Insert the rows that ours wrote into tables with the same indexes, ready-made, in one transaction."""
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(target)) as bare:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=NORMAL")
        prepared: list[tuple[str, list[Any]]] = []
        for table in _TABLES:
            for (statement,) in source.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'trigger' AND sql IS NOT NULL ORDER BY type DESC",
                (table,),
            ):
                bare.execute(statement)
            rows = source.execute(f"SELECT * FROM {table}").fetchall()
            prepared.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows))
        bare.commit()
        began = time.perf_counter()
        for statement, rows in prepared:
            bare.executemany(statement, rows)
        bare.commit()
        return time.perf_counter() - began
