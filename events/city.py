"""The city: its districts and axes, and which districts a geometry lies in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from shapely import STRtree, transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

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
    _shapes: Sequence[BaseGeometry] = field(init=False, repr=False, compare=False)
    _tree: STRtree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shapes = [shape(dict(district.geometry)) for district in self.districts]
        object.__setattr__(self, "_shapes", shapes)
        object.__setattr__(self, "_tree", STRtree(shapes))

    def districts_of(self, geometry: Geometry | None) -> tuple[str, ...]:
        """Return the codes of the districts a geometry touches, in the city's order; empty without geometry."""
        if geometry is None:
            return ()
        figure = shape(dict(geometry))
        hits = sorted(int(index) for index in self._tree.query(figure, predicate="intersects"))
        if not hits and self._shapes:
            nearest = int(self._tree.nearest(figure))
            if self._metres(figure, self._shapes[nearest]) <= self.shore_m:
                hits = [nearest]
        return tuple(self.districts[index].code for index in hits)

    def _metres(self, one: BaseGeometry, other: BaseGeometry) -> float:
        # Degrees of longitude shrink with latitude; at a city's size this plane is off by less than 0.1 %.
        latitude = (self.area[1] + self.area[3]) / 2
        scale = (math.cos(math.radians(latitude)) * METRES_PER_DEGREE, METRES_PER_DEGREE)
        distance: float = transform(one, lambda pairs: pairs * scale).distance(
            transform(other, lambda pairs: pairs * scale)
        )
        return distance
