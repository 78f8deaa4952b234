"""Events of several periods: each counted once in each of them, and on each of their days; from sums where they can answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from events.audience import Viewer
from store import period_counts, summed
from store.database import Database
from store.days import local_days, scan
from store.kept import EventQuery
from store.summed import Span, Summed

_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)


Told = Mapping[tuple[str, bool], int]
"""Events by category or district, and whether they are serious; none is 0."""


class PeriodSum(NamedTuple):
    """One period: events in force at some time of it, each once; and on each of its days, in order, where they were asked."""

    once: Told
    days: tuple[tuple[date, Told], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodQuestion:
    """Periods of whole local days, both ends included; `query` holds every other condition; `serious` is told apart."""

    periods: Sequence[Span]
    query: EventQuery
    serious: int
    timezone: str

    def of(self, period: Span) -> EventQuery:
        """Return the conditions with the moments of one of the periods."""
        zone = ZoneInfo(self.timezone)
        start, after = (
            datetime.combine(day, time(), zone).astimezone(UTC) for day in (period.first, period.last + _DAY)
        )
        return replace(self.query, start=start, end=after - _INSTANT)


def kinds(database: Database, *, viewer: Viewer, asked: PeriodQuestion) -> tuple[PeriodSum, ...]:
    """Return how many events were in force in each period, by category and whether they were serious.

    Withdrawn events count until they were withdrawn; cancelled ones and drafts do not. An event that another one speaks
    for does not count beside it. `start`, `end`, `at`, `known_at`, `phases`, `limit` and `cursor` are not looked at.
    Raises InvalidRecord for a period of more than 1,100 days.
    """
    with database.read() as connection:
        return _told(connection, viewer, asked, _KINDS)


def places(database: Database, *, viewer: Viewer, asked: PeriodQuestion) -> tuple[PeriodSum, ...]:
    """Return how many events were in force in each period by district, one in two districts in both; as `kinds`."""
    with database.read() as connection:
        return _told(connection, viewer, asked, _PLACES)


class _Way(NamedTuple):
    """How something is counted: from sums, or once in a period and on each day (by a key of the row) from the events."""

    sums: Callable[[Connection, Viewer, EventQuery, Sequence[Span], int], list[Summed]]
    once: period_counts.Count
    key: Callable[[Any], str]


_KINDS = _Way(summed.by_category, period_counts.by_category, lambda row: str(row.category))
_PLACES = _Way(summed.by_district, period_counts.by_district, lambda row: row.district or "")


def _told(connection: Connection, viewer: Viewer, asked: PeriodQuestion, way: _Way) -> tuple[PeriodSum, ...]:
    queries = [asked.of(period) for period in asked.periods]
    if not summed.can_answer(connection, viewer, asked.query, asked.timezone):
        both = zip(asked.periods, queries, strict=True)
        return tuple(_scanned(connection, viewer, query, asked, way, by_day=period.by_day) for period, query in both)
    sums = way.sums(connection, viewer, asked.query, asked.periods, asked.serious)
    found = []
    for one, query in zip(sums, queries, strict=True):
        # Of a period as a whole the sums count each event of a group; of its days they know who speaks for whom.
        spoken_for = period_counts.spoken_for(connection, viewer, query)
        one.once.subtract(way.once(connection, viewer, query, asked.serious, spoken_for))
        found.append(PeriodSum(_told_of(one.once), tuple((day, _told_of(told)) for day, told in one.days())))
    return tuple(found)


def _scanned(
    connection: Connection, viewer: Viewer, query: EventQuery, asked: PeriodQuestion, way: _Way, *, by_day: bool
) -> PeriodSum:
    days = local_days(query, asked.timezone) if by_day else []
    counts = scan(connection, viewer, query, days, lambda row: (way.key(row), int(row.severity >= asked.serious)))
    of_days: dict[int, dict[tuple[Any, ...], int]] = defaultdict(dict)
    for (number, *key), n in counts.items():
        of_days[number][tuple(key)] = n
    once = way.once(connection, viewer, query, asked.serious)
    return PeriodSum(_told_of(once), tuple((day[0], _told_of(of_days[number])) for number, day in enumerate(days)))


def _told_of(counts: Mapping[tuple[Any, ...], int]) -> Told:
    """Return what there is of the counts by (name, 0 or 1); what lies in no district has no name."""
    return {(name, bool(grave)): n for (name, grave), n in counts.items() if n and name}


__all__ = ["PeriodQuestion", "PeriodSum", "kinds", "places"]
