"""The city: its districts and axes, and which districts a geometry lies in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shapely import STRtree, points, transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.calendar import NO_HOLIDAYS, Calendar
from events.geometry import Area
from events.records import Geometry

METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class District:
    """A district by its INSEE code; `short` is what filters and screens use, `population` its inhabitants."""

    code: str
    short: str
    name: str
    population: int | None
    area_km2: float | None
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the city's road axes."""

    id: str
    name: str
    road_class: str
    geometry: Geometry
    length_m: float
    district_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarchRules:
    """The city's thresholds, in minutes: the tail after the head by size class 1 to 5, closing before, opening after."""

    tail_min: tuple[int, int, int, int, int] = (5, 10, 15, 40, 90)
    close_before_min: int = 15
    open_after_min: int = 20


@dataclass(frozen=True)
class City:
    """What the software knows of a city before any source speaks."""

    id: str
    name: str
    timezone: str
    area: Area
    districts: tuple[District, ...]
    axes: tuple[Axis, ...]
    shore_m: float = 300.0  # a point in no district takes the nearest one within this distance (harbour water)
    march: MarchRules = MarchRules()
    calendar: Calendar = NO_HOLIDAYS
    _shapes: Sequence[BaseGeometry] = field(init=False, repr=False, compare=False)
    _tree: STRtree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shapes = [shape(dict(district.geometry)) for district in self.districts]
        object.__setattr__(self, "_shapes", shapes)
        object.__setattr__(self, "_tree", STRtree(shapes))

    def districts_of(self, geometry: Geometry | None) -> tuple[str, ...]:
        """Return the codes of the districts a geometry touches, in the city's order; empty without geometry."""
        return self.districts_of_each([geometry])[0]

    def districts_of_each(self, geometries: Sequence[Geometry | None]) -> list[tuple[str, ...]]:
        """Return for each of many geometries what `districts_of` returns: one question to the tree for all of them."""
        hits: list[list[int]] = [[] for _ in geometries]
        placed = [number for number, geometry in enumerate(geometries) if geometry is not None]
        if not placed or not self._shapes:
            return [()] * len(geometries)
        figures = _figures([geometry for geometry in geometries if geometry is not None])
        of_figure, of_district = self._tree.query(figures, predicate="intersects")
        for figure, district in zip(of_figure.tolist(), of_district.tolist(), strict=True):
            hits[placed[figure]].append(district)
        outside = [figure for figure, number in enumerate(placed) if not hits[number]]
        nearest = self._tree.nearest([figures[figure] for figure in outside]).tolist() if outside else []
        for figure, district in zip(outside, nearest, strict=True):
            if self._metres(figures[figure], self._shapes[district]) <= self.shore_m:
                hits[placed[figure]].append(district)
        return [tuple([self.districts[index].code for index in sorted(found)]) for found in hits]

    def _metres(self, one: BaseGeometry, other: BaseGeometry) -> float:
        # Degrees of longitude shrink with latitude; at a city's size this plane is off by less than 0.1 %.
        latitude = (self.area[1] + self.area[3]) / 2
        scale = (math.cos(math.radians(latitude)) * METRES_PER_DEGREE, METRES_PER_DEGREE)
        if one.distance(other) * scale[0] > self.shore_m:
            return math.inf  # far even if every degree were as short as the shortest
        distance: float = transform(one, lambda pairs: pairs * scale).distance(
            transform(other, lambda pairs: pairs * scale)
        )
        return distance


def _figures(geometries: Sequence[Geometry]) -> list[BaseGeometry]:
    # Nearly all are points, which are made together in one call.
    pairs: list[Any] = [geometry["coordinates"] for geometry in geometries if geometry["type"] == "Point"]
    made = iter(points([pair[:2] for pair in pairs]) if pairs else ())
    return [next(made) if geometry["type"] == "Point" else shape(dict(geometry)) for geometry in geometries]
