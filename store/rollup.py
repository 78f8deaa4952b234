"""Events in force by local day, kept beside the events in the transaction that changes them.

`event_day` holds differences: +1 on the first day of a run of days in force, -1 on the day after its last one. The
count of a day is the sum of all differences up to it, so an open end needs no horizon and a long event no row a day.
`district_day` and `category_day` hold the same, added up over what events are and over where they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, delete, insert, or_, select, text

from events.vocabulary import StoredStatus
from store.columns import FAR
from store.joined import groups_of, members_of, shares
from store.tables import category_day, district_day, event, event_day, event_district, event_period, rollup

KIND = "event_day"
_CHUNK = 500
_INSTANT = timedelta(microseconds=1)
_REMEMBERED = 50_000
# What took place or will: cancelled events and drafts are not counted.
COUNTED = (None, StoredStatus.TO_CONFIRM.value)

# category, district, day, severity, organisation, audience
Cell = tuple[str, str, int, int, str, str]

_ADD = text(
    "INSERT INTO event_day (category, district, day, severity, organisation, audience, n) "
    "VALUES (:category, :district, :day, :severity, :organisation, :audience, :n) "
    "ON CONFLICT (category, district, day, severity, organisation, audience) DO UPDATE SET n = event_day.n + excluded.n"
)
_ADD_ALL = text(
    "INSERT INTO district_day (day, district, audience, n) VALUES (:day, :district, :audience, :n) "
    "ON CONFLICT (day, district, audience) DO UPDATE SET n = district_day.n + excluded.n"
)
_ADD_CATEGORY = text(
    "INSERT INTO category_day (day, category, severity, organisation, audience, n) "
    "VALUES (:day, :category, :severity, :organisation, :audience, :n) "
    "ON CONFLICT (day, category, severity, organisation, audience) DO UPDATE SET n = category_day.n + excluded.n"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """What counts of one event: its key, the districts it lies in and its real periods (start, until)."""

    category: str
    severity: int
    organisation: str
    audience: str
    status: str | None
    districts: Collection[str]
    periods: Collection[tuple[datetime, datetime]]


class DayRollup:
    """The differences of one transaction; nothing is written before `close`."""

    def __init__(self, connection: Connection, timezone: str) -> None:
        self._connection = connection
        self._days = LocalDays(timezone)
        self._differences: Counter[Cell] = Counter()
        self._whole: Counter[tuple[int, str, int, str, str]] = Counter()  # of the city, whatever the district
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
        totals: Counter[tuple[int, str, str]] = Counter()
        for (_, district, day, _, _, audience), n in self._differences.items():
            totals[day, district, audience] += n
        sums: tuple[tuple[TextClause, tuple[str, ...], Counter[Any]], ...] = (
            (_ADD, _CELL, self._differences),
            (_ADD_ALL, _TOTAL, totals),
            (_ADD_CATEGORY, _WHOLE, self._whole),
        )
        for statement, names, differences in sums:
            rows = [dict(zip(names, cell, strict=True)) | {"n": n} for cell, n in sorted(differences.items()) if n]
            if rows:
                self._connection.execute(statement, rows)
        self._differences.clear()
        self._whole.clear()

    def _recount(self, ids: Collection[str], sign: int) -> None:
        if self._is_whole:
            for placed in kept(self._connection, ids):
                self._count(placed, sign)

    def _share(self, groups: Collection[str] | None, sign: int) -> None:
        """Count what `store.joined.shares` tells of these groups (None: of all) as they are kept now."""
        for group in members_of(self._connection, groups).values():
            placed = dict(_kept_by_id(self._connection, [one.event_id for one in group]))
            for share in shares(group):
                one = placed.get(share.event_id)
                if one is not None:
                    cut = [
                        (max(start, share.since), min(until, share.until))
                        for start, until in one.periods
                        if start < share.until and until > share.since
                    ]
                    self._count(replace(one, audience=share.audience, periods=cut), sign * share.sign)

    def _count(self, placed: Placed, sign: int) -> None:
        if placed.status not in COUNTED:
            return
        rest = (placed.severity, placed.organisation, placed.audience)
        for first, after in self._days.runs(placed.periods):
            self._whole[(first, placed.category, *rest)] += sign
            if after is not None:
                self._whole[(after, placed.category, *rest)] -= sign
            for district in placed.districts or ("",):
                self._differences[(placed.category, district, first, *rest)] += sign
                if after is not None:
                    self._differences[(placed.category, district, after, *rest)] -= sign

    def _begin(self) -> bool:
        """Begin the table of a store without events; False when there are some to be counted."""
        if self._connection.execute(select(event.c.id).limit(1)).first() is not None:
            return False
        self._empty()
        return True

    def _empty(self) -> None:
        for table in (event_day, district_day, category_day):
            self._connection.execute(delete(table))
        self._connection.execute(delete(rollup).where(rollup.c.kind == KIND))
        self._connection.execute(insert(rollup), {"kind": KIND, "timezone": self._timezone})

    def _rebuild(self) -> None:
        self._empty()
        self._differences.clear()
        self._whole.clear()
        for placed in kept(self._connection, None):
            self._count(placed, 1)
        self._share(None, 1)
        self._is_whole = True


_CELL = ("category", "district", "day", "severity", "organisation", "audience")
_TOTAL = ("day", "district", "audience")
_WHOLE = ("day", "category", "severity", "organisation", "audience")


def timezone_of(connection: Connection) -> str | None:
    """Return whose days the table counts; None when it is not whole."""
    return connection.execute(select(rollup.c.timezone).where(rollup.c.kind == KIND)).scalar()


def drop_zeros(connection: Connection) -> None:
    """Delete the differences that came to nothing."""
    for table in (event_day, district_day, category_day):
        connection.execute(delete(table).where(table.c.n == 0))


def kept(connection: Connection, ids: Collection[str] | None) -> Iterator[Placed]:
    """Yield what counts of these events as they are kept, of all when `ids` is None."""
    if ids is None:
        yield from _kept(connection, None)
        return
    wanted = list(ids)
    for first in range(0, len(wanted), _CHUNK):
        yield from _kept(connection, wanted[first : first + _CHUNK])


def _kept(connection: Connection, ids: list[str] | None) -> Iterator[Placed]:
    return (placed for _id, placed in _kept_by_id(connection, ids))


def _kept_by_id(connection: Connection, ids: list[str] | None) -> Iterator[tuple[str, Placed]]:
    told = (event.c.id, event.c.category, event.c.severity, event.c.organisation, event.c.audience, event.c.status)
    query = (
        select(*told, event_district.c.district, event_period.c.start, event_period.c.until)
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
                category=one.category,
                severity=one.severity,
                organisation=one.organisation,
                audience=one.audience,
                status=one.status,
                districts={row.district for row in parts if row.district is not None},
                periods={(row.start, row.until) for row in parts},
            ),
        )


def _id_of(row: Any) -> str:
    return str(row.id)


class LocalDays:
    """Numbers the local days of a zone, from the year 1 on."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._known: dict[datetime, int] = {}

    def number(self, moment: datetime) -> int:
        """Return the number of the local day of a moment; hours are looked up once, since offsets change on them."""
        hour = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        found = self._known.get(hour)
        if found is None:
            found = hour.astimezone(self._zone).date().toordinal() if hour.year > 1 else 1
            if len(self._known) < _REMEMBERED:
                self._known[hour] = found
        return found

    def runs(self, periods: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[int, int | None]]:
        """Yield the runs of days that the periods touch: first day and the day after the last one, None when open."""
        first: int | None = None
        after: int | None = 0
        for start, until in sorted(periods):
            begins = self.number(start)
            ends = None if until >= FAR else self.number(max(start, until - _INSTANT)) + 1
            if first is None:
                first, after = begins, ends
            elif after is None or begins <= after:
                after = None if after is None or ends is None else max(after, ends)
            else:
                yield first, after
                first, after = begins, ends
        if first is not None:
            yield first, after


def rebuild(connection: Connection, timezone: str) -> None:
    """Write the whole table from the events, whatever it holds."""
    connection.execute(delete(rollup).where(rollup.c.kind == KIND))
    DayRollup(connection, timezone).close()


__all__ = ["COUNTED", "KIND", "DayRollup", "LocalDays", "Placed", "drop_zeros", "kept", "rebuild", "timezone_of"]
