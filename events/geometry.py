"""Checks and simple questions on GeoJSON geometries; positions are longitude, latitude in WGS 84."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from events.errors import InvalidRecord
from events.records import Geometry

Area = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

ZONE_SIDES = 24
METRES_PER_DEGREE = 111_320
MAX_VERTICES = 10_000
MAX_DEPTH = 4
DECIMALS = 6
_MAX_REPAIRED = 2000  # sides of a polygon that crosses itself
_NOT_TWO_NUMBERS = "a position is not two finite numbers"
_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


def check_geometry(value: object, area: Area) -> Geometry:
    """Return the geometry rounded, valid and inside `area`; raise InvalidRecord with the reason otherwise.

    Refuses unknown types, positions that are not finite degrees, (0, 0), swapped or unprojected axes (they fall
    outside the area), more than MAX_VERTICES positions and collections nested deeper than MAX_DEPTH.
    """
    if isinstance(value, dict) and value.get("type") == "Point" and _is_position(value.get("coordinates")):
        # Two numbers always make a point: nearly every record of every feed is done here.
        return {"type": "Point", "coordinates": list(_placed(value["coordinates"], area))}
    return _checked(value, area, depth=0, budget=[MAX_VERTICES])


def is_inside(position: Sequence[float], area: Area) -> bool:
    """Tell whether a position (longitude, latitude) lies in the area, its edge included."""
    west, south, east, north = area
    return west <= position[0] <= east and south <= position[1] <= north


def positions(geometry: Geometry) -> Iterator[tuple[float, float]]:
    """Yield every position of a checked geometry."""
    if geometry["type"] == "GeometryCollection":
        parts = geometry["geometries"]
        assert isinstance(parts, Sequence)
        for part in parts:
            yield from positions(part)
    else:
        yield from _flat(geometry["coordinates"])


def label_point(geometry: Geometry) -> tuple[float, float]:
    """Return where a pictogram stands: the point itself, the middle of a line, a point inside a polygon."""
    figure = shape(dict(geometry))
    if figure.geom_type == "LineString":
        point = figure.interpolate(0.5, normalized=True)
    elif figure.geom_type == "Point":
        point = figure
    else:
        point = figure.representative_point()
    return round(point.x, DECIMALS), round(point.y, DECIMALS)


def zone_around(position: tuple[float, float], radius_m: float) -> Geometry:
    """Return a polygon of 24 sides that holds every place within `radius_m` metres of a position; good for a city."""
    reach = radius_m / math.cos(math.pi / ZONE_SIDES) / METRES_PER_DEGREE
    stretch = math.cos(math.radians(position[1]))
    turns = (2 * math.pi * side / ZONE_SIDES for side in range(ZONE_SIDES))
    ring = [[position[0] + reach * math.cos(turn) / stretch, position[1] + reach * math.sin(turn)] for turn in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def bounds(geometry: Geometry) -> Area:
    """Return west, south, east, north of a checked geometry."""
    if geometry["type"] == "Point":
        lon, lat = next(positions(geometry))
        return lon, lat, lon, lat
    lons, lats = zip(*positions(geometry), strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _checked(value: object, area: Area, depth: int, budget: list[int]) -> dict[str, object]:
    if not isinstance(value, Mapping) or str(value.get("type")) not in _TYPES:
        raise InvalidRecord("not a GeoJSON geometry")
    if depth >= MAX_DEPTH:
        raise InvalidRecord(f"geometry collections are nested more than {MAX_DEPTH} deep")
    if value["type"] == "GeometryCollection":
        parts = value.get("geometries")
        if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
            raise InvalidRecord("geometry collection is empty")
        checked = [_checked(part, area, depth + 1, budget) for part in parts]
        return {"type": "GeometryCollection", "geometries": checked}
    coordinates = _rounded(value.get("coordinates"), area, 0, budget)
    geometry: dict[str, object] = {"type": value["type"], "coordinates": coordinates}
    try:
        figure = shape(geometry)
    except (ShapelyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise InvalidRecord(f"coordinates do not make a {value['type']}") from error
    if figure.is_empty:
        raise InvalidRecord("geometry is empty")
    return _repaired(geometry, figure) if geometry["type"] in ("Polygon", "MultiPolygon") else geometry


def _rounded(value: object, area: Area, depth: int, budget: list[int]) -> list[object]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value or depth > MAX_DEPTH:
        raise InvalidRecord("coordinates are missing or malformed")
    if isinstance(value[0], int | float) and not isinstance(value[0], bool):
        return list(_position(value, area, budget))
    return [_rounded(part, area, depth + 1, budget) for part in value]


def _is_position(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) > 1 and type(value[0]) in (int, float)


def _position(value: Sequence[object], area: Area, budget: list[int]) -> tuple[float, float]:
    budget[0] -= 1
    if budget[0] < 0:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    return _placed(value, area)


def _placed(value: Sequence[object], area: Area) -> tuple[float, float]:
    lon, lat = value[0], value[1] if len(value) > 1 else None
    if type(lon) is not float or type(lat) is not float:
        lon, lat = _two_numbers(value)
    west, south, east, north = area
    # What lies in the area and in degrees is finite too: nearly every position ends here.
    if west <= lon <= east and south <= lat <= north and -180 <= lon <= 180 and -90 <= lat <= 90 and (lon or lat):
        return round(lon, DECIMALS), round(lat, DECIMALS)
    raise InvalidRecord(_why_unplaced(lon, lat, area))


def _two_numbers(value: Sequence[object]) -> tuple[float, float]:
    numbers = [float(part) for part in value[:2] if isinstance(part, int | float) and not isinstance(part, bool)]
    if len(numbers) != 2:
        raise InvalidRecord(_NOT_TWO_NUMBERS)
    return numbers[0], numbers[1]


def _why_unplaced(lon: float, lat: float, area: Area) -> str:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return _NOT_TWO_NUMBERS
    if lon == 0 and lat == 0:
        return "position (0, 0) means no position"
    if abs(lon) > 180 or abs(lat) > 90:
        return "position is not in degrees: unprojected or swapped coordinates"
    swapped = is_inside((lat, lon), area)
    return "position is outside the source's area" + (": axes are swapped" if swapped else "")


def _repaired(geometry: dict[str, object], figure: BaseGeometry) -> dict[str, object]:
    if figure.is_valid:
        return geometry
    if not _is_cheap_to_repair(figure):
        raise InvalidRecord("polygon crosses itself too often to be repaired")
    repaired = shapely.make_valid(figure, method="structure", keep_collapsed=False)
    if repaired.is_empty or repaired.geom_type not in ("Polygon", "MultiPolygon"):
        raise InvalidRecord("polygon crosses itself and cannot be repaired")
    result: dict[str, object] = mapping(repaired)
    return result


def _is_cheap_to_repair(figure: BaseGeometry) -> bool:
    """Tell whether few sides meet; repairing takes the square of the crossings, minutes for some hundreds of sides."""
    points, ring = shapely.get_coordinates(shapely.get_parts(figure.boundary), return_index=True)
    is_side = ring[1:] == ring[:-1]
    low = np.minimum(points[1:], points[:-1])[is_side]
    high = np.maximum(points[1:], points[:-1])[is_side]
    if len(low) > _MAX_REPAIRED:
        return False
    meets = ((low[:, None] <= high[None]) & (low[None] <= high[:, None])).all(axis=2)
    return int(meets.sum()) <= 10 * len(low) + 400  # each side meets itself and its two neighbours


def _flat(coordinates: object) -> Iterator[tuple[float, float]]:
    assert isinstance(coordinates, Sequence)
    if isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
    else:
        for part in coordinates:
            yield from _flat(part)
