"""What cameras cover, beside an independent computation: shapely alone, on coordinates projected by formula."""

from __future__ import annotations

import math
import random

import pytest
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, shape
from shapely.ops import unary_union

from events.audience import PUBLIC
from events.records import Camera
from events.vocabulary import CameraKind
from insight.coverage import covered, drawn
from tests.api.served import CITY

# Lambert-93 as IGN publishes it (NTG 71, EPSG:2154): GRS80, two parallels, values in metres and radians.
_E = math.sqrt(0.006694380022900788)
_N, _C = 0.7256077650532670, 11754255.4261
_X0, _Y0, _LON0 = 700000.0, 12655612.0499, math.radians(3)


def lambert(lon: float, lat: float) -> tuple[float, float]:
    sine = math.sin(math.radians(lat))
    iso = math.atanh(sine) - _E * math.atanh(_E * sine)
    radius, angle = _C * math.exp(-_N * iso), _N * (math.radians(lon) - _LON0)
    return _X0 + radius * math.sin(angle), _Y0 - radius * math.cos(angle)


def true_north(lon: float) -> float:
    """The bearing of a meridian on the grid, in degrees: a cone unrolled turns it by its constant."""
    return -_N * (lon - 3)


def camera(position: tuple[float, float], **changes: object) -> Camera:
    values: dict[str, object] = {
        "source_id": "s", "external_id": str(position), "organisation": "o", "audience": PUBLIC, "position": position,
        "kind": CameraKind.DOME, "range_m": 90.0,
    }  # fmt: skip
    return Camera(**{**values, **changes})  # type: ignore[arg-type]


def polygons(geometry) -> MultiPolygon:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [[[lambert(*pair[:2]) for pair in ring] for ring in part] for part in parts]
    return MultiPolygon([Polygon(part[0], part[1:]) for part in rings])


def lines(geometry) -> MultiLineString:
    parts = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    return MultiLineString([LineString([lambert(*pair[:2]) for pair in part]) for part in parts])


def sector_by_hand(one: Camera, azimuth: float) -> Polygon:
    """A fine circle cut by a wedge that is far longer: another way than points along an arc."""
    x, y = lambert(*one.position)
    circle = Point(x, y).buffer(one.range_m or 0, quad_segs=256)
    half, far = (one.field_of_view_deg or 360) / 2, 4 * (one.range_m or 0)
    aim = azimuth + true_north(one.position[0])
    edges = [math.radians(aim + turn) for turn in (-half, 0, half)]
    wedge = Polygon([(x, y), *((x + far * math.sin(edge), y + far * math.cos(edge)) for edge in edges)])
    return circle.intersection(wedge)


def shape_by_hand(one: Camera):
    if one.azimuth_deg is None:
        return Point(lambert(*one.position)).buffer(one.range_m or 0, quad_segs=256)
    return sector_by_hand(one, one.azimuth_deg)


def test_the_projection_by_formula_is_that_of_ign() -> None:
    assert lambert(3, 46.5) == pytest.approx((700000, 6600000), abs=0.01)  # the origin, as published


def test_an_azimuth_is_read_from_true_north() -> None:
    here = (5.40, 43.30)
    seen = shape(drawn(camera(here, azimuth_deg=0.0, field_of_view_deg=10.0, range_m=500.0)).seen or {})
    assert seen.centroid.x == pytest.approx(here[0], abs=1e-6)


def test_coverage_by_district_is_that_of_an_independent_computation() -> None:
    chance = random.Random(14)
    known = []
    for number in range(120):
        place = (5.36 + 0.06 * chance.random(), 43.27 + 0.05 * chance.random())
        aim = {"azimuth_deg": chance.random() * 360, "field_of_view_deg": 65.0} if number % 2 else {}
        known.append(camera(place, range_m=chance.choice([40.0, 90.0, 150.0]), **aim))
    whole = unary_union([shape_by_hand(one) for one in known])
    axes = [lines(one.geometry) for one in CITY.axes]
    found, compared = covered(known, CITY), 0
    for district in CITY.districts:
        place = polygons(district.geometry)
        assert found[district.code].area == pytest.approx(
            place.intersection(whole).area / place.area, rel=0.005, abs=1e-7
        )
        street = unary_union([line.intersection(place) for line in axes])
        if street.length:
            part = street.intersection(whole).length / street.length
            assert found[district.code].axes == pytest.approx(part, rel=0.005, abs=1e-5)
            compared += part > 0
    assert compared >= 3, "several districts have streets within reach"


def test_two_overlapping_circles_are_not_counted_twice() -> None:
    (x, y), far = lambert(5.3820, 43.2990), 50.0
    one, other = camera((5.3820, 43.2990), range_m=60.0), camera((5.3820 + far / 81000, 43.2990), range_m=60.0)
    between = math.dist((x, y), lambert(*other.position))
    lens = 2 * 60**2 * math.acos(between / 120) - between / 2 * math.sqrt(4 * 60**2 - between**2)
    district = next(one for one in CITY.districts if polygons(one.geometry).contains(Point(x, y).buffer(150)))
    area = covered([one, other], CITY)[district.code].area * polygons(district.geometry).area
    assert area == pytest.approx(2 * math.pi * 60**2 - lens, rel=0.005)
    assert area < 1.6 * math.pi * 60**2, "added up, it would be twice a circle"
