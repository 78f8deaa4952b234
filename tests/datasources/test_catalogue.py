"""The list of sources: what it accepts, and what it says to who wrote it wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from datasources import catalogue
from datasources.adapters.geojson import GeoJsonAdapter
from datasources.catalogue import make_adapter, missing_secrets, read_catalogue
from datasources.contract import Coverage, Reference, Source
from datasources.entry import read_span
from events.audience import PARTNERS, listed
from events.errors import ConfigurationError
from events.vocabulary import DetectionMode
from tests.datasources.client_cases import make_source

AREA = (5.2, 43.1, 5.6, 43.4)
ENTRY = """
[[source]]
id = "city-works"
kind = "geojson"
title = "Travaux"
organisation = "voirie"
licence = "etalab-2.0"
url = "https://partner.example/works.json"
poll_every = "5 min"
coverage = "snapshot"
default_audience = "partners"
maintainer = "roads@city.example"
"""

Read = Callable[..., tuple[Source, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(text: str, demo_url: str | None = None) -> tuple[Source, ...]:
        path = tmp_path / "sources.toml"
        path.write_text(text, encoding="utf-8")
        return read_catalogue(path, timezone="Europe/Paris", area=AREA, demo_url=demo_url)

    return write_and_read


def problems(read: Read, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    first, *lines = str(caught.value).splitlines()
    assert "sources.toml: " in first
    assert "; no source was started" in first
    return [line.strip() for line in lines]


def with_line(line: str) -> str:
    """Return the entry with one line added, or replaced when it has that key already."""
    key = line.partition(" ")[0]
    return "\n".join(old for old in ENTRY.splitlines() if not old.startswith(key + " ")) + "\n" + line


def test_short_entry_takes_the_rest_from_the_city(read: Read) -> None:
    assert read(ENTRY) == (
        Source(
            id="city-works",
            kind="geojson",
            title="Travaux",
            organisation="voirie",
            licence="etalab-2.0",
            url="https://partner.example/works.json",
            poll_every=timedelta(minutes=5),
            timezone="Europe/Paris",
            area=AREA,
            coverage=Coverage.SNAPSHOT,
            default_audience=PARTNERS,
            maintainer="roads@city.example",
        ),
    )


def test_full_entry_is_read(read: Read) -> None:
    (source,) = read(
        with_line('default_audience = "listed:city,prefecture"')
        + """
