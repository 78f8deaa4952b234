"""Every city of the repository: its whole catalogue is usable, names only its own organisations, and says what a DPO asks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from access.agreement_file import read_agreements
from datasources.catalogue import make_adapter, read_catalogue
from datasources.contract import Coverage, Source
from events.audience import PUBLIC
from events.city_file import read_city
from settings import ROOT

CITIES = sorted(path.parent for path in (ROOT / "cities").glob("*/sources.toml"))
every_city = pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)


def sources(folder: Path) -> tuple[Source, ...]:
    city, _ = read_city(folder)
    return read_catalogue(folder / "sources.toml", timezone=city.timezone, area=city.area)


@every_city
def test_real_sources_are_read_by_their_adapters(folder: Path) -> None:
    for source in sources(folder):
        assert make_adapter(source).kind == source.kind
        assert source.url.startswith("https://")


@every_city
def test_real_sources_say_whose_they_are_and_how_late_they_may_be(folder: Path) -> None:
    known = {organisation.id for organisation in read_city(folder)[1].organisation}
    for source in sources(folder):
        assert source.organisation in known, source.id
        assert source.default_audience.organisations <= known, source.id
        assert source.licence, source.id
        assert source.attribution, source.id
        assert source.agreement, source.id
        assert source.maintainer, source.id
        assert source.late_after is not None, source.id
        assert source.poll_every <= source.late_after <= source.stale_after, source.id


@every_city
def test_real_sources_have_an_agreement_that_lets_them_be_read(folder: Path) -> None:
    agreements = read_agreements(folder / "agreements.toml")
    kinds = {"overpass": "camera", "odisse": "tally", "ssmsi": "tally", "datex2_measured": "road_state"}
    for source in sources(folder):
        kind = source.options.get("record") or kinds.get(source.kind, "event")
        named = [one for one in agreements if source.id in one.sources]
        covering = named or [one for one in agreements if not one.sources and one.giver == source.organisation]
        assert any(kind in one.kinds for one in covering), source.id


@every_city
def test_cameras_of_real_sources_are_never_public(folder: Path) -> None:
    cameras = [one for one in sources(folder) if one.kind == "overpass" or one.options.get("record") == "camera"]
    assert all(one.default_audience != PUBLIC for one in cameras)


@every_city
def test_cameras_of_openstreetmap_are_credited_to_its_contributors_as_neither_complete_nor_official(
    folder: Path,
) -> None:
    for source in sources(folder):
        if source.kind == "overpass":
            assert source.attribution is not None
            assert all(word in source.attribution for word in ("OpenStreetMap", "ODbL", "ni complet, ni officiel"))
            assert "ODbL" in source.licence


@every_city
def test_query_for_cameras_asks_for_public_space_and_for_positions(folder: Path) -> None:
    for source in sources(folder):
        if source.kind == "overpass":
            query = parse_qs(urlsplit(source.url).query)["data"][0]
            assert query.endswith("out center;")
            assert '["surveillance"~"^(public|traffic)$"]' in query
            assert f'["ref:INSEE"="{read_city(folder)[1].insee}"]' in query


@every_city
def test_keys_are_named_and_never_written(folder: Path) -> None:
    for source in sources(folder):
        assert not any(word in source.url.lower() for word in ("apikey", "token=", "key=")), source.id


@every_city
def test_source_that_needs_a_key_is_off_until_it_is_there(folder: Path) -> None:
    assert all(not source.is_enabled for source in sources(folder) if source.header_env)


def test_marseille_has_every_kind_of_source_that_is_open_there() -> None:
    kinds = {source.kind for source in sources(ROOT / "cities" / "marseille")}
    assert kinds >= {
        "datex2_situation", "datex2_measured", "datex2_trafficregulation", "meteofrance_vigilance", "cap",
        "gtfsrt_alerts", "openagenda", "opendatasoft", "overpass", "odisse", "ssmsi",
    }  # fmt: skip


def test_what_repeats_is_not_counted_away() -> None:
    by_id = {source.id: source for source in sources(ROOT / "cities" / "marseille")}
    assert by_id["odisse-gastro"].coverage is Coverage.DELTA
    assert by_id["ssmsi-delinquance"].stale_after > timedelta(days=365)
