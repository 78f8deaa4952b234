"""Geometries as publishers write them, as GeoJSON in WGS 84: projections, WKT, pairs, escaped GeoJSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import orjson

from events.errors import ConfigurationError, InvalidRecord
from events.geometry import MAX_DEPTH, MAX_VERTICES

WGS84 = 4326
LAT_LON = "lat_lon"
LON_LAT = "lon_lat"
# Beyond this an escaped geometry is not parsed at all.
_MAX_TEXT = 2_000_000
# Collections inside collections: GEOS has no limit of its own and takes the process with it when its stack is full.
_COLLECTION, _MAX_COLLECTIONS = "GEOMETRYCOLLECTION", 64
_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
_MAX_DIGITS = 40
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_EPSG = re.compile(r"(?:^|[^0-9])(\d{4,6})$")

Turn = Callable[[float, float], tuple[float, float]]


@cache
def turner(epsg: int) -> Turn:
    """Return a function from (x, y) of this system to (longitude, latitude).

    x is the longitude or easting. Raises ConfigurationError when the EPSG code does not exist.
    """
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    if epsg in (WGS84, 4258):  # ETRS89 is WGS 84 to less than a metre
        return lambda x, y: (x, y)
    try:
        transformer = Transformer.from_crs(epsg, WGS84, always_xy=True)
    except CRSError as error:
        raise ConfigurationError(f"EPSG:{epsg} is not a coordinate system we know") from error

    def turn(x: float, y: float) -> tuple[float, float]:
        lon, lat = transformer.transform(x, y)
        return float(lon), float(lat)

    return turn


@cache
def is_degrees(epsg: int) -> bool:
    """Tell whether a system counts in degrees: its standards write latitude first."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return bool(CRS.from_epsg(epsg).is_geographic)
    except CRSError as error:
        raise InvalidRecord("the geometry names a coordinate system we do not know") from error


def epsg_of(name: str | None) -> int | None:
    """Return the EPSG number a publisher names (`25833`, `EPSG:4326`, a URN or an address); None when there is none."""
    found = _EPSG.search((name or "").strip().rstrip("/"))
    return int(found.group(1)) if found else None


def projected(geometry: object, turn: Turn) -> dict[str, object]:
    """Return a GeoJSON geometry with every position turned to longitude and latitude."""
    return _projected(geometry, turn, [MAX_VERTICES], 0)


def geometry_of(value: object, turn: Turn, order: str | None = None, decimal: str = ".") -> dict[str, object] | None:
    """Return the geometry a value holds: GeoJSON, a Feature, either as text, or WKT; None when it holds none.

    A list of positions is the line through them; `order` and `decimal` are those of `pair_of`.
    """
    if isinstance(value, str):
        value = _from_text(value)
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
    if value is None or value in ({}, []):
        return None
    if isinstance(value, list):
        value = _line(value, order, decimal)
    return None if value is None else projected(value, turn)


def _line(positions: list[object], order: str | None, decimal: str) -> dict[str, object] | None:
    if len(positions) > MAX_VERTICES:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    pairs = [pair for one in positions if (pair := pair_of(one, order, decimal)) is not None]
    if len(set(pairs)) < 2:
        return {"type": "Point", "coordinates": list(pairs[0])} if pairs else None
    return {"type": "LineString", "coordinates": [list(pair) for pair in pairs]}


def pair_of(value: object, order: str | None, decimal: str = ".") -> tuple[float, float] | None:
    """Return x and y of a pair: a mapping with named axes, an array, or a text of two numbers.

    Without a declared order an array is longitude first (GeoJSON) and a text latitude first, as people write them.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, Mapping):
        return _named_pair(value, decimal)
    parts: Sequence[object] = ()
    if isinstance(value, str):
        parts = re.split(r"[;\s]+" if decimal == "," else r"[,;\s]+", value.strip().strip("[]()"))
        order = order or LAT_LON
    elif isinstance(value, Sequence):
        parts = value
    if len(parts) not in (2, 3):
        raise InvalidRecord("a position is not two numbers")
    first, second = parts[0], parts[1]
    return point_of(second, first, decimal) if order == LAT_LON else point_of(first, second, decimal)


def point_of(x: object, y: object, decimal: str = ".") -> tuple[float, float] | None:
    """Return two coordinates; None when both are missing or both zero, which publishers write for "no position"."""
    one, other = number_of(x, decimal), number_of(y, decimal)
    if one is None and other is None:
        return None
    if one is None or other is None:
        raise InvalidRecord("a position lacks one of its two coordinates")
    return None if one == 0 and other == 0 else (one, other)


def number_of(value: object, decimal: str = ".") -> float | None:
    """Return a finite number; None when the value is empty."""
    if isinstance(value, str) and len(value) <= _MAX_DIGITS and _NUMBER.fullmatch(value):
        return float(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidRecord("a number is expected")
    if isinstance(value, str):
        value = re.sub(r"[\s\u00a0\u202f]", "", value)
        if len(value) > _MAX_DIGITS or "_" in value:
            raise InvalidRecord("a number is expected")
        value = value.replace(",", ".") if decimal == "," else value
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise InvalidRecord("a number is expected") from error
    if not math.isfinite(number):
        raise InvalidRecord("a number is not finite")
    return number


def _named_pair(value: Mapping[str, object], decimal: str) -> tuple[float, float] | None:
    for x, y in (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("x", "y")):
        if x in value and y in value:
            return point_of(value[x], value[y], decimal)
    raise InvalidRecord("a position names no longitude and latitude")


def _from_text(text: str) -> object:
    text = text.strip()
    if not text:
        return None
    if len(text) > _MAX_TEXT:
        raise InvalidRecord("a geometry is too long to be read")
    if text.startswith(("{", "[")):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidRecord("a geometry is not valid JSON") from error
    if text.upper().count(_COLLECTION) > _MAX_COLLECTIONS:
        raise InvalidRecord("a geometry holds more collections than can be read")
    from shapely import from_wkt
    from shapely.errors import ShapelyError
    from shapely.geometry import mapping

    try:
        figure = from_wkt(text.partition(";")[2] if text.upper().startswith("SRID=") else text)
    except ShapelyError as error:
        raise InvalidRecord("a geometry is neither GeoJSON nor WKT") from error
    return None if figure is None or figure.is_empty else mapping(figure)


def _projected(geometry: object, turn: Turn, budget: list[int], depth: int) -> dict[str, object]:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or not isinstance(kind, str) or kind not in _TYPES:
        raise InvalidRecord("not a GeoJSON geometry")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, Sequence) or isinstance(parts, str) or depth >= MAX_DEPTH:
            raise InvalidRecord("a geometry collection is empty or too deep")
        return {"type": kind, "geometries": [_projected(part, turn, budget, depth + 1) for part in parts]}
    return {"type": kind, "coordinates": _turned(geometry.get("coordinates"), turn, budget, 0)}


def _turned(value: object, turn: Turn, budget: list[int], depth: int) -> list[object]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value or depth > MAX_DEPTH:
        raise InvalidRecord("coordinates are missing or malformed")
    if not isinstance(value[0], int | float) or isinstance(value[0], bool):
        return [_turned(part, turn, budget, depth + 1) for part in value]
    budget[0] -= 1
    if budget[0] < 0:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    pair = value[:2]
    if len(pair) != 2 or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in pair):
        raise InvalidRecord("a position is not two finite numbers")
    x, y = turn(float(pair[0]), float(pair[1]))
    return [x, y]
