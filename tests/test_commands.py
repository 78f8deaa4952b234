"""The operator's commands and the start of the server, as programs: what they print and their exit status."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.database import connect
from store.schema import migrate

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'city.sqlite'}"
    made = connect(url)
    migrate(made)
    made.close()
    return url


def test_read_prints_what_a_document_holds(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("ref;titre;lon;lat\n1;Travaux;5.37;43.29\n2;Travaux;x;43.29\n")
    fields = {"external_id": "ref", "category": "ref", "headline": "titre", "lon": "lon", "lat": "lat"}
    options = [f"--option=fields.{name}={column}" for name, column in fields.items()]
    done = run("manage.py", "read", "csv", str(path), "--option=record=event", *options)
    told = json.loads(done.stdout)
    assert (done.returncode, told["records_seen"], told["events"]["count"], len(told["rejects"])) == (0, 2, 1, 1)


def test_replay_prints_a_golden_case() -> None:
    done = run("manage.py", "replay", "tests/feeds/csv/normal")
    told = json.loads(done.stdout)
    expected = json.loads((ROOT / "tests/feeds/csv/normal/expected.json").read_text())
    assert done.returncode == 0
    assert [told[key] for key in ("records_seen", "rejects", "published_at", "dropped_fields")] == [
        expected[key] for key in ("records_seen", "rejects", "published_at", "dropped_fields")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "tests/feeds/csv"], "is not a golden case"),
        (["read", "csv", "Makefile", "--option=record"], "write KEY=VALUE"),
        (["read", "csv", "Makefile", "--option=colour=1"], "colour"),
        (["replay", "tests"], "is not a golden case"),
        (["gate", "none.jsonl"], "none.jsonl cannot be read"),
        (["gazetteer", "none.csv"], "none.csv cannot be read"),
        (["source", "try", "nobody"], "there is no source 'nobody'"),
    ],
)  # fmt: skip
def test_mistake_is_one_sentence(arguments: list[str], said: str) -> None:
    done = run("manage.py", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_gate_prints_one_verdict_per_line_and_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "Chaussée glissante"}\n{"text": "Appeler le 06 12 34 56 78"}\n')
    done = run("manage.py", "gate", str(path))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first == {"verdict": "cleared", "spans": []}
    assert second["verdict"] != "cleared"
    assert second["spans"][0] == {"start": 11, "end": 25, "type": second["spans"][0]["type"]}
    path.write_text('{"text": 06 12 34 56 78}\n')
    done = run("manage.py", "gate", str(path))
    assert (done.returncode, "line 1" in done.stderr, "06 12" in done.stderr) == (2, True, False)


def test_verify_and_backup(tmp_path: Path, database: str) -> None:
    assert run("manage.py", "verify", DATABASE_URL=database).returncode == 0
    copy = tmp_path / "copy.sqlite"
    assert run("manage.py", "backup", str(copy), DATABASE_URL=database).returncode == 0
    with sqlite3.connect(copy) as opened:
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
    opened.close()
    again = run("manage.py", "backup", str(copy), DATABASE_URL=database)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)


def test_verify_makes_no_database(tmp_path: Path) -> None:
    done = run("manage.py", "verify", DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite")
    assert (done.returncode, "there is no database" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_source_check_reads_every_catalogue_of_every_city() -> None:
    done = run("manage.py", "source", "check", "cities/marseille", "cities/rennes")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert ["/".join(Path(line.partition(":")[0]).parts[-2:]) for line in lines] == [
        "marseille/demo.toml", "marseille/sources.toml", "rennes/sources.toml",
    ]  # fmt: skip
    assert all(line.endswith(" 0 problems") for line in lines)


def test_source_check_tells_what_would_keep_a_source_from_being_polled(tmp_path: Path) -> None:
    folder = tmp_path / "rennes"
    shutil.copytree(ROOT / "cities" / "rennes", folder)
    path = folder / "sources.toml"
    said = path.read_text("utf-8").replace('organisation = "sante"', 'organisation = "hospital"')
    vigilance = said.index('id = "meteofrance-vigilance"')
    said = said[:vigilance] + said[vigilance:].replace("is_enabled = false\n", "", 1)
    path.write_text(said, "utf-8")
    done = run("manage.py", "source", "check", str(folder), METEOFRANCE_API_KEY="")
    assert done.returncode == 1
    assert "meteofrance-vigilance: not set in the environment: METEOFRANCE_API_KEY" in done.stdout
    assert "odisse-grippe: city.toml does not know the organisation 'hospital'" in done.stdout
    assert "odisse-grippe: no agreement covers it today" in done.stdout
    path.write_text(said.replace('kind = "odisse"', 'kind = "odisee"'), "utf-8")
    done = run("manage.py", "source", "check", str(folder))
    assert done.returncode == 1
    assert "source 'odisse-grippe', kind: found 'odisee'" in done.stdout


def test_source_try_reads_a_partner_once_and_tells_how_fresh_it_is() -> None:
    done = run("manage.py", "source", "try", "meteo-vigilance")
    told = json.loads(done.stdout)
    assert told["events"]["count"] > 0
    assert told["verdict"] == "ok"
    assert told["freshness"]["age_s"] >= 0
    assert told["freshness"]["late_after_s"] > 0
    assert {"rejects", "dropped_fields", "withheld"} <= set(told)
    assert done.stderr.startswith("meteo-vigilance: ok; ")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CITY": "cities/atlantis"}, "atlantis/city.toml cannot be read"),
        ({"DATABASE_URL": "sqlite:////nowhere/city.sqlite"}, "cannot be opened"),
        ({"DATABASE_URL": "mysql://host/name"}, "sqlite and postgresql are understood"),
        ({"OBSERVATORY_PROT": "1"}, "did you mean OBSERVATORY_PORT"),
    ],
)
def test_server_that_cannot_start_says_why(environ: dict[str, str], said: str) -> None:
    done = run("app.py", **{"PORT": "0", **environ})
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_server_names_a_port_that_is_taken(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("app.py", PORT=port, DATABASE_URL=database)
    assert (done.returncode, f"127.0.0.1:{port} cannot be listened on" in done.stderr) == (2, True)


def test_server_refuses_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "city.sqlite").write_text("not a database, but long enough to be read as one " * 50)
    done = run("app.py", PORT="0", DATABASE_URL=f"sqlite:///{tmp_path / 'city.sqlite'}")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_stop_is_quick_and_clean_with_a_stream_open(tmp_path: Path, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "DATABASE_URL": database},
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            stream = opened(port)
            asked_at = time.monotonic()
            server.terminate()
            assert server.wait(timeout=20) == 0
            took_s = time.monotonic() - asked_at
            stream.close()
        finally:
            server.kill()
            server.wait(timeout=10)
    assert took_s < 6
    said = [line for line in (tmp_path / "log").read_text().splitlines() if "audit anchor" not in line]
    assert said == [f"observatory: Marseille on http://127.0.0.1:{port}"]


def opened(port: int) -> http.client.HTTPResponse:
    """Return a stream that has begun to speak, once the server is there."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/api/stream")
            answer = connection.getresponse()
            assert answer.readline() == b"retry: 1000\n"
        except OSError:
            time.sleep(0.1)
        else:
            return answer
    pytest.fail("the server did not start in 40 s")
