"""Sectors and masks of cameras, beside an independent computation: half planes and circles in Lambert-93, on a grid of points too."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon
from shapely.ops import unary_union

from events.records import Camera, Sector
from events.vocabulary import CameraKind, CameraService
from insight.coverage import ASSUMED_OPENING_DEG, covered, drawn, footprint, hidden, looks
from tests.api.served import CITY
from tests.insight.test_camera_coverage import camera, lambert, polygons, true_north

HERE = (5.3820, 43.2990)


def aim(azimuth: float, opening: float, reach: float | None = None) -> Sector:
    return Sector(azimuth_deg=azimuth, field_of_view_deg=opening, range_m=reach)


def is_within(sector: Sector, reach: float, east: float, north: float) -> bool:
    """Tell whether a place so many metres from a camera lies in a sector: by angle and distance, without any polygon."""
    aim = sector.azimuth_deg + true_north(HERE[0])
    turn = (math.degrees(math.atan2(east, north)) - aim + 180) % 360 - 180
    return math.hypot(east, north) <= reach and abs(turn) <= sector.field_of_view_deg / 2


def sees(one: Camera, x: float, y: float) -> bool:
    """Tell whether a place (Lambert-93) is seen: in the circle or any sector, in no mask, in no masked area."""
    at = lambert(*one.position)
    east, north, reach = x - at[0], y - at[1], one.range_m or 0.0
    aims = [aim(one.azimuth_deg, one.field_of_view_deg)] if one.azimuth_deg is not None else []
    aims += one.sectors
    if not any(is_within(each, each.range_m or reach, east, north) for each in aims or [aim(0, 360)]):
        return False
    if any(is_within(mask, math.inf, east, north) for mask in one.masks):
        return False
    areas = [Polygon([lambert(*pair) for pair in area[0]], [[lambert(*pair) for pair in ring] for ring in area[1:]])
             for area in one.masked_areas]  # fmt: skip
    return not any(area.contains(Point(x, y)) for area in areas)


def square(east_m: float, north_m: float, side_m: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    """A masked square whose lower left corner stands so many metres east and north of HERE."""
    high = 1 / 111_320
    wide = high / math.cos(math.radians(HERE[1]))
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return (
        tuple((HERE[0] + (east_m + x * side_m) * wide, HERE[1] + (north_m + y * side_m) * high) for x, y in corners),
    )


def test_several_sectors_are_one_union_with_the_reach_of_each() -> None:
    one = camera(HERE, range_m=80.0, azimuth_deg=0.0, field_of_view_deg=60.0, sectors=(aim(180, 90, 40.0), aim(30, 60)))
    area = footprint(one).area
    # North -30 to 60 degrees at 80 m (two sectors of 60 that share 30), and south 90 degrees at 40 m.
    assert area == pytest.approx(math.pi * (80**2 * 90 + 40**2 * 90) / 360, rel=0.002)


def test_a_sector_without_azimuth_of_its_own_camera_is_no_circle() -> None:
    one = camera(HERE, range_m=80.0, sectors=(aim(90, 60),))
    assert footprint(one).area == pytest.approx(math.pi * 80**2 / 6, rel=0.002)


def test_a_mask_is_taken_out_of_what_is_covered_whole_way() -> None:
    one = camera(HERE, range_m=90.0, masks=(aim(45, 90),))
    assert footprint(one).area == pytest.approx(math.pi * 90**2 * 3 / 4, rel=0.002)
    assert hidden(one).area == pytest.approx(math.pi * 90**2 / 4, rel=0.002)
    assert footprint(one).intersection(hidden(one)).area == pytest.approx(0, abs=1e-6)


def test_a_masked_area_is_taken_out_where_it_lies_within_reach() -> None:
    one = camera(HERE, range_m=90.0, masked_areas=(square(10, 10, 20), square(500, 500, 20)))
    assert hidden(one).area == pytest.approx(400, rel=0.01), "the square out of reach hides nothing"
    assert footprint(one).area == pytest.approx(math.pi * 90**2 - 400, rel=0.002)


def test_a_mask_of_one_camera_does_not_blind_the_next() -> None:
    masked, clear = camera(HERE, range_m=60.0, masks=(aim(0, 360),)), camera(HERE, range_m=60.0)
    assert covered([masked], CITY)["13201"].area == 0
    alone, both = (covered(cameras, CITY)["13201"].area for cameras in ([clear], [clear, masked]))
    assert alone == both > 0


def test_a_camera_out_of_service_covers_nothing_and_is_still_counted() -> None:
    for service in (CameraService.PLANNED, CameraService.OUT_OF_SERVICE):
        found = covered([camera(HERE, service=service, district_codes=("13201",))], CITY)["13201"]
        assert (found.cameras, found.area, found.residents) == (1, 0, 0)


def test_an_azimuth_without_an_opening_is_a_sector_of_the_told_width_unless_the_camera_turns() -> None:
    fixed, dome = (camera(HERE, kind=kind, azimuth_deg=90.0) for kind in (CameraKind.FIXED, CameraKind.DOME))
    assert [one.field_of_view_deg for one in looks(fixed)] == [ASSUMED_OPENING_DEG]
    assert looks(dome) == ()


def test_residents_are_the_inhabitants_times_the_part_of_the_area() -> None:
    found = covered([camera(HERE, range_m=120.0)], CITY)
    for district in CITY.districts:
        assert district.population is not None
        assert found[district.code].residents == pytest.approx(found[district.code].area * district.population)
    assert sum(one.residents or 0 for one in found.values()) > 0


degrees = st.floats(0, 359.5)
aims = st.builds(aim, degrees, st.floats(5, 350), st.one_of(st.none(), st.floats(20, 150)))
wedges = st.builds(aim, degrees, st.floats(5, 180))
cameras = st.builds(
    lambda east, north, reach, own, sectors, masks, yard: camera(
        (HERE[0] + east / 80_000, HERE[1] + north / 111_000), range_m=reach, sectors=tuple(sectors), masks=tuple(masks),
        azimuth_deg=own and own.azimuth_deg, field_of_view_deg=own and own.field_of_view_deg,
        masked_areas=(square(yard[0], yard[1], 30),) if yard else (),
    ),
    st.floats(-150, 150), st.floats(-150, 150), st.floats(20, 120), st.none() | aims, st.lists(aims, max_size=3),
    st.lists(wedges, max_size=2), st.none() | st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
)  # fmt: skip


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(st.lists(cameras, min_size=1, max_size=6), st.integers(0, 2**16))
def test_the_union_of_any_cameras_is_what_each_place_sees(known: list[Camera], seed: int) -> None:
    whole, chance = unary_union([footprint(one) for one in known]), random.Random(seed)
    edges = [figure.boundary for figure in (whole, *map(hidden, known)) if not figure.is_empty]
    x0, y0 = lambert(*HERE)
    for _ in range(60):
        x, y = x0 + chance.uniform(-300, 300), y0 + chance.uniform(-300, 300)
        if any(edge.distance(Point(x, y)) < 0.3 for edge in edges):
            continue  # on an edge both answers are right
        assert whole.contains(Point(x, y)) == any(sees(one, x, y) for one in known), (known, x, y)


@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(st.lists(cameras, min_size=1, max_size=6))
def test_a_camera_listed_twice_and_in_another_order_covers_the_same(known: list[Camera]) -> None:
    once, again = covered(known, CITY), covered([*reversed(known), *known], CITY)
    for code, one in once.items():
        assert again[code].area == pytest.approx(one.area, rel=1e-9, abs=1e-12)
    whole = sum(footprint(one).area for one in known)
    seen = sum(one.area * polygons(d.geometry).area for d in CITY.districts for one in [once[d.code]])
    assert seen <= whole + 1, "a union is never more than its parts"


def test_what_a_map_draws_is_what_is_counted() -> None:
    one = camera(HERE, range_m=90.0, sectors=(aim(90, 120, 60.0), aim(270, 60)), masks=(aim(100, 20),))
    for told, counted in ((drawn(one).seen, footprint(one)), (drawn(one).hidden, hidden(one))):
        assert told is not None
        figure = polygons(told)
        assert figure.area == pytest.approx(counted.area, rel=0.01)
    assert (drawn(camera(HERE)).seen, drawn(camera(HERE)).hidden) == (None, None), "a plain circle is told by its range"


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(cameras)
def test_any_camera_is_drawn_and_what_is_drawn_is_what_is_counted(one: Camera) -> None:
    for told, counted in ((drawn(one).seen, footprint(one)), (drawn(one).hidden, hidden(one))):
        if told is not None:
            parts = [
                Polygon([lambert(*pair) for pair in ring]).area for part in told["coordinates"] for ring in part[:1]
            ]
            holes = [
                Polygon([lambert(*pair) for pair in ring]).area for part in told["coordinates"] for ring in part[1:]
            ]
            assert sum(parts) - sum(holes) == pytest.approx(counted.area, rel=0.02, abs=3)


def test_masks_that_touch_each_other_and_a_yard_are_drawn() -> None:
    """Slivers between a mask, a masked area and the reach have no outline on a grid of rounded degrees."""
    yard = (
        (
            (5.378222, 43.279862),
            (5.378666, 43.279862),
            (5.378666, 43.280185),
            (5.378222, 43.280185),
            (5.378222, 43.279862),
        ),
    )
    one = camera((5.378, 43.2797), range_m=95.0, masks=(aim(30, 50),), masked_areas=(yard,))
    hidden_part = drawn(one).hidden
    assert hidden_part is not None
    assert len(hidden_part["coordinates"]) == 1


def test_a_camera_that_sees_nothing_is_drawn_as_nothing() -> None:
    off: dict[str, Any] = {"service": CameraService.OUT_OF_SERVICE}
    assert drawn(camera(HERE, **off)).seen == {"type": "MultiPolygon", "coordinates": []}
