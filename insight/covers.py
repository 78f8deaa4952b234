"""When an occupation is not covered: what an order allows ends with its place and its hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from events.validity import Period

FAR = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
_ROUND = 16  # parts of a quarter of a circle: 30 m are 29.96 m at worst


def end_of(period: Period) -> datetime:
    """Return the end of a period, the last moment there is when it is open."""
    return FAR if period.end is None else period.end


def bare_periods(
    periods: Iterable[Period],
    figure: BaseGeometry,
    covers: Sequence[tuple[BaseGeometry, Sequence[Period]]],
    reach: float,
) -> list[Period]:
    """Return when no cover, nor several together, holds the whole figure; `reach`: metres that a cover goes beyond its line."""
    wide = [(shapely.buffer(shape, reach, quad_segs=_ROUND), told) for shape, told in covers]
    return [one for period in periods for one in _joined(_bare(period, figure, wide))]


def _bare(
    period: Period, figure: BaseGeometry, wide: Sequence[tuple[BaseGeometry, Sequence[Period]]]
) -> Iterator[Period]:
    first, last = period.start, end_of(period)
    meeting = [
        (shape, max(first, one.start), min(last, end_of(one)))
        for shape, told in wide
        for one in told
        if one.start < last and end_of(one) > first
    ]
    cuts = sorted({first, last, *(at for _, start, end in meeting for at in (start, end))})
    for start, end in pairwise(cuts):
        there = [shape for shape, since, until in meeting if since <= start and until >= end]
        if not there or not shapely.covers(shapely.union_all(there), figure):
            yield Period(start, None if end >= FAR else end)


def _joined(slices: Iterable[Period]) -> Iterator[Period]:
    """Yield slices that follow each other as one."""
    held: Period | None = None
    for one in slices:
        if held is not None and held.end == one.start:
            held = Period(held.start, one.end)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
