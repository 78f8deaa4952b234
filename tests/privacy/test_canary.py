"""Thousands of invented personal data in every field of every format: afterwards none is anywhere in what we keep or say."""

from __future__ import annotations

import gzip
import json
import logging
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.serving import listen
from app import create_app
from components import ids
from datasources.client import Reply
from datasources.contract import NO_VALIDATORS, Coverage, Document, Failed, Fetched, Run, Source, Verdict
from datasources.polling import poll
from events.audience import PUBLIC
from events.city_file import read_city
from events.errors import SourceUnavailable
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from privacy.text import scan
from settings import ROOT, load_settings, place_names, read_sources
from store import maintenance
from store.database import connect
from store.schema import migrate
from store.writer import Writer
from tests.golden import CASES, Case
from tests.privacy.planting import MAKERS, Canary, canaries, planted

LEAST = 2_000
TOKEN = "of-the-tests"
PAGES = ("/", "/agenda", "/analyse", "/evenements", "/sources", "/signaler", "/transparence", "/mur")
ADDRESSES = (
    "/api/events?limit=1000",
    "/api/roads",
    "/api/cameras",
    "/api/tallies",
    "/api/sources",
    "/api/districts",
    "/api/snapshot",
    "/api/changes?since=0",
    "/sources.json",
    "/healthz",
    "/readyz",
    "/metrics",
)


@dataclass
class Planting:
    """What was planted where, and what came of it."""

    folder: Path
    database_url: str
    planted: list[Canary] = field(default_factory=list)
    fields: set[tuple[str, str]] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    withheld: int = 0
    kept: int = 0
    said: list[str] = field(default_factory=list)
    _numbers: set[str] = field(default_factory=set)
    _lengths: list[int] = field(default_factory=list)

    def found_in(self, content: bytes | str) -> list[str]:
        """Return the canaries that a content holds: words of ours in any case, numbers as they were written or joined."""
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        held = set(_WORD.findall(text.lower()))
        seen = held & {needle.lower() for one in self.planted for needle in one.needles}
        if not self._numbers:
            for one in self.planted:
                self._numbers |= {_joined(needle) for needle in one.needles if not _WORD.fullmatch(needle.lower())}
            self._lengths = sorted({len(number) for number in self._numbers})
        for run in set(_RUN.findall(text)):
            joined = _joined(run)
            for length in self._lengths:
                seen |= self._numbers & {joined[start : start + length] for start in range(len(joined) - length + 1)}
        return sorted(seen)


# A number may be written with its joints or without: both become the same here.
_WORD = re.compile("zq[a-z]{4}ou")
_RUN = re.compile(r"[A-Z0-9][A-Z0-9 ./+-]{7,60}|née le [0-9/]+")


def _joined(number: str) -> str:
    return number if number.startswith("née") else re.sub(r"[ .+-]", "", number)


class Partner:
    """Answers every request of a poll with one document, whose address carries a canary as a file name."""

    def __init__(self, case: Case, body: bytes, canary: Canary) -> None:
        whole = case.document(body)
        self.document = Document(
            body,
            media_type="",
            url=f"https://example.org/{canary.text.replace(' ', '_')}.xml",
            retrieved_at=whole.retrieved_at,
        )
        self.size = len(body)

    def fetch(self, source: Source, request: Any, validators: Any = None) -> Any:
        return Reply(document=self.document, http_status=200, validators=NO_VALIDATORS, sha256="0" * 64, size=self.size)


