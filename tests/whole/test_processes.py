"""Four processes, one PostgreSQL database, one set of partners: leaders die, stop and wake; the database goes away."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from api.house import EVERYTHING
from store import readers
from store.chain import verify
from store.database import Database, connect
from store.kept import Kind
from store.tables import leadership, poll_run
from tests.house import Partners, Server, get
from tests.postgres import ABSENT, PostgresServer, programs
from tests.soak import note, scaled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
HEARTBEAT_S = 2
AWAY_S = scaled("AWAY_S", 10)
PAUSED_S = scaled("PAUSED_S", HEARTBEAT_S)
MARCHES = "prefecture-manifestations"


@dataclass
class Stream:
    """One browser's live stream: connects again with its last number, keeps every frame."""

    server: Server
    start: int
    frames: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    resyncs: int = 0
    is_closed: bool = False
    since: int = 0  # the number it has reached

    def __post_init__(self) -> None:
        self.since = self.start

    def follow(self) -> None:
        while not self.is_closed:
            request = urllib.request.Request(f"{self.server.url}/api/stream?since={self.since}")
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    self._read(answer)
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)

    def _read(self, answer: object) -> None:
        name, number = "", 0
        for line in answer:  # type: ignore[attr-defined]
            if self.is_closed:
                return
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "id":
                number = int(value)
            elif key == "data" and name == "delta":
                told = json.loads(value)
                self.frames.append((number, frozenset([one["id"] for one in told["events"]] + told["gone"])))
                self.since = number
            elif key == "data" and name == "resync":
                self.resyncs += 1


@dataclass
class City:
    """The four processes, what they share, and a stream open on each from the start."""

    postgres: PostgresServer
    url: str
    partners: Partners
    servers: list[Server]
    streams: list[Stream] = field(default_factory=list)

    def role(self, server: Server) -> str:
        try:
            return str(json.loads(get(f"{server.url}/readyz", timeout=2))["scheduler"]["role"])
        except (OSError, urllib.error.URLError):
            return "away"

    def leader(self, among: list[Server] | None = None) -> Server:
        """Wait for the one that polls."""
        found: list[Server] = []

        def is_there() -> bool:
            found[:] = [server for server in among or self.servers if self.role(server) == "polling"]
            return len(found) == 1

        until(is_there, 30)
        return found[0]

    def followers(self, leader: Server) -> list[Server]:
        return [server for server in self.servers if server is not leader]

    def bump(self) -> None:
        for source in (MARCHES, "police-evenements", "voirie-arretes"):
            self.partners.act(source, "bump")


