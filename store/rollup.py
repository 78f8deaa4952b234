"""Events in force by local day, kept beside the events in the transaction that changes them.

`event_day` holds differences: +1 on the first day of a run of days in force, -1 on the day after its last one. The
count of a day is the sum of all differences up to it, so an open end needs no horizon and a long event no row a day.
What began is kept apart, with when the run before it was over: so the events of a period are counted once, whatever
the period (`store.sum_tables`). `district_day` and `category_day` hold the same, added up over what events are and over
where they are. `delay_day` counts the events that were told after they had begun, by how much later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, TextClause, delete, insert, select, text

from store.joined import groups_of, members_of, shares
from store.local_days import LocalDays
from store.placed import COUNTED, Placed, kept, kept_by_id
from store.tables import category_day, day_place, delay_day, district_day, event, event_day, rollup

KIND = "event_day"
_TABLES = (event_day, district_day, category_day, delay_day)

# category, districts, day, since, severity, organisation, audience
Cell = tuple[str, str, int, int, int, str, str]


def _sums_of(table: Table) -> list[str]:
    return [column.name for column in table.c if not column.primary_key]


def _adding(insert_into: str, table: Table) -> TextClause:
    names, keys = (", ".join(column.name for column in columns) for columns in (table.c, table.primary_key))
    values = ", ".join(f":{column.name}" for column in table.c)
    more = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in _sums_of(table))
    return text(f"{insert_into} ({names}) VALUES ({values}) ON CONFLICT ({keys}) DO UPDATE SET {more}")


# The values do not pass the types of the columns: they are of events that are kept.
_ADD = {
    event_day: _adding("INSERT INTO event_day", event_day),
    district_day: _adding("INSERT INTO district_day", district_day),
    category_day: _adding("INSERT INTO category_day", category_day),
    delay_day: _adding("INSERT INTO delay_day", delay_day),
}

_ADD_PLACE = text("INSERT INTO day_place (districts) VALUES (:districts) ON CONFLICT DO NOTHING")


class DayRollup:
    """The differences of one transaction; nothing is written before `close`."""

    def __init__(self, connection: Connection, timezone: str) -> None:
        self._connection = connection
        self._days = LocalDays(timezone)
        self._sums: dict[Cell, list[int]] = {}  # n, began, ended
        self._delays: dict[tuple[Any, ...], list[int]] = {}
        # A table that is not whole, or counts another city's days, is written from the events at the end.
        self._timezone = timezone
        self._groups: set[str] = set()
        self._is_whole = timezone_of(connection) == timezone or self._begin()

    def add(self, placed: Placed) -> None:
        """Count an event that was written."""
        if self._is_whole:
            self._count(placed, 1)

    def take_out(self, ids: Collection[str]) -> None:
        """Stop counting events as they are kept now, before they are changed or deleted."""
        self.regroup({name for name, _position in groups_of(self._connection, ids).values()})
        self._recount(ids, -1)

    def regroup(self, groups: Collection[str], *, is_new: bool = False) -> None:
        """Forget that the events of these groups count once, before one of them changes; `close` counts them anew.

        With `is_new` they were written in this transaction, and nothing is to be forgotten.
        """
        fresh = set(groups) - self._groups
        self._groups |= fresh
        if fresh and self._is_whole and not is_new:
            self._share(fresh, -1)

    def put_in(self, ids: Collection[str]) -> None:
        """Count events as they are kept now, after they were changed."""
        self._recount(ids, 1)

    def close(self) -> None:
        """Write the differences, or the whole table when it was missing."""
        if not self._is_whole:
            self._rebuild()
        elif self._groups:
            self._share(self._groups, 1)
        self._groups.clear()
        for table, statement in _ADD.items():
            names = [column.name for column in table.c]
            totals = sorted(self._totals(table).items())
            rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in totals if any(sums)]
            if rows:
                self._connection.execute(statement, rows)
        places = sorted({cell[1] for cell in self._sums} | {key[5] for key in self._delays})
        if places:
            self._connection.execute(_ADD_PLACE, [{"districts": place} for place in places])
        self._forget()

    def _totals(self, table: Table) -> dict[Any, list[int]]:
        if table is delay_day:
            return self._delays
        totals: dict[Any, list[int]] = {}
        for cell, sums in self._sums.items():
            for key in _keys(table, cell):
                _add(totals, key, sums)
        return totals

    def _forget(self) -> None:
        self._sums.clear()
        self._delays.clear()

    def _recount(self, ids: Collection[str], sign: int) -> None:
        if self._is_whole:
            for placed in kept(self._connection, ids):
                self._count(placed, sign)

    def _share(self, groups: Collection[str] | None, sign: int) -> None:
        """Count what `store.joined.shares` tells of these groups (None: of all) as they are kept now."""
        for group in members_of(self._connection, groups).values():
            placed = dict(kept_by_id(self._connection, [one.event_id for one in group]))
            for share in shares(group):
                one = placed.get(share.event_id)
                if one is not None:
                    cut = [
                        (max(start, share.since), min(until, share.until))
                        for start, until in one.periods
                        if start < share.until and until > share.since
                    ]
                    # Of a period it is asked anew who spoke for whom (`store.period_sums`): nothing begins.
                    self._count(replace(one, audience=share.audience, periods=cut), sign * share.sign, begins=False)

    def _count(self, placed: Placed, sign: int, *, begins: bool = True) -> None:
        if placed.status not in COUNTED:
            return
        place = (placed.category, ",".join(sorted(placed.districts)))
        rest = (placed.severity, placed.organisation, placed.audience)
        since = 0
        for first, after in self._days.runs(placed.periods):
            _add(self._sums, (*place, first, since if begins else 0, *rest), (sign, sign * begins, 0))
            if after is not None:
                _add(self._sums, (*place, after, 0, *rest), (-sign, 0, sign * begins))
                since = after
        if begins and placed.periods and placed.recorded_at >= placed.start:
            first = self._days.number(min(start for start, _ in placed.periods))
            late = (self._days.number(placed.start), delay_of(placed.start, placed.recorded_at), first)
            _add(self._delays, (*late, placed.source_id, *place, *rest), (sign,))

    def _begin(self) -> bool:
        """Begin the table of a store without events; False when there are some to be counted."""
        if self._connection.execute(select(event.c.id).limit(1)).first() is not None:
            return False
        self._empty()
        return True

    def _empty(self) -> None:
        for table in (*_TABLES, day_place):
            self._connection.execute(delete(table))
        self._connection.execute(delete(rollup).where(rollup.c.kind == KIND))
        self._connection.execute(insert(rollup), {"kind": KIND, "timezone": self._timezone})

    def _rebuild(self) -> None:
        self._empty()
        self._forget()
        for placed in kept(self._connection, None):
            self._count(placed, 1)
        self._share(None, 1)
        self._is_whole = True


def _add(sums: dict[Any, list[int]], key: tuple[Any, ...], more: Sequence[int]) -> None:
    known = sums.setdefault(key, [0] * len(more))
    for number, n in enumerate(more):
        known[number] += n


def _keys(table: Table, cell: Cell) -> list[tuple[Any, ...]]:
    """Return the keys of a table of sums that a cell of `event_day` adds to."""
    category, districts, day, since, severity, organisation, audience = cell
    if table is event_day:
        return [cell]
    if table is category_day:
        return [(day, since, category, severity, organisation, audience)]
    return [(day, since, district, severity, audience) for district in districts.split(",")]


def delay_of(start: datetime, recorded_at: datetime) -> int:
    """Return how many whole seconds after its start an event was first recorded."""
    return (recorded_at - start) // timedelta(seconds=1)


def timezone_of(connection: Connection) -> str | None:
    """Return whose days the table counts; None when it is not whole."""
    return connection.execute(select(rollup.c.timezone).where(rollup.c.kind == KIND)).scalar()


def drop_zeros(connection: Connection) -> None:
    """Delete the differences that came to nothing."""
    for table in _TABLES:
        connection.execute(delete(table).where(*(table.c[name] == 0 for name in _sums_of(table))))


def rebuild(connection: Connection, timezone: str) -> None:
    """Write the whole table from the events, whatever it holds."""
    connection.execute(delete(rollup).where(rollup.c.kind == KIND))
    DayRollup(connection, timezone).close()


__all__ = ["KIND", "DayRollup", "delay_of", "drop_zeros", "rebuild", "timezone_of"]
