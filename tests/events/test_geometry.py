"""Geometries at the border: what is refused says why, what passes is inside the area."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point as ShapelyPoint
from shapely.geometry import shape

from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES, bounds, check_geometry, is_inside, label_point, positions, zone_around

AREA = (5.2, 43.1, 5.6, 43.5)
SQUARE = [[5.3, 43.2], [5.4, 43.2], [5.4, 43.3], [5.3, 43.3], [5.3, 43.2]]


def point(*coordinates: object) -> dict[str, object]:
    return {"type": "Point", "coordinates": list(coordinates)}


def nested(depth: int) -> dict[str, object]:
    geometry = point(5.3, 43.2)
    for _ in range(depth):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return geometry


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "not a GeoJSON geometry"),
        ({"type": "Circle", "coordinates": [5.3, 43.2]}, "not a GeoJSON geometry"),
        (point(43.2, 5.3), "axes are swapped"),
        (point(893_000, 6_250_000), "not in degrees"),
        (point(0, 0), "no position"),
        (point(2.35, 48.85), "outside the source's area"),
        (point(math.nan, 43.2), "finite"),
        (point("5.3", "43.2"), "malformed"),
        (point(5.3), "finite"),
        (point(True, 43.2), "malformed"),
        ({"type": "LineString", "coordinates": [[5.3, 43.2]]}, "do not make"),
        ({"type": "LineString", "coordinates": []}, "missing"),
        ({"type": "Polygon", "coordinates": SQUARE}, "do not make"),
        ({"type": "GeometryCollection", "geometries": []}, "empty"),
        (nested(5), "nested"),
        ({"type": "LineString", "coordinates": [[5.3, 43.2]] * (MAX_VERTICES + 1)}, "more than"),
    ],
)
def test_unusable_geometry_is_refused_with_its_reason(value: object, reason: str) -> None:
    with pytest.raises(InvalidRecord, match=reason):
        check_geometry(value, AREA)


def test_height_is_dropped_and_position_rounded() -> None:
    assert check_geometry(point(5.300000049, 43.2, 12.5), AREA) == point(5.3, 43.2)


def test_bow_tie_is_repaired() -> None:
    bow = {"type": "Polygon", "coordinates": [[[5.3, 43.2], [5.4, 43.3], [5.4, 43.2], [5.3, 43.3], [5.3, 43.2]]]}
    assert check_geometry(bow, AREA)["type"] == "MultiPolygon"


def test_label_of_a_line_is_its_middle() -> None:
    assert label_point({"type": "LineString", "coordinates": [[5.3, 43.2], [5.4, 43.2]]}) == (5.35, 43.2)


def test_bounds_of_a_collection() -> None:
    collection = check_geometry(
        {"type": "GeometryCollection", "geometries": [point(5.3, 43.2), point(5.4, 43.4)]}, AREA
    )
    assert bounds(collection) == (5.3, 43.2, 5.4, 43.4)


inside = st.tuples(st.floats(5.2, 5.6), st.floats(43.1, 43.5))


@given(st.lists(inside, min_size=4, max_size=8))
def test_label_stands_inside_the_bounds(corners: list[tuple[float, float]]) -> None:
    ring = [list(corner) for corner in corners] + [list(corners[0])]
    try:
        geometry = check_geometry({"type": "Polygon", "coordinates": [ring]}, AREA)
    except InvalidRecord:
        return
    west, south, east, north = bounds(geometry)
    lon, lat = label_point(geometry)
    assert west - 1e-6 <= lon <= east + 1e-6
    assert south - 1e-6 <= lat <= north + 1e-6
    assert all(is_inside(position, (5.199, 43.099, 5.601, 43.501)) for position in positions(geometry))


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometries"]), children)
    ),
    max_leaves=20,
)


@given(
    json
    | st.fixed_dictionaries(
        {
            "type": st.sampled_from(["Point", "Polygon", "MultiLineString", "GeometryCollection"]),
            "coordinates": json,
            "geometries": json,
        }
    )
)
def test_any_json_is_a_geometry_or_a_reason(value: object) -> None:
    try:
        geometry = check_geometry(value, AREA)
    except InvalidRecord:
        return
    assert all(is_inside(position, AREA) for position in positions(geometry))


@pytest.mark.parametrize("latitude", [0.0, 43.3, 60.0])
def test_a_zone_holds_every_place_within_its_radius_and_little_more(latitude: float) -> None:
    middle, earth = (5.37, latitude), Geod(ellps="WGS84")
    zone = shape(zone_around(middle, 120))
    for turn in range(0, 360, 5):
        inner = earth.fwd(*middle, turn, 118)[:2]
        outer = earth.fwd(*middle, turn, 124)[:2]
        assert zone.contains(ShapelyPoint(inner)), turn
        assert not zone.contains(ShapelyPoint(outer)), turn
