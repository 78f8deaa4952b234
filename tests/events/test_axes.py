"""Sections between two points, and the axis of the city they lie on."""

from __future__ import annotations

import pytest

from events.axes import AxisMatcher
from events.city import Axis

AREA = (5.0, 43.0, 6.0, 44.0)


def axis(name: str, *line: tuple[float, float]) -> Axis:
    geometry = {"type": "LineString", "coordinates": [list(one) for one in line]}
    return Axis(
        id=name.lower().replace(" ", "-"), name=name, road_class="primary", geometry=geometry, length_m=1.0, district_codes=()
    )  # fmt: skip


# About 110 m between parallels 0.001 degrees apart, 81 m between meridians.
AXES = (
    axis("Avenue du Nord", (5.400, 43.300), (5.400, 43.310)),
    axis("Tunnel du Nord", (5.4001, 43.300), (5.4001, 43.310)),
    axis("Rue de l'Est", (5.410, 43.300), (5.420, 43.300)),
)


def section(*line: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [list(one) for one in line]}


def axis_of(geometry: dict[str, object] | None, name: str | None = None) -> str | None:
    return AxisMatcher(AXES, AREA).axis_of(geometry, name)


@pytest.mark.parametrize("ends", [((5.4102, 43.3002), (5.415, 43.3001)), ((5.415, 43.3001), (5.4102, 43.3002))])
def test_section_beside_an_axis_lies_on_it_in_either_direction(ends: tuple) -> None:
    assert axis_of(section(*ends)) == "rue-de-l'est"


def test_section_across_an_axis_is_on_none() -> None:
    assert axis_of(section((5.415, 43.2990), (5.415, 43.3010))) is None


def test_section_far_from_every_axis_is_on_none() -> None:
    assert axis_of(section((5.4102, 43.302), (5.415, 43.302))) is None


def test_two_axes_alike_are_told_apart_by_name_only() -> None:
    between = section((5.40005, 43.302), (5.40005, 43.306))
    assert axis_of(between) is None
    assert axis_of(between, "TUNNEL DU NORD sud-nord") == "tunnel-du-nord"
    assert axis_of(between, "Somewhere else") is None


def test_points_and_sections_without_place_are_on_none() -> None:
    assert axis_of(None) is None
    assert axis_of({"type": "Point", "coordinates": [5.400, 43.305]}) is None
    assert AxisMatcher((), AREA).axis_of(section((5.4, 43.3), (5.4, 43.31))) is None


def test_answers_are_remembered_by_place_and_name() -> None:
    matcher = AxisMatcher(AXES, AREA)
    between = section((5.40005, 43.302), (5.40005, 43.306))
    assert [matcher.axis_of(between, name) for name in (None, "Avenue du Nord", None)] == [None, "avenue-du-nord", None]
