"""Geometry as it may be kept: its type and numbers only, and a zone instead of a point where the taxonomy says so."""

from __future__ import annotations

import math
from collections.abc import Mapping

import orjson

from events.city import METRES_PER_DEGREE
from events.errors import InvalidRecord
from events.records import Geometry
from events.taxonomy import category

RESTRICTED_RADIUS_M = 50.0
_ZONE_CORNERS = 24
_TYPES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_MAX_DEPTH = 8


def bare(geometry: Geometry | None, depth: int = 0) -> Geometry | None:
    """Return a GeoJSON geometry without members of the publisher's; raise InvalidRecord when it holds more than numbers."""
    if geometry is None:
        return None
    kind = geometry.get("type")
    if kind == "GeometryCollection" and depth < _MAX_DEPTH:
        parts = geometry.get("geometries")
        if isinstance(parts, list | tuple) and all(isinstance(part, Mapping) for part in parts):
            return {"type": kind, "geometries": [bare(part, depth + 1) for part in parts]}
    if kind not in _TYPES or not _is_numbers(geometry.get("coordinates")):
        raise InvalidRecord("a geometry that is more than a type and numbers: not kept")
    return geometry if len(geometry) == 2 else {"type": kind, "coordinates": geometry["coordinates"]}


def _is_numbers(coordinates: object) -> bool:
    try:
        written = orjson.dumps(coordinates)
    except TypeError:
        return False
    return written[:1] == b"[" and not any(sign in written for sign in (b'"', b"{", b"true", b"false"))


def coarsened(geometry: Geometry | None, category_id: str) -> Geometry | None:
    """Return a zone of RESTRICTED_RADIUS_M instead of a point, for the categories the taxonomy calls restricted.

    The centre is moved to a grid of that step, so that the middle of the zone does not give the point away; the
    point stays inside.
    """
    if geometry is None or geometry["type"] != "Point" or category(category_id).visibility != "restricted":
        return geometry
    lon, lat = geometry["coordinates"]  # type: ignore[misc]
    step_lat = RESTRICTED_RADIUS_M / METRES_PER_DEGREE
    middle = round(lat / step_lat) * step_lat  # type: ignore[has-type]
    step_lon = step_lat / math.cos(math.radians(middle))
    centre = round(lon / step_lon) * step_lon  # type: ignore[has-type]
    angles = [2 * math.pi * corner / _ZONE_CORNERS for corner in range(_ZONE_CORNERS)]
    ring = [[round(centre + step_lon * math.cos(a), 6), round(middle + step_lat * math.sin(a), 6)] for a in angles]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
