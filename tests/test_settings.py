"""Settings: every variable under both names, every mistake named."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from access.agreements import open_agreements
from events.errors import ConfigurationError
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from settings import ROOT, VARIABLES, gate_key, load_settings, place_names, read_secrets, read_sources
from store.database import connect
from store.schema import migrate


def test_nothing_set_is_the_demonstration_on_this_machine() -> None:
    settings = load_settings({})
    assert (settings.is_demo, settings.demo_events, settings.host, settings.port) == (True, 0, "127.0.0.1", 8050)
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'marseille.sqlite'}"
    assert (len(settings.city.districts), len(settings.city.axes)) == (16, 59)
    assert [path.name for path in settings.catalogues] == ["demo.toml"]
    assert "Vieux-Port" in place_names(settings)


def test_load_adds_its_catalogue() -> None:
    settings = load_settings({"DEMO_EVENTS": "10000"})
    assert settings.demo_events == 10_000
    assert [path.name for path in settings.catalogues] == ["demo.toml", "demo-load.toml"]


def test_without_the_demonstration_the_real_feeds_are_read() -> None:
    settings = load_settings({"DEMO": "0", "DEMO_EVENTS": "5", "DEMO_URL": "http://127.0.0.1:1"})
    assert (settings.is_demo, settings.demo_events, settings.demo_url) == (False, 0, None)
    assert [path.name for path in settings.catalogues] == ["sources.toml"]


def test_city_without_a_demonstration_says_what_to_set() -> None:
    with pytest.raises(ConfigurationError, match=r"rennes has no demonstration .*; set DEMO=0"):
        load_settings({"CITY": "cities/rennes"})
    assert load_settings({"CITY": "cities/rennes", "DEMO": "0"}).city.name == "Rennes"


def test_prefixed_name_comes_first() -> None:
    assert load_settings({"PORT": "1", "OBSERVATORY_PORT": "2"}).port == 2


def test_value_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the house\n")
    assert load_settings({"SECRET_KEY_FILE": str(tmp_path / "secret")}).secret_key == "of the house"
    assert read_secrets(["ROADS_TOKEN", "NONE"], {"ROADS_TOKEN_FILE": str(tmp_path / "secret")}) == {
        "ROADS_TOKEN": "of the house"
    }
    with pytest.raises(ConfigurationError, match="SECRET_KEY_FILE: the file /nowhere cannot be read"):
        load_settings({"SECRET_KEY_FILE": "/nowhere"})


def test_secrets_are_not_shown() -> None:
    settings = load_settings({"SECRET_KEY": "of the house", "DATABASE_URL": "postgresql://u:pass@host/name"})
    assert "of the house" not in repr(settings)
    assert "pass@" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"OBSERVATORY_PROT": "1"}, "OBSERVATORY_PROT is not known; did you mean OBSERVATORY_PORT"),
        ({"PORT": "eighty"}, "PORT is 'eighty'; allowed: a whole number from 0 to 65535"),
        ({"PORT": "65536"}, "PORT is '65536'"),
        ({"PORT": "-1"}, "PORT is '-1'"),
        ({"DEMO": "yes"}, "DEMO is 'yes'; allowed: 0 or 1"),
        ({"DEMO_EVENTS": "1e4"}, "DEMO_EVENTS is '1e4'"),
        ({"DEMO_URL": "https://example.org"}, "DEMO_URL must be an http:// address of this machine"),
        (
            {"CITY": "cities/atlantis"},
            r"atlantis/city.toml cannot be read \(No such file or directory\); CITY names a folder",
        ),
    ],
)
def test_mistake_is_named(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_settings(environ)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("zoom = 13.0", "zoom = 13.0\nzom = 2", "the key 'zom' is not known"),
        ("zoom = 13.0", "", "the key 'zoom' is missing"),
        ('timezone = "Europe/Paris"', 'timezone = "Europe/Marseille"', "timezone is 'Europe/Marseille'; allowed: must be a name"),
        ("bounds = [5.22, 43.16, 5.54, 43.41]", "bounds = [43.16, 5.22, 43.41, 5.2]", "bounds is .*west, south, east, north"),
        ('districts = "districts.geojson"', 'districts = "../districts.geojson"', "files.districts"),
        ('districts = "districts.geojson"', 'districts = "none.geojson"', "none.geojson cannot be read"),
        ('code = "code"', 'code = "insee"', "feature 1: no property 'insee', which city.toml names"),
        ('id = "marseille"', 'id = "marseille', "not valid TOML"),
    ],
)  # fmt: skip
def test_city_file_is_read_whole_or_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    folder = tmp_path / "city"
    shutil.copytree(ROOT / "cities" / "marseille", folder)
    path = folder / "city.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(ConfigurationError, match=said) as caught:
        load_settings({"CITY": str(folder)})
    assert str(folder) in str(caught.value)


def test_relative_database_is_in_the_project() -> None:
    assert (
        load_settings({"DATABASE_URL": "sqlite:///a/b.sqlite"}).database_url == f"sqlite:///{ROOT / 'a' / 'b.sqlite'}"
    )
    assert load_settings({"DATABASE_URL": "sqlite:////a/b.sqlite"}).database_url == "sqlite:////a/b.sqlite"


def test_gate_key_stays_with_its_database(tmp_path: Path) -> None:
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path}/city.sqlite"})
    key = gate_key(settings)
    assert gate_key(settings) == key
    assert len(key) == 32
    assert (tmp_path / "city.sqlite.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError, match="SECRET_KEY is missing"):
        gate_key(load_settings({"DATABASE_URL": "postgresql://host/name"}))


def test_example_names_every_variable() -> None:
    named = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert named == list(VARIABLES)


@pytest.mark.parametrize("demo", ["0", "1"])
def test_every_source_of_the_city_can_be_read(demo: str) -> None:
    settings = load_settings({"DEMO": demo, "DEMO_EVENTS": "10"})
    sources = read_sources(settings, "http://127.0.0.1:1")
    known = {one.id for one in settings.city_file.organisation}
    assert {one.organisation for one in sources} <= known


KIND_OF = {"datex2_measured": "road_state", "overpass": "camera", "emsi": "tally", "odisse": "tally", "ssmsi": "tally"}


@pytest.mark.parametrize("demo", ["0", "1"])
def test_every_source_of_the_city_has_a_live_agreement_that_names_what_it_reads(demo: str, tmp_path: Path) -> None:
    settings = load_settings({"DEMO": demo, "DEMO_EVENTS": "10"})
    sources = read_sources(settings, "http://127.0.0.1:1")
    database = connect(f"sqlite:///{tmp_path}/a.sqlite")
    migrate(database)
    clear = clearer(city_gazetteer(settings.city, place_names(settings)))

    def clock() -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)

    agreed = open_agreements(database, settings.agreements, sources, settings.city.timezone, clear, clock)
    for source in sources:
        kind = source.options.get("record") or KIND_OF.get(source.kind, "event")
        assert kind in agreed.allowed_kinds(source.id), source.id
        assert agreed.standing(source.id).state == "live", source.id
    database.close()