def until(check: Callable[[], bool], wait_s: float) -> float:
    """Wait for something; return the seconds it took."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < wait_s, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    folder: Path = tmp_path_factory.mktemp("city")
    postgres = PostgresServer(found)
    partners = Partners(folder, ("--calm",))
    servers: list[Server] = []
    try:
        postgres.make()
        url = postgres.new()
        partners.start()
        told = {
            "OBSERVATORY_DATABASE_URL": url,
            "OBSERVATORY_SECRET_KEY": "k" * 32,
            "OBSERVATORY_HEARTBEAT_S": str(HEARTBEAT_S),
        }
        for number in range(4):
            (folder / str(number)).mkdir()
            servers.append(Server(folder / str(number), partners, told))
        together([server.start for server in servers])
        made = City(postgres, url, partners, servers)
        until(lambda: len(made.leader().json("/api/snapshot")["events"]["id"]) >= 30, 30)  # type: ignore[index]
        since = int(str(servers[0].json("/api/snapshot")["seq"]))
        made.streams = [Stream(server, since) for server in servers]
        threads = [threading.Thread(target=stream.follow, daemon=True) for stream in made.streams]
        for thread in threads:
            thread.start()
        yield made
        for stream in made.streams:
            stream.is_closed = True
    finally:
        together([server.stop for server in servers])
        partners.stop()
        postgres.remove()


def together(actions: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def database(city: City) -> Iterator[Database]:
    opened = connect(city.url)
    yield opened
    opened.close()


def term(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(leadership.c.term)).scalar_one())


def runs_since(database: Database, moment: float) -> list[tuple[str, float, float]]:
    with database.read() as connection:
        rows = connection.execute(select(poll_run).order_by(poll_run.c.id)).all()
    found = [(row.source_id, row.started_at.timestamp(), row.finished_at.timestamp()) for row in rows]
    return [run for run in found if run[1] > moment]


def resumed_after(database: Database, moment: float) -> float:
    """Wait for the first poll that began after a moment; return the seconds between them."""
    until(lambda: bool(runs_since(database, moment)), 30)
    return min(run[1] for run in runs_since(database, moment)) - moment


def test_one_polls_and_three_follow_ready_as_well(city: City) -> None:
    leader = city.leader()
    for server in city.followers(leader):
        assert city.role(server) == "following"
        assert json.loads(get(f"{server.url}/readyz"))["status"] == "ok"


def test_a_killed_leader_is_replaced_within_two_heartbeats(city: City, database: Database) -> None:
    leader, before = city.leader(), term(database)
    city.bump()
    killed_at = time.time()
    leader.kill()
    took = resumed_after(database, killed_at)
    assert took < 2 * HEARTBEAT_S
    note("leader killed, four processes: the next one polls after", took, "s", most=2 * HEARTBEAT_S)
    assert city.leader(city.followers(leader)) is not leader
    assert term(database) == before + 1
    leader.start()
    assert city.role(leader) == "following"


def test_a_stopped_leader_is_replaced_within_two_heartbeats_and_writes_nothing_when_it_wakes(
    city: City, database: Database
) -> None:
    leader, before = city.leader(), term(database)
    assert leader.process is not None
    city.bump()
    stopped_at = time.time()
    os.kill(leader.process.pid, signal.SIGSTOP)
    try:
        took = resumed_after(database, stopped_at)
        assert took < 2 * HEARTBEAT_S
        said = f"then asleep for {PAUSED_S} s: nothing it brought when it woke was written"
        note("leader stopped, four processes: the next one polls after", took, "s", most=2 * HEARTBEAT_S, said=said)
        assert term(database) == before + 1
        city.bump()
        time.sleep(PAUSED_S)
    finally:
        os.kill(leader.process.pid, signal.SIGCONT)
    until(lambda: city.role(leader) == "following", 2 * HEARTBEAT_S + 5)
    city.bump()
    assert city.leader(city.followers(leader)) is not leader
    assert term(database) == before + 1
    assert "polls no more" in (leader.folder / "server.log").read_text()


def test_a_database_that_is_away_costs_no_process_and_nothing_that_was_kept(city: City, database: Database) -> None:
    for server in city.servers:
        get(f"{server.url}/api/snapshot")
    last = readers.last_change(database, viewer=EVERYTHING)
    city.postgres.stop()
    left_at = time.monotonic()
    try:
        for server in city.servers:
            assert get(f"{server.url}/api/snapshot", timeout=15)
            for path in ("/readyz", "/api/events"):
                with pytest.raises(urllib.error.HTTPError) as refused:
                    get(f"{server.url}{path}", timeout=15)
                assert refused.value.code == 503
                assert "see that PostgreSQL runs" in refused.value.read().decode()
        time.sleep(max(0.0, AWAY_S - (time.monotonic() - left_at)))
    finally:
        city.postgres.start()
    back_at = time.time()
    took = until(lambda: all(city.role(server) in ("polling", "following") for server in city.servers), 30)
    assert took < 10
    note(f"PostgreSQL away for {AWAY_S} s: all four processes ready after", took, "s", most=10)
    assert resumed_after(database, back_at) < 10
    assert readers.last_change(database, viewer=EVERYTHING) >= last
    assert all(server.process is not None and server.process.poll() is None for server in city.servers)
    city.leader()


def test_at_the_end_no_cycle_was_written_twice_and_every_stream_saw_every_change_once_in_order(
    city: City, database: Database
) -> None:
    city.bump()
    time.sleep(1)
    last = readers.last_change(database, viewer=EVERYTHING)
    until(lambda: all(stream.since >= last for stream in city.streams), 60)
    for source, runs in itertools.groupby(sorted(runs_since(database, 0)), key=lambda run: run[0]):
        for one, following in itertools.pairwise(runs):
            assert one[2] <= following[1], f"two polls of {source} at once"
    changes = readers.raw_changes(database, since=0, limit=5000)
    assert [one.seq for one in changes] == list(range(1, len(changes) + 1))
    for stream in city.streams:
        assert stream.resyncs == 0
        numbers = [number for number, _ids in stream.frames]
        assert numbers == sorted(set(numbers))
        for (before, _), (number, ids) in itertools.pairwise([(stream.start, frozenset()), *stream.frames]):
            told = {one.id for one in changes if before < one.seq <= number and one.kind is Kind.EVENT}
            assert told == ids
    assert verify(database).holds
    until(lambda: len({shown(server) for server in city.servers}) == 1, 15)


def shown(server: Server) -> frozenset[tuple[str, int]]:
    """Return the events and versions of a process's snapshot."""
    events = server.json("/api/snapshot")["events"]
    assert isinstance(events, dict)
    return frozenset(zip(events["id"], events["v"], strict=True))
