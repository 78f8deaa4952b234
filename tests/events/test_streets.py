"""Ways along the axes of Marseille: followed where there are some, none where there is none; corners of two axes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from shapely.geometry import LineString, Point

from events.city import METRES_PER_DEGREE
from events.streets import LEAST_DETOUR_M, MOST_DETOUR, SNAP_M, Streets
from tests.api.served import CITY

STREETS = Streets(CITY)
QUAI, SAINT_LOUIS, ROME, CASTELLANE = (5.3745, 43.2955), (5.3783, 43.2965), (5.3805, 43.2925), (5.3835, 43.2862)


def flat(pair: tuple[float, float]) -> tuple[float, float]:
    return pair[0] * math.cos(math.radians(43.29)) * METRES_PER_DEGREE, pair[1] * METRES_PER_DEGREE


def axis_line(axis_id: str) -> LineString:
    axis = next(one for one in CITY.axes if one.id == axis_id)
    return LineString([flat((x, y)) for x, y, *_ in axis.geometry["coordinates"]])


def test_between_two_points_of_one_axis_the_way_lies_on_it() -> None:
    way = STREETS.way(ROME, CASTELLANE)
    assert way is not None
    assert way.names == ("Rue de Rome",)
    line = axis_line("rome")
    assert all(line.distance(Point(flat(one))) < 1 for one in way.course)
    places = [line.project(Point(flat(one))) for one in way.course]
    assert places in (sorted(places), sorted(places, reverse=True))


def test_from_one_axis_to_another_the_way_turns_at_their_corner() -> None:
    way = STREETS.way(QUAI, ROME)
    assert way is not None
    assert way.names == ("La Canebière", "Rue de Rome")
    length = LineString([flat(one) for one in (QUAI, *way.course, ROME)]).length
    assert length <= MOST_DETOUR * math.dist(flat(QUAI), flat(ROME))


def test_a_way_there_and_back_is_the_same_way() -> None:
    there, back = STREETS.way(QUAI, ROME), STREETS.way(ROME, QUAI)
    assert there is not None
    assert back is not None
    assert back.course == tuple(reversed(there.course))


@pytest.mark.parametrize(
    "ends",
    [
        ((5.40, 43.36), (5.41, 43.37)),  # no axis near
        (ROME, (5.40, 43.36)),  # near one end only
        (ROME, ROME),
        ((0.0, 0.0), (5.3805, 43.2925)),
    ],
)
def test_where_no_axis_leads_there_is_no_way(ends: tuple[tuple[float, float], tuple[float, float]]) -> None:
    assert STREETS.way(*ends) is None


def test_no_way_is_a_long_detour_and_none_takes_a_motorway_or_a_tunnel() -> None:
    closed = {one.name for one in CITY.axes if one.road_class in ("motorway", "tunnel")}
    places = [one for axis in CITY.axes for one in (axis.geometry["coordinates"][0], axis.geometry["coordinates"][-1])]
    found = 0
    for (ax, ay, *_), (bx, by, *_) in pairwise(places):
        way, straight = STREETS.way((ax, ay), (bx, by)), math.dist(flat((ax, ay)), flat((bx, by)))
        if way is None:
            continue
        found += 1
        assert not closed & set(way.names)
        inner = LineString([flat((ax, ay)), *(flat(one) for one in way.course), flat((bx, by))]).length
        assert inner <= max(MOST_DETOUR * straight, straight + LEAST_DETOUR_M) + 2 * SNAP_M
    assert found > 20


def test_two_axes_meet_at_their_corner_and_two_that_do_not_meet_nowhere() -> None:
    corner = STREETS.crossing("rome", "canebiere")
    assert corner is not None
    assert axis_line("rome").distance(Point(flat(corner))) < 1
    assert axis_line("canebiere").distance(Point(flat(corner))) < 150
    assert STREETS.crossing("luminy", "canebiere") is None
    assert STREETS.crossing("nothing", "canebiere") is None
