"""First names that nothing announces: what is read as a person, and what a place, a saint or a word of French keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from events.errors import ConfigurationError
from privacy import first_names
from privacy.first_names import Need, known_first_names, read_first_names
from privacy.gazetteer import Gazetteer
from privacy.text import scan


def names_in(text: str, gazetteer: Gazetteer | None = None) -> list[str]:
    verdict = scan(text, gazetteer or Gazetteer())
    assert verdict.kind in {"cleared", "review"}
    return [text[span.start : span.end] for span in verdict.spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bagarre entre Kevin Lopez et Ibrahim Sylla place Jean Jaurès.", ["Kevin Lopez", "Ibrahim Sylla"]),
        ("Giovanni Rossi blessé quai du Port", ["Giovanni Rossi"]),
        ("Anne-Sophie de La Tour réclame", ["Anne-Sophie de La Tour"]),
        ("Vu hier avec Nadia El Amrani", ["Nadia El Amrani"]),
        ("Vu ROUSTAN Kevin hier", ["ROUSTAN Kevin"]),
        ("AGRESSION NADIA CHERIF", ["NADIA CHERIF"]),
        ("karim benali a encore garé sa voiture", ["karim benali"]),
        ("Marie-France Ho tombée", ["Marie-France Ho"]),
        ("Rose Roustan tombée", ["Rose Roustan"]),
        ("Croisé Olivier hier", ["Olivier"]),
        ("Croisé Momo hier", ["Momo"]),
        ("Croisé Karim B. hier", ["Karim B"]),
        ("Croisé K. Benali hier", ["K. Benali"]),
        ("Croisé J.-P. Benali hier", ["J.-P. Benali"]),
    ],
)
def test_person_is_found(text: str, found: list[str]) -> None:
    assert names_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "rue Kevin Lopez",
        "Rond-point Robert Schuman",
        "avenue Charles et Raymonde Tillon",
        "Gymnase Teddy Riner réquisitionné",
        "Terminus Saint-Louis, puis Ste Marthe",
        "station Jean-Jaurès fermée, terminus Jean-Jaurès",
        "Rose trémière arrachée",
        "Marine nationale au large, eau claire",
        "La clinique l'Olivier et le Maxime",
        "France Travail ouvre à midi",
        "Max 3,5 t sur le pont",
        "travaux rue karim benali",
        "point B. Accès fermé, voie A. Travaux",
        "KEVIN",
        "Jihad, imam, ramadan : mots et non personnes",
    ],
)
def test_place_saint_or_word_is_no_person(text: str) -> None:
    assert names_in(text) == []


def test_street_of_a_pair_does_not_hide_whoever_comes_after() -> None:
    assert names_in("Accident rue Jean Jaurès et Karim Benali blessé") == ["Karim Benali"]


def test_street_that_is_known_ends_where_it_ends() -> None:
    city = Gazetteer(toponyms=frozenset({"Rue de Rome", "Boulevard Jean Moulin"}))
    assert names_in("Accident rue de Rome Karim Benali", city) == ["Karim Benali"]
    assert names_in("Accident rue de Rome, boulevard Jean Moulin", city) == []
    assert names_in("Accident rue de Rome Prolongée", city) == []


def test_name_of_the_city_hides_a_person_of_two_words_and_asks_for_a_neighbour_of_one() -> None:
    city = Gazetteer(toponyms=frozenset({"Danielle Casanova", "Kevin"}))
    assert names_in("Escale du Danielle Casanova") == ["Danielle Casanova"]
    assert names_in("Escale du Danielle Casanova", city) == []
    assert names_in("Vu à Kevin hier") == ["Kevin"]
    assert names_in("Vu à Kevin hier", city) == []
    assert names_in("Vu à Kevin Lopez hier", city) == ["Kevin Lopez"]
    assert scan("M. Kevin", city).kind == "blocked"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Individu surnommé « Le Grec » repéré", "« Le Grec »"),
        ("Un homme alias La Fouine", "La Fouine"),
        ("Il est dit « le Boiteux » ici", "« le Boiteux »"),
        ("Vu avec M. de Villers", "M. de Villers"),
        ("Vu avec M. Le Mouel", "M. Le Mouel"),
        ("L'adjudant-chef Moreau est là", "Moreau"),
    ],
)
def test_announced_name_blocks(text: str, found: str) -> None:
    verdict = scan(text)
    assert verdict.kind == "blocked"
    assert found in [text[span.start : span.end] for span in verdict.spans]


@pytest.mark.parametrize(
    "text", ["M. le Maire", "Mme La Préfète est là", "lieu dit « les Baumes »", "Le maire dit non"]
)
def test_office_and_place_are_no_names(text: str) -> None:
    assert scan(text).kind == "cleared"


def test_list_that_comes_with_the_product_says_where_it_is_from() -> None:
    text = first_names.FILE.read_text(encoding="utf-8")
    needs = known_first_names().needs
    assert "INSEE" in text.splitlines()[1]
    assert "Licence Ouverte" in text.splitlines()[1]
    assert "INSEE" in (first_names.FILE.parent / "LICENCE.md").read_text(encoding="utf-8")
    assert len(needs) > 10_000
    assert list(needs) == sorted(needs)
    chosen = {name: needs.get(name) for name in ("karim", "olivier", "claire", "rose", "france", "paris")}
    assert chosen == {
        "karim": Need.NOTHING,
        "olivier": Need.NOTHING,
        "claire": Need.CAPITAL,
        "rose": Need.NEIGHBOUR,
        "france": Need.DOUBLE,
        "paris": None,
    }


def test_missing_or_empty_list_stops_the_start_and_lets_no_name_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (None, "# only remarks\n"):
        file = tmp_path / "first_names.txt"
        if content is not None:
            file.write_text(content, encoding="utf-8")
        monkeypatch.setattr(first_names, "FILE", file)
        with pytest.raises(ConfigurationError, match="the list of first names"):
            known_first_names.__wrapped__()


def test_version_follows_the_names_and_not_the_remarks() -> None:
    one, same, other = map(read_first_names, ("# a\nkevin\n", "# b\nkevin\n", "kevin+\n"))
    assert one.version == same.version != other.version
    assert Gazetteer(first_names=one).version != Gazetteer(first_names=other).version
