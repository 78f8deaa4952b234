"""Two hundred open streams and a real browser, together: a partner's change is on all of them within a second."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.house import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.slow]

SOURCE = "prefecture-manifestations"
STREAMS = 200
MOST_S = 1.0
TRIES = 3  # a shared machine may be away for a second: two of three changes must be in time, one could be by chance
NUMBER = re.compile(rb"id: (\d+)\nevent: delta")
ASK = "GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nAccept-Encoding: identity\r\n\r\n"
WATCH = """source => {
  window.__drawn = [];
  const seen = new Map([...ob.screen.store.rows.values()].map((row) => [row.id, row.v]));
  const look = () => {
    for (const row of ob.screen.store.rows.values()) {
      const mark = ob.map.markers.drawn.get(row.id);
      const isDrawn = mark && mark.look.startsWith(row.v + "|");
      if (row.src !== source || seen.get(row.id) === row.v || !isDrawn) { continue; }
      seen.set(row.id, row.v);
      window.__drawn.push(Date.now() / 1000);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@dataclass
class Crowd:
    """Open streams, each with the number of every change it brought and the epoch seconds when it came."""

    port: int
    heard: list[dict[int, float]] = field(default_factory=list)
    is_open: threading.Event = field(default_factory=threading.Event)

    async def listen(self, ended: asyncio.Event) -> None:
        """Keep all streams open until told to end."""
        self.heard = [{} for _ in range(STREAMS)]
        doors = [await asyncio.open_connection("127.0.0.1", self.port) for _ in self.heard]
        for _, writer in doors:
            writer.write(ASK.format(port=self.port).encode())
        heads = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _ in doors))
        assert {head.split(b" ")[1] for head in heads} == {b"200"}
        followed = [
            asyncio.create_task(follow(reader, heard)) for (reader, _), heard in zip(doors, self.heard, strict=True)
        ]
        self.is_open.set()
        await ended.wait()
        for task in followed:
            task.cancel()
        for _, writer in doors:
            writer.transport.abort()


async def follow(reader: asyncio.StreamReader, heard: dict[int, float]) -> None:
    """Note every number of a change when it comes; a frame may arrive in pieces."""
    kept = b""
    while piece := await reader.read(65_536):
        now, kept = time.time(), kept + piece
        last = 0
        for found in NUMBER.finditer(kept):
            heard.setdefault(int(found.group(1)), now)
            last = found.end()
        kept = kept[last:][-200_000:]


@contextmanager
def crowd(port: int) -> Iterator[Crowd]:
    """Hold the streams open in a thread of their own while the browser is driven."""
    listening = Crowd(port)
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(listening.listen(ended)), daemon=True)
    thread.start()
    try:
        assert listening.is_open.wait(60), "the streams did not open"
        yield listening
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(timeout=20)
        loop.close()


def commits(server: Server, after: int) -> tuple[int, float] | None:
    """Return the last number of the first poll after `after` that changed the source, and when it was stored (epoch s)."""
    path = server.folder / "city.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
        row = opened.execute(
            "SELECT last_seq, finished_at FROM poll_run WHERE source_id = ? AND changed > 0 AND last_seq > ? ORDER BY id",
            (SOURCE, after),
        ).fetchone()
    if row is None:
        return None
    told = datetime.fromisoformat(str(row[1]))
    return int(row[0]), (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()


def bumped(server: Server, after: int) -> tuple[int, float]:
    """Make the partner publish a change; return the number and the time of the poll that brought it."""
    server.partners.act(SOURCE, "bump")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = commits(server, after)
        if found is not None:
            return found
        time.sleep(0.2)
    pytest.fail("no poll brought the partner's change")


def in_time(tries: list[tuple[float, float]]) -> int:
    """Return how many changes were within the limit on the last stream and on the map."""
    return sum(max(both) <= MOST_S for both in tries)


def slowest(listening: Crowd, number: int, stored: float) -> float:
    """Return the seconds from the poll to the last of the streams that has this number or a later one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        came = [
            min((at for seq, at in list(heard.items()) if seq >= number), default=None) for heard in listening.heard
        ]
        if None not in came:
            return max(at for at in came if at is not None) - stored
        time.sleep(0.1)
    pytest.fail(f"{sum(at is None for at in came)} of {STREAMS} streams never had change {number}")


def test_change_is_on_every_stream_and_on_a_real_map_within_a_second(
    start_house: Callable[..., Server], open_page: Callable
) -> None:
    server = start_house()
    watched = open_page("/", server=server)
    page = watched.page
    page.wait_for_selector(".ob-marker", state="attached")
    page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
    page.evaluate(WATCH, SOURCE)
    tries: list[tuple[float, float]] = []
    number = 0
    with crowd(server.port) as listening:
        for turn in range(TRIES):
            before = commits_so_far(server) if turn == 0 else number
            number, stored = bumped(server, before)
            page.wait_for_function("least => window.__drawn.some((at) => at >= least)", arg=stored, timeout=20_000)
            drawn = min(at for at in page.evaluate("window.__drawn") if at >= stored)
            tries.append((slowest(listening, number, stored), drawn - stored))
            print(f"change {number}: last of {STREAMS} streams {tries[-1][0]:.3f} s, map {tries[-1][1]:.3f} s")
            if in_time(tries) == TRIES - 1:
                break
    server.partners.act(SOURCE, "reset")
    assert in_time(tries) == TRIES - 1, f"(last stream, map) in seconds, per change: {tries}"
    watched.check()


def commits_so_far(server: Server) -> int:
    """Return the number of the last change there is."""
    with closing(sqlite3.connect(f"file:{server.folder / 'city.sqlite'}?mode=ro", uri=True)) as opened:
        return int(opened.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])
