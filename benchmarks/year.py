"""A store with a year of the demonstration's history, written past the writer: sums by day are made as the product makes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

from benchmarks.history_load import take_indexes
from benchmarks.history_rows import template
from benchmarks.made_events import CITY
from demo import history
from events.audience import PARTNERS, PUBLIC
from events.records import RoadState
from events.vocabulary import TrafficState
from store import rollup
from store.admitted import Cleared
from store.database import Database
from store.half_hours import half_hour_of
from store.road_days import sum_days
from store.schema import migrate
from store.snapshot_current import road_to_snapshot

NOW = datetime(2026, 11, 14, 13, 32, tzinfo=UTC)
SOURCES = (
    "voirie-trafic", "voirie-arretes", "transport-perturbations", "prefecture-manifestations", "marins-pompiers-interventions",
    "metropole-chantiers", "meteo-vigilance", "police-evenements",
)  # fmt: skip
_BATCH = 20_000
_HASH = "0" * 64
_EVENT = (
    "INSERT INTO event (id, number, source_id, external_id, v, organisation, category, severity, audience, start, until, west, "
    "south, east, north, search, published_at, recorded_at, changed_at, last_seen_at, absences, source_error, recurs, snapshot, "
    "fingerprint, snapshot_sha256, sha256) VALUES (?, ?, 'works', ?, 1, ?, ?, ?, ?, ?, ?, 5.37, 43.3, 5.37, 43.3, ?, ?, ?, ?, ?, "
    f"0, 0, 0, ?, '{_HASH}', '{_HASH}', '{_HASH}')"
)
_ROAD = (
    "INSERT INTO road_state (id, source_id, organisation, audience, recorded_at, changed_at, last_seen_at, absences, snapshot, "
    f"fingerprint, state) VALUES (?, 'roads', 'voirie', 'public', ?, ?, ?, 0, ?, '{_HASH}', 'free')"
)


def fill(database: Database, count: int, turns: int, days: int = 365) -> None:
    """Migrate the SQLite database and give it events, changes of road states and the sums of the days that are over."""
    migrate(database)
    with closing(sqlite3.connect(str(database.writers.url.database), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        indexes = take_indexes(connection)
        connection.execute("BEGIN")
        _fill_events(connection, count, days)
        _fill_roads(connection, turns, days)
        for statement in indexes:
            connection.execute(statement)
        _fill_half_hours(connection, days)
        connection.execute("INSERT INTO counter (name, value) VALUES ('event_number', ?)", [count])
        connection.execute("COMMIT")
    with database.write() as held:
        rollup.rebuild(held, CITY.timezone)
    sum_days(database, NOW)
    with database.writers.connect() as held:
        held.exec_driver_sql("ANALYZE")
        held.commit()


def _fill_events(connection: sqlite3.Connection, count: int, days: int) -> None:
    made = history.events(count, NOW + timedelta(days=1), [one.code for one in CITY.districts], days=days)
    snapshot = template()
    while part := list(islice(made, _BATCH)):
        connection.executemany(_EVENT, [_event_row(one, snapshot) for one in part])
        connection.executemany(
            "INSERT INTO event_period (event_id, start, until) VALUES (?, ?, ?)",
            [(_id(one), _text(one.start), _text(one.until)) for one in part],
        )
        connection.executemany(
            "INSERT INTO event_district (event_id, district, category, start, until) VALUES (?, ?, ?, ?, ?)",
            [
                (_id(one), code, one.category, _text(one.start), _text(one.until))
                for one in part
                for code in one.districts
            ],
        )


def _event_row(one: history.Made, snapshot: str) -> tuple[Any, ...]:
    start = _text(one.start)
    told = _text(one.start + timedelta(seconds=one.told_s))
    audience = (PUBLIC if one.is_public else PARTNERS).key
    content = snapshot.replace("W-000000", f"W-{one.number:06d}").replace("RUE", f"rue {one.number % 9973}")
    return (
        _id(one), one.number + 1, f"W-{one.number:06d}", one.organisation, one.category, one.severity, audience, start,
        _text(one.until), f"travaux rue {one.number % 9973}", start, told, told, told, content,
    )  # fmt: skip


def _fill_roads(connection: sqlite3.Connection, count: int, days: int) -> None:
    axes = [axis.id for axis in CITY.axes]
    begun = _text(NOW - timedelta(days=days))
    told: Iterator[history.Turn] = history.turns(count, NOW + timedelta(days=1), axes, days=days)
    seen: dict[str, str] = {}
    while part := list(islice(told, _BATCH)):
        rows = [(f"roads:{one.section}", one.state, *[_text(one.at)] * 2) for one in part if one.at <= NOW]
        seen.update({one.section: one.axis for one in part})
        connection.executemany(
            "INSERT INTO road_state_history (road_id, state, at, recorded_at) VALUES (?, ?, ?, ?)", rows
        )
    connection.executemany(
        _ROAD,
        [(f"roads:{name}", begun, begun, begun, _road_snapshot(name, axis)) for name, axis in sorted(seen.items())],
    )


def _fill_half_hours(connection: sqlite3.Connection, days: int) -> None:
    """Let the regular sources answer twice an hour, but for one night and the day after it."""
    present = half_hour_of(NOW)
    silent = range(present - 48 * 11, present - 48 * 10)
    connection.executemany(
        "INSERT INTO poll_half_hour (source_id, half_hour, runs, degraded, failed) VALUES (?, ?, 6, 0, ?)",
        (
            (name, number, 6 if name == SOURCES[0] and number in silent else 0)
            for name in SOURCES
            for number in range(present - 48 * days, present)
        ),
    )


def _road_snapshot(name: str, axis: str) -> str:
    told = RoadState(
        source_id="roads", segment_id=Cleared(name), state=TrafficState.FREE, observed_at=NOW, organisation="voirie",
        audience=PUBLIC, axis_id=axis,
    )  # fmt: skip
    return orjson.dumps(road_to_snapshot(told), option=orjson.OPT_SORT_KEYS).decode()


def _id(one: history.Made) -> str:
    return f"0197a000-0000-7000-8000-{one.number:012x}"


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")
