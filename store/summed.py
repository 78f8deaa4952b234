"""Counts from the sums of `store.rollup`: the same answers as a scan of the events, at a fraction of its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, literal, or_, select

from events.audience import Viewer
from store.kept import EventQuery
from store.rollup import timezone_of
from store.tables import category_day, day_place, delay_day, district_day, event_day
from store.visibility import visible_to

Key = tuple[Any, ...]
_PART = 2000


class Span(NamedTuple):
    """First and last local day, both included, and whether each of its days is told too."""

    first: date
    last: date
    by_day: bool = True


@dataclass(slots=True)
class Summed:
    """One span of days: by key, events in force at some time of it (`once`), and steps from which its days follow."""

    first: int
    last: int
    by_day: bool
    once: Counter[Key] = field(default_factory=Counter)
    _steps: dict[int, list[tuple[Key, int]]] = field(default_factory=dict)

    def days(self) -> Iterator[tuple[date, dict[Key, int]]]:
        """Yield each day (none when they are not told) with the events in force on it by key, none 0; the same dict each time, changed from day to day."""
        running: dict[Key, int] = {}
        for day in range(self.first, self.last + 1) if self.by_day else ():
            for key, change in self._steps.get(day, ()):
                n = running.get(key, 0) + change
                if n:
                    running[key] = n
                else:
                    running.pop(key, None)
            yield date.fromordinal(day), running

    def begin(self, known: _Known) -> None:
        """Take in what is known of the first day."""
        self._steps[self.first] = list(known.in_force.items())
        self.once.update(known.alone)

    def step(self, day: int, keys: Collection[Key], change: int, began: int) -> None:
        """Take in the difference of a later day, and how many events begin on it that were not in force before in the span."""
        for key in keys:
            self._steps.setdefault(day, []).append((key, change))
            self.once[key] += began


@dataclass(slots=True)
class _Known:
    """Events in force on a day: with groups counted once, and each event on its own."""

    in_force: Counter[Key] = field(default_factory=Counter)
    alone: Counter[Key] = field(default_factory=Counter)

    def add(self, keys: Collection[Key], change: int, alone: int) -> None:
        for key in keys:
            self.in_force[key] += change
            self.alone[key] += alone


def can_answer(connection: Connection, viewer: Viewer, query: EventQuery, timezone: str) -> bool:
    """Tell whether the sums know every condition of a query: place, words, sources and phases they do not."""
    asks_more = query.phases or query.sources or query.bbox is not None or (query.text or "").strip() or viewer.withheld
    return not asks_more and timezone_of(connection) == timezone


def by_category(
    connection: Connection, viewer: Viewer, query: EventQuery, spans: Sequence[Span], serious: int
) -> list[Summed]:
    """Return the spans by (category, 1 when severity is `serious` or more else 0), each event once."""
    table = event_day if query.districts else category_day
    return _summed(connection, viewer, query, spans, table, (table.c.category, _is_serious(table, serious)))


def by_district(
    connection: Connection, viewer: Viewer, query: EventQuery, spans: Sequence[Span], serious: int
) -> list[Summed]:
    """Return the spans by (district, 1 when severity is `serious` or more else 0), each event once in each district."""
    told_by_place = not query.categories and not query.organisations
    table = district_day if told_by_place else event_day
    is_serious = _is_serious(table, serious)
    if told_by_place:
        return _summed(connection, viewer, query, spans, table, (district_day.c.district, is_serious))
    return _summed(connection, viewer, query, spans, table, (event_day.c.districts, is_serious), _spread(query))


def _is_serious(table: Table, serious: int) -> ColumnElement[int]:
    return case((table.c.severity >= serious, 1), else_=0).label("is_serious")


def delays(
    connection: Connection,
    viewer: Viewer,
    query: EventQuery,
    span: Span,
    heard_on: Mapping[str, int],
) -> Iterator[tuple[int, int, int]]:
    """Yield (number of the day of the start, or 0 for all of them, whole seconds until it was told, events).

    Of the events that began in the span and were in force in it; `heard_on` leaves out those of a source up to a day.
    """
    row, first, last = delay_day.c, span.first.toordinal(), span.last.toordinal()
    before = [and_(row.source_id == name, row.day <= day) for name, day in sorted(heard_on.items()) if day >= first]
    matching = [*_conditions(viewer, query, delay_day), row.day >= first, row.day <= last, row.first <= last]
    if before:
        matching.append(~or_(*before))
    if not span.by_day:
        asked = select(literal(0), row.delay_s, func.sum(row.n)).group_by(row.delay_s)
    else:  # in the order of the table's key, so that nothing is sorted
        asked = select(row.day, row.delay_s, func.sum(row.n)).group_by(row.day, row.delay_s)
    for part in connection.execute(asked.where(*matching)).partitions(_PART):
        yield from part


def by_day(connection: Connection, viewer: Viewer, query: EventQuery, span: Span) -> Summed:
    """Return a span by (district, category), each event once in each district."""
    keys = (event_day.c.districts, event_day.c.category)
    return _summed(connection, viewer, query, [span], event_day, keys, _spread(query))[0]


def _spread(query: EventQuery) -> Callable[[Key], Collection[Key]]:
    """Return what makes of a place of several districts each of them; only those asked for, where some are."""
    wanted = set(query.districts)

    def spread(key: Key) -> Collection[Key]:
        return [(one, *key[1:]) for one in key[0].split(",") if not wanted or one in wanted]

    return spread


def _itself(key: Key) -> Collection[Key]:
    return (key,)


def _summed(
    connection: Connection,
    viewer: Viewer,
    query: EventQuery,
    spans: Sequence[Span],
    table: Table,
    keys: Key,
    spread: Callable[[Key], Collection[Key]] = _itself,
) -> list[Summed]:
    """Read the spans in order of time: what was before the first of them is added up once, then what is between them."""
    found = [Summed(one.first.toordinal(), one.last.toordinal(), one.by_day) for one in spans]
    matching, day = _conditions(viewer, query, table), table.c.day
    n, alone = func.sum(table.c.n), func.sum(table.c.began - table.c.ended)
    # Grouped by names: with values of its own, an expression that is repeated is another one to a database.
    names = [key.name for key in keys]
    reached, known = 0, _Known()
    for one in sorted(found, key=lambda span: span.first):
        if one.first <= reached:
            reached, known = 0, _Known()
        before = select(*keys, n, alone).where(*matching, day > reached, day <= one.first).group_by(*names)
        for *told, change, more in connection.execute(before):
            known.add(spread(tuple(told)), change, more)
        one.begin(known)
        begun = func.sum(case((table.c.since <= one.first, table.c.began), else_=0))
        number = (day if one.by_day else literal(one.last)).label("day")
        inside = select(number, *keys, n, begun, alone).where(*matching, day > one.first, day <= one.last)
        # In the order of the table's key, so that nothing is sorted.
        each = ("day",) if one.by_day else ()
        ordered = (*names, *each) if table is event_day else (*each, *names)
        for at, *told, change, began, more in connection.execute(inside.group_by(*ordered)):
            there = spread(tuple(told))
            one.step(at, there, change, began)
            known.add(there, change, more)
        reached = one.last
    return found


def _lies_in(table: Table, wanted: Sequence[str]) -> ColumnElement[bool]:
    if "district" in table.c:
        return table.c.district.in_(wanted)
    place = day_place.c.districts
    listed = literal(",").concat(place).concat(",")
    # LIKE ignores case on SQLite; replace does not, on any database.
    there = or_(*(func.replace(listed, f",{code},", "") != listed for code in wanted))
    return table.c.districts.in_(select(place).where(there))


def _conditions(viewer: Viewer, query: EventQuery, table: Table) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible_to(viewer, table.c.audience)]
    for name, wanted in (("category", query.categories), ("organisation", query.organisations)):
        if wanted:
            found.append(table.c[name].in_(sorted(wanted)))
    if query.districts:
        found.append(_lies_in(table, sorted(query.districts)))
    if query.severity is not None:
        found.append(table.c.severity >= int(query.severity))
    return found
