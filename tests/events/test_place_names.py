"""Places by what people type, and the name of a point: the gazetteer of Marseille, no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from events.city_file import read_city, read_features
from events.place_names import PlaceNames

MARSEILLE = Path(__file__).resolve().parents[2] / "cities" / "marseille"
CITY, SAID = read_city(MARSEILLE)
PLACES = PlaceNames(CITY, read_features(MARSEILLE / "landmarks.geojson"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("castellane", "Castellane"),
        ("gare st charles", "Gare Saint-Charles"),
        ("Gare St-Charles", "Gare Saint-Charles"),
        ("canebiere", "La Canebière"),
        ("CANEBIÈRE", "La Canebière"),
        ("av du prado", "Avenue du Prado (1re section)"),
        ("r de rome", "Rue de Rome"),
        ("bd jacques saad", "Boulevard Jacques-Saadé (quais)"),
    ],
)
def test_accents_and_abbreviations_are_understood(typed: str, expected: str) -> None:
    assert expected in [place.name for place in PLACES.find(typed)]


@pytest.mark.parametrize("typed", ["", "   ", "'; drop table", "rue qui n existe pas"])
def test_what_is_no_place_finds_nothing(typed: str) -> None:
    assert PLACES.find(typed) == ()


def test_what_is_found_is_inside_the_city_and_limited() -> None:
    found = PLACES.find("rue")
    west, south, east, north = CITY.area
    assert 0 < len(found) <= 8
    assert all(west <= place.position[0] <= east and south <= place.position[1] <= north for place in found)


def test_a_point_is_called_after_the_landmark_it_is_at_else_the_nearest_axis_else_nothing() -> None:
    (castellane,) = (place for place in PLACES.find("castellane") if place.name == "Castellane")
    assert PLACES.name_at(castellane.position) == "Castellane"
    (axis, *_rest) = (place for place in PLACES.find("rue de rome") if place.name == "Rue de Rome")
    assert PLACES.name_at(axis.position) in {"Rue de Rome", *(p.name for p in PLACES.find("rome"))}
    assert PLACES.name_at((5.30, 43.25)) is None
