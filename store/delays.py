"""How soon events were published: the time from their start to their first record, from sums where they can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from events.audience import Viewer
from store import summed
from store.columns import FAR
from store.database import Database
from store.kept import EventQuery
from store.local_days import LocalDays
from store.period_counts import Late, late, spoken_for
from store.period_sums import PeriodQuestion
from store.rollup import delay_of
from store.summed import Span


class Delays(NamedTuple):
    """Median whole seconds from start to first record: of a period (None: nothing to measure), and of its days."""

    median_s: float | None
    by_day: Mapping[date, float]


def publication_delays(
    database: Database, *, viewer: Viewer, asked: PeriodQuestion, heard_since: Mapping[str, datetime]
) -> tuple[Delays, ...]:
    """Return the median delays of each period, and of the days of those that are asked by day, as `store.period_sums.kinds` counts events.

    Of the events that began within it and were first told after they had begun: what is announced before it begins has
    no delay. `heard_since` leaves out what began before its source was first heard; without an entry, nothing.
    """
    delayed = _Delayed(viewer, asked, heard_since)
    with database.read() as connection:
        can_answer = summed.can_answer(connection, viewer, asked.query, asked.timezone)
        return tuple(delayed.of(connection, period, is_summed=can_answer) for period in asked.periods)


class _Delayed:
    """Events by the number of the local day of their start and how many seconds later they were told."""

    def __init__(self, viewer: Viewer, asked: PeriodQuestion, heard_since: Mapping[str, datetime]) -> None:
        self._viewer, self._asked, self._heard_since = viewer, asked, heard_since
        self._local = LocalDays(asked.timezone)
        self._heard_on = {name: self._local.number(at) for name, at in heard_since.items()}

    def of(self, connection: Connection, period: Span, *, is_summed: bool) -> Delays:
        """Return the medians of a period and of its days."""
        query, counts = self._asked.of(period), dict[int, Counter[int]]()
        if not is_summed:
            _add(counts, map(self._told, late(connection, self._viewer, query, self._heard_since)))
        else:
            told = summed.delays(connection, self._viewer, query, period, self._heard_on)
            _add(counts, told)
            _add(counts, self._first_days(connection, query, period))
            _add(counts, self._spoken_for(connection, query), sign=-1)
        whole: Counter[int] = Counter()
        for of_day in counts.values():
            whole.update(of_day)
        each = sorted(counts.items()) if period.by_day else ()
        days = ((date.fromordinal(number), _median(of_day)) for number, of_day in each)
        return Delays(_median(whole), {day: median for day, median in days if median is not None})

    def _told(self, one: Late) -> tuple[int, int, int]:
        return self._local.number(one.start), delay_of(one.start, one.recorded_at), 1

    def _first_days(self, connection: Connection, query: EventQuery, period: Span) -> Iterator[tuple[int, int, int]]:
        """Yield what sources told after they were first heard, on that day: the sums know whole days only."""
        for name, number in self._heard_on.items():
            day = date.fromordinal(number)
            if period.first <= day <= period.last and (not query.sources or name in query.sources):
                begun = (self._heard_since[name], self._asked.of(Span(day, day)).end or FAR)
                of_source = replace(query, sources=(name,))
                yield from map(self._told, late(connection, self._viewer, of_source, self._heard_since, begun_in=begun))

    def _spoken_for(self, connection: Connection, query: EventQuery) -> Iterator[tuple[int, int, int]]:
        """Yield what the sums count although another event speaks for it."""
        ids = spoken_for(connection, self._viewer, query)
        for one in late(connection, self._viewer, query, self._heard_since, among=ids):
            told = self._told(one)
            if self._heard_on.get(one.source_id, 0) < told[0]:
                yield told


def _add(counts: dict[int, Counter[int]], told: Iterable[tuple[int, int, int]], *, sign: int = 1) -> None:
    day, of_day = None, Counter[int]()
    for number, delay_s, n in told:
        if number != day:  # most come day by day
            day, of_day = number, counts.setdefault(number, Counter())
        of_day[delay_s] = of_day.get(delay_s, 0) + sign * n


def _median(counts: Mapping[int, int]) -> float | None:
    total, reached = sum(counts.values()), 0
    lower: int | None = None
    for value, n in sorted(counts.items()):
        reached += n
        if lower is None and reached * 2 >= total and n:
            lower = value
        if reached * 2 > total and lower is not None:
            return (lower + value) / 2
    return None


__all__ = ["Delays", "publication_delays"]
