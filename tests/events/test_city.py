"""Districts of a geometry, on Marseille's own polygons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from events.city import City, District
from events.taxonomy import UNKNOWN_CATEGORY, categories, category, in_family

CITY = Path(__file__).resolve().parents[2] / "cities" / "marseille"


@pytest.fixture(scope="module")
def marseille() -> City:
    features = json.loads((CITY / "districts.geojson").read_text(encoding="utf-8"))["features"]
    districts = tuple(
        District(
            row["properties"]["code"],
            str(row["properties"]["number"]),
            row["properties"]["name"],
            None,
            None,
            row["geometry"],
        )
        for row in features
    )
    return City("marseille", "Marseille", "Europe/Paris", (5.2, 43.1, 5.6, 43.5), districts, ())


@pytest.mark.parametrize(
    ("lon", "lat", "codes"),
    [
        (5.3806, 43.3028, ("13201",)),
        (5.3958, 43.2698, ("13208",)),
        (5.3697, 43.2951, ("13202",)),  # water of the Vieux-Port: in no polygon, 79 m from the 2nd
        (5.25, 43.25, ()),  # open sea
    ],
)
def test_point_takes_its_district_or_the_nearest_shore(
    marseille: City, lon: float, lat: float, codes: tuple[str, ...]
) -> None:
    assert marseille.districts_of({"type": "Point", "coordinates": [lon, lat]}) == codes


def test_line_touches_several_districts_in_order(marseille: City) -> None:
    line = {"type": "LineString", "coordinates": [[5.3745, 43.2955], [5.3784, 43.2962], [5.3836, 43.2858]]}
    assert marseille.districts_of(line) == ("13201", "13206")


def test_no_geometry_no_district(marseille: City) -> None:
    assert marseille.districts_of(None) == ()


def test_taxonomy_has_its_families_and_categories() -> None:
    assert len(categories()) == 44
    assert category("accident").name("en") == "Accident"
    assert category("no-such").id == UNKNOWN_CATEGORY
    assert in_family("secu") == {"incendie", "secours", "objet_suspect", "operation_police", "evacuation"}
