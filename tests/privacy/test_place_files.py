"""Names of places out of the files that publish them, and what they change for the gate."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from events.errors import ConfigurationError
from privacy.gazetteer import Gazetteer
from privacy.place_files import kept_place_names, read_place_names, write_place_names
from privacy.text import scan

AREA = (5.0, 43.0, 6.0, 44.0)
# The columns of the Base Adresse Nationale; the third street is of another city.
ADDRESSES = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;source_nom_voie;certification_commune;cad_parcelles\n"
    "13201_1_1;;1;;Montée des Accoules;13002;13202;Marseille;;;;;5.37;43.30;entrée;;Le Panier;MARSEILLE;;;;1;\n"
    "13201_1_2;;2;bis;Montée des Accoules;13002;13202;Marseille;;;;;5.37;43.30;entrée;;;MARSEILLE;;;;1;\n"
    "75101_1_1;;1;;Rue de Rivoli;75001;75101;Paris;;;;;2.35;48.85;entrée;;;PARIS;;;;1;\n"
)
STOPS = 'stop_id,stop_name,stop_lat,stop_lon\ns1,"Louis Armand",43.31,5.43\ns2,Rond-Point du Prado,43.27,5.39\n'
PLACES = {
    "features": [
        {"properties": {"nom": "Danielle Casanova"}, "geometry": {"type": "Point", "coordinates": [5.36, 43.3]}},
        {"properties": {"name": "Loin"}, "geometry": {"type": "Point", "coordinates": [2.0, 48.0]}},
        {"properties": {"name": "Sans lieu"}, "geometry": None},
        {"properties": None, "geometry": None},
    ]
}


def written(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content.encode()))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("stops.txt", content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("adresses-13.csv", ADDRESSES, {"Montée des Accoules", "Le Panier"}),
        ("adresses-13.csv.gz", ADDRESSES, {"Montée des Accoules", "Le Panier"}),
        ("bom.csv", "\ufeffname,rank\nLa Plaine,1\n" + "x" * 101 + ",2\n", {"La Plaine"}),
        ("gtfs.zip", STOPS, {"Louis Armand", "Rond-Point du Prado"}),
        ("stops.txt", STOPS, {"Louis Armand", "Rond-Point du Prado"}),
        ("places.geojson", json.dumps(PLACES), {"Danielle Casanova", "Sans lieu"}),
    ],
)
def test_names_of_the_area_are_read(tmp_path: Path, name: str, content: str, found: set[str]) -> None:
    assert read_place_names(written(tmp_path, name, content), AREA) == found


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "x;y\n1;2\n", "no column of names; those read are nom_voie"),
        ("a.csv", "name;lon;lat\nA;east;43\n", "no CSV in UTF-8"),
        ("a.csv", "name\n", "names no place in the city's area"),
        ("a.geojson", "[]", "no CSV in UTF-8, no GTFS archive and no GeoJSON"),
        ("a.geojson", "{", "no CSV in UTF-8"),
    ],
)
def test_file_that_names_nothing_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_place_names(written(tmp_path, name, content), AREA)


@pytest.mark.parametrize(("name", "content"), [("a.zip", b"PK"), ("a.csv.gz", b"no gzip"), ("a.csv", b"name\n\xff\n")])
def test_damaged_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError):
        read_place_names(tmp_path / name, AREA)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_place_names(tmp_path / "none.csv", AREA)


def test_list_is_kept_and_read_back(tmp_path: Path) -> None:
    target = tmp_path / "places.txt"
    assert kept_place_names(target) == ()
    write_place_names(frozenset({"Rue B", "Rue A"}), target)
    assert kept_place_names(target) == ("Rue A", "Rue B")
    target.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="write it again"):
        kept_place_names(target)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_place_names(frozenset({"Rue A"}), tmp_path / "none" / "places.txt")


def test_hamlet_called_like_a_person_hides_nobody() -> None:
    city = Gazetteer(toponyms=frozenset({"Roustan", "Louis Armand", "Les Bernard"}))
    assert scan("Arrêt Louis Armand fermé, correspondance Louis Armand", city).kind == "cleared"
    for text in ("M. Roustan", "Le brigadier Roustan est là", "Kevin Roustan", "M. Louis Armand", "nom : Roustan"):
        assert scan(text, city).kind != "cleared", text