attribution = "Ville"
agreement = "C-12"
late_after = "15 min"
stale_after = "2 h"
detection_mode = "sensor"
absences_before_withdrawal = 3
max_age = "2 d"
max_bytes = 1000
deadline = "5 s"
allowed_networks = ["10.1.2.0/24", "10.1.2.0/24"]
header_env = {Authorization = "ROADS_TOKEN"}
is_enabled = false
timezone = "UTC"
area = [5, 43, 6, 44]
options = {id = "gid", columns = {a = "b"}}
"""
    )
    assert source.default_audience == listed(["city", "prefecture"])
    assert (source.late_after, source.max_age) == (timedelta(minutes=15), timedelta(days=2))
    assert (source.stale_after, source.deadline) == (timedelta(hours=2), timedelta(seconds=5))
    assert source.detection_mode is DetectionMode.SENSOR
    assert (source.absences_before_withdrawal, source.max_bytes, source.is_enabled) == (3, 1000, False)
    assert source.allowed_networks == ("10.1.2.0/24",)
    assert (source.timezone, source.area) == ("UTC", (5.0, 43.0, 6.0, 44.0))
    assert (source.attribution, source.agreement) == ("Ville", "C-12")
    assert dict(source.options) == {"id": "gid", "columns": {"a": "b"}}
    assert dict(source.header_env) == {"Authorization": "ROADS_TOKEN"}


def test_empty_list_is_no_error(read: Read) -> None:
    assert read("") == ()


def test_demonstration_takes_the_place_of_its_name(read: Read) -> None:
    (source,) = read(with_line('url = "{demo}/works.json"'), "http://127.0.0.1:4711/")
    assert source.url == "http://127.0.0.1:4711/works.json"
    assert source.allowed_networks == ("127.0.0.1/32",)


def test_table_of_references_is_read(read: Read) -> None:
    (source,) = read(
        ENTRY + 'references = {sites = {url = "{demo}/sites.csv", every = "2 h"}}', "http://127.0.0.1:4711"
    )
    assert dict(source.references) == {
        "sites": Reference(url="http://127.0.0.1:4711/sites.csv", every=timedelta(hours=2))
    }
    assert source.allowed_networks == ("127.0.0.1/32",)


def test_table_that_its_kind_does_not_know_is_an_error_that_lists_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(GeoJsonAdapter, "reference_names", frozenset({"sites", "stops"}))
    monkeypatch.setattr(GeoJsonAdapter, "required_references", frozenset({"stops"}))
    with pytest.raises(ConfigurationError, match=r"'city-works', references: found 'canals'; allowed: sites, stops"):
        make_adapter(make_source(references={"canals": Reference(url="https://h.example/")}))
    with pytest.raises(ConfigurationError, match=r"'city-works', references\.stops: missing; without this table"):
        make_adapter(make_source(references={"sites": Reference(url="https://h.example/")}))


def test_kind_without_tables_says_so() -> None:
    with pytest.raises(ConfigurationError, match="found 'sites'; allowed: none, csv refers to no table"):
        make_adapter(make_source(kind="csv", references={"sites": Reference(url="https://h.example/")}))


def test_demonstration_that_does_not_run_is_an_error(read: Read) -> None:
    assert problems(read, with_line('url = "{demo}/works.json"')) == [
        "source 'city-works', url: found '{demo}', but the demonstration is not running; allowed: a real address"
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('references = {a = {every = "1 d"}}', "references.a.url: missing"),
        (
            'references = {a = {url = "http://h.example/t"}}',
            "references.a.url: found 'http://h.example/t'; allowed: an https",
        ),
        (
            'references = {a = {url = "https://h.example/t", every = "1 s"}}',
            "references.a.every: found '1 s'; allowed: from",
        ),
        (
            'references = {a = {url = "https://h.example/t", deadline = "1 h"}}',
            "references.a.deadline: found '1 h'; allowed: at",
        ),
        (
            'references = {a = {url = "https://h.example/t", max_bytes = 0}}',
            "references.a.max_bytes: found 0; allowed: Input",
        ),
        (
            'references = {a = {url = "https://h.example/t", ever = "1 d"}}',
            "references.a.ever: unknown key (did you mean",
        ),
        (
            'references = {a = {url = "https://h.example/t?key=canary", every = 1}}',
            "references.a.every: found 1; allowed: a",
        ),
        ("references = {a = 3}", "references.a: found 3; allowed: Input should be"),
        ('poll_every = "5 parsecs"', "poll_every: found '5 parsecs'; allowed: a number and a unit (ms, s, min, h, d)"),
        ("poll_every = 30", "poll_every: found 30; allowed: a number and a unit"),
        ('poll_every = "0 s"', "poll_every: found '0 s'; allowed: a span longer than zero"),
        ('poll_every = "10 ms"', "poll_every: found '10 ms'; allowed: from '1 s' to '7 d'"),
        ('poll_every = "8 d"', "poll_every: found '8 d'; allowed: from '1 s'"),
        ('late_after = "1 min"', "late_after: found '1 min'; allowed: not shorter than poll_every"),
        ('deadline = "1 h"', "deadline: found '1 h'; allowed: at most '10 min'"),
        ('id = "Works"', "id: found 'Works'; allowed: 'publisher-topic'"),
        ('id = "works"', "id: found 'works'; allowed: 'publisher-topic'"),
        ('organisation = "La Voirie"', "organisation: found 'La Voirie'; allowed: the id of an organisation"),
        ('kind = "xlsx"', f"kind: found 'xlsx'; allowed: {', '.join(sorted(catalogue.ADAPTERS))}"),
        ('title = ""', "title: found ''; allowed:"),
        ('timezone = "Europe/Marseille"', "timezone: found 'Europe/Marseille'; allowed: a zone of the IANA database"),
        ('timezone = ""', "timezone: found ''; allowed: a zone of the IANA database"),
        ("area = [6, 43, 5, 44]", "area: found [6, 43, 5, 44]; allowed: [west, south, east, north]"),
        ("area = [nan, 43, 5, 44]", "area: found [nan, 43, 5, 44]; allowed: [west, south, east, north]"),
        ('coverage = "all"', "coverage: found 'all'; allowed: Input should be 'snapshot' or 'delta'"),
        ('default_audience = "everyone"', "default_audience: found 'everyone'; allowed: 'public', 'partners'"),
        ("default_audience = 3", "default_audience: found 3; allowed: 'public', 'partners'"),
        ('max_bytes = "10 MB"', "max_bytes: found '10 MB'; allowed: Input should be a valid integer"),
        ("absences_before_withdrawal = 0", "absences_before_withdrawal: found 0; allowed:"),
        ('allowed_networks = ["10.1.2.3/24"]', "allowed_networks: found ['10.1.2.3/24']; allowed: networks as CIDR"),
        ('allowed_networks = ["0.0.0.0/0"]', "allowed_networks: found ['0.0.0.0/0']; allowed: the partner's own"),
        ('url = "http://partner.example/x"', "url: found 'http://partner.example/x'; allowed: an https address"),
        ('url = "ftp://partner.example/x"', "url: found 'ftp://partner.example/x'; allowed: an https address"),
        ('url = "https://partner.example:8443/x"', "url: found 'https://partner.example:8443/x'; allowed: port 443"),
        ('url = "https://[::1"', "url: found 'https://[::1'; allowed: an address such as"),
        ('url = "https://u:canary@h.example/x"', "url: found 'h.example/x'; allowed: an address with a host"),
        ('url = "http://h.example/x?key=canary"', "url: found 'http://h.example/x'; allowed: an https address"),
        (
            'header_env = {Authorization = "Bearer canary"}',
            "header_env: found a value that is not shown; allowed: the NAME",
        ),
        ('header_env = {Host = "HOST_NAME"}', "header_env: found a value that is not shown; allowed: header names"),
        ('max_age = "' + "x" * 200 + '"', "max_age: found '" + "x" * 79 + "…; allowed:"),
    ],
)
def test_problem_names_key_finding_and_what_is_allowed(read: Read, line: str, problem: str) -> None:
    (found,) = problems(read, with_line(line))
    assert f", {problem}" in found
    assert found.startswith("source '")
    assert "canary" not in found


def test_unknown_key_proposes_the_nearest(read: Read) -> None:
    (found,) = problems(read, ENTRY + 'licance = "x"')
    assert found.startswith("source 'city-works', licance: unknown key (did you mean 'licence'?); allowed: absences_")
    (found,) = problems(read, ENTRY + "zzzz = 1")
    assert found.startswith("source 'city-works', zzzz: unknown key; allowed:")


def test_all_problems_are_told_at_once(read: Read) -> None:
    found = problems(read, with_line("max_bytes = 0") + ENTRY + '[[source]]\nkind = "xlsx"')
    assert [line.partition(":")[0] for line in found] == [
        "source 'city-works', max_bytes",
        "source number 3, kind",
        *[
            f"source number 3, {key}"
            for key in (
                "id",
                "title",
                "organisation",
                "licence",
                "url",
                "poll_every",
                "coverage",
                "default_audience",
                "maintainer",
            )
        ],
        "source 'city-works', id",
    ]
    assert found[-1] == "source 'city-works', id: found in entries 1, 2; allowed: once"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[source]", "not valid TOML"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"[sources]", "found the key 'sources'; allowed: [[source]] tables only"),
        (b"source = 3", "'source' is not a list of tables"),
        (b"source = [3]", "'source' is not a list of tables"),
    ],
)
def test_file_that_is_no_list_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(path, timezone="UTC", area=AREA)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_catalogue(tmp_path / "none.toml", timezone="UTC", area=AREA)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30 s", 30), ("5min", 300), ("1 h", 3600), ("2 d", 172800), ("0.5 s", 0.5), ("20 ms", 0.02)]
)
def test_spans(text: str, seconds: float) -> None:
    assert read_span(text) == timedelta(seconds=seconds)


def test_missing_secrets_are_listed() -> None:
    env = {"Authorization": "ROADS_TOKEN", "X-Key": "ROADS_KEY"}
    sources = [
        make_source(header_env=env),
        make_source(id="city-open"),
        make_source(id="city-off", header_env=env, is_enabled=False),
    ]
    assert missing_secrets(sources, {"ROADS_KEY": "x"}) == {"city-works": ("ROADS_TOKEN",)}


def test_adapter_is_made_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.ADAPTERS, "lines", "tests.datasources.client_cases:LineAdapter")
    adapter = make_adapter(make_source(kind="lines"))
    assert type(adapter).__name__ == "LineAdapter"
    assert adapter.source == make_source(kind="lines")


def test_unknown_kind_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="kind: found 'xlsx'; allowed: cap, "):
        make_adapter(make_source(kind="xlsx"))
