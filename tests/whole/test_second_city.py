"""Nothing is Marseille's: another city starts from its own folder, reads a document of its own partner, and no room names a city."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.audience import Viewer
from events.city_file import read_city
from events.records import Event
from settings import ROOT
from store import readers
from store.database import Database, connect
from store.kept import EventQuery
from tests.feed_server import FeedServer
from tests.house import Partners, Server, get

CITIES = ROOT / "cities"
ROOMS = ("api", "assets", "callbacks", "components", "datasources", "events", "insight", "privacy", "store")
WORKS = Path(__file__).with_name("second_city.json").read_bytes()
_ADDRESS = "https://data.rennesmetropole.fr/api/explore/v2.1/catalog/datasets/travaux_1_jour/exports/json"


@pytest.fixture
def rennes(tmp_path: Path) -> Iterator[Server]:
    """The app with the folder of Rennes, its first source pointed at a publisher on this machine, without the others."""
    folder = tmp_path / "rennes"
    shutil.copytree(CITIES / "rennes", folder)
    with FeedServer() as publisher:
        publisher.serve("/works.json", WORKS)
        path = folder / "sources.toml"
        first, mark, _ = path.read_text("utf-8").partition("\n# Every three minutes")
        assert mark
        assert _ADDRESS in first
        here = f'{publisher.url("/works.json")}"\nallowed_networks = ["127.0.0.1/32"]'
        path.write_text(first.replace(f'{_ADDRESS}"', here), "utf-8")
        server = Server(tmp_path, Partners(tmp_path), {"OBSERVATORY_CITY": str(folder), "OBSERVATORY_DEMO": "0"})
        try:
            server.start()
            yield server
        finally:
            server.stop()


def test_another_city_starts_from_its_folder_and_reads_its_partner(rennes: Server) -> None:
    database = connect(rennes.settings_url())
    try:
        rennes.wait(lambda: len(kept(database)) == 2, 60)
        works, ban = sorted(kept(database), key=lambda event: event.headline, reverse=True)
    finally:
        database.close()
    assert (works.headline, works.category, works.district_codes) == (
        "Réfection de la chaussée",
        "fermeture",
        ("35238",),
    )
    assert (ban.headline, ban.category, ban.district_codes) == ("Déménagement", "parking", ("35051",))
    assert "observatory: Rennes on" in (rennes.folder / "server.log").read_text()
    assert "Marseille" not in get(f"{rennes.url}/connexion").decode()


def kept(database: Database) -> list[Event]:
    query = EventQuery(start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2028, 1, 1, tzinfo=UTC))
    return [one.event for one in readers.events(database, viewer=Viewer(sees_restricted=True), query=query).events]


def test_no_room_of_the_code_names_a_city() -> None:
    names = {read_city(folder)[1].name for folder in CITIES.iterdir() if folder.is_dir()}
    assert names >= {"Marseille", "Rennes"}
    named = re.compile(rf"\b({'|'.join(names)})\b", re.IGNORECASE)
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for room in ROOMS
        for suffix in ("*.py", "*.js", "*.json", "*.css")
        for path in sorted((ROOT / room).rglob(suffix))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if named.search(line)
    }
    # One sentence says where a measure was made.
    assert {place.partition(":")[0] for place in found} <= {"events/axes.py"}
