"""The panels of the analysis over a year of the demonstration's history, beside the same questions in SQL written by hand."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.made_events import CITY
from benchmarks.rows import Row, percentile
from benchmarks.year import NOW, SOURCES, fill
from components.analysis_panels import AXES, CATEGORIES, DAYS, DISTRICTS, FIGURES, HEAT, panel
from components.texts import words
from events.audience import CITY_READER
from insight.periods import Periods, Question, Setting
from insight.statistics import Days
from store.database import Database, connect
from store.kept import EventQuery

MOST_RATIO = 2.0
MOST_MS = 300.0
_ZONE = ZoneInfo(CITY.timezone)
_SEEN = "audience IN ('public', 'partners') AND (status IS NULL OR status = 'to_confirm')"
_IN_FORCE = f"{_SEEN} AND start <= :b AND until >= :a AND id IN (SELECT event_id FROM event_period WHERE start <= :b AND until > :a)"
_CATEGORY = "(:category IS NULL OR category = :category)"
_KINDS = f"SELECT category, severity >= 3, count(*) FROM event WHERE {_IN_FORCE} AND {_CATEGORY} GROUP BY 1, 2"
_PLACES = (
    "SELECT d.district, e.severity >= 3, count(*) FROM event_district d JOIN event e ON e.id = d.event_id WHERE "
    f"e.id IN (SELECT id FROM event WHERE {_IN_FORCE}) AND (:category IS NULL OR e.category = :category) GROUP BY 1, 2"
)
_ACTIVE = (
    "SELECT max(day, :first), category, severity >= 3, sum(n) FROM category_day WHERE day <= :last AND "
    f"audience IN ('public', 'partners') AND {_CATEGORY} GROUP BY 1, 2, 3"
)
_BY_PLACE = "SELECT max(day, :first), district, sum(n) FROM {} WHERE day <= :last AND audience IN ('public', 'partners') {} GROUP BY 1, 2"
_ROADS = "audience IN ('public', 'partners') AND day BETWEEN :first AND :last"
_BY_DAY = (
    "SELECT day, sum(closed_s), sum(congested_s * is_daytime), sum((free_s + slow_s + congested_s + closed_s) * is_daytime) "
    f"FROM road_day WHERE {_ROADS} GROUP BY day"
)
_BY_AXIS = (
    "SELECT axis_id, sum(free_s * is_daytime), sum(slow_s * is_daytime), sum(congested_s * is_daytime), "
    f"sum(closed_s * is_daytime), sum(unknown_s * is_daytime), sum(closed_s) FROM road_day WHERE {_ROADS} GROUP BY axis_id"
)
_BY_HOUR = f"SELECT (day - 1) % 7, hour, sum(hindered_s), sum(known_s) FROM road_hour WHERE {_ROADS} GROUP BY 1, 2"
# The day that has no sums yet: its changes, how long each lasted.
_TODAY = (
    "SELECT road_id, state, strftime('%H', at), sum((julianday(ended) - julianday(at)) * 86400) FROM (SELECT road_id, state, at, "
    "coalesce(lead(at) OVER (PARTITION BY road_id ORDER BY at, id), :now) AS ended FROM road_state_history WHERE at >= :today) "
    "GROUP BY 1, 2, 3"
)
_DELAYS = (
    "SELECT CAST((julianday(start) - julianday(:a)) AS INTEGER), (julianday(recorded_at) - julianday(start)) * 86400 FROM event "
    f"WHERE {_IN_FORCE} AND start >= :a AND recorded_at >= start AND {_CATEGORY} ORDER BY 1, 2"
)
# panel -> what is asked of both periods, and of the present one only
_ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    FIGURES: ((_KINDS, _BY_DAY, _DELAYS), (_ACTIVE, _TODAY)),
    DISTRICTS: ((_PLACES,), (_BY_AXIS, _TODAY, "by place")),
    DAYS: ((_ACTIVE,), (_KINDS,)),
    CATEGORIES: ((_KINDS,), ()),
    HEAT: ((), (_BY_HOUR, _BY_AXIS, _TODAY)),
    AXES: ((), (_BY_AXIS, _TODAY)),
}


def measure(quick: bool) -> Sequence[Row]:
    """Return the figures of each panel on SQLite."""
    count, turns, days, questions = (2_000, 20_000, 40, 3) if quick else (200_000, 3_600_000, 365, 40)
    with TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'year.db'}")
        fill(database, count, turns, days)
        with closing(sqlite3.connect(str(database.readers.url.database))) as connection:
            held = connection.execute("SELECT count(*) FROM road_state_history").fetchone()[0]
            rows = [
                _panel(database, connection, key, questions, days, f"{count:,} events, {held:,} changes")
                for key in _ASKED
            ]
        database.close()
    return rows


def _panel(database: Database, connection: sqlite3.Connection, key: str, count: int, days: int, of: str) -> Row:
    asked = list(_questions(count, days))
    taken: tuple[list[float], list[float]] = ([], [])
    for one in (asked[0], *asked):
        taken[0].append(_timed(lambda one=one: _ours(database, key, one)))  # type: ignore[misc]
        taken[1].append(_timed(lambda one=one: _by_hand(connection, key, one)))  # type: ignore[misc]
    ours, hand = taken[0][1:], taken[1][1:]
    return Row(
        what=f"{key}: {of}, p95",
        ours=percentile(ours, 0.95),
        floor=percentile(hand, 0.95),
        beside="SQL by hand",
        unit="ms",
        most_ratio=MOST_RATIO,
        most=MOST_MS,
        repetitions=count,
        note=f"p50 {percentile(ours, 0.5):.0f} beside {percentile(hand, 0.5):.0f} ms; periods of 1 to 13 weeks, one in three up to now",
    )


def _questions(count: int, days: int) -> Sequence[Question]:
    chance = random.Random(9)
    found = []
    for number in range(count):
        length = 7 * chance.randrange(1, min(14, days // 14))
        last = NOW.date() - timedelta(days=0 if number % 3 == 0 else chance.randrange(1, max(2, days - 2 * length)))
        category = chance.choice((None, None, "chantier", "accident"))
        period = Days(last - timedelta(days=length - 1), last)
        filters = EventQuery(categories=(category,) if category else ())
        found.append(Question(days=period, compared=period.before(), filters=filters))
    return found


def _ours(database: Database, key: str, asked: Question) -> None:
    setting = Setting(city=CITY, now=NOW, sources=SOURCES, regular=SOURCES)
    panel(key, Periods(database, CITY_READER, asked, setting), CITY, words("fr"))


def _by_hand(connection: sqlite3.Connection, key: str, asked: Question) -> None:
    both, once = _ASKED[key]
    for statement in both:
        for days in (asked.days, asked.compared):
            _ask(connection, statement, asked, days)
    for statement in once:
        if statement != _TODAY or asked.days.last >= NOW.date():
            _ask(connection, statement, asked, asked.days)


def _ask(connection: sqlite3.Connection, statement: str, asked: Question, days: Days) -> None:
    category = next(iter(asked.filters.categories), None)
    if statement == "by place":
        statement = _BY_PLACE.format(*(("event_day", "AND category = :category") if category else ("district_day", "")))
    connection.execute(
        statement,
        {
            "a": _text(days.first), "b": _text(days.last + timedelta(days=1)), "first": days.first.toordinal(),
            "last": days.last.toordinal(), "category": category, "today": _text(NOW.date()),
            "now": NOW.replace(tzinfo=None).isoformat(" "),
        },
    ).fetchall()  # fmt: skip


def _text(day: date) -> str:
    return (
        datetime.combine(day, datetime.min.time(), _ZONE)
        .astimezone(NOW.tzinfo)
        .replace(tzinfo=None)
        .isoformat(" ", "microseconds")
    )


def _timed(way: Callable[[], Any]) -> float:
    began = time.perf_counter()
    way()
    return (time.perf_counter() - began) * 1000
