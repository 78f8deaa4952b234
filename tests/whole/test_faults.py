"""Faults that empty other people's maps, on the whole house: real partners, real polls, real database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import readers
from store.database import connect
from tests.house import ROOT, Server
from tests.soak import scaled

pytestmark = pytest.mark.slow
MARCHES = "prefecture-manifestations"


def of_source(server: Server, source: str) -> dict[str, dict[str, object]]:
    """Return the ongoing and planned events of a source by id, as the API gives them."""
    features = server.json("/api/events?limit=10000&status=ongoing,planned")["features"]
    assert isinstance(features, list)
    return {row["id"]: row["properties"] for row in features if row["properties"]["source"] == source}


def state(server: Server, source: str) -> dict[str, object]:
    rows = server.json("/api/sources")["sources"]
    assert isinstance(rows, list)
    return next(row for row in rows if row["id"] == source)


def until(check: Callable[[], bool], wait_s: float = 60) -> None:
    end = time.monotonic() + wait_s
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def verify(server: Server) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OBSERVATORY_DATABASE_URL": server.settings_url()}
    return subprocess.run(
        [sys.executable, "manage.py", "verify"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_source_that_fails_loses_nothing_and_says_so(start_house: Callable[..., Server]) -> None:
    server = start_house()
    before = of_source(server, MARCHES)
    assert before
    server.partners.act(MARCHES, "fail")
    until(lambda: state(server, MARCHES)["state"] == "failing")
    assert of_source(server, MARCHES).keys() == before.keys()
    server.partners.act(MARCHES, "reset")
    until(lambda: state(server, MARCHES)["state"] == "ok")


def test_one_empty_body_loses_nothing_the_second_withdraws(start_house: Callable[..., Server]) -> None:
    server = start_house()
    before = of_source(server, MARCHES)

    def verdicts() -> list[str]:
        database = connect(server.settings_url())
        try:
            return [run.verdict for run in readers.runs(database, MARCHES, 5)]
        finally:
            database.close()

    server.partners.act(MARCHES, "empty", times=5)
    until(lambda: "empty" in verdicts()[:2])
    if verdicts()[0] == "empty":
        assert of_source(server, MARCHES).keys() == before.keys()
    until(lambda: "empty_confirmed" in verdicts()[:3])
    until(lambda: of_source(server, MARCHES) == {}, 10)
    server.partners.act(MARCHES, "reset")
    until(lambda: of_source(server, MARCHES).keys() == before.keys())


def test_ten_kills_while_polling_leave_a_whole_chain(start_house: Callable[..., Server], tmp_path: Path) -> None:
    server = start_house()
    known = set(of_source(server, MARCHES))
    for pause in range(scaled("HOUSE_KILLS", 10)):
        time.sleep(0.05 + pause % 10 * 0.13)
        server.kill()
        server.start()
    assert known <= set(of_source(server, MARCHES))
    done = verify(server)
    assert done.returncode == 0, done.stdout + done.stderr
