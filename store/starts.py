"""What begins on some days, for an agenda: periods that start within a span, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select

from events.audience import Viewer
from events.errors import InvalidRecord
from events.validity import Period
from store import joined
from store.columns import end_of
from store.database import Database
from store.event_filters import conditions
from store.kept import EventQuery
from store.tables import event, event_period
from store.visibility import visible_to


class Start(NamedTuple):
    """One period of an event that begins within the span asked for."""

    event_id: str
    period: Period


def starts(database: Database, *, viewer: Viewer, query: EventQuery) -> tuple[Start, ...]:
    """Return the periods that begin within [start, end[ of the query, the first ones up to its limit.

    An event that another one speaks for is left out; `cursor` and `known_at` are not looked at. Raises InvalidRecord
    for a span without bounds.
    """
    if query.start is None or query.end is None:
        raise InvalidRecord("counting the events of a period needs a first and a last moment")
    begun = event_period.c.start >= query.start, event_period.c.start < query.end
    asked = (
        select(event_period.c.event_id, event_period.c.start, event_period.c.until)
        .join(event, event.c.id == event_period.c.event_id)
        .where(*begun, *conditions(replace(query, start=None, end=None)), visible_to(viewer, event.c.audience))
        .where(event.c.id.not_in(joined.followers(viewer, query)))
        .order_by(event_period.c.start, event_period.c.event_id)
        .limit(query.limit)
    )
    with database.read() as connection:
        rows = connection.execute(asked).all()
    return tuple(Start(row.event_id, Period(row.start, end_of(row.until))) for row in rows)
