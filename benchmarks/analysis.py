"""The panels of the analysis over a year of the demonstration's history, beside the same questions in SQL written by hand."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from api.serving import settle_memory
from benchmarks.made_events import CITY
from benchmarks.rows import Row, percentile
from benchmarks.year import NOW, SOURCES, fill
from components.analysis_panels import AXES, CATEGORIES, DAYS, DISTRICTS, FIGURES, HEAT, panel
from components.texts import words
from events.audience import CITY_READER
from insight.periods import Periods, Question, Setting
from insight.statistics import Days
from store import readers
from store.database import Database, connect
from store.kept import EventQuery

MOST_RATIO = 2.0
MOST_MS = 300.0
_ZONE = ZoneInfo(CITY.timezone)
_SEEN = "audience IN ('public', 'partners')"
# Before the period, what is in force on its first day; then what begins and was not in force before in the period.
_ONCE = "sum(CASE WHEN day <= :first THEN began - ended WHEN since <= :first THEN began ELSE 0 END)"
_IN_PERIOD = f"SELECT {{key}}, severity >= 3, {_ONCE} FROM {{table}} WHERE day <= :last AND {{filters}} GROUP BY 1, 2"
_BY_DAY = (
    f"SELECT max(day, :first), {{key}}, severity >= 3, sum(n), {_ONCE} FROM {{table}} WHERE day <= :last AND {{filters}} "
    "GROUP BY 1, 2, 3"
)
_DELAYS = "FROM delay_day WHERE day BETWEEN :first AND :last AND first <= :last AND {filters}"
_DELAYS_BY_DAY = f"SELECT day, delay_s, sum(n) {_DELAYS} GROUP BY day, delay_s ORDER BY day, delay_s"
_DELAYS_OF_ALL = f"SELECT delay_s, sum(n) {_DELAYS} GROUP BY delay_s ORDER BY delay_s"
_ROADS = "audience IN ('public', 'partners') AND day BETWEEN :first AND :last"
_ROADS_BY_DAY = (
    "SELECT day, sum(closed_s), sum(congested_s * is_daytime), sum((free_s + slow_s + congested_s + closed_s) * is_daytime) "
    f"FROM road_day WHERE {_ROADS} GROUP BY day"
)
_BY_AXIS = (
    "SELECT axis_id, sum(free_s * is_daytime), sum(slow_s * is_daytime), sum(congested_s * is_daytime), "
    f"sum(closed_s * is_daytime), sum(unknown_s * is_daytime), sum(closed_s) FROM road_day WHERE {_ROADS} GROUP BY axis_id"
)
_BY_HOUR = f"SELECT (day - 1) % 7, hour, sum(hindered_s), sum(known_s) FROM road_hour WHERE {_ROADS} GROUP BY 1, 2"
# The day that has no sums yet: from the last state before it and its changes, each as long as it lasted, a section for its
# part of its axis. Seconds since its midnight, which is an hour before that of UTC; from 7 to 20 cut out.
_SPELLS = (
    "WITH told AS (SELECT r.id AS road_id, (SELECT h.state FROM road_state_history h WHERE h.road_id = r.id AND h.at < :today "
    "ORDER BY h.at DESC, h.id DESC LIMIT 1) AS state, :today AS at, 0 AS id FROM road_state r UNION ALL SELECT road_id, state, at, "
    "id FROM road_state_history WHERE at >= :today AND at < :now), spells AS (SELECT road_id, state, (julianday(at) - "
    "julianday(:today)) * 86400 AS a, (julianday(coalesce(lead(at) OVER (PARTITION BY road_id ORDER BY at, id), :now)) - "
    "julianday(:today)) * 86400 AS b FROM told), axes AS (SELECT id, json_extract(snapshot, '$.axis_id') AS axis_id FROM road_state "
    f"WHERE {_SEEN}), parts AS (SELECT axis_id, count(*) AS sections FROM axes GROUP BY axis_id) "
)
_TODAY = (
    f"{_SPELLS} SELECT axis_id, state, sum((b - a) / sections), sum(max(0, min(b, 72000) - max(a, 25200)) / sections) FROM spells "
    "JOIN axes ON axes.id = road_id JOIN parts USING (axis_id) WHERE state IS NOT NULL GROUP BY 1, 2"
)
_TODAY_BY_HOUR = (
    f"{_SPELLS}, hours AS (SELECT value AS hour FROM json_each('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23]')) "
    "SELECT hour, state, sum((min(b, hour * 3600 + 3600) - max(a, hour * 3600)) / sections) FROM spells JOIN hours ON "
    "a < hour * 3600 + 3600 AND b > hour * 3600 JOIN axes ON axes.id = road_id JOIN parts USING (axis_id) GROUP BY 1, 2"
)
# The last state before a day of the past and those told in it, of every road that may be seen.
_PAST = (
    (
        f"SELECT r.id, r.snapshot, h.state, h.at FROM road_state r JOIN road_state_history h ON h.id = (SELECT b.id FROM "
        f"road_state_history b WHERE b.road_id = r.id AND b.at <= :start ORDER BY b.at DESC, b.id DESC LIMIT 1) WHERE r.{_SEEN}"
    ),
    (
        f"SELECT road_id, state, at FROM road_state_history WHERE at > :start AND at <= :end AND road_id IN (SELECT id FROM road_state "
        f"WHERE {_SEEN}) ORDER BY at, id"
    ),
)
# panel -> what is asked of both periods, of the present one only, and of the compared one only; (statement, what by)
_ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    FIGURES: ((_ROADS_BY_DAY,), ("kinds by day", _DELAYS_BY_DAY, _TODAY), ("kinds", _DELAYS_OF_ALL)),
    DISTRICTS: ((), ("places by day", _BY_AXIS, _TODAY), ("places",)),
    DAYS: (("kinds by day",), (), ()),
    CATEGORIES: (("kinds",), (), ()),
    HEAT: ((), (_BY_HOUR, _BY_AXIS, _TODAY_BY_HOUR, _TODAY), ()),
    AXES: ((), (_BY_AXIS, _TODAY), ()),
}


def measure(quick: bool) -> Sequence[Row]:
    """Return the figures of each panel on SQLite."""
    count, turns, days, questions = (2_000, 20_000, 40, 3) if quick else (200_000, 3_000_000, 365, 40)
    with TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'year.db'}")
        fill(database, count, turns, days)
        settle_memory()
        with closing(sqlite3.connect(str(database.readers.url.database))) as connection:
            held = connection.execute("SELECT count(*) FROM road_state_history").fetchone()[0]
            rows = [
                _panel(database, connection, key, questions, days, f"{count:,} events, {held:,} changes")
                for key in _ASKED
            ]
            rows.append(_cursor(database, connection, questions, days, f"{held:,} changes"))
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


def _cursor(database: Database, connection: sqlite3.Connection, count: int, days: int, of: str) -> Row:
    """Return what the time cursor costs: the states that every road took in a day of the past."""
    chance = random.Random(10)
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(count + 1):
        start = NOW - timedelta(days=chance.uniform(1, days - 1))
        end = start + timedelta(days=1)
        told = {"start": _moment(start), "end": _moment(end)}
        taken[0].append(_timed(lambda: readers.road_past(database, viewer=CITY_READER, start=start, end=end)))  # noqa: B023 - called at once
        taken[1].append(_timed(lambda: [connection.execute(one, told).fetchall() for one in _PAST]))  # noqa: B023
    ours, hand = taken[0][1:], taken[1][1:]
    return Row(
        what=f"time cursor, a day of the roads: {of}, p95", ours=percentile(ours, 0.95), floor=percentile(hand, 0.95),
        beside="SQL by hand", unit="ms", most=MOST_MS, repetitions=count,
        note=f"p50 {percentile(ours, 0.5):.0f} beside {percentile(hand, 0.5):.0f} ms; ours decodes each road and each moment, "
        "and is shared by all who ask within half a minute",
    )  # fmt: skip


def _questions(count: int, days: int) -> Sequence[Question]:
    chance = random.Random(9)
    found = []
    codes = [one.code for one in CITY.districts]
    for number in range(count):
        length = 7 * chance.randrange(1, min(14, days // 14))
        last = NOW.date() - timedelta(days=0 if number % 3 == 0 else chance.randrange(1, max(2, days - 2 * length)))
        period = Days(last - timedelta(days=length - 1), last)
        told: dict[str, Any] = chance.choice(
            (
                {},
                {},
                {"categories": (chance.choice(("chantier", "accident")),)},
                {"organisations": ("voirie",)},
                {"districts": tuple(sorted(chance.sample(codes, chance.randrange(1, 4))))},
                {"severity": 2},
            )
        )
        found.append(Question(days=period, compared=period.before(), filters=EventQuery(**told)))
    return found


def _ours(database: Database, key: str, asked: Question) -> None:
    setting = Setting(city=CITY, now=NOW, sources=SOURCES, regular=SOURCES)
    panel(key, Periods(database, CITY_READER, asked, setting), CITY, words("fr"))


def _by_hand(connection: sqlite3.Connection, key: str, asked: Question) -> None:
    both, now, then = _ASKED[key]
    for days, statements in ((asked.days, (*both, *now)), (asked.compared, (*both, *then))):
        for statement in statements:
            if statement not in (_TODAY, _TODAY_BY_HOUR) or days.last >= NOW.date():
                connection.execute(_written(statement, asked.filters), _values(days)).fetchall()


def _written(statement: str, filters: EventQuery) -> str:
    """Return a statement with its filters, and for counts with the smallest table that knows them."""
    by, _, daily = statement.partition(" ")
    table = "category_day"
    if by == "places":
        table = "event_day" if filters.categories or filters.organisations else "district_day"
    elif filters.districts or by not in ("kinds", "places"):
        table = "event_day"
    told = [_SEEN]
    for name, column in (("categories", "category"), ("organisations", "organisation")):
        if getattr(filters, name):
            told.append(f"{column} IN ({_listed(getattr(filters, name))})")
    if filters.severity is not None:
        told.append(f"severity >= {filters.severity}")
    if filters.districts:
        listed = f"IN ({_listed(filters.districts)})"
        several = " OR ".join(f"',' || districts || ',' LIKE '%,{code},%'" for code in filters.districts)
        several = f"districts IN (SELECT districts FROM day_place WHERE {several})"
        told.append(f"district {listed}" if table == "district_day" else several)
    key = "category" if by == "kinds" else "district" if table == "district_day" else "districts"
    if by in ("kinds", "places"):
        statement = _BY_DAY if daily else _IN_PERIOD
    return statement.format(key=key, table=table, filters=" AND ".join(told))


def _listed(values: Collection[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _values(days: Days) -> dict[str, Any]:
    now = NOW.replace(tzinfo=None).isoformat(" ")
    return {"first": days.first.toordinal(), "last": days.last.toordinal(), "today": _text(NOW.date()), "now": now}


def _text(day: date) -> str:
    return _moment(datetime.combine(day, datetime.min.time(), _ZONE))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _timed(way: Callable[[], Any]) -> float:
    began = time.perf_counter()
    way()
    return (time.perf_counter() - began) * 1000
