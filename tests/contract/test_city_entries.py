"""The entries of the cities' catalogues, as they stand, on real documents of their publishers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasources.catalogue import make_adapter, read_catalogue
from datasources.contract import Document, Reading
from events.city_file import read_city
from settings import ROOT

FEEDS = ROOT.parent / "shared" / "feeds"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the collection of real documents is not on this machine")


def reading(city: str, source_id: str, path: str, **tables: str) -> Reading:
    folder = ROOT / "cities" / city
    known, _ = read_city(folder)
    sources = read_catalogue(folder / "sources.toml", timezone=known.timezone, area=known.area)
    (source,) = (one for one in sources if one.id == source_id)
    adapter = make_adapter(source)
    for name, table in tables.items():
        adapter.learn(name, document(FEEDS / table))
    return adapter.read(document(FEEDS / path))


def document(path: Path) -> Document:
    return Document(
        path.read_bytes(), media_type="", url="https://example.org/", retrieved_at=datetime(2026, 11, 23, tzinfo=UTC)
    )


def test_events_of_the_national_roads() -> None:
    found = reading(
        "marseille", "bison-fute-evenements", "datex2_situation/bison-fute-tipi__evenementiel-rrn-content.xml"
    )
    assert (len(found.events), found.rejects) == (4, ())


def test_colours_of_the_roads_around_marseille() -> None:
    sites = "datex2_measured/bison-fute-tipi__refDir-extrait.csv"
    path = "datex2_measured/bison-fute-tipi__traficolor-TraficMarius-marseille.xml"
    found = reading("marseille", "bison-fute-traficolor", path, sites=sites)
    assert len(found.road_states) == 25
    assert sum(road.geometry is not None for road in found.road_states) == 13


def test_offences_of_marseille_are_those_of_its_arrondissements() -> None:
    found = reading("marseille", "ssmsi-delinquance", "police/ssmsi__communes-extrait-marseille.csv")
    assert {tally.area_code for tally in found.tallies} == {"13204", "13207", "13216"}
    assert (len(found.tallies), found.rejects) == (45, ())


def test_works_of_rennes() -> None:
    found = reading("rennes", "rennes-travaux", "opendatasoft/france-rennes__roadworks.json")
    assert (len(found.events), found.rejects) == (3, ())
    assert all(event.geometry and event.validity.start for event in found.events)
    assert "inconnu" not in {event.category for event in found.events}


def test_vigilance_card_cut_short_says_nothing_of_the_department() -> None:
    found = reading("marseille", "meteofrance-vigilance", "cap/meteo-france__cartevigilance-J.json")
    assert (found.records_seen, found.is_complete) == (0, False)
    assert found.published_at is not None
