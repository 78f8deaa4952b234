"""Counts by day from the sums of `store.rollup`: the same answers as a scan of the events, at a fraction of its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from events.audience import Viewer
from store.kept import EventQuery
from store.rollup import timezone_of
from store.tables import category_day, district_day, event_day
from store.visibility import visible_to


def can_answer(connection: Connection, query: EventQuery, timezone: str) -> bool:
    """Tell whether the sums know every condition of a query: place, words, sources and phases they do not."""
    asks_more = query.phases or query.sources or query.bbox is not None or (query.text or "").strip()
    return not asks_more and timezone_of(connection) == timezone


def by_category(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date]
) -> Counter[tuple[int, str, str]]:
    """Return counts by (number of the day in `days`, district, category); `days` follow each other."""
    counts = _counts(connection, viewer, query, days, event_day, (event_day.c.category, event_day.c.district))
    return Counter({(number, district, category): n for (number, category, district), n in counts.items()})


def by_district(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date]
) -> Counter[tuple[int, str]]:
    """Return counts by (number of the day in `days`, district)."""
    if not query.categories and not query.organisations and query.severity is None:
        return _counts(connection, viewer, query, days, district_day, (district_day.c.district,))
    counts: Counter[tuple[int, str]] = Counter()
    for (number, district, _), n in by_category(connection, viewer, query, days).items():
        counts[number, district] += n
    return counts


def by_seriousness(
    connection: Connection, viewer: Viewer, query: EventQuery, days: Sequence[date], serious: int
) -> Counter[tuple[int, str, bool]]:
    """Return counts by (number of the day in `days`, category, whether severity is `serious` or more); at most one district."""
    table = event_day if query.districts else category_day
    is_serious = case((table.c.severity >= serious, 1), else_=0)
    counts = _counts(connection, viewer, query, days, table, (table.c.category, is_serious))
    return Counter({(number, name, bool(grave)): n for (number, name, grave), n in counts.items()})


def _counts(
    connection: Connection,
    viewer: Viewer,
    query: EventQuery,
    days: Sequence[date],
    table: Table,
    keys: tuple[Any, ...],
) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    if not days:
        return counts
    first, last = days[0].toordinal(), days[-1].toordinal()
    matching = _conditions(viewer, query, table)
    day, change = table.c.day, func.sum(table.c.n)
    before = select(*keys, change).where(*matching, day <= first).group_by(*keys)
    # In the order of the table's key, so that nothing is sorted.
    inside = select(day, *keys, change).where(*matching, day > first, day <= last)
    inside = inside.group_by(day, *keys) if table is not event_day else inside.group_by(*keys, day)
    running: dict[tuple[str, ...], int] = {tuple(row[:-1]): int(row[-1]) for row in connection.execute(before)}
    steps: dict[int, list[tuple[tuple[str, ...], int]]] = {}
    for row in connection.execute(inside):
        steps.setdefault(row[0] - first, []).append((tuple(row[1:-1]), int(row[-1])))
    for number in range(len(days)):
        for cell, n in steps.get(number, ()):
            running[cell] = running.get(cell, 0) + n
        counts.update({(number, *cell): n for cell, n in running.items() if n})
    return counts


def _conditions(viewer: Viewer, query: EventQuery, table: Table) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible_to(viewer, table.c.audience)]
    for name, wanted in (
        ("district", query.districts),
        ("category", query.categories),
        ("organisation", query.organisations),
    ):
        if wanted:
            found.append(table.c[name].in_(sorted(wanted)))
    if query.severity is not None:
        found.append(table.c.severity >= int(query.severity))
    return found