@pytest.fixture(scope="module")
def planting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planting]:
    folder = tmp_path_factory.mktemp("canaries")
    told = Planting(folder, f"sqlite:///{folder / 'city.sqlite'}")
    handler = _Recorder(told.said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    city, _ = read_city(ROOT / "cities" / "marseille")
    settings = load_settings({})
    database = connect(told.database_url)
    migrate(database)
    gate = Gate(
        Writer(database, city, lambda: datetime.now(UTC)),
        city_gazetteer(city, place_names(settings)),
        lambda: datetime.now(UTC),
        key=b"k" * 32,
    )
    told.sources = {source.id for source in read_sources(settings, "http://127.0.0.1:9")}
    _plant(told, gate)
    yield told
    database.close()
    root.removeHandler(handler)
    root.setLevel(level)


class _Recorder(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(self.format(record))


def _plant(told: Planting, gate: Gate) -> None:
    plant, names = canaries(), sorted(told.sources)
    for case in CASES:
        (path,) = case.folder.glob("document.*")
        adapter = case.adapter()
        known = replace(
            adapter.source, id=names[len(case.kind) % len(names)], coverage=Coverage.DELTA, default_audience=PUBLIC
        )
        adapter.source = known  # type: ignore[misc]
        for name, body, used in planted(case.body, path.suffix, plant):
            if (case.kind, name) in told.fields:
                continue
            told.fields.add((case.kind, name))
            file = next(plant)
            told.planted += [*used, file]
            outcome = poll(adapter, Partner(case, body, file))
            _admit(told, gate, outcome, f"near {used[0].text}" if used else None)
    for source_id in names[:3]:
        canary = next(plant)
        told.planted.append(canary)
        source = replace(CASES[0].source(), id=source_id)
        _admit(
            told,
            gate,
            Failed(source=source, error=SourceUnavailable(source_id, f"no {canary.text}")),
            f"no {canary.text}",
        )


def _admit(told: Planting, gate: Gate, outcome: Any, reason: str | None) -> None:
    now = datetime.now(UTC)
    verdict = Verdict.OK if isinstance(outcome, Fetched) else Verdict.FAILED
    said = str(outcome.error) if isinstance(outcome, Failed) else reason
    admission = gate.admit(Run(outcome=outcome, verdict=verdict, reason=said, started_at=now, finished_at=now))
    told.withheld += sum(admission.text_withheld.values())
    told.kept += admission.applied.new + admission.applied.changed


def test_every_format_and_enough_is_planted_and_records_are_kept(planting: Planting) -> None:
    assert {kind for kind, _ in planting.fields} == {case.kind for case in CASES}
    assert len(planting.planted) >= LEAST
    assert len(planting.fields) > 700
    assert planting.withheld > 500  # the rest stood in fields that are never read, or are no text
    assert planting.kept > 500


def test_gate_claims_every_type_and_cue_that_is_planted() -> None:
    passed = [
        one.text
        for one, _ in zip(canaries(), range(100 * len(MAKERS)), strict=False)
        if scan(one.text).kind == "cleared"
    ]
    assert passed == []


def test_search_finds_what_is_there(planting: Planting) -> None:
    one = next(one for one in planting.planted if one.text.startswith("appeler"))
    for written in one.needles[:2]:
        assert planting.found_in(f"x {written}.".encode()), written
    other = next(one for one in planting.planted if one.text.startswith("M. "))
    assert planting.found_in(other.text.upper()) == [other.needles[0]]


def test_no_canary_in_the_files_of_the_database(planting: Planting) -> None:
    files = sorted(planting.folder.glob("city.sqlite*"))
    assert {path.name for path in files} >= {"city.sqlite", "city.sqlite-wal"}
    for path in files:
        assert planting.found_in(path.read_bytes()) == [], path.name


def test_no_canary_in_logs_and_exceptions(planting: Planting) -> None:
    assert planting.said
    assert planting.found_in("\n".join(planting.said)) == []


def test_no_canary_in_a_backup(planting: Planting) -> None:
    database = connect(planting.database_url)
    try:
        maintenance.backup(database, planting.folder / "copy.backup")
    finally:
        database.close()
    content = (planting.folder / "copy.backup").read_bytes()
    assert len(content) > 100_000
    assert planting.found_in(content) == []


@pytest.fixture(scope="module")
def house(planting: Planting) -> Iterator[str]:
    variables = {"DATABASE_URL": planting.database_url, "DEMO_URL": "http://127.0.0.1:9", "METRICS_TOKEN": TOKEN}
    app = create_app(load_settings({f"OBSERVATORY_{name}": value for name, value in variables.items()}))
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=30)
    assert not thread.is_alive()


def ask(url: str, body: bytes | None = None) -> bytes:
    headers = {"Authorization": f"Bearer {TOKEN}"} if url.endswith("/metrics") else {}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Origin": url.partition("/_dash")[0]}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=30) as answer:
            assert answer.status == 200
            content = bytes(answer.read())
    except urllib.error.HTTPError as error:
        return bytes(error.read())
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def test_no_canary_in_any_answer(planting: Planting, house: str) -> None:
    events = re.findall(rb'"id": ?"([0-9a-f-]{36})"', ask(f"{house}/api/events?limit=1000"))
    assert len(events) > 30
    one = [f"/api/events/{event.decode()}" for event in events[:40]]
    versions = [f"{path}/versions" for path in one]
    panels = [f"/sources/{name}" for name in sorted(planting.sources)]
    details = [f"/evenements/{event.decode()}" for event in events[:10]]
    for path in (*ADDRESSES, *PAGES, *one, *versions, *panels, *details):
        content = ask(house + path)
        assert content, path
        assert planting.found_in(content) == [], path


def test_no_canary_in_the_stream(planting: Planting, house: str) -> None:
    got, until = b"", time.monotonic() + 3
    with urllib.request.urlopen(f"{house}/api/stream?since=0", timeout=3) as answer:
        try:
            while time.monotonic() < until and len(got) < 2_000_000:
                got += answer.read1(65_536)
        except TimeoutError:
            pass
    assert len(got) > 10_000
    assert planting.found_in(got) == []


def test_panel_of_a_source_tells_what_was_withheld_and_no_canary(planting: Planting, house: str) -> None:
    outputs = f"{ids.SOURCES_BODY}.children"
    told = 0
    for name in sorted(planting.sources):
        inputs = [
            {"id": ids.SOURCES_TICK, "property": "data", "value": 1},
            {"id": ids.SOURCES_CHOSEN, "property": "data", "value": name},
        ]
        output = {"id": ids.SOURCES_BODY, "property": "children"}
        asked = {"output": outputs, "outputs": output, "inputs": inputs, "changedPropIds": [f"{ids.SOURCES_TICK}.data"]}
        content = ask(f"{house}/_dash-update-component", json.dumps(asked).encode())
        assert b"ob-source-panel" in content, name
        told += content.count(b"Retirez")
        assert planting.found_in(content) == [], name
    assert told > 5
