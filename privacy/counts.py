"""Counts as they may be shown: whole weeks that are over, by district, never a small one, never one that follows.

What is published of a week depends on that week alone and never on the question asked: whoever compares two answers
learns nothing that neither of them says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from events.records import Tally
from privacy.disclosure import Counts, hidden_cells, with_sums

WEEK = timedelta(days=7)
# A day of 25 hours and a month of 31 days are of the same grain as their neighbours; a week and its days are not.
_SAME_GRAIN = 1.5
_RATES = ("%", "rate", "taux", "per_", "pour_", "percent")

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCount:
    """One count as it may be shown; `area_code` None: all areas together; `value` None: hidden, 0 or `least` otherwise."""

    source_id: str
    organisation: str
    measure: str
    unit: str
    area_code: str | None
    start: datetime
    end: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts by area (rows) and period (columns); NaN where no count is known."""

    areas: tuple[str, ...]
    periods: tuple[Period, ...]
    cells: Counts

    @property
    def span(self) -> Period:
        return self.periods[0][0], self.periods[-1][1]


def publish(tallies: Iterable[Tally], *, least: int, timezone: str, now: datetime) -> tuple[PublishedCount, ...]:
    """Return what may be shown of the counts of a store; all of them must be given, whatever is asked.

    A count shorter than a week is told with its whole week (local, Monday to Sunday) once that is over: by the
    publisher's own slots, by day or by week, whichever hides least. Rates are shown as their publisher gave them.
    """
    zone = ZoneInfo(timezone)
    groups: dict[tuple[str, str, str, str, str], list[Tally]] = defaultdict(list)
    for one in tallies:
        if one.end <= now:
            groups[one.source_id, one.organisation, one.measure, one.unit, one.audience.key].append(one)
    return tuple(
        count
        for _, group in sorted(groups.items())
        for count in (_as_given(group) if _is_rate(group[0].unit) else _counted(group, least, zone, now))
    )


def _is_rate(unit: str) -> bool:
    return any(word in unit.lower() for word in _RATES)


def _as_given(group: Sequence[Tally]) -> Iterator[PublishedCount]:
    for one in group:
        yield _count(one, one.area_code, (one.start, one.end), None if one.is_suppressed else one.value)


def _counted(group: Sequence[Tally], least: int, zone: ZoneInfo, now: datetime) -> Iterator[PublishedCount]:
    for block in _blocks(_finest(group), zone, now):
        table = min(_levels(_table(block), zone), key=lambda level: _small_share(level, least))
        sums = with_sums(table.cells)
        hidden = hidden_cells(sums, least)
        for row, column in np.ndindex(sums.shape):
            is_whole_row, is_whole_column = column == len(table.periods), row == len(table.areas)
            # The sum of one is that one: it is told once.
            if (is_whole_row and len(table.periods) == 1) or (is_whole_column and len(table.areas) == 1):
                continue
            area = None if is_whole_column else table.areas[row]
            period = table.span if is_whole_row else table.periods[column]
            yield _count(block[0], area, period, None if hidden[row, column] else float(sums[row, column]))


def _count(like: Tally, area: str | None, period: Period, value: float | None) -> PublishedCount:
    return PublishedCount(
        source_id=like.source_id,
        organisation=like.organisation,
        measure=like.measure,
        unit=like.unit,
        area_code=area,
        start=period[0],
        end=period[1],
        value=value,
    )


def _finest(group: Sequence[Tally]) -> list[Tally]:
    """Leave out what a publisher counts a second time over longer periods: the two would tell each other's secrets."""
    shortest = min(one.end - one.start for one in group)
    return [one for one in group if one.end - one.start <= shortest * _SAME_GRAIN]


def _blocks(group: Sequence[Tally], zone: ZoneInfo, now: datetime) -> Iterator[list[Tally]]:
    """Yield the counts that are published together: those of a local week, or of one longer period."""
    blocks: dict[Period, list[Tally]] = defaultdict(list)
    for one in group:
        is_long = one.end - one.start >= WEEK - timedelta(hours=2)
        blocks[(one.start, one.end) if is_long else _week(one.start, zone)].append(one)
    for (start, end), block in sorted(blocks.items()):
        if end <= now and _fills(block, start, end):
            yield block


def _week(moment: datetime, zone: ZoneInfo) -> Period:
    day = moment.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return _midnight(monday, zone), _midnight(monday + WEEK, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _fills(block: Sequence[Tally], start: datetime, end: datetime) -> bool:
    """Tell whether the periods follow each other from the start to the end; a week that lacks a day would tell it later."""
    reached = start
    for begins, ends in sorted({(one.start, one.end) for one in block}):
        if begins != reached:
            return False
        reached = ends
    return reached == end


def _table(block: Sequence[Tally]) -> _Table:
    areas = tuple(sorted({one.area_code for one in block}))
    periods = tuple(sorted({(one.start, one.end) for one in block}))
    cells = np.full((len(areas), len(periods)), np.nan)
    row_of = {area: row for row, area in enumerate(areas)}
    column_of = {period: column for column, period in enumerate(periods)}
    for one in block:
        if one.value is not None and not one.is_suppressed:
            cells[row_of[one.area_code], column_of[one.start, one.end]] = one.value
    return _Table(areas, periods, cells)


def _levels(table: _Table, zone: ZoneInfo) -> list[_Table]:
    """Return the table as it was given, by day, and as a whole: coarser time before more holes."""
    days = [period[0].astimezone(zone).date().toordinal() for period in table.periods]
    levels = [table]
    for marks in (days, [0] * len(days)):
        if len(set(marks)) < len(levels[-1].periods):
            levels.append(_merged(table, marks))
    return levels


def _merged(table: _Table, marks: Sequence[int]) -> _Table:
    groups = [[column for column, mark in enumerate(marks) if mark == one] for one in sorted(set(marks))]
    cells = np.column_stack([table.cells[:, columns].sum(axis=1) for columns in groups])
    periods = tuple((table.periods[columns[0]][0], table.periods[columns[-1]][1]) for columns in groups)
    return _Table(table.areas, periods, cells)


def _small_share(table: _Table, least: int) -> float:
    cells = table.cells
    return float(np.mean(np.isnan(cells) | ((cells > 0) & (cells < least))))
