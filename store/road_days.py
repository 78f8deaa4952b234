"""The time road axes spent in each state by local day and hour, summed once a day is over from the history of changes.

A day that is over changes no more, unless a document of the past is imported, which takes its sums and all later ones
back. Days without sums (today, and yesterday until the night's work is done) are added up from the history by whoever asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, insert, select, update

from events.vocabulary import TrafficState
from store.bulk import insert_rows
from store.database import Database
from store.rollup import timezone_of
from store.tables import road_day, road_hour, road_state, road_state_history, rollup

KIND = "road_day"
DAYTIME = range(7, 20)
"""Local hours of the day's traffic; nights are free nearly everywhere and would hide it."""
STATES = tuple(state.value for state in TrafficState)
HINDERED = (TrafficState.CLOSED.value, TrafficState.CONGESTED.value)
_HOUR_S = 3600.0
_LONGEST = 25  # hours of a day on which clocks go back


class Cell(NamedTuple):
    """Seconds of one axis in one state during one local hour of a day; `day` is numbered from the year 1 on."""

    day: int
    hour: int
    axis_id: str
    audience: str
    state: str
    seconds: float


class DayRow(NamedTuple):
    """A row of `road_day`; `is_daytime` is 1 for the hours of DAYTIME, 0 for the others; the states in their order."""

    day: int
    axis_id: str
    is_daytime: int
    audience: str
    free_s: float
    slow_s: float
    congested_s: float
    closed_s: float
    unknown_s: float


class HourRow(NamedTuple):
    """A row of `road_hour`."""

    day: int
    hour: int
    axis_id: str
    audience: str
    hindered_s: float
    known_s: float


@dataclass(frozen=True, slots=True)
class _Section:
    axis_id: str
    audience: str
    withdrawn_at: datetime | None


def sum_days(database: Database, now: datetime) -> int:
    """Sum up every local day that is over and has no sums yet; return how many were.

    Each day is a transaction of its own. Without a zone (a store that nothing was written to) nothing is done.
    Raises StoreUnavailable.
    """
    with database.read() as connection:
        timezone = timezone_of(connection)
        if timezone is None:
            return 0
        first, today = next_day(connection, timezone), now.astimezone(ZoneInfo(timezone)).date().toordinal()
    for day in range(first, today):
        _sum_day(database, day, timezone)
    return max(0, today - first)


def next_day(connection: Connection, timezone: str) -> int:
    """Return the first local day without sums: that of the first state kept when there are none at all."""
    query = select(rollup.c.last_day).where(rollup.c.kind == KIND, rollup.c.timezone == timezone)
    last = connection.execute(query).scalar()
    if last is not None:
        return int(last) + 1
    begun = connection.execute(select(func.min(road_state_history.c.at))).scalar()
    return date.max.toordinal() if begun is None else begun.astimezone(ZoneInfo(timezone)).date().toordinal()


def forget_from(connection: Connection, moment: datetime) -> None:
    """Let the sums of the day of a moment and of all later ones be made again: states of the past were told just now."""
    row = connection.execute(select(rollup.c.timezone, rollup.c.last_day).where(rollup.c.kind == KIND)).first()
    if row is not None:
        day = moment.astimezone(ZoneInfo(row.timezone)).date().toordinal()
        connection.execute(update(rollup).where(rollup.c.kind == KIND).values(last_day=min(row.last_day, day - 1)))


def cells_of(
    connection: Connection, day: int, timezone: str, until: datetime, *, without: Collection[str] = ()
) -> Iterator[Cell]:
    """Yield the times of one local day from the history of changes, up to `until`, of all sources but some.

    A state lasts from the run that told it to the next one, to the withdrawal of its section, or to the end of the day.
    """
    zone = ZoneInfo(timezone)
    start, end = _midnight(day, zone), min(_midnight(day + 1, zone), until)
    if end <= start:
        return
    sections = _sections(connection, start, without)
    seconds = _seconds(connection, sections, start, end)
    parts = Counter(sections[road_id].axis_id for road_id in {road_id for _, road_id, _ in seconds})
    local = [(start + timedelta(hours=hour)).astimezone(zone).hour for hour in range(_LONGEST)]
    sums: dict[tuple[int, str, str, str], float] = defaultdict(float)
    for (hour, road_id, state), spent in seconds.items():
        one = sections[road_id]
        sums[local[hour], one.axis_id, one.audience, state] += spent / parts[one.axis_id]
    for key, spent in sums.items():
        yield Cell(day, *key, spent)


