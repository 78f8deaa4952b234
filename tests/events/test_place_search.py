"""Addresses, corners and names as people type them; with the national address base and without it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from events.addresses import Addresses, write_addresses
from events.city_file import read_features
from events.errors import ConfigurationError
from events.place_names import PlaceNames
from events.place_search import PlaceSearch
from events.streets import Streets
from tests.api.served import CITY

LANDMARKS = read_features(Path(__file__).resolve().parents[2] / "cities" / "marseille" / "landmarks.geojson")
STREETS = Streets(CITY)
HEAD = "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat\n"
ROWS = """
13206_1_00012;;12;;Rue de Rome;13006;13206;Marseille 6e;5.3786;43.2949
13206_1_00014;;14;bis;Rue de Rome;13006;13206;Marseille 6e;5.3787;43.2947
13206_2_00003;;3;;Rue d'Italie;13006;13206;Marseille 6e;5.3801;43.2901
13206_2_00005;;5;;Rue d'Italie;13006;13206;Marseille 6e;5.3809;43.2903
13206_3_00001;;1;;Rue Édouard-Delanglade;13006;13206;Marseille 6e;5.38085;43.29035
13206_4_00001;;1;;Rue Loin-de-Tout;13006;13206;Marseille 6e;5.3950;43.2800
69381_1_00012;;12;;Rue de Rome;69001;69381;Lyon;4.83;45.76
13206_5_00000;;;;Chemin sans numéro;13006;13206;Marseille 6e;5.38;43.29
13206_6_00007;;sept;;Rue mal écrite;13006;13206;Marseille 6e;5.38;43.29
13206_7_00008;;8;;Rue sans place;13006;13206;Marseille 6e;;
""".lstrip()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Addresses:
    folder = tmp_path_factory.mktemp("base")
    file = folder / "adresses-13.csv.gz"
    file.write_bytes(gzip.compress((HEAD + ROWS).encode()))
    assert write_addresses([file], folder / "addresses.sqlite", CITY.area) == 6
    return Addresses(folder / "addresses.sqlite")


@pytest.fixture(scope="module")
def search(base: Addresses) -> PlaceSearch:
    return PlaceSearch(PlaceNames(CITY, LANDMARKS, base.streets), STREETS, base)


@pytest.fixture(scope="module")
def bare() -> PlaceSearch:
    return PlaceSearch(PlaceNames(CITY, LANDMARKS), STREETS, Addresses())


@pytest.mark.parametrize(
    ("typed", "name", "place"),
    [
        ("12 rue de Rome", "12 Rue de Rome", (5.3786, 43.2949)),
        ("12, r de rome", "12 Rue de Rome", (5.3786, 43.2949)),
        ("rue de Rome 12", "12 Rue de Rome", (5.3786, 43.2949)),
        ("14 BIS rue de rome", "14 bis Rue de Rome", (5.3787, 43.2947)),
        ("14b rue de rome", "14 b Rue de Rome", (5.3787, 43.2947)),
        ("1 r edouard delanglade", "1 Rue Édouard-Delanglade", (5.38085, 43.29035)),
    ],
)
def test_a_number_of_a_street_is_where_the_address_base_has_it(
    search: PlaceSearch, typed: str, name: str, place: tuple[float, float]
) -> None:
    first = search.find(typed)[0]
    assert (first.name, first.kind, first.position, first.is_rough) == (name, "address", place, False)


def test_a_number_that_nobody_knows_gives_the_street_and_says_so(search: PlaceSearch, bare: PlaceSearch) -> None:
    for where in (search.find("99 rue de Rome"), bare.find("12 rue de Rome")):
        assert [(one.name, one.is_rough) for one in where if one.name == "Rue de Rome"] == [("Rue de Rome", True)]


def test_a_street_of_the_base_that_is_no_axis_is_found_by_its_name(search: PlaceSearch, bare: PlaceSearch) -> None:
    assert [(one.name, one.kind) for one in search.find("edouard delang")] == [("Rue Édouard-Delanglade", "street")]
    assert bare.find("edouard delang") == ()
    assert [one.kind for one in search.find("rue de rome") if one.name == "Rue de Rome"] == ["axis"]  # once, not twice


@pytest.mark.parametrize("typed", ["rue de Rome / La Canebière", "r de rome/canebiere", "angle rue de Rome × Canebière",
                                   "Rue de Rome & Canebière", "canebière angle de rome"])  # fmt: skip
def test_two_axes_are_a_corner_however_it_is_typed(bare: PlaceSearch, typed: str) -> None:
    first = bare.find(typed)[0]
    assert first.kind == "crossing"
    assert set(first.name.split(" / ")) == {"Rue de Rome", "La Canebière"}
    assert abs(first.position[0] - 5.378) < 0.002
    assert abs(first.position[1] - 43.2965) < 0.002


def test_two_streets_of_the_base_meet_where_their_numbers_do_and_not_when_far_apart(search: PlaceSearch) -> None:
    (corner,) = search.find("rue d'italie / rue edouard delanglade")
    assert corner.position == pytest.approx((5.3809, 43.2903), abs=0.0002)
    assert search.find("rue d'italie / rue loin de tout") == ()


@pytest.mark.parametrize(
    "typed", ["/", "//", "12", "12 ", " / rue de rome", "x" * 300, "9999999 rue", "'; DROP TABLE street"]
)
def test_what_means_no_place_finds_nothing_and_breaks_nothing(search: PlaceSearch, typed: str) -> None:
    assert all(one.name for one in search.find(typed))


def test_the_base_keeps_addresses_of_the_city_only_and_says_when_it_cannot_be_read(
    base: Addresses, tmp_path: Path
) -> None:
    assert [name for _id, name, _at in base.streets] == sorted(
        ["Rue de Rome", "Rue d'Italie", "Rue Édouard-Delanglade", "Rue Loin-de-Tout"]
    )
    stops = tmp_path / "stops.csv"
    stops.write_text("stop_name,stop_lon,stop_lat\nCastellane,5.38,43.28\n")
    assert write_addresses([stops, tmp_path / "gtfs.zip"], tmp_path / "none.sqlite", CITY.area) == 0
    assert not (tmp_path / "none.sqlite").exists()
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 100)
    with pytest.raises(ConfigurationError, match=r"manage\.py gazetteer"):
        Addresses(broken)
