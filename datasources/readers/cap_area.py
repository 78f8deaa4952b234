"""Polygons and circles of CAP (latitude first, radius in kilometres) as one GeoJSON geometry inside a source's area."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from datasources.readers.cap_alert import CapArea
from datasources.readers.places import number_of
from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES, Area, check_geometry
from events.records import Geometry

_KM_A_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km
_MAX_RADIUS_KM = 2000.0
_CIRCLE_CORNERS = 64
_TOO_MANY = f"geometry has more than {MAX_VERTICES} positions"
# An edge meets itself, its two neighbours, and those of the polygons that share its border.
_MEETINGS_PER_EDGE, _MEETINGS, _EDGES_AT_ONCE = 12, 5000, 64
_WHOLE = 1 - 1e-9


class OutsideArea(InvalidRecord):
    """The shapes lie nowhere in the source's area."""


def shape_of(areas: Iterable[CapArea], box: Area) -> BaseGeometry | None:
    """Return the union of all shapes, cut to the box; None when the areas hold no shape.

    A warning is nearly always larger than a city: what lies outside is cut off, not refused. Raises OutsideArea when
    nothing is left, InvalidRecord for a shape that cannot be read.
    """
    figures = list(_figures(areas))
    if not figures:
        return None
    _refuse_tangle(figures)
    try:
        union = shapely.make_valid(shapely.unary_union([shapely.make_valid(figure) for figure in figures]))
        frame = shapely.box(*box)
        cut = union if frame.covers(union) else union.intersection(frame)
    except ShapelyError as error:
        raise InvalidRecord("the shapes of the area cannot be joined") from error
    if cut.is_empty:
        turned = shapely.transform(union, lambda corners: corners[:, ::-1])
        swapped = ": axes are swapped" if turned.intersects(frame) else ""
        raise OutsideArea(f"position is outside the source's area{swapped}")
    return cut


def is_whole(figure: BaseGeometry, box: Area) -> bool:
    """Tell whether a shape covers the whole area: it is then drawn for the city, not as a frame around the map."""
    return bool(figure.area >= shapely.box(*box).area * _WHOLE)


def geometry_of(figures: Iterable[BaseGeometry], box: Area) -> Geometry:
    """Return the union of shapes that `shape_of` returned, as checked GeoJSON."""
    union = shapely.unary_union(list(figures))
    west, south, east, north = box
    # Cutting leaves corners a rounding error outside the box.
    inside = shapely.transform(union, lambda corners: np.clip(corners, (west, south), (east, north)))
    return check_geometry(mapping(inside), box)


def _figures(areas: Iterable[CapArea]) -> Iterator[BaseGeometry]:
    budget = MAX_VERTICES
    for area in areas:
        for text in area.polygons:
            corners = _corners(text, budget)
            budget -= len(corners)
            yield shapely.Polygon(corners)
        for text in area.circles:
            budget -= _CIRCLE_CORNERS
            if budget < 0:
                raise InvalidRecord(_TOO_MANY)
            yield _circle(text)


def _refuse_tangle(figures: Sequence[BaseGeometry]) -> None:
    """Raise when edges cross so often that joining them would take minutes; an honest border meets its neighbours."""
    edges = np.concatenate([_edges(figure) for figure in figures])
    left = _MEETINGS_PER_EDGE * len(edges) + _MEETINGS
    tree = shapely.STRtree(edges)
    for start in range(0, len(edges), _EDGES_AT_ONCE):
        left -= tree.query(edges[start : start + _EDGES_AT_ONCE], predicate="intersects").shape[1]
        if left < 0:
            raise InvalidRecord("the shapes cross each other too often to be joined")


def _edges(figure: BaseGeometry) -> np.ndarray:
    corners = shapely.get_coordinates(figure)
    return shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)) if len(corners) > 1 else np.array([])


def _corners(text: str, budget: int) -> list[tuple[float, float]]:
    pairs = text.split(maxsplit=budget + 1)
    if len(pairs) > budget:
        raise InvalidRecord(_TOO_MANY)
    corners = [_position(pair) for pair in pairs]
    if len(set(corners)) < 3:
        raise InvalidRecord("a polygon has fewer than three corners")
    return corners


def _position(pair: str) -> tuple[float, float]:
    parts = pair.split(",")
    if len(parts) != 2:
        raise InvalidRecord("a position is not latitude,longitude")
    lat, lon = number_of(parts[0]), number_of(parts[1])
    if lat is None or lon is None:
        raise InvalidRecord("a position lacks one of its two coordinates")
    if lat == 0 and lon == 0:
        raise InvalidRecord("position (0, 0) means no position")
    if abs(lat) > 90 or abs(lon) > 180:
        raise InvalidRecord("position is not in degrees: unprojected or swapped coordinates")
    return lon, lat


def _circle(text: str) -> BaseGeometry:
    centre, _, radius = text.strip().partition(" ")
    lon, lat = _position(centre)
    kilometres = number_of(radius)
    if kilometres is None or not 0 <= kilometres <= _MAX_RADIUS_KM:
        raise InvalidRecord(f"the radius of a circle is not between 0 and {_MAX_RADIUS_KM:g} km")
    if kilometres == 0:
        return shapely.Point(lon, lat)
    high = kilometres / _KM_A_DEGREE
    if abs(lat) + high >= 89:
        raise InvalidRecord("a circle reaches a pole")
    wide = high / math.cos(math.radians(lat))
    turns = [2 * math.pi * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS)]
    return shapely.Polygon([(lon + wide * math.cos(turn), lat + high * math.sin(turn)) for turn in turns])
