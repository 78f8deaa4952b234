"""What a control looks at: the records of the last weeks as arrays, and which weeks are compared with which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from events.vocabulary import DetectionMode
from insight.control.intervals import Numbers
from store.control_rows import Told

WEEK = timedelta(days=7)
MODES = tuple(mode.value for mode in DetectionMode)
SHORT, LONG = 4, 12
WEEKS = 52  # a whole year, so that every season is in what a window is compared with
FEW_A_WEEK = 10.0  # fewer records a week and district: the window is LONG
LEAST_BASELINE = 8
_STARTED = 0.25  # a week under this part of the usual number: the observatory did not yet see the city
SEVERE = 3  # severity from which an event counts as major


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Records that began in the WEEKS before `end`, oldest week first; a record counts in each of its districts.

    `counts` is [week, organisation, mode, district]; `kinds` [week, category]; `told_by` [organisation, category, district]
    and `severe` [category, district] of the window; `confirmed` and `lacking` records and `sources` that tell any [district] of the window; delays in seconds
    by district of the window. Nothing after `end` is looked at.
    """

    end: datetime
    districts: tuple[str, ...]
    organisations: tuple[str, ...]
    categories: tuple[str, ...]
    counts: Numbers
    kinds: Numbers
    told_by: Numbers
    severe: Numbers
    confirmed: Numbers
    lacking: Numbers
    sources: Numbers
    to_publish: Mapping[str, Numbers]
    to_close: Mapping[str, Numbers]
    window: int
    first: int  # first week of the baseline

    @property
    def placed(self) -> Numbers:
        """Counts of the window [category, district], of all organisations."""
        placed: Numbers = self.told_by.sum(axis=0)
        return placed

    @property
    def recent(self) -> Numbers:
        """Counts of the window [organisation, mode, district]."""
        recent: Numbers = self.counts[-self.window :].sum(axis=0)
        return recent

    @property
    def baseline(self) -> Numbers:
        """Counts of each week before the window [week, organisation, mode, district]."""
        return self.counts[self.first : -self.window]

    @property
    def weeks_before(self) -> int:
        """How many weeks the baseline has."""
        return len(self.baseline)

    @property
    def has_baseline(self) -> bool:
        """Tell whether there is enough of a past to speak of change."""
        return self.weeks_before >= LEAST_BASELINE

    @property
    def start(self) -> datetime:
        """Start of the window."""
        return self.end - self.window * WEEK


def window_of(counts: Numbers) -> tuple[int, int]:
    """Return the weeks of the window and the first week of its baseline, from counts [week, organisation, mode, district]."""
    weekly = counts.sum(axis=(1, 2, 3))
    usual = float(np.median(weekly[-SHORT:]))
    seen = np.flatnonzero(weekly >= _STARTED * usual) if usual else np.array([], dtype=int)
    begun = int(seen[0]) if len(seen) else len(weekly)
    per_district = weekly[-SHORT:].mean() / max(1, counts.shape[3])
    window = SHORT if per_district >= FEW_A_WEEK else LONG
    return window, min(begun, len(weekly) - window)


def observe(rows: Iterable[Told], districts: Sequence[str], end: datetime) -> Observed:
    """Return the records as arrays; those of no district of the city are not looked at."""
    told = [row for row in rows if _week(row, end) is not None and set(row.districts) & set(districts)]
    organisations = tuple(sorted({row.organisation for row in told}))
    categories = tuple(sorted({row.category for row in told}))
    counts = np.zeros((WEEKS, len(organisations), len(MODES), len(districts)))
    kinds = np.zeros((WEEKS, len(categories)))
    who, what = _places(organisations), _places(categories)
    mode_of, where = _places(MODES), _places(districts)
    for row in told:
        week = _week(row, end)
        kinds[week, what[row.category]] += 1
        for district in row.districts:
            if district in where:
                counts[week, who[row.organisation], mode_of[row.mode], where[district]] += 1
    window, first = window_of(counts)
    recent = [row for row in told if row.start >= end - window * WEEK]
    told_by, severe = _by_category(recent, who, what, where)
    confirmed, lacking, sources = _by_district(recent, districts)
    return Observed(
        end=end, districts=tuple(districts), organisations=organisations, categories=categories, counts=counts, kinds=kinds,
        told_by=told_by, severe=severe, window=window, first=first,
        confirmed=confirmed, lacking=lacking, sources=sources,
        to_publish=_delays(recent, districts, lambda row: row.recorded_at - row.start if row.is_unplanned else None),
        to_close=_delays(recent, districts, lambda row: None if row.closed_at is None else row.closed_at - row.start),
    )  # fmt: skip


def _week(row: Told, end: datetime) -> int | None:
    """Return the number of the row's week, None outside the span."""
    if row.start >= end:
        return None
    number = WEEKS - 1 - int((end - row.start) / WEEK)
    return number if number >= 0 else None


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _by_category(
    rows: Sequence[Told], who: Mapping[str, int], what: Mapping[str, int], where: Mapping[str, int]
) -> tuple[Numbers, Numbers]:
    """Return the records by organisation, category and district, and the major ones by category and district."""
    told_by = np.zeros((len(who), len(what), len(where)))
    severe = np.zeros(told_by.shape[1:])
    for row in rows:
        for district in row.districts:
            if district in where:
                cell = what[row.category], where[district]
                told_by[who[row.organisation]][cell] += 1
                severe[cell] += row.severity >= SEVERE
    return told_by, severe


def _by_district(rows: Sequence[Told], districts: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the records that are confirmed, those that lack something, and how many sources tell, by district."""
    found: dict[str, list[Told]] = {district: [] for district in districts}
    for row in rows:
        for district in row.districts:
            if district in found:
                found[district].append(row)
    confirmed = [sum(row.is_confirmed for row in told) for told in found.values()]
    lacking = [sum(row.is_lacking for row in told) for told in found.values()]
    sources = [len({row.source for row in told}) for told in found.values()]
    return np.array(confirmed, dtype=float), np.array(lacking, dtype=float), np.array(sources, dtype=float)


def _delays(rows: Sequence[Told], districts: Sequence[str], of: object) -> dict[str, NDArray[np.float64]]:
    assert callable(of)
    found: dict[str, list[float]] = {district: [] for district in districts}
    for row in rows:
        delay = of(row)
        if delay is not None and delay >= timedelta():
            for district in row.districts:
                if district in found:
                    found[district].append(delay.total_seconds())
    return {district: np.array(values) for district, values in found.items()}
