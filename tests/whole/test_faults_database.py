"""Faults of the database and of its disk on the whole house: kills, a full disk, a lock, a restart, a stop, the drill."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from store import readers
from store.database import connect
from store.maintenance import faults
from store.schema import check
from tests.disk import SmallDisk, small_disk
from tests.house import ROOT, Server, get
from tests.postgres import PostgresServer
from tests.soak import note, scaled
from tests.store.conftest import Town
from tests.whole.small_house import EVERYTHING
from tests.whole.test_database_commands import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
MARCHES = "prefecture-manifestations"
MIGRATE = (
    "import sys; from store.database import connect; from store.schema import migrate; migrate(connect(sys.argv[1]))"
)


@pytest.fixture(scope="module")
def server(start_house: Callable[..., Server]) -> Server:
    """Return a house that the tests below share: each leaves it as it found it."""
    return start_house()


def until(check: Callable[[], bool], wait_s: float = 60) -> float:
    """Wait for something; return the seconds it took."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < wait_s, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began


def ready(server: Server) -> tuple[int, str]:
    try:
        return 200, get(f"{server.url}/readyz", timeout=15).decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def number(server: Server) -> int:
    return int(str(server.json("/api/snapshot")["seq"]))


class Stream(threading.Thread):
    """Reads a live stream as a browser does; keeps what it is told of the database, and the last number."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.url = f"{server.url}/api/stream"
        self.states: list[str] = []
        self.seq = 0
        self.start()

    def run(self) -> None:
        try:
            with urllib.request.urlopen(self.url, timeout=60) as answer:
                self._read(answer)
        except OSError:
            return

    def _read(self, lines: object) -> None:
        name = ""
        for line in lines:  # type: ignore[attr-defined]
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data" and name == "storage":
                self.states.append(json.loads(value)["state"])
            elif key == "id":
                self.seq = int(value)


def test_f2_kill_during_a_migration_leaves_it_undone_or_done(bare_url: str) -> None:
    for moment in range(12):
        with subprocess.Popen([sys.executable, "-c", MIGRATE, bare_url], cwd=ROOT, stderr=subprocess.PIPE) as program:
            time.sleep(0.35 + 0.07 * moment)
            program.kill()
    done = subprocess.run([sys.executable, "-c", MIGRATE, bare_url], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    database = connect(bare_url)
    check(database)
    assert faults(database) == ()
    database.close()


def test_f2_kill_during_a_backup_leaves_no_backup_that_is_not_whole(
    store_url: str, bare_url: str, tmp_path: Path
) -> None:
    town = Town(store_url)
    for batch in range(30):
        town.poll(*(town.event(f"{batch}-{n}") for n in range(100)))
    town.database.close()
    file = tmp_path / "city.backup"
    command = [sys.executable, "manage.py", "backup", str(file)]
    environment = {"PATH": "/usr/bin:/bin", "OBSERVATORY_DATABASE_URL": store_url}
    killed = 0
    for moment in range(8):
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as program:
            part = tmp_path / "city.backup.part"
            while not part.exists() and program.poll() is None:
                time.sleep(0.001)
            time.sleep(0.002 * moment)
            program.kill()
        killed += not file.exists()
        if file.exists():  # it was quicker: then it is whole
            file.unlink()
        time.sleep(0.2)  # what it had started itself ends
    assert killed
    assert run("manage.py", "backup", str(file), url=store_url).returncode == 0
    assert not (tmp_path / "city.backup.part").exists()
    assert run("manage.py", "restore", str(file), url=bare_url).returncode == 0


def test_f10_full_disk_loses_nothing_says_so_everywhere_and_goes_on_when_there_is_room(
    start_house: Callable[..., Server], tmp_path: Path
) -> None:
    with small_disk(tmp_path, 24) as disk:
        url = f"sqlite:///{disk.folder / 'city.sqlite'}"
        server = start_house(OBSERVATORY_DATABASE_URL=url, OBSERVATORY_BALLAST_MB="2")
        stream = Stream(server)
        assert (disk.folder / "city.sqlite.ballast").exists()
        until(lambda: "ok" in stream.states)
        before = number(server)
        with closing(sqlite3.connect(disk.folder / "city.sqlite")) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else it writes where it already has room
        disk.fill()
        until(lambda: bump_until_full(server))
        until(lambda: "full" in stream.states, 10)
        disk.fill()  # what the ballast gave back too
        kept = number(server)
        assert kept >= before
        check_full(server, disk, url)
        disk.empty()
        took = until(lambda: ready(server)[0] == 200, 60)
        server.partners.act(MARCHES, "bump")
        until(lambda: number(server) > kept)
        until(lambda: stream.states[-1] == "ok", 10)
        assert run("manage.py", "verify", url=url).stdout.endswith(" 0 faults\n")
        note("full disk: ready again after there was room, nothing lost", took, "s", most=60)
        server.stop()
        assert server.process is not None
        assert server.process.returncode == 0


def check_full(server: Server, disk: SmallDisk, url: str) -> None:
    """What works, and what is said, while there is no room at all."""
    assert "has no room left on its disk; nothing was written, reading goes on" in ready(server)[1]
    assert len(server.json("/api/events?limit=1000")["features"]) >= 30  # type: ignore[arg-type]
    assert (server.folder / "server.log").read_text().count("nothing is written any more: ") == 1
    refused = run("manage.py", "backup", str(disk.folder / "copy.sqlite"), url=url)
    assert (refused.returncode, "its disk has room" in refused.stderr) == (2, True)
    elsewhere = run("manage.py", "backup", str(server.folder / "rescued.sqlite"), url=url)
    assert (elsewhere.returncode, elsewhere.stderr) == (0, "")


def bump_until_full(server: Server) -> bool:
    server.partners.act(MARCHES, "bump")
    return ready(server)[0] == 503


def test_f11_database_locked_by_another_program_is_read_said_and_written_again_within_ten_seconds(
    server: Server,
) -> None:
    stream = Stream(server)
    before = number(server)
    with closing(sqlite3.connect(server.folder / "city.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        server.partners.act(MARCHES, "bump")
        until(lambda: "still" in stream.states, 90)
        assert number(server) >= before
        assert len(server.json("/api/events?limit=1000")["features"]) >= 30  # type: ignore[arg-type]
        time.sleep(scaled("LOCKED_S", 1))
        other.execute("ROLLBACK")
    took = until(lambda: stream.states[-1] == "ok", 10)
    until(lambda: ready(server)[0] == 200, 10)
    server.partners.act(MARCHES, "bump")
    until(lambda: number(server) > before)
    assert run("manage.py", "verify", url=server.settings_url()).returncode == 0
    note("database locked by another program: well again after the lock", took, "s", most=10)


def test_f11_postgresql_that_crashes_and_restarts_is_written_again_within_ten_seconds(
    start_house: Callable[..., Server], postgres: PostgresServer
) -> None:
    url = postgres.new()
    server = start_house(OBSERVATORY_DATABASE_URL=url, OBSERVATORY_SECRET_KEY="k" * 32)
    before = number(server)
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    back_at = time.monotonic()
    until(lambda: ready(server)[0] == 200, 10)
    server.partners.act(MARCHES, "bump")
    until(lambda: number(server) > before)
    note("PostgreSQL crashed and restarted: written again after", time.monotonic() - back_at, "s", most=30)
    assert run("manage.py", "verify", url=url).returncode == 0
    server.stop()
    postgres.drop(url)


def test_f14_stop_under_load_ends_with_zero_and_keeps_all_that_was_told(server: Server) -> None:
    is_over = threading.Event()

    def bump() -> None:
        while not is_over.is_set():
            for source in (MARCHES, "police-evenements", "voirie-arretes"):
                server.partners.act(source, "bump")
            time.sleep(0.2)

    load = threading.Thread(target=bump, daemon=True)
    load.start()
    slowest, times = 0.0, scaled("TERMS", 2)
    try:
        for _ in range(times):
            streams = [Stream(server) for _ in range(20)]
            time.sleep(1.5)
            assert server.process is not None
            began = time.monotonic()
            server.process.terminate()
            assert server.process.wait(timeout=15) == 0
            slowest = max(slowest, time.monotonic() - began)
            database = connect(server.settings_url())
            last = readers.last_change(database, viewer=EVERYTHING)
            assert max(stream.seq for stream in streams) <= last
            assert faults(database) == ()
            database.close()
            server.start()
    finally:
        is_over.set()
        load.join()
    note("SIGTERM under load, 20 streams open: slowest clean end", slowest, "s", most=15, n=times)


def test_f15_drill_restores_a_backup_of_the_serving_house_that_opens_counts_and_verifies(
    server: Server, tmp_path: Path
) -> None:
    """The commands of docs/operations.md, while the house serves and its partners publish."""
    drill = f"sqlite:///{tmp_path / 'drill.sqlite'}"
    times = scaled("DRILLS", 1)
    slowest = 0.0
    for turn in range(times):
        server.partners.act(MARCHES, "bump")
        file = tmp_path / f"{turn}.backup"
        least = counts(server.settings_url())
        assert run("manage.py", "backup", str(file), url=server.settings_url()).returncode == 0
        most = counts(server.settings_url())
        began = time.monotonic()
        done = run("manage.py", "restore", str(file), "--force", url=drill)
        slowest = max(slowest, time.monotonic() - began)
        assert (done.returncode, done.stderr) == (0, "")
        events, versions = counts(drill)
        assert least[0] <= events <= most[0]
        assert least[1] <= versions <= most[1]
    note("drill: a backup of the serving house restored, opened and verified, slowest", slowest, "s", n=times)


def counts(url: str) -> tuple[int, int]:
    """Return the numbers of events and versions that `manage.py verify` finds, all chains whole."""
    done = run("manage.py", "verify", url=url)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.fullmatch(r"(\d+) events, (\d+) versions, \d+ control reports, 0 faults\n", done.stdout)
    assert found is not None
    return int(found.group(1)), int(found.group(2))
