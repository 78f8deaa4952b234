"""The conditions of an EventQuery on the current state, in SQL."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, false, or_, select, tuple_

from events.errors import InvalidRecord
from events.vocabulary import Phase, StoredStatus
from store.columns import FAR
from store.derived import BEGINNING, fold
from store.frozen import is_keepable
from store.kept import EventQuery
from store.tables import event, event_district, event_period

Window = tuple[datetime, datetime]


def window_of(query: EventQuery) -> Window | None:
    """Return the moments the query asks about, None when it asks about all times."""
    if query.at is not None:
        return query.at, query.at
    if query.start is None and query.end is None:
        return None
    return query.start or BEGINNING, query.end or FAR


def conditions(query: EventQuery, *, asks_periods: bool = True) -> list[ColumnElement[bool]]:
    """Return every condition of the query but the viewer, the cursor and `known_at`.

    Without `asks_periods` the caller joins the periods itself.
    """
    found: list[ColumnElement[bool]] = []
    if query.at is None and not query.include_withdrawn:
        found.append(event.c.withdrawn_at.is_(None))
    if query.only_withdrawn:
        found.append(event.c.withdrawn_at.is_not(None))
    window = window_of(query)
    if window is not None:
        found += [event.c.start <= window[1], event.c.until >= window[0]]
        if asks_periods:
            found.append(_in_force(window, is_narrow=bool(query.districts)))
    found += _in_districts(query.districts, query.categories, window)
    found += _told(query)
    if query.phases:
        found.append(_phases(query.phases, query.now or datetime.now(UTC)))
    return found


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return where a page ended; raise InvalidRecord when the cursor is not one of ours."""
    try:
        moment, _, event_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        start = datetime.fromisoformat(moment)
    except (ValueError, binascii.Error, UnicodeError):
        raise InvalidRecord("the cursor is not one that this address gave; ask for the first page again") from None
    if start.tzinfo is None or not event_id:
        raise InvalidRecord("the cursor is not one that this address gave; ask for the first page again")
    return start, event_id


def write_cursor(start: datetime, event_id: str) -> str:
    """Return the opaque text that continues after this event."""
    return base64.urlsafe_b64encode(f"{start.isoformat()} {event_id}".encode()).decode()


def after(cursor: str) -> ColumnElement[bool]:
    """Return the condition that an event comes after the page that gave the cursor."""
    start, event_id = read_cursor(cursor)
    return tuple_(event.c.start, event.c.id) > tuple_(start, event_id, types=[event.c.start.type, event.c.id.type])


def meets(table: Any, window: Window | tuple[BindParameter[Any], BindParameter[Any]]) -> ColumnElement[bool]:
    """Return the condition that a row's [start, until[ shares a moment with the window; as `Period.meets`."""
    first, last = window
    instant = and_(table.c.start == first, table.c.until == first)
    return and_(table.c.start <= last, table.c.until >= first, or_(table.c.until > first, instant))


def _in_force(window: Window, *, is_narrow: bool) -> ColumnElement[bool]:
    if is_narrow:
        # The index on districts leaves a few events: their periods are looked at, not all those of the window.
        of_event = select(1).where(event_period.c.event_id == event.c.id, meets(event_period, window))
        return of_event.correlate(event).exists()
    # A list of identifiers lets the database begin with the index on periods, not with all that ever started.
    return event.c.id.in_(select(event_period.c.event_id).where(meets(event_period, window)).correlate(None))


def _in_districts(
    districts: Collection[str], categories: Collection[str], window: Window | None
) -> list[ColumnElement[bool]]:
    if not districts:
        return []
    there: list[ColumnElement[bool]] = [event_district.c.district.in_(sorted(districts))]
    if categories:
        there.append(event_district.c.category.in_(sorted(categories)))
    if window is not None:
        there += [event_district.c.start <= window[1], event_district.c.until >= window[0]]
    return [event.c.id.in_(select(event_district.c.event_id).where(*there).correlate(None))]


def _told(query: EventQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, wanted in (
        (event.c.category, query.categories),
        (event.c.organisation, query.organisations),
        (event.c.source_id, query.sources),
    ):
        if wanted:
            found.append(column.in_(sorted(wanted)))
    if query.severity is not None:
        found.append(event.c.severity >= int(query.severity))
    if query.bbox is not None:
        west, south, east, north = query.bbox
        found += [event.c.west <= east, event.c.east >= west, event.c.south <= north, event.c.north >= south]
    if query.text and query.text.strip():
        # A text that no database can hold is in no record.
        is_asked = is_keepable(query.text)
        found.append(event.c.search.contains(fold(query.text.strip()), autoescape=True) if is_asked else false())
    return found


def _phases(wanted: Collection[Phase | StoredStatus], now: datetime) -> ColumnElement[bool]:
    """Return the condition for phases at `now`; between two of its periods an event is planned."""
    of_event = select(1).where(event_period.c.event_id == event.c.id).correlate(event)
    ongoing = of_event.where(event_period.c.start <= now, event_period.c.until > now).exists()
    to_come = of_event.where(event_period.c.start > now).exists()
    is_kept = or_(event.c.status.is_(None), event.c.status != StoredStatus.CANCELLED.value)
    rule: dict[str, ColumnElement[bool]] = {
        Phase.ONGOING: and_(is_kept, ongoing),
        Phase.PLANNED: and_(is_kept, to_come, ~ongoing),
        Phase.ENDED: and_(is_kept, ~ongoing, ~to_come),
        Phase.CANCELLED: ~is_kept,
    }
    given = {str(one) for one in wanted}
    statuses = [one.value for one in StoredStatus if one.value in given]
    found = [condition for phase, condition in rule.items() if phase in given]
    if statuses:
        found.append(event.c.status.in_(statuses))
    return or_(*found)
