"""What cameras cover of each district, as the union of their circles and sectors in a metric projection, without their masks.

A radius is what a camera might reach, not what it sees: walls and trees are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from pyproj import Transformer
from shapely import get_parts, transform
from shapely.geometry import MultiPolygon, Point, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from events.city import Axis, City
from events.geometry import DECIMALS
from events.records import Camera, Geometry, Sector
from events.vocabulary import CameraKind

ASSUMED_OPENING_DEG = 65.0
"""How wide a fixed camera looks that says its azimuth and no opening; one that turns then sees all round."""

_STEPS = 64  # segments of a quarter of a circle: 0.01 % of its area is left out
_WHOLE = 360.0
_DRAWN_STEPS = 16
_LEAST_M2 = 0.01
_A_LITTLE_NORTH = 1e-4  # degrees of latitude: eleven metres
_TURNING = frozenset({CameraKind.DOME, CameraKind.PTZ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Of a district: cameras that stand in it, and the parts of its area and of its axes (by length) that any camera covers.

    `residents` is an estimate: the inhabitants of the district times the part of its area; None where they are not known.
    """

    cameras: int
    area: float
    axes: float | None
    residents: float | None = None


def metric(geometry: Geometry) -> BaseGeometry:
    """Return a geometry in metres (Lambert-93, EPSG:2154), from longitude and latitude."""
    return transform(shape(dict(geometry)), _project)


def looks(camera: Camera) -> tuple[Sector, ...]:
    """Return every direction a camera looks in, its own azimuth first; none when it sees all round.

    Without an azimuth it is a circle, unless it has sectors; without an opening, ASSUMED_OPENING_DEG for one that does not turn.
    """
    opening = camera.field_of_view_deg
    if opening is None and camera.kind not in _TURNING:
        opening = ASSUMED_OPENING_DEG
    if camera.azimuth_deg is None or opening is None:
        return camera.sectors
    return (Sector(azimuth_deg=camera.azimuth_deg, field_of_view_deg=opening), *camera.sectors)


def footprint(camera: Camera, steps: int = _STEPS) -> BaseGeometry:
    """Return what a camera may see, in metres: its circle or the union of its sectors, without its masks; empty without a range.

    `steps` are the segments of a quarter of a circle. A camera that is not in service sees nothing.
    """
    reach = _reach(camera, steps)
    return reach.difference(_masks(camera, steps)) if camera.is_in_service else Polygon()


def hidden(camera: Camera, steps: int = _STEPS) -> BaseGeometry:
    """Return what the masks take out of a camera's reach, in metres."""
    return MultiPolygon(_areas(_reach(camera, steps).intersection(_masks(camera, steps))))


def _reach(camera: Camera, steps: int) -> BaseGeometry:
    seen = looks(camera) or (Sector(azimuth_deg=0.0, field_of_view_deg=_WHOLE),)
    return unary_union([_wedge(camera, one, one.range_m or camera.range_m or 0.0, steps) for one in seen])


def _masks(camera: Camera, steps: int) -> BaseGeometry:
    reaches = [camera.range_m or 0.0, *(one.range_m or 0.0 for one in camera.sectors)]
    far = 2 * max(reaches)  # chords of the wedge stay beyond every arc
    areas = [Polygon(one[0], one[1:]) for one in camera.masked_areas]
    return unary_union(
        [*(_wedge(camera, one, far, steps) for one in camera.masks), *(transform(one, _project) for one in areas)]
    )


def _wedge(camera: Camera, sector: Sector, reach: float, steps: int) -> BaseGeometry:
    centre, angle = _centre(camera.position), sector.field_of_view_deg
    if reach <= 0:
        return Polygon()
    if angle >= _WHOLE:
        return centre.buffer(reach, quad_segs=steps)
    aim = sector.azimuth_deg + _true_north(camera.position)
    first, last = aim - angle / 2, aim + angle / 2
    bearings = np.radians(np.linspace(first, last, max(2, int(angle * steps / 90) + 1)))
    arc = [(centre.x + reach * np.sin(one), centre.y + reach * np.cos(one)) for one in bearings]
    return Polygon([(centre.x, centre.y), *arc])


@lru_cache(maxsize=4096)
def _centre(position: tuple[float, float]) -> Point:
    centre = metric({"type": "Point", "coordinates": list(position)})
    assert isinstance(centre, Point)
    return centre


@lru_cache(maxsize=4096)
def _true_north(position: tuple[float, float]) -> float:
    """Return the bearing of true north on the grid of the projection at a place, in degrees; 0 on its middle meridian."""
    here, north = _centre(position), _centre((position[0], position[1] + _A_LITTLE_NORTH))
    return float(np.degrees(np.arctan2(north.x - here.x, north.y - here.y)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a camera sees and what its masks hide, as MultiPolygons for a map; None: a plain circle of its range, and no mask."""

    seen: Geometry | None
    hidden: Geometry | None


@lru_cache(maxsize=4096)
def drawn(camera: Camera) -> Drawn:
    """Return the outlines of what a camera may see and of what its masks hide, in degrees, computed once."""
    has_masks = bool(camera.masks or camera.masked_areas)
    is_circle = camera.is_in_service and not looks(camera) and not has_masks
    return Drawn(
        None if is_circle else _degrees(footprint(camera, _DRAWN_STEPS)),
        _degrees(hidden(camera, _DRAWN_STEPS)) if has_masks else None,
    )


def _areas(figure: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a figure: where outlines only touch, an intersection holds points and lines too."""
    parts = get_parts(get_parts(figure)).tolist()
    return [part for part in parts if part.geom_type == "Polygon" and part.area > _LEAST_M2]


def _degrees(figure: BaseGeometry) -> Geometry:
    # Rounded point by point: a grid that keeps the topology of slivers may find none.
    return dict(mapping(transform(MultiPolygon(_areas(figure)), _unproject)))


def covered(cameras: Iterable[Camera], city: City) -> dict[str, Covered]:
    """Return what the cameras cover of every district, by its code; where two reach the same place it counts once."""
    known = tuple(cameras)
    whole = unary_union([footprint(one) for one in known])
    shapes = {one.code: metric(one.geometry) for one in city.districts}
    axes, living = _metric_axes(city.axes), {one.code: one.population for one in city.districts}
    found = {}
    for code, place in shapes.items():
        part, people = float(whole.intersection(place).area / place.area), living[code]
        found[code] = Covered(
            cameras=sum(code in one.district_codes for one in known),
            area=part,
            axes=_part_of_axes(axes, place, whole),
            residents=None if people is None else part * people,
        )
    return found


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


def _unproject(pairs: np.ndarray) -> np.ndarray:
    turned = _lambert().transform(pairs[:, 0], pairs[:, 1], direction="INVERSE")
    return np.round(np.column_stack(turned), DECIMALS)


@cache
def _lambert() -> Transformer:
    return Transformer.from_crs(4326, 2154, always_xy=True)


def city_part(found: Mapping[str, Covered], city: City) -> float | None:
    """Return the part of the whole city's area that is covered, None for a city without districts."""
    areas = {one.code: metric(one.geometry).area for one in city.districts}
    total = sum(areas.values())
    return sum(found[code].area * area for code, area in areas.items()) / total if total else None