def _midnight(day: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromordinal(day), time(), zone).astimezone(UTC)


def _sections(connection: Connection, start: datetime, without: Collection[str]) -> dict[str, _Section]:
    query = select(road_state.c.id, road_state.c.audience, road_state.c.withdrawn_at, road_state.c.snapshot)
    query = query.where(road_state.c.source_id.not_in(sorted(without)))
    found: dict[str, _Section] = {}
    for row in connection.execute(query):
        axis_id = row.snapshot.content["axis_id"]  # the whole record takes longer to read than its day
        if axis_id is not None and (row.withdrawn_at is None or row.withdrawn_at > start):
            found[row.id] = _Section(axis_id, row.audience, row.withdrawn_at)
    return found


def _seconds(
    connection: Connection, sections: Mapping[str, _Section], start: datetime, end: datetime
) -> dict[tuple[int, str, str], float]:
    """Return the seconds within [start, end[ by hour from the start on, section and state."""
    history = road_state_history.c
    before = (
        select(history.state)
        .where(history.road_id == road_state.c.id, history.at < start)
        .order_by(history.at.desc(), history.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    changes = (
        select(history.road_id, history.state, history.at)
        .where(history.at >= start, history.at < end)
        .order_by(history.at, history.id)
    )
    length = (end - start).total_seconds()
    # A section that came back after its withdrawal has none any more: only the last one is kept.
    until = {
        road_id: length if one.withdrawn_at is None else min(length, (one.withdrawn_at - start).total_seconds())
        for road_id, one in sections.items()
    }
    begun = {road_id: (0.0, state) for road_id, state in connection.execute(select(road_state.c.id, before)) if state}
    spent: dict[tuple[int, str, str], float] = defaultdict(float)
    for road_id, state, moment in connection.execute(changes).all():
        at = (moment - start).total_seconds()
        if road_id in begun and road_id in until:
            _spend(spent, road_id, begun[road_id], min(at, until[road_id]))
        begun[road_id] = (at, state)
    for road_id, last in begun.items():
        if road_id in until:
            _spend(spent, road_id, last, until[road_id])
    return spent


def _spend(spent: dict[tuple[int, str, str], float], road_id: str, begun: tuple[float, str], ended: float) -> None:
    """Add the time of a state, hour by hour."""
    at, state = begun
    while at < ended:
        hour = int(at // _HOUR_S)
        reached = (hour + 1) * _HOUR_S
        reached = min(reached, ended)
        spent[hour, road_id, state] += reached - at
        at = reached


def _sum_day(database: Database, day: int, timezone: str) -> None:
    with database.write() as connection:
        cells = list(cells_of(connection, day, timezone, _midnight(day + 1, ZoneInfo(timezone))))
        for table in (road_day, road_hour):
            connection.execute(delete(table).where(table.c.day == day))
        insert_rows(connection, road_day, [row._asdict() for row in day_rows(cells)])
        insert_rows(connection, road_hour, [row._asdict() for row in hour_rows(cells)])
        known = rollup.c.kind == KIND
        if connection.execute(update(rollup).where(known).values(timezone=timezone, last_day=day)).rowcount == 0:
            connection.execute(insert(rollup), {"kind": KIND, "timezone": timezone, "last_day": day})


def day_rows(cells: Iterable[Cell]) -> list[DayRow]:
    """Return the rows of `road_day`: one per day, axis, half of the day and audience."""
    sums: dict[tuple[int, str, int, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in cells:
        sums[one.day, one.axis_id, int(one.hour in DAYTIME), one.audience][one.state] += one.seconds
    return [DayRow(*key, *(times[state] for state in STATES)) for key, times in sorted(sums.items())]


def hour_rows(cells: Iterable[Cell]) -> list[HourRow]:
    """Return the rows of `road_hour`: one per day, hour, axis and audience."""
    sums: dict[tuple[int, int, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in cells:
        of_key = sums[one.day, one.hour, one.axis_id, one.audience]
        of_key[0] += one.seconds if one.state in HINDERED else 0.0
        of_key[1] += one.seconds if one.state != TrafficState.UNKNOWN.value else 0.0
    return [HourRow(*key, *seconds) for key, seconds in sorted(sums.items())]
