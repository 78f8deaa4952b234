"""Events in force per local day, district and category, counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, and_, column, func, or_, select, values

from events.audience import Viewer
from events.errors import InvalidRecord
from events.taxonomy import category
from events.vocabulary import StoredStatus
from store.columns import Moment
from store.database import Database
from store.event_filters import conditions
from store.kept import DayCount, EventQuery
from store.tables import event, event_district, event_period
from store.visibility import visible_to

MAX_DAYS = 1100


def day_counts(
    database: Database, *, viewer: Viewer, query: EventQuery, timezone: str = "Europe/Paris"
) -> tuple[DayCount, ...]:
    """Return how many events were in force on each local day of [start, end], by district and category.

    Days are counted whole, the first and the last too.
    Withdrawn events count until they were withdrawn; cancelled ones and drafts only when `phases` asks for them.
    `at`, `known_at`, `limit` and `cursor` are not looked at. Raises InvalidRecord for a range without bounds or of
    more than 1,100 days.
    """
    if query.start is None or query.end is None:
        raise InvalidRecord("counting by day needs a first and a last moment")
    days = _days(query.start, query.end, ZoneInfo(timezone))
    if not days:
        return ()
    first, last = days[0][1], days[-1][2] - timedelta(microseconds=1)
    asked = replace(query, start=first, end=last, at=None, known_at=None, include_withdrawn=True)
    matching = [*conditions(asked), visible_to(viewer, event.c.audience)]
    if not query.phases:
        matching.append(or_(event.c.status.is_(None), event.c.status == StoredStatus.TO_CONFIRM.value))
    if query.districts:
        matching.append(event_district.c.district.in_(sorted(query.districts)))
    counted = _counted(days, matching)
    with database.read() as connection:
        rows = connection.execute(counted).all()
    return tuple(
        DayCount(
            day=days[row.number][0],
            district=row.district or "",
            category=row.category,
            family=category(row.category).family,
            n=row.n,
        )
        for row in rows
    )


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """Return each local day with its bounds in UTC: a day of 23 or 25 hours is one day."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    count = (last - first).days + 1
    if count > MAX_DAYS:
        raise InvalidRecord(f"counting by day is limited to {MAX_DAYS} days at once, {count} were asked")
    days = [first + timedelta(days=number) for number in range(count)]
    midnights = [datetime.combine(day, time(), zone).astimezone(UTC) for day in [*days, last + timedelta(days=1)]]
    return list(zip(days, midnights, midnights[1:], strict=False))


def _counted(days: list[tuple[date, datetime, datetime]], matching: Sequence[ColumnElement[bool]]) -> Select[Any]:
    columns = (column("number", Integer), column("first", Moment), column("last", Moment))
    bounds = [(number, first, last) for number, (_day, first, last) in enumerate(days)]
    day = values(*columns, name="day").data(bounds).cte("day")
    on_day = or_(
        and_(event_period.c.start < day.c.last, event_period.c.until > day.c.first),
        and_(event_period.c.start == day.c.first, event_period.c.until == day.c.first),
    )
    return (
        select(
            day.c.number,
            event_district.c.district,
            event.c.category,
            func.count(event.c.id.distinct()).label("n"),
        )
        .select_from(event)
        .join(event_period, event_period.c.event_id == event.c.id)
        .join(day, on_day)
        .outerjoin(event_district, event_district.c.event_id == event.c.id)
        .where(*matching)
        .group_by(day.c.number, event_district.c.district, event.c.category)
        .order_by(day.c.number, event_district.c.district, event.c.category)
    )
