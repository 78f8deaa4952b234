"""What cameras cover of each district, as the union of their circles and sectors in a metric projection.

A radius is what a camera might reach, not what it sees: walls and trees are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from pyproj import Transformer
from shapely import transform
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from events.city import Axis, City
from events.records import Camera, Geometry

_STEPS = 64  # segments of a quarter of a circle: 0.01 % of its area is left out
_WHOLE = 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Of a district: cameras that stand in it, and the parts of its area and of its axes (by length) that any camera covers."""

    cameras: int
    area: float
    axes: float | None


def metric(geometry: Geometry) -> BaseGeometry:
    """Return a geometry in metres (Lambert-93, EPSG:2154), from longitude and latitude."""
    return transform(shape(dict(geometry)), _project)


def footprint(camera: Camera) -> BaseGeometry:
    """Return what a camera may reach, in metres: a point without a range, a circle, or the sector around its azimuth (from north, clockwise)."""
    centre = metric({"type": "Point", "coordinates": list(camera.position)})
    assert isinstance(centre, Point)
    reach = camera.range_m or 0.0
    angle = camera.field_of_view_deg
    if camera.azimuth_deg is None or angle is None or angle >= _WHOLE:
        return centre.buffer(reach, quad_segs=_STEPS)
    bearings = np.radians(
        np.linspace(
            camera.azimuth_deg - angle / 2, camera.azimuth_deg + angle / 2, max(2, int(angle * _STEPS / 90) + 1)
        )
    )
    arc = [(centre.x + reach * np.sin(one), centre.y + reach * np.cos(one)) for one in bearings]
    return Polygon([(centre.x, centre.y), *arc])


def covered(cameras: Iterable[Camera], city: City) -> dict[str, Covered]:
    """Return what the cameras cover of every district, by its code; where two reach the same place it counts once."""
    known = tuple(cameras)
    whole = unary_union([footprint(one) for one in known if one.range_m])
    shapes = {one.code: metric(one.geometry) for one in city.districts}
    axes = [metric(one.geometry) for one in city.axes]
    return {
        code: Covered(
            cameras=sum(code in one.district_codes for one in known),
            area=float(whole.intersection(place).area / place.area),
            axes=_part_of_axes(axes, place, whole),
        )
        for code, place in shapes.items()
    }


def axis_km(city: City) -> dict[str, float]:
    """Return the kilometres of the city's axes that lie in each district, by its code."""
    lines = _metric_axes(city.axes)
    return {
        one.code: sum(line.intersection(metric(one.geometry)).length for line in lines) / 1000 for one in city.districts
    }


def _metric_axes(axes: Sequence[Axis]) -> list[BaseGeometry]:
    return [metric(one.geometry) for one in axes]


def _part_of_axes(axes: Sequence[BaseGeometry], place: BaseGeometry, whole: BaseGeometry) -> float | None:
    here = unary_union([line.intersection(place) for line in axes if line.intersects(place)])
    return float(here.intersection(whole).length / here.length) if here.length else None


def _project(pairs: np.ndarray) -> np.ndarray:
    return np.column_stack(_lambert().transform(pairs[:, 0], pairs[:, 1]))


@cache
def _lambert() -> Transformer:
    return Transformer.from_crs(4326, 2154, always_xy=True)


def parts(found: Mapping[str, Covered], city: City) -> float | None:
    """Return the part of the whole city's area that is covered, None where no district says its area."""
    areas = {one.code: one.area_km2 for one in city.districts if one.area_km2}
    total = sum(areas.values())
    return sum(found[code].area * area for code, area in areas.items()) / total if total else None
