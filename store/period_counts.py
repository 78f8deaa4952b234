"""Events of a period, each counted once: by category, by district, and how soon they were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Integer, Select, and_, case, cast, extract, func, literal, or_, select

from events.audience import Viewer
from events.errors import InvalidRecord
from events.vocabulary import StoredStatus
from store.database import Database
from store.event_filters import Window, conditions, meets
from store.kept import EventQuery
from store.link_tables import event_joined
from store.tables import event, event_district, event_period
from store.visibility import visible_to


class CategoryCount(NamedTuple):
    """Events of one category in force at some moment of the period; the serious ones apart."""

    category: str
    is_serious: bool
    n: int


class DistrictCount(NamedTuple):
    """Events of the period that lie in one district, one in two districts in both; the serious ones apart."""

    district: str
    is_serious: bool
    n: int


class Delay(NamedTuple):
    """Median seconds from the start to the first record of events; `slice` -1: of the whole period."""

    slice: int
    median_s: float
    n: int


def count_by_category(
    database: Database, *, viewer: Viewer, query: EventQuery, serious: int
) -> tuple[CategoryCount, ...]:
    """Return how many events were in force during [start, end], each once, by category and whether they were serious.

    Withdrawn events count until they were withdrawn; cancelled ones and drafts do not. An event that another one speaks
    for does not count beside it. `at`, `known_at`, `phases`, `limit` and `cursor` are not looked at.
    Raises InvalidRecord for a period without bounds.
    """
    is_serious = case((event.c.severity >= serious, 1), else_=0)
    asked = select(event.c.category, is_serious, func.count()).where(*_of_period(viewer, query))
    with database.read() as connection:
        rows = connection.execute(asked.group_by(event.c.category, is_serious)).all()
    return tuple(sorted(CategoryCount(name, bool(grave), n) for name, grave, n in rows))


def count_by_district(
    database: Database, *, viewer: Viewer, query: EventQuery, serious: int
) -> tuple[DistrictCount, ...]:
    """Return how many events were in force in each district during [start, end]; as `count_by_category`."""
    there = event_district.c
    is_serious = case((event.c.severity >= serious, 1), else_=0)
    asked = (
        select(there.district, is_serious, func.count())
        .join(event, event.c.id == there.event_id)
        .where(*_of_period(viewer, query))
        .group_by(there.district, is_serious)
    )
    if query.districts:
        asked = asked.where(there.district.in_(sorted(query.districts)))
    with database.read() as connection:
        rows = connection.execute(asked).all()
    return tuple(sorted(DistrictCount(district, bool(grave), n) for district, grave, n in rows))


def publication_delays(
    database: Database, *, viewer: Viewer, query: EventQuery, slice_s: int, heard_since: Mapping[str, datetime]
) -> tuple[Delay, ...]:
    """Return the median time from start to first record, of the whole period and of each slice of it from its start on.

    Of the events that began within [start, end] and were first told after they had begun: what is announced before it
    begins has no delay. `heard_since` leaves out what began before its source was first heard; without an entry, nothing.
    """
    first, _ = _window(query)
    begun = [event.c.start >= first, event.c.start <= query.end, event.c.recorded_at >= event.c.start]
    late = [and_(event.c.source_id == name, event.c.start < at) for name, at in sorted(heard_since.items())]
    if late:
        begun.append(~or_(*late))
    with database.read() as connection:
        dialect = connection.dialect.name
        start_s = _seconds(event.c.start, dialect)
        delay = (_seconds(event.c.recorded_at, dialect) - start_s).label("delay")
        since_s = (start_s - _seconds(literal(first, event.c.start.type), dialect)) / float(slice_s)
        # A cast cuts on SQLite and rounds on PostgreSQL, where alone there always is a floor.
        number = cast(since_s if dialect == "sqlite" else func.floor(since_s), Integer)
        told = select(delay, number.label("slice")).where(*_of_period(viewer, query), *begun).subquery()
        found: list[Delay] = []
        for key in (literal(-1), told.c.slice):
            ranked = select(
                key.label("slice"),
                told.c.delay,
                func.row_number().over(partition_by=key, order_by=told.c.delay).label("rank"),
                func.count().over(partition_by=key).label("n"),
            ).subquery()
            middle = ranked.c.rank.in_([(ranked.c.n + 1) // 2, (ranked.c.n + 2) // 2])
            medians = select(ranked.c.slice, func.avg(ranked.c.delay), ranked.c.n).where(middle)
            rows = connection.execute(medians.group_by(ranked.c.slice, ranked.c.n).order_by(ranked.c.slice)).all()
            found += [Delay(int(one), float(median), int(n)) for one, median, n in rows]
    return tuple(found)


def _window(query: EventQuery) -> Window:
    if query.start is None or query.end is None:
        raise InvalidRecord("counting the events of a period needs a first and a last moment")
    return query.start, query.end


def _of_period(viewer: Viewer, query: EventQuery) -> Sequence[ColumnElement[bool]]:
    window = _window(query)
    asked = replace(query, at=None, known_at=None, phases=(), include_withdrawn=True)
    in_force = select(event_period.c.event_id).where(meets(event_period, window))
    return [
        *conditions(asked, asks_periods=False),
        visible_to(viewer, event.c.audience),
        or_(event.c.status.is_(None), event.c.status == StoredStatus.TO_CONFIRM.value),
        event.c.id.in_(in_force.correlate(None)),
        event.c.id.not_in(_spoken_for(viewer, window)),
    ]


def _spoken_for(viewer: Viewer, window: Window) -> Select[Any]:
    """Return the ids of the events of which another one of their group that this viewer sees is in force in the period."""
    mine, other, first = event_joined.alias("mine"), event_joined.alias("other"), event.alias("first")
    return (
        select(mine.c.event_id)
        .join(other, and_(other.c.joined_id == mine.c.joined_id, other.c.position < mine.c.position))
        .join(first, first.c.id == other.c.event_id)
        .where(first.c.start <= window[1], first.c.until >= window[0], visible_to(viewer, first.c.audience))
        .where(or_(first.c.withdrawn_at.is_(None), first.c.withdrawn_at >= window[0]))
        .correlate(None)
    )


def _seconds(moment: ColumnElement[Any], dialect: str) -> ColumnElement[float]:
    """Return a moment as seconds; SQLite keeps moments as texts."""
    if dialect == "sqlite":
        return func.julianday(moment) * literal(86400.0)
    return cast(extract("epoch", moment), Float)


__all__ = [
    "CategoryCount",
    "Delay",
    "DistrictCount",
    "count_by_category",
    "count_by_district",
    "publication_delays",
]
