"""Events of a period, each counted once, from the events themselves: exact for every condition, slow over months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, or_, select

from events.audience import Viewer
from events.errors import InvalidRecord
from events.vocabulary import StoredStatus
from store.event_filters import Window, conditions, meets
from store.kept import EventQuery
from store.link_tables import event_joined
from store.tables import event, event_district, event_period
from store.visibility import visible_to

_CHUNK = 500


class Count(Protocol):
    """Counts the events of a period, each once, by (name, 1 when serious else 0).

    `query` has the bounds of the period. Events that another one of their group speaks for do not count, unless `among`
    names the only ones to be counted.
    """

    def __call__(
        self,
        connection: Connection,
        viewer: Viewer,
        query: EventQuery,
        serious: int,
        among: Sequence[str] | None = None,
    ) -> Counter[tuple[Any, ...]]:
        """Return the counts."""


class Late(NamedTuple):
    """An event that was first told after it had begun."""

    source_id: str
    start: datetime
    recorded_at: datetime


def by_category(
    connection: Connection, viewer: Viewer, query: EventQuery, serious: int, among: Sequence[str] | None = None
) -> Counter[tuple[Any, ...]]:
    """Count by category and seriousness, see `Count`: withdrawn events until they were withdrawn, no cancelled ones nor drafts."""
    keys = (event.c.category, case((event.c.severity >= serious, 1), else_=0))
    return _counted(connection, select(*keys, func.count()).group_by(*keys), viewer, query, among)


def by_district(
    connection: Connection, viewer: Viewer, query: EventQuery, serious: int, among: Sequence[str] | None = None
) -> Counter[tuple[Any, ...]]:
    """Count by district and seriousness, as `by_category`: an event in two districts in both, one in none in none."""
    there = event_district.c
    keys = (there.district, case((event.c.severity >= serious, 1), else_=0))
    asked = select(*keys, func.count()).join(event, event.c.id == there.event_id).group_by(*keys)
    if query.districts:
        asked = asked.where(there.district.in_(sorted(query.districts)))
    return _counted(connection, asked, viewer, query, among)


def late(
    connection: Connection,
    viewer: Viewer,
    query: EventQuery,
    heard_since: Mapping[str, datetime],
    *,
    begun_in: Window | None = None,
    among: Sequence[str] | None = None,
) -> Iterator[Late]:
    """Yield the events that began within the period (or within a part of it) and were told after that, as `by_category`.

    `heard_since` leaves out what began before its source was first heard; without an entry, nothing.
    """
    first, last = begun_in or _window(query)
    begun = [event.c.start >= first, event.c.start <= last, event.c.recorded_at >= event.c.start]
    before = [and_(event.c.source_id == name, event.c.start < at) for name, at in sorted(heard_since.items())]
    if before:
        begun.append(~or_(*before))
    for matching in _of_period(viewer, query, among):
        told = select(event.c.source_id, event.c.start, event.c.recorded_at).where(*matching, *begun)
        yield from (Late(*row) for row in connection.execute(told))


def spoken_for(connection: Connection, viewer: Viewer, query: EventQuery) -> list[str]:
    """Return the ids of the events that another one of their group, in force in the period, speaks for."""
    # Few events are linked: a database that is asked all at once may begin with those of the period.
    behind: dict[str, list[str]] = {}
    for mine, before in connection.execute(_PAIRS):
        behind.setdefault(before, []).append(mine)
    first = list(behind)
    found: set[str] = set()
    for number in range(0, len(first), _CHUNK):
        speaks = _speaks(viewer, _window(query), event)
        of_these = select(event.c.id).where(event.c.id.in_(first[number : number + _CHUNK]), *speaks)
        found.update(mine for one in connection.execute(of_these).scalars() for mine in behind[one])
    return sorted(found)


def _counted(
    connection: Connection, asked: Select[Any], viewer: Viewer, query: EventQuery, among: Sequence[str] | None
) -> Counter[tuple[Any, ...]]:
    counts: Counter[tuple[Any, ...]] = Counter()
    for matching in _of_period(viewer, query, among):
        for name, grave, n in connection.execute(asked.where(*matching)):
            counts[name, grave] += n
    return counts


def _window(query: EventQuery) -> Window:
    if query.start is None or query.end is None:
        raise InvalidRecord("counting the events of a period needs a first and a last moment")
    return query.start, query.end


def _of_period(viewer: Viewer, query: EventQuery, among: Sequence[str] | None) -> Iterator[list[ColumnElement[bool]]]:
    """Yield the conditions of one question after the other."""
    window = _window(query)
    asked = replace(query, at=None, known_at=None, phases=(), include_withdrawn=True)
    in_force = select(event_period.c.event_id).where(meets(event_period, window))
    base = [
        *conditions(asked, asks_periods=False),
        visible_to(viewer, event.c.audience),
        or_(event.c.status.is_(None), event.c.status == StoredStatus.TO_CONFIRM.value),
    ]
    if among is None:
        heard = event.c.id.not_in(_spoken_for(viewer, window))
        yield [*base, event.c.id.in_(in_force.correlate(None)), heard]
        return
    # Few events are asked about: their periods are looked at, not all those of the window.
    of_event = in_force.where(event_period.c.event_id == event.c.id).correlate(event)
    for first in range(0, len(among), _CHUNK):
        yield [*base, event.c.id.in_(among[first : first + _CHUNK]), of_event.exists()]


_mine, _other = event_joined.alias("mine"), event_joined.alias("other")
_PAIRS = select(_mine.c.event_id, _other.c.event_id.label("before")).join(
    _other, and_(_other.c.joined_id == _mine.c.joined_id, _other.c.position < _mine.c.position)
)


def _spoken_for(viewer: Viewer, window: Window) -> Select[Any]:
    """Return the ids of the events of which another one of their group that this viewer sees is in force in the period."""
    first = event.alias("first")
    pairs = _PAIRS.with_only_columns(_mine.c.event_id).join(first, first.c.id == _other.c.event_id)
    return pairs.where(*_speaks(viewer, window, first)).correlate(None)


def _speaks(viewer: Viewer, window: Window, first: FromClause) -> list[ColumnElement[bool]]:
    in_force = [first.c.start <= window[1], first.c.until >= window[0]]
    return [*in_force, visible_to(viewer, first.c.audience), or_(first.c.withdrawn_at.is_(None), first.c.withdrawn_at >= window[0])]  # fmt: skip


__all__ = ["Count", "Late", "by_category", "by_district", "late", "spoken_for"]
