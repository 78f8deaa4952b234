"""A store of this version's schema filled with made-up rows, past the writer: a million in half a minute."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg

from benchmarks.history_rows import rows
from benchmarks.made_events import CITY
from store import rollup
from store.database import Database
from store.frozen import Snapshot
from store.schema import migrate
from store.tables import event, event_district, event_period

_BATCH = 20_000
_TABLES = (event, event_period, event_district)


def fill(database: Database, count: int) -> None:
    """Migrate the database and give it `count` events with their periods, districts and sums by day."""
    migrate(database)
    place = database.writers.url
    if database.is_sqlite:
        _fill_sqlite(str(place.database), count)
    else:
        _fill_postgresql(place.set(drivername="postgresql").render_as_string(hide_password=False), count)
    with database.write() as connection:
        rollup.rebuild(connection, CITY.timezone)
    with database.writers.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _batches(count: int, cell: Callable[[Any], Any]) -> Iterator[tuple[list[tuple[Any, ...]], ...]]:
    made = rows(count)
    while part := list(islice(made, _BATCH)):
        told = ([one[0] for one in part], [one[1] for one in part], [row for one in part for row in one[2]])
        yield tuple(
            [tuple([cell(row[column.name]) for column in table.c]) for row in of_table]
            for table, of_table in zip(_TABLES, told, strict=True)
        )


def _fill_sqlite(file: str, count: int) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        indexes = take_indexes(connection)
        connection.execute("BEGIN")
        for batch in _batches(count, _sqlite_cell):
            for table, of_table in zip(_TABLES, batch, strict=True):
                marks = ", ".join("?" * len(table.c))
                connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", of_table)
        for statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")


def take_indexes(connection: sqlite3.Connection) -> Sequence[str]:
    """Drop the indexes that are built faster at the end; return how to make them again."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND (tbl_name LIKE 'event%' OR tbl_name LIKE 'road%')"
    found = connection.execute(query).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def _sqlite_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.text if isinstance(value, Snapshot) else value


def _postgresql_cell(value: Any) -> Any:
    return value.text if isinstance(value, Snapshot) else str(value) if isinstance(value, str) else value


def _fill_postgresql(url: str, count: int) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for batch in _batches(count, _postgresql_cell):
            for table, of_table in zip(_TABLES, batch, strict=True):
                names = ", ".join(f'"{column.name}"' for column in table.c)
                with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                    for row in of_table:
                        copy.write_row(row)
