"""How long road axes were in each state over local days: from the sums of days that are over, and the history of the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, func, select

from events.audience import Viewer, read_audience
from store.database import Database
from store.road_days import HINDERED, STATES, Cell, cells_of, day_rows, hour_rows, next_day
from store.tables import road_day, road_hour
from store.visibility import visible_to

_WEEK = 7  # day 1 is a Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadQuestion:
    """Local days from `first` to `last`, both whole; of these axes (None: of all); up to the moment `now`."""

    first: date
    last: date
    now: datetime
    timezone: str
    axes: Collection[str] | None = None


class AxisTime(NamedTuple):
    """Seconds of one axis: in each state from 7 to 20 local time, and closed at any hour."""

    axis_id: str
    free: float
    slow: float
    congested: float
    closed: float
    unknown: float
    closed_all_day: float


class DayTime(NamedTuple):
    """Seconds of all axes on one day: closed at any hour; from 7 to 20 congested, and in any known state."""

    day: date
    closed: float
    congested: float
    known: float


class HourTime(NamedTuple):
    """Seconds of all axes in one local hour (0 to 23) of a day of the week (Monday 0): closed or congested; in a known state."""

    weekday: int
    hour: int
    hindered: float
    known: float


def axis_times(
    database: Database, *, viewer: Viewer, asked: RoadQuestion, fresh: Sequence[Cell] | None = None
) -> tuple[AxisTime, ...]:
    """Return the times of each axis of which something was told, in the order of its identifier."""
    of_day = [func.sum(road_day.c[f"{state}_s"] * road_day.c.is_daytime) for state in STATES]
    query = select(road_day.c.axis_id, *of_day, func.sum(road_day.c.closed_s)).group_by(road_day.c.axis_id)
    with database.read() as connection:
        sums, rest = _asked(connection, viewer, asked, query, road_day, fresh)
    for row in day_rows(rest):
        states = (row.free_s, row.slow_s, row.congested_s, row.closed_s, row.unknown_s)
        _add(sums, (row.axis_id,), [*(seconds * row.is_daytime for seconds in states), row.closed_s])
    return tuple(AxisTime(axis_id, *values) for (axis_id,), values in sorted(sums.items()))


def day_times(
    database: Database, *, viewer: Viewer, asked: RoadQuestion, fresh: Sequence[Cell] | None = None
) -> tuple[DayTime, ...]:
    """Return the times of each day of which something was told, in order."""
    row = road_day.c
    known = (row.free_s + row.slow_s + row.congested_s + row.closed_s) * row.is_daytime
    sums_of = (func.sum(row.closed_s), func.sum(row.congested_s * row.is_daytime), func.sum(known))
    query = select(row.day, *sums_of).group_by(row.day)
    with database.read() as connection:
        sums, rest = _asked(connection, viewer, asked, query, road_day, fresh)
    for one in day_rows(rest):
        known_s = (one.free_s + one.slow_s + one.congested_s + one.closed_s) * one.is_daytime
        _add(sums, (one.day,), [one.closed_s, one.congested_s * one.is_daytime, known_s])
    return tuple(DayTime(date.fromordinal(day), *values) for (day,), values in sorted(sums.items()))


def hour_times(
    database: Database, *, viewer: Viewer, asked: RoadQuestion, fresh: Sequence[Cell] | None = None
) -> tuple[HourTime, ...]:
    """Return the hours of the week of which something was told, in order."""
    row = road_hour.c
    weekday = ((row.day - 1) % _WEEK).label("weekday")
    # By its name: with values of its own, an expression that is repeated is another one to a database.
    query = select(weekday, row.hour, func.sum(row.hindered_s), func.sum(row.known_s)).group_by("weekday", row.hour)
    with database.read() as connection:
        sums, rest = _asked(connection, viewer, asked, query, road_hour, fresh)
    for one in hour_rows(rest):
        _add(sums, ((one.day - 1) % _WEEK, one.hour), [one.hindered_s, one.known_s])
    return tuple(HourTime(*key, *values) for key, values in sorted(sums.items()))


def fresh_times(database: Database, *, viewer: Viewer, asked: RoadQuestion) -> tuple[Cell, ...]:
    """Return the times of the days without sums, for several questions about the same: each takes them as `fresh`."""
    with database.read() as connection:
        return tuple(_fresh(connection, viewer, asked, _reached(connection, viewer, asked)))


def _asked(
    connection: Connection,
    viewer: Viewer,
    asked: RoadQuestion,
    query: Select[Any],
    table: Table,
    fresh: Sequence[Cell] | None,
) -> tuple[dict[tuple[Any, ...], list[float]], Sequence[Cell]]:
    """Return the sums of the days that have some, by what they are grouped by, and the cells of the days without."""
    first, reached = asked.first.toordinal(), _reached(connection, viewer, asked)
    if fresh:
        reached = min(reached, min(cell.day for cell in fresh) - 1)  # summed since then
    conditions = [table.c.day >= first, table.c.day <= min(asked.last.toordinal(), reached)]
    conditions.append(visible_to(viewer, table.c.audience))
    if asked.axes is not None:
        conditions.append(table.c.axis_id.in_(sorted(asked.axes)))
    rows = connection.execute(query.where(*conditions)).all() if reached >= first else []
    keys = 1 if table is road_day else 2
    sums = {tuple(row[:keys]): [float(value) for value in row[keys:]] for row in rows}
    return sums, _fresh(connection, viewer, asked, reached) if fresh is None else fresh


def _reached(connection: Connection, viewer: Viewer, asked: RoadQuestion) -> int:
    """Return the last day with sums for this viewer; they do not know which sources told them."""
    return asked.first.toordinal() - 1 if viewer.withheld else next_day(connection, asked.timezone) - 1


def _fresh(connection: Connection, viewer: Viewer, asked: RoadQuestion, reached: int) -> list[Cell]:
    first, tomorrow = (
        asked.first.toordinal(),
        asked.now.astimezone(UTC).date().toordinal() + 1,
    )  # no zone is further ahead
    may_see = cache(lambda audience: viewer.may_see(read_audience(audience)))
    return [
        cell
        for day in range(max(first, reached + 1), min(asked.last.toordinal(), tomorrow) + 1)
        for cell in cells_of(connection, day, asked.timezone, asked.now, without=viewer.withheld)
        if (asked.axes is None or cell.axis_id in asked.axes) and may_see(cell.audience)
    ]


def _add(sums: dict[tuple[Any, ...], list[float]], key: tuple[Any, ...], values: Sequence[float]) -> None:
    known = sums.setdefault(key, [0.0] * len(values))
    for number, value in enumerate(values):
        known[number] += value


__all__ = [
    "HINDERED",
    "AxisTime",
    "DayTime",
    "HourTime",
    "RoadQuestion",
    "axis_times",
    "day_times",
    "fresh_times",
    "hour_times",
]
