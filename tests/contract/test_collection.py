"""Every real document a table of tests/collection/ lists is read as counted there, by the adapter of its format."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasources.catalogue import adapter_class
from datasources.contract import Adapter, Coverage, Document, Source
from datasources.readers.datex2_sites import read_sites
from events.audience import PUBLIC
from events.errors import DocumentUnreadable

TESTS = Path(__file__).resolve().parents[1]
FEEDS = TESTS.parents[1] / "shared" / "feeds"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the collection of real documents is not on this machine")

TABLES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((TESTS / "collection").glob("*.toml"))}
LISTED = [one for table in TABLES.values() for one in table["document"]]
READ = [one for one in LISTED if not {"skip", "table"} & set(one)]
REFERENCES = [one for one in LISTED if "table" in one]
AREAS = {
    "world": (-180.0, -90.0, 180.0, 90.0),
    "europe": (-25.0, 33.0, 35.0, 72.0),
    "france": (-6.0, 41.0, 10.0, 52.0),
}
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


def adapter_of(listed: Mapping[str, Any]) -> Adapter:
    area = listed["area"]
    source = Source(
        id="real-document", kind=listed["kind"], title="Real", organisation="publisher", licence="see INDEX.tsv",
        url="https://example.org/", poll_every=timedelta(minutes=5), timezone="Europe/Paris",
        area=AREAS[area] if isinstance(area, str) else tuple(area), coverage=Coverage.DELTA,
        default_audience=PUBLIC, maintainer="city", max_age=timedelta(days=7), options=listed.get("options", {}),
    )  # fmt: skip
    adapter = adapter_class(listed["kind"])(source)
    for name, path in listed.get("references", {}).items():
        adapter.learn(name, document_at(path))
    return adapter


def document_at(path: str, url: str = "https://example.org/") -> Document:
    return Document((FEEDS / path).read_bytes(), media_type="", url=url, retrieved_at=MOMENT)


def test_every_folder_of_the_collection_has_its_table() -> None:
    assert {path.name for path in FEEDS.iterdir() if path.is_dir()} == set(TABLES)


@pytest.mark.parametrize("folder", TABLES)
def test_every_document_of_the_folder_is_listed(folder: str) -> None:
    held = {f"{folder}/{path.name}" for path in (FEEDS / folder).iterdir()}
    assert Counter(one["path"] for one in TABLES[folder]["document"]) == Counter(held)


@pytest.mark.parametrize("listed", READ, ids=lambda one: one["path"])
def test_document_is_read_as_counted(listed: Mapping[str, Any]) -> None:
    adapter, document = adapter_of(listed), document_at(listed["path"], listed.get("url", "https://example.org/"))
    if "unreadable" in listed:
        with pytest.raises(DocumentUnreadable):
            adapter.read(document)
        return
    reading = adapter.read(document)
    used = len(reading.events) + len(reading.road_states) + len(reading.cameras) + len(reading.tallies)
    assert reading.records_seen == listed["seen"]
    assert (used, len(reading.withdrawn)) == (listed["used"], listed["withdrawn"])
    assert Counter(reject.reason for reject in reading.rejects) == listed["rejected"]
    assert listed["seen"] == used + len(reading.withdrawn) + len(reading.rejects)
    assert used >= 0.95 * listed["usable"]
    assert reading.is_complete is listed.get("complete", reading.is_complete)
    if "placed" in listed:
        records = (*reading.events, *reading.road_states)
        assert sum(record.geometry is not None for record in records) == listed["placed"]


@pytest.mark.parametrize("listed", REFERENCES, ids=lambda one: one["path"])
def test_table_is_read_as_counted(listed: Mapping[str, Any]) -> None:
    assert listed["table"] == "sites"
    sites = read_sites(document_at(listed["path"]), adapter_of(listed).source)
    assert (len(sites), sum(site.geometry is not None for site in sites.values())) == (
        listed["places"],
        listed["placed"],
    )
    assert [site.problem for site in sites.values() if site.problem] == []


def test_apis_of_cities_and_roads_need_a_map_and_no_code() -> None:
    by_map = {"json", "geojson", "xml", "opendatasoft"}
    apis = {
        Path(one["path"]).name.partition("__")[0]
        for folder in ("traffic_json", "opendatasoft")
        for one in TABLES[folder]["document"]
        if one.get("kind") in by_map and one["used"] == one["seen"] > 0
    }
    assert len(apis) >= 12
