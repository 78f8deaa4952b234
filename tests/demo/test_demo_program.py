"""The program: documents, validators, faults, control address, start and stop with its standard input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from demo.day import PlannedFault
from demo.faults import Faults
from demo.server import DemoServer

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "cities" / "marseille"


@pytest.fixture
def client(theatre) -> Iterator[httpx.Client]:
    server = DemoServer(0, theatre(events=50).desks)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with server, httpx.Client(base_url=f"http://127.0.0.1:{server.server_address[1]}", trust_env=False) as client:
        yield client
        server.shutdown()
        thread.join(5)


def test_every_partner_answers_with_validators(client: httpx.Client) -> None:
    sources = client.get("/_demo").json()["sources"]
    assert len(sources) >= 11
    for source, state in sources.items():
        reply = client.get(state["path"])
        assert reply.status_code == 200, source
        assert reply.headers["ETag"]
        assert reply.headers["Last-Modified"].endswith("GMT")
        again = client.get(state["path"], headers={"If-None-Match": reply.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        since = client.get(state["path"], headers={"If-Modified-Since": reply.headers["Last-Modified"]})
        assert since.status_code == 304


def test_documents_are_deterministic(theatre) -> None:
    one, other = theatre(events=200), theatre(events=200)
    for source in one.by_source:
        assert one.document(source) == other.document(source), source


def test_document_changes_when_the_day_moves(theatre) -> None:
    stage = theatre()
    before = json.loads(stage.document("prefecture-manifestations"))["features"][0]["properties"]
    stage.minutes = 7
    after = json.loads(stage.document("prefecture-manifestations"))["features"][0]["properties"]
    assert after["version"] == before["version"] + 1
    assert sum("constate" in passage for passage in after["passages"]) == 3


def test_ids_take_a_loop_suffix(theatre) -> None:
    stage = theatre()
    assert b'href="alertes/MET-1203-J1.xml"' in stage.document("meteo-vigilance")
    stage.minutes = 24 * 60 + 1
    assert b'href="alertes/MET-1203-J2.xml"' in stage.document("meteo-vigilance")


def test_messages_of_an_index_answer_beside_it(client: httpx.Client) -> None:
    reply = client.get("/meteo-vigilance/alertes/MET-1203-J1.xml")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/cap+xml")
    assert b"<msgType>Alert</msgType>" in reply.content
    client.post("/_demo/meteo-vigilance/bump")
    update = client.get("/meteo-vigilance/alertes/MET-1203-J1-2.xml").content
    assert b"<references>alertes.meteo.demonstration,MET-1203-J1," in update
    assert client.get("/meteo-vigilance/alertes/MET-1203-J1.xml").content == reply.content
    assert client.get("/meteo-vigilance/alertes/MET-9.xml").status_code == 404


def test_bump_publishes_one_change_now(client: httpx.Client) -> None:
    for source, state in client.get("/_demo").json()["sources"].items():
        before = client.get(state["path"])
        assert client.post(f"/_demo/{source}/bump").json()["revision"] == 1
        after = client.get(state["path"], headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200, f"{source} publishes nothing new"


def test_asked_faults_and_reset(client: httpx.Client) -> None:
    path = client.get("/_demo").json()["sources"]["voirie-arretes"]["path"]
    good = client.get(path)
    client.post("/_demo/voirie-arretes/fail")
    assert [client.get(path).status_code for _ in range(3)] == [503, 503, 503]
    client.post("/_demo/voirie-arretes/empty", params={"times": "1"})
    assert b"situationRecord" not in client.get(path).content
    assert client.get(path).content == good.content
    client.post("/_demo/voirie-arretes/poison")
    assert client.get(path).content != good.content
    client.post("/_demo/voirie-arretes/reset")
    assert client.get(path).content == good.content


def test_a_frozen_partner_gives_again_what_it_gave_last(theatre) -> None:
    stage = theatre()
    first = stage.document("reseau-eau-travaux")
    stage.minutes = 0.9
    assert stage.document("reseau-eau-travaux") == first
    stage.minutes = 5
    partner = stage.by_source["reseau-eau-travaux"]
    assert Faults(stage.day.faults, stage.clock).next("reseau-eau-travaux", stage.now()) == "freeze"
    assert stage.desks.answer(partner, "freeze").body == first
    assert stage.desks.answer(partner, None).body != first


def test_hang_holds_the_answer_until_reset(client: httpx.Client) -> None:
    path = client.get("/_demo").json()["sources"]["port-escales"]["path"]
    client.post("/_demo/port-escales/hang")
    with pytest.raises(httpx.ReadTimeout):
        client.get(path, timeout=0.3)
    held: list[int] = []
    waiting = threading.Thread(
        target=lambda: held.append(httpx.get(client.base_url.join(path), timeout=10).status_code)
    )
    waiting.start()
    assert client.get("/meteo-vigilance/alertes.atom").status_code == 200
    client.post("/_demo/port-escales/reset")
    waiting.join(10)
    assert held == [200]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/_demo/personne/fail", "no source 'personne'"),
        ("/_demo/port-escales/explode", "no action 'explode'"),
        ("/_demo/port-escales/fail?times=0", "times must be"),
    ],
)
def test_wrong_control_address_says_what_exists(client: httpx.Client, address: str, said: str) -> None:
    reply = client.post(address)
    assert reply.status_code == 400
    assert said in reply.json()["error"]


def test_unknown_path_is_404(client: httpx.Client) -> None:
    assert client.get("/nulle-part").status_code == 404
    assert client.post("/nulle-part").status_code == 404


def test_planned_faults_come_and_go(theatre) -> None:
    stage = theatre()
    faults = Faults((PlannedFault("a", "fail", 6, 12), PlannedFault("b", "empty", 8, None, 1)), stage.clock)

    def at(minutes: float, source: str) -> str | None:
        stage.minutes = minutes
        return faults.next(source, stage.now())

    assert [at(minute, "a") for minute in (5, 6, 11.9, 12)] == [None, "fail", "fail", None]
    assert [at(minute, "b") for minute in (7, 9, 10)] == [None, "empty", None]
    assert at(24 * 60 + 9, "b") == "empty", "each loop has its faults"


def test_program_prints_its_port_and_stops_with_its_input() -> None:
    with _program("--city", str(CITY), "--events", "20") as program:
        assert program.stdin
        assert program.stdout
        port = program.stdout.readline().strip().removeprefix("port=")
        reply = httpx.get(f"http://127.0.0.1:{port}/demo-load/evenements.geojson", trust_env=False)
        assert len(reply.json()["features"]) == 20
        assert program.poll() is None
        program.stdin.close()
        assert program.wait(10) == 0


def test_program_says_what_is_wrong_with_its_city(tmp_path: Path) -> None:
    with _program("--city", str(tmp_path)) as program:
        _, said = program.communicate(timeout=20)
    assert program.returncode == 2
    assert "city.toml" in said


def unpacked(body: bytes) -> bytes:
    """Return a document as it is, or the files of an archive one after the other."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_canaries_are_in_every_source_and_off_by_default(tmp_path: Path, theatre) -> None:
    from demo.canaries import read_canaries

    path = tmp_path / "canaries.json"
    path.write_text(json.dumps({"phone": ["+33 6 39 98 00 01"], "handle": ["@canari_un"]}), encoding="utf-8")
    planted, plain = theatre(events=5, canaries=read_canaries(path)), theatre(events=5)
    for source in planted.by_source:
        assert b"canari_un" in unpacked(planted.document(source)), source
        assert b"canari_un" not in unpacked(plain.document(source)), source


def test_load_covers_categories_and_districts(theatre) -> None:
    stage = theatre(events=1000)
    features = json.loads(stage.document("demo-load"))["features"]
    assert len(features) == 1000
    assert len({feature["properties"]["categorie"] for feature in features}) == 43
    spans = [[datetime.fromisoformat(one["properties"][name]) for name in ("debut", "fin")] for one in features]
    ongoing = sum(start <= stage.now() < end for start, end in spans)
    assert 450 <= ongoing <= 650


@contextmanager
def _program(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "demo", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as program:
        try:
            yield program
        finally:
            program.kill()
