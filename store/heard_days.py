"""In how many half hours of each local day a source gave something usable: what a period of statistics rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from store.database import Database
from store.half_hours import half_hour_of
from store.poll_tables import poll_half_hour

_HALF_HOURS = 48


class HeardDay(NamedTuple):
    """In how many half hours of one local day a source gave something usable."""

    source_id: str
    day: date
    good: int


def heard_days(
    database: Database, source_ids: Collection[str], *, first: date, last: date, timezone: str
) -> tuple[HeardDay, ...]:
    """Return the days from `first` to `last` on which each of these sources was asked, by source and day.

    A half hour is good when one of its polls was neither failed nor degraded. Raises StoreUnavailable.
    """
    slot = poll_half_hour.c
    is_good = case((slot.runs > slot.degraded + slot.failed, 1), else_=0)
    found: list[HeardDay] = []
    with database.read() as connection:
        for begins, ends, day in _spans(first, last, ZoneInfo(timezone)):
            number = (slot.half_hour - begins) // _HALF_HOURS
            query = (
                select(slot.source_id, number, func.sum(is_good))
                .where(slot.source_id.in_(sorted(source_ids)), slot.half_hour >= begins, slot.half_hour < ends)
                .group_by(slot.source_id, number)
            )
            found += [
                HeardDay(name, day + timedelta(days=int(n)), int(good)) for name, n, good in connection.execute(query)
            ]
    return tuple(sorted(found))


def first_heard(database: Database, source_ids: Collection[str]) -> dict[str, int]:
    """Return the first half hour that is kept of each source that was ever asked, numbered from 1970 on."""
    slot = poll_half_hour.c
    with database.read() as connection:
        rows = [
            (name, connection.execute(select(func.min(slot.half_hour)).where(slot.source_id == name)).scalar())
            for name in sorted(source_ids)
        ]
    return {name: int(earliest) for name, earliest in rows if earliest is not None}


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the half hour in which a local day begins."""
    return half_hour_of(datetime.combine(day, time(), zone).astimezone(UTC))


def _spans(first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[int, int, date]]:
    """Yield from which half hour to which one and the first day of each run of days of 24 hours."""
    day = begun = first
    while day <= last:
        following = day + timedelta(days=1)
        if midnight(following, zone) - midnight(day, zone) != _HALF_HOURS:
            if begun < day:
                yield midnight(begun, zone), midnight(day, zone), begun
            # A day of 23 hours is one run; of one of 25 the last hour is left out, which changes no share.
            yield midnight(day, zone), min(midnight(following, zone), midnight(day, zone) + _HALF_HOURS), day
            begun = following
        day = following
    if begun <= last:
        yield midnight(begun, zone), midnight(last + timedelta(days=1), zone), begun
