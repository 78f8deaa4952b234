"""Which of the city's axes a measured section lies on: close to it all along, in its direction, of its name in doubt.

Publishers place a section by its two ends; the straight line between them is compared with each axis nearby. The limits
come from a trial on the sections of the national network in Marseille: of those on an axis all were found, none wrong.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from shapely import STRtree
from shapely.affinity import affine_transform
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from events.city import METRES_PER_DEGREE, Axis
from events.geometry import DECIMALS, Area, positions
from events.records import Geometry

NEAR_M = 60.0  # mean distance of a section to its axis
TURN_DEGREES = 35.0
SAMPLES = 9
AMBIGUOUS_M = 15.0  # an axis this much farther than the closest one may still be meant, when it has the name
_SHORT_M = 40.0  # of a shorter section the direction says nothing
_MEMORY = 20_000


class AxisMatcher:
    """Answers for the axes of one city; a section that was asked for is remembered."""

    def __init__(self, axes: Sequence[Axis], area: Area) -> None:
        latitude = math.radians((area[1] + area[3]) / 2)
        self._scale = [math.cos(latitude) * METRES_PER_DEGREE, 0, 0, METRES_PER_DEGREE, 0, 0]
        self._axes = tuple(axes)
        self._lines = [self._plane(shape(dict(axis.geometry))) for axis in axes]
        self._tree = STRtree(self._lines)
        self._known: dict[tuple[str | None, str], str | None] = {}

    def axis_of(self, geometry: Geometry | None, name: str | None = None) -> str | None:
        """Return the id of the axis a line lies on, None when it is a point, lies on none, or on several alike."""
        if geometry is None or geometry["type"] != "LineString" or not self._lines:
            return None
        key = (name, repr(geometry["coordinates"]))
        if key not in self._known:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            self._known[key] = self._match(self._plane(shape(dict(geometry))), name)
        return self._known[key]

    def section_between(self, geometry: Geometry | None, name: str | None = None) -> Geometry | None:
        """Return the part of an axis between two points that are told as the ends of a stretch of road.

        It runs from the first point to the second. None when the geometry is no pair of points, or the straight line
        between them lies on no axis or on several alike: the course of the road is then not known.
        """
        if geometry is None or geometry["type"] != "MultiPoint" or len(ends := list(positions(geometry))) != 2:
            return None
        found = self.axis_of({"type": "LineString", "coordinates": [list(end) for end in ends]}, name)
        if found is None:
            return None
        line = next(line for axis, line in zip(self._axes, self._lines, strict=True) if axis.id == found)
        start, end = (line.project(self._plane(Point(point))) for point in ends)
        part = substring(line, start, end)
        if part.geom_type != "LineString" or part.length < _SHORT_M:
            return None
        across, _, _, up, *_ = self._scale
        course = [[round(x / across, DECIMALS), round(y / up, DECIMALS)] for x, y in part.coords]
        return {"type": "LineString", "coordinates": course}

    def _match(self, section: BaseGeometry, name: str | None) -> str | None:
        samples = [section.interpolate(step / (SAMPLES - 1), normalized=True) for step in range(SAMPLES)]
        near: list[tuple[float, Axis]] = []
        for index in self._tree.query(section.buffer(NEAR_M)).tolist():
            line = self._lines[index]
            distance = sum(line.distance(one) for one in samples) / SAMPLES
            if distance <= NEAR_M and _turn(section, line) <= TURN_DEGREES:
                near.append((distance, self._axes[index]))
        near.sort(key=lambda one: one[0])
        alike = [axis for distance, axis in near if distance - near[0][0] <= AMBIGUOUS_M]
        if len(alike) > 1 and name is not None:
            alike = [axis for axis in alike if _is_named(axis, name)] or alike
        return alike[0].id if len(alike) == 1 else None

    def _plane(self, figure: BaseGeometry) -> BaseGeometry:
        return affine_transform(figure, self._scale)


def _turn(section: BaseGeometry, line: BaseGeometry) -> float:
    """Return the angle between a section and an axis beside it, 0 to 90 degrees; either may run the other way."""
    first, last = section.coords[0], section.coords[-1]
    if section.length < _SHORT_M:
        return 0.0
    start, end = line.project(Point(first)), line.project(Point(last))
    if abs(start - end) < _SHORT_M / 2:
        return 90.0  # it crosses
    along = LineString([line.interpolate(start), line.interpolate(end)])
    angle = abs(_heading(along.coords) - _heading((first, last))) % 180
    return min(angle, 180 - angle)


def _heading(ends: Sequence[Sequence[float]]) -> float:
    return math.degrees(math.atan2(ends[-1][0] - ends[0][0], ends[-1][1] - ends[0][1]))


def _is_named(axis: Axis, name: str) -> bool:
    ours, theirs = _plain(axis.name), _plain(name)
    return bool(theirs) and (ours in theirs or theirs in ours)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
