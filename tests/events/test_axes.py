"""Sections between two points, and the axis of the city they lie on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.contract import Coverage, Document, Source
from datasources.readers.datex2_sites import read_sites
from events.audience import PUBLIC
from events.axes import AxisMatcher
from events.city import Axis
from events.city_file import read_city

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


def ends(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "MultiPoint", "coordinates": [list(one) for one in points]}


def test_two_ends_follow_the_axis_between_them_from_the_first_to_the_second() -> None:
    bent = axis("Corniche", (5.430, 43.300), (5.432, 43.3004), (5.434, 43.300))
    matcher = AxisMatcher((*AXES, bent), AREA)
    there = matcher.section_between(ends((5.4301, 43.2999), (5.4339, 43.2999)))
    back = matcher.section_between(ends((5.4339, 43.2999), (5.4301, 43.2999)))
    assert there is not None
    assert back is not None
    assert there["coordinates"] == list(reversed(back["coordinates"]))  # type: ignore[call-overload]
    assert [5.432, 43.3004] in there["coordinates"]  # type: ignore[operator]
    assert len(there["coordinates"]) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        ends((5.4102, 43.302), (5.415, 43.302)),  # far from every axis
        ends((5.40005, 43.302), (5.40005, 43.306)),  # between two axes alike
        ends((5.4102, 43.3002), (5.4103, 43.3002)),  # some eight metres
        ends((5.4102, 43.3002), (5.412, 43.3002), (5.415, 43.3001)),
        {"type": "Point", "coordinates": [5.4102, 43.3002]},
    ],
)
def test_two_ends_whose_road_is_not_known_are_not_joined(geometry: dict[str, object] | None) -> None:
    assert AxisMatcher(AXES, AREA).section_between(geometry) is None


def test_two_ends_between_axes_alike_are_joined_by_the_name_of_their_road() -> None:
    found = AxisMatcher(AXES, AREA).section_between(ends((5.40005, 43.302), (5.40005, 43.306)), "Avenue du Nord")
    assert found == section((5.4, 43.302), (5.4, 43.306))


FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds"


@pytest.mark.skipif(not FEEDS.is_dir(), reason="the collection of real documents is not on this machine")
def test_real_sections_of_the_national_network_lie_on_their_road_or_on_none() -> None:
    """Of the sections of the real table that the city holds, none is put on an axis of another road."""
    city, _ = read_city(Path(__file__).resolve().parents[2] / "cities" / "marseille")
    matcher, numbers = (
        AxisMatcher(city.axes, city.area),
        {"a7": "A7", "a50": "A50", "a55": "A55", "a507-l2-est": "A507", "a507-l2-nord": "A507"},
    )
    source = Source(
        id="dir", kind="datex2_measured", title="DIR", organisation="dir", licence="LO", url="https://example.org/",
        poll_every=timedelta(minutes=6), timezone="Europe/Paris", area=city.area, coverage=Coverage.SNAPSHOT,
        default_audience=PUBLIC, maintainer="city",
    )  # fmt: skip
    body = (FEEDS / "datex2_measured" / "bison-fute-tipi__refDir-extrait.csv").read_bytes()
    document = Document(body, media_type="", url="", retrieved_at=datetime(2026, 11, 7, tzinfo=UTC))
    sites = [site for site in read_sites(document, source).values() if site.geometry is not None]
    found = [(site.name or "", axis_id) for site in sites if (axis_id := matcher.axis_of(site.geometry, site.name))]
    assert len(found) >= len(sites) / 2
    assert [pair for pair in found if pair[0].split()[0] != numbers.get(pair[1])] == []


def test_answers_are_remembered_by_place_and_name() -> None:
    matcher = AxisMatcher(AXES, AREA)
    between = section((5.40005, 43.302), (5.40005, 43.306))
    assert [matcher.axis_of(between, name) for name in (None, "Avenue du Nord", None)] == [None, "avenue-du-nord", None]
