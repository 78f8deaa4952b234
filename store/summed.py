"""Counts by day from the sums of `store.rollup`: the same answers as a scan of the events, at a fraction of its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from events.audience import Viewer
from store.kept import EventQuery
from store.rollup import timezone_of
from store.tables import event_day
from store.visibility import visible_to


def can_answer(connection: Connection, query: EventQuery, timezone: str) -> bool:
    """Tell whether the sums know every condition of a query: place, words, sources and phases they do not."""
    asks_more = query.phases or query.sources or query.bbox is not None or (query.text or "").strip()
    return not asks_more and timezone_of(connection) == timezone


def by_category(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date]
) -> Counter[tuple[int, str, str]]:
    """Return counts by (number of the day in `days`, district, category); `days` follow each other."""
    return _counts(connection, viewer, query, days, (event_day.c.district, event_day.c.category))


def by_district(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date]
) -> Counter[tuple[int, str]]:
    """Return counts by (number of the day in `days`, district)."""
    return _counts(connection, viewer, query, days, (event_day.c.district,))


def _counts(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date], keys: tuple[Any, ...]
) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    if not days:
        return counts
    first, last = days[0].toordinal(), days[-1].toordinal()
    matching = _conditions(viewer, query)
    change = func.sum(event_day.c.n)
    before = select(*keys, change).where(*matching, event_day.c.day <= first).group_by(*keys)
    inside = (
        select(event_day.c.day, *keys, change)
        .where(*matching, event_day.c.day > first, event_day.c.day <= last)
        .group_by(event_day.c.day, *keys)
        .order_by(event_day.c.day)
    )
    running: dict[tuple[str, ...], int] = {tuple(row[:-1]): int(row[-1]) for row in connection.execute(before)}
    steps: dict[int, list[tuple[tuple[str, ...], int]]] = {}
    for row in connection.execute(inside):
        steps.setdefault(row[0] - first, []).append((tuple(row[1:-1]), int(row[-1])))
    for number in range(len(days)):
        for cell, n in steps.get(number, ()):
            running[cell] = running.get(cell, 0) + n
        counts.update({(number, *cell): n for cell, n in running.items() if n})
    return counts


def _conditions(viewer: Viewer, query: EventQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible_to(viewer, event_day.c.audience)]
    for column, wanted in (
        (event_day.c.district, query.districts),
        (event_day.c.category, query.categories),
        (event_day.c.organisation, query.organisations),
    ):
        if wanted:
            found.append(column.in_(sorted(wanted)))
    if query.severity is not None:
        found.append(event_day.c.severity >= int(query.severity))
    return found
