"""Questions to the past over a million events: our readers beside the same SQL written by hand on the same indexes."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg

from benchmarks.history_load import fill
from benchmarks.history_rows import CATEGORIES, NOW, SPAN
from benchmarks.made_events import CITY
from benchmarks.rows import Row, percentile
from events.audience import CITY_READER
from store import readers
from store.database import Database, connect
from store.kept import EventQuery

MOST_RATIO = 2.0
MOST_OVERVIEW_MS = 150.0
PAGE = 100
_AUDIENCES = "('public', 'partners')"

_MATCHING = (
    "FROM event e LEFT JOIN event_joined j ON j.event_id = e.id "
    "WHERE e.id IN (SELECT event_id FROM event_district WHERE category = %s AND district = %s AND until >= %s AND start <= %s) AND e.withdrawn_at IS NULL AND e.start <= %s AND e.until >= %s "
    "AND EXISTS (SELECT 1 FROM event_period p WHERE p.event_id = e.id AND p.start <= %s AND p.until > %s) "
)
# Who is told by an earlier one of a linked group is not told again; the group of each event is read with it.
_FOLLOWS = (
    "SELECT m.event_id FROM event_joined m JOIN event_joined o ON o.joined_id = m.joined_id AND o.position < m.position "
    "WHERE EXISTS (SELECT 1 FROM event f WHERE f.id = o.event_id AND f.withdrawn_at IS NULL AND f.start <= %s "
    f"AND f.until >= %s AND f.audience IN {_AUDIENCES})"
)
_PAGE = (
    "SELECT e.id, e.number, e.v, e.recorded_at, e.changed_at, e.last_seen_at, e.source_error, e.withdrawn_at, e.sha256, "
    f"e.snapshot, e.start, j.joined_id, j.position {_MATCHING} "
    f"AND e.audience IN {_AUDIENCES} AND e.id NOT IN ({_FOLLOWS}) ORDER BY e.start, e.id LIMIT {PAGE + 1}"
)
_PERIODS = "SELECT event_id, start, until FROM event_period WHERE event_id IN ({}) AND start <= %s AND until > %s"
_SUMS = (
    "SELECT day, district, sum(n) FROM district_day WHERE day {} %s AND day <= %s "
    f"AND audience IN {_AUDIENCES} GROUP BY day, district ORDER BY day"
)
_DAYS = (
    "SELECT e.id, p.start, p.until FROM event e JOIN event_period p ON p.event_id = e.id WHERE e.id IN (SELECT event_id "
    "FROM event_district WHERE category = %s AND district = %s AND until >= %s AND start <= %s) AND e.start <= %s "
    f"AND e.until >= %s AND p.start <= %s AND p.until > %s AND e.audience IN {_AUDIENCES} AND e.status IS NULL"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a range of days, a district, a category."""

    start: datetime
    end: datetime
    district: str
    category: str

    @property
    def query(self) -> EventQuery:
        """The same as the store is asked it."""
        return EventQuery(
            start=self.start, end=self.end, districts=(self.district,), categories=(self.category,), limit=PAGE
        )


