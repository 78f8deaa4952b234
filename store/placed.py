"""Events as the sums by day see them: what they are, where and when."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, or_, select

from events.vocabulary import StoredStatus
from store.tables import event, event_district, event_period

_CHUNK = 500
COUNTED = (None, StoredStatus.TO_CONFIRM.value)
"""Statuses of what took place or will: cancelled events and drafts are not counted."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What counts of one event: its key, the districts it lies in and its real periods (start, until).

    `start` is that of its validity; `recorded_at` when it was first recorded.
    """

    source_id: str
    start: datetime
    recorded_at: datetime
    category: str
    severity: int
    organisation: str
    audience: str
    status: str | None
    districts: Collection[str]
    periods: Collection[tuple[datetime, datetime]]


def kept(connection: Connection, ids: Collection[str] | None) -> Iterator[Placed]:
    """Yield what counts of these events as they are kept, of all when `ids` is None."""
    if ids is None:
        yield from _kept(connection, None)
        return
    wanted = list(ids)
    for first in range(0, len(wanted), _CHUNK):
        yield from _kept(connection, wanted[first : first + _CHUNK])


def _kept(connection: Connection, ids: list[str] | None) -> Iterator[Placed]:
    return (placed for _id, placed in kept_by_id(connection, ids))


def kept_by_id(connection: Connection, ids: list[str] | None) -> Iterator[tuple[str, Placed]]:
    """Yield the same with the id of each, those of `ids` in one question."""
    told = (
        event.c.id,
        event.c.source_id,
        event.c.start,
        event.c.recorded_at,
        event.c.category,
        event.c.severity,
        event.c.organisation,
        event.c.audience,
        event.c.status,
    )
    query = (
        select(*told, event_district.c.district, event_period.c.start.label("since"), event_period.c.until)
        .select_from(event)
        .join(event_period, event_period.c.event_id == event.c.id)
        .outerjoin(event_district, event_district.c.event_id == event.c.id)
        .where(or_(event.c.status.is_(None), event.c.status == StoredStatus.TO_CONFIRM.value))
        .order_by(event.c.id)
    )
    # All of them are read as a stream.
    query = query.execution_options(yield_per=5000) if ids is None else query.where(event.c.id.in_(ids))
    rows = connection.execute(query)
    for _, of_event in groupby(rows, key=_id_of):
        parts = list(of_event)
        one: Any = parts[0]
        yield (
            one.id,
            Placed(
                source_id=one.source_id,
                start=one.start,
                recorded_at=one.recorded_at,
                category=one.category,
                severity=one.severity,
                organisation=one.organisation,
                audience=one.audience,
                status=one.status,
                districts={row.district for row in parts if row.district is not None},
                periods={(row.since, row.until) for row in parts},
            ),
        )


def _id_of(row: Any) -> str:
    return str(row.id)
