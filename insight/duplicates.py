"""Which kept events a new one may tell again: of its family, at the same time, at the same place."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shapely.affinity import affine_transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.city import METRES_PER_DEGREE
from events.records import Geometry
from events.taxonomy import category
from store.kept import KeptEvent

NEAR_M = 150.0
LEAST_SHARED = 0.5  # of the shorter line, and of the shorter window
BESIDE_M = 25.0
_OPEN = timedelta(hours=2)  # how long an event without an end is taken to last


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An event that is very close: `shared` is the share of the shorter line in common (None: they are not two lines)."""

    event: KeptEvent
    distance_m: float
    shared: float | None


def duplicates(
    category_id: str, geometry: Geometry, start: datetime, end: datetime | None, kept: Iterable[KeptEvent]
) -> list[Duplicate]:
    """Return the events of the same family within NEAR_M, or that share more than half of the shorter line, whose window overlaps by more than half.

    The closest come first. Geometries are checked ones; an event without a place is never a duplicate.
    """
    family, mine = category(category_id).family, None
    found = []
    for one in kept:
        told = one.event
        if told.geometry is None or category(told.category).family != family:
            continue
        if not any(_meet((start, end), (period.start, period.end)) for period in one.periods):
            continue
        mine = mine or _plane(geometry, geometry)
        theirs = _plane(told.geometry, geometry)
        distance, shared = mine.distance(theirs), _shared(mine, theirs)
        if shared > LEAST_SHARED if shared is not None else distance < NEAR_M:
            found.append(Duplicate(one, distance, shared))
    return sorted(found, key=lambda item: (item.distance_m, -(item.shared or 0)))


def _meet(mine: tuple[datetime, datetime | None], theirs: tuple[datetime, datetime | None]) -> bool:
    (start, end), (since, until) = (_closed(*mine), _closed(*theirs))
    shorter = min(end - start, until - since)
    both = min(end, until) - max(start, since)
    return both > LEAST_SHARED * shorter if shorter else both >= timedelta()


def _closed(start: datetime, end: datetime | None) -> tuple[datetime, datetime]:
    return start, end if end is not None else start + _OPEN


def _shared(mine: BaseGeometry, theirs: BaseGeometry) -> float | None:
    if mine.geom_type != "LineString" or theirs.geom_type != "LineString":
        return None
    shorter, longer = sorted((mine, theirs), key=lambda line: line.length)
    if not shorter.length:
        return None
    return float(shorter.intersection(longer.buffer(BESIDE_M, cap_style="flat")).length / shorter.length)


def _plane(geometry: Geometry, near: Geometry) -> BaseGeometry:
    latitude = math.radians(shape(dict(near)).centroid.y)
    return affine_transform(
        shape(dict(geometry)), [math.cos(latitude) * METRES_PER_DEGREE, 0, 0, METRES_PER_DEGREE, 0, 0]
    )