class Hand:
    """The driver's own connection and SQL written by hand."""

    def __init__(
        self, execute: Callable[[str, Sequence[Any]], list[Any]], end: Callable[[], None], *, is_sqlite: bool
    ) -> None:
        self._execute = execute
        self.end = end
        self._is_sqlite = is_sqlite

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """Return all rows."""
        if self._is_sqlite:
            told = [_text(value) if isinstance(value, datetime) else value for value in values]
            return self._execute(statement.replace("%s", "?"), told)
        return self._execute(statement, values)

    def page(self, asked: Asked) -> int:
        """Return how many events a page holds; its records are decoded, its periods asked."""
        window = (asked.start, asked.end, asked.end, asked.start, asked.end, asked.start)
        found = self.ask(_PAGE, asked.category, asked.district, *window, asked.end, asked.start)[:PAGE]
        ids = [row[0] for row in found]
        if ids:
            told = self.ask(_PERIODS.format(", ".join(["%s"] * len(ids))), *ids, asked.end, asked.start)
            assert [self._moments(row[1:]) for row in told]
        self.end()  # one question, one transaction
        return len([(orjson.loads(row[9]), self._moments((*row[3:6], row[7], row[10]))) for row in found])

    def _moments(self, values: Sequence[Any]) -> list[Any]:
        # PostgreSQL's driver returns moments; SQLite returns their text, which whoever asks must read.
        if not self._is_sqlite:
            return list(values)
        return [value and datetime.fromisoformat(value + "+00:00") for value in values]

    def days(self, asked: Asked) -> int:
        """Return the sum of the events in force on each day of the range."""
        window = (asked.start, asked.end, asked.end, asked.start, asked.end, asked.start)
        counts = [0] * ((asked.end - asked.start).days + 1)
        for _, start, until in self.ask(_DAYS, asked.category, asked.district, *window):
            begun = datetime.fromisoformat(start + "+00:00") if self._is_sqlite else start
            ended = datetime.fromisoformat(until + "+00:00") if self._is_sqlite else until
            first = max(0, (begun - asked.start) // timedelta(days=1))
            last = min(len(counts) - 1, (ended - timedelta(microseconds=1) - asked.start) // timedelta(days=1))
            for number in range(first, last + 1):
                counts[number] += 1
        self.end()
        return sum(counts)

    def overview(self, first: int, last: int) -> int:
        """Return the sum of the events in force by day and district, from the sums kept by day."""
        running: dict[str, int] = {}
        total, day = 0, first
        for number, district, n in self.ask(_SUMS.format(">="), 0, last):
            while day < number:
                total += sum(running.values())
                day += 1
            running[district] = running.get(district, 0) + n
        return total + sum(running.values()) * (last - day + 1)


def measure(quick: bool) -> Sequence[Row]:
    """Return the figures on SQLite and, where its server can be started, on PostgreSQL."""
    count, questions = (3_000, 5) if quick else (1_000_000, 100)
    measured: list[Row] = []
    with TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'history.db'}")
        measured += _measure(database, "SQLite", count, questions)
        database.close()
    if not quick:
        measured += _on_postgresql(count, questions)
    return measured


def _on_postgresql(count: int, questions: int) -> Sequence[Row]:
    from tests.postgres import PostgresServer, programs

    found = programs()
    if found is None:
        return [Row(what="history on PostgreSQL", ours=None, unit="ms", note="PostgreSQL is not installed here")]
    server = PostgresServer(found, settings={"shared_buffers": "1GB", "work_mem": "64MB", "jit": "off"})
    try:
        server.make()
        database = connect(server.new())
        return _measure(database, "PostgreSQL", count, questions)
    finally:
        server.remove()


def _measure(database: Database, name: str, count: int, questions: int) -> Sequence[Row]:
    fill(database, count)
    what = f"{name}, {count:,} events"
    with _hand(database) as hand:
        asked = list(_questions(questions))
        pages = _beside(asked, lambda one: len(_page(database, one)), hand.page)
        days = _beside(asked, lambda one: _day_sum(database, one), hand.days)
        spans = [(NOW - SPAN, NOW)] * max(3, questions // 10)
        overview = _beside(spans, lambda span: _overview(database, *span), lambda span: hand.overview(*map(_day, span)))
        scan = [_timed(lambda span: _scan(database, *span), span)[0] for span in spans[:3]]
    said: dict[str, Any] = {"unit": "ms", "repetitions": questions, "beside": "SQL by hand"}
    return [
        Row(
            what=f"{what}: page of {PAGE} by date, district, category, p95",
            ours=percentile(pages[0], 0.95),
            floor=percentile(pages[1], 0.95),
            most_ratio=MOST_RATIO,
            note=f"p50 {percentile(pages[0], 0.5):.1f} beside {percentile(pages[1], 0.5):.1f} ms; both decode the records, "
            "read their periods and groups, and leave out who is told by another",
            **said,
        ),
        Row(
            what=f"{what}: events by day, of a district and category, p95",
            ours=percentile(days[0], 0.95),
            floor=percentile(days[1], 0.95),
            most_ratio=MOST_RATIO,
            note=f"p50 {percentile(days[0], 0.5):.1f} beside {percentile(days[1], 0.5):.1f} ms",
            **said,
        ),
        Row(
            what=f"{what}: two years by day and district, p50",
            ours=percentile(overview[0], 0.5),
            floor=percentile(overview[1], 0.5),
            most=MOST_OVERVIEW_MS if count >= 1_000_000 else None,
            note=f"from the sums kept by day; the same from the events: {percentile(scan, 0.5):,.0f} ms",
            **said | {"repetitions": len(spans)},
        ),
    ]


def _questions(count: int) -> Iterator[Asked]:
    chance = random.Random(count)
    codes = [district.code for district in CITY.districts]
    for _ in range(count):
        days = chance.randrange(7, 43)
        # Local midnights of a summer day in winter too: both ways count the same whole days.
        start = (NOW - SPAN + timedelta(days=chance.randrange(690))).replace(hour=0)
        yield Asked(start, start + timedelta(days=days), chance.choice(codes), chance.choice(CATEGORIES))


def _beside(
    asked: Sequence[Any], ours: Callable[[Any], int], hand: Callable[[Any], int]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of both ways, taken alternately after one unmeasured turn.

    Each goes first every other time: who does reads from the disk what the other finds in memory.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    ways = list(zip((ours, hand), taken, strict=True))
    for number, one in enumerate((asked[0], *asked)):
        for way, values in ways if number % 2 else reversed(ways):
            values.append(_timed(way, one)[0])
    return taken[0][1:], taken[1][1:]


def _timed(way: Callable[[Any], int], one: Any) -> tuple[float, int]:
    began = time.perf_counter()
    found = way(one)
    return (time.perf_counter() - began) * 1000, found


def _page(database: Database, asked: Asked) -> Sequence[Any]:
    return readers.events(database, viewer=CITY_READER, query=asked.query).events


def _day_sum(database: Database, asked: Asked) -> int:
    rows = readers.day_counts(database, viewer=CITY_READER, query=asked.query, timezone=CITY.timezone)
    return sum(row.n for row in rows)


def _overview(database: Database, start: datetime, end: datetime) -> int:
    query = EventQuery(start=start, end=end)
    return sum(
        row.n for row in readers.district_days(database, viewer=CITY_READER, query=query, timezone=CITY.timezone)
    )


def _scan(database: Database, start: datetime, end: datetime) -> int:
    # A zone with the same days, whose sums are not kept: the events themselves are counted.
    query = EventQuery(start=start, end=end)
    return sum(
        row.n for row in readers.district_days(database, viewer=CITY_READER, query=query, timezone="Europe/Rome")
    )


def _day(moment: datetime) -> int:
    return moment.date().toordinal()


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def _hand(database: Database) -> Iterator[Hand]:
    place = database.readers.url
    if database.is_sqlite:
        with closing(sqlite3.connect(str(place.database))) as connection:
            yield Hand(
                lambda statement, values: connection.execute(statement, values).fetchall(),
                connection.rollback,
                is_sqlite=True,
            )
        return
    url = place.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        yield Hand(
            lambda statement, values: other.execute(statement, values).fetchall(), other.rollback, is_sqlite=False
        )  # type: ignore[call-overload]
