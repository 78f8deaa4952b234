"""The served application in a process of its own, for those who measure it: a line on stdin, a line on stdout.

`python -m benchmarks.streams_server ours|bare [EVENTS]`: prints `port=N`; at each `change` five events are stored changed, and
the moment they were (nanoseconds of the machine's monotonic clock) and the number of the last change are printed. `bare` sends a ready frame instead.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import callbacks
from api.application import Parts, application
from api.files import read_files
from api.house import House
from api.live import Hub
from api.screen import draw_screen
from api.serving import listen, serve
from api.snapshots import Snapshots
from benchmarks.made_events import CITY, ROOT, SAID, SOURCE, a_run, events
from callbacks.request import language_of
from components import texts
from events.audience import CITY_READER
from events.records import Event
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from store.database import connect
from store.schema import migrate
from store.writer import Writer

CHANGED = 5
KEPT = 200
_KEY = b"0" * 32


class _Still:
    """Polls nothing: what changes is told on stdin."""

    def start(self) -> None:
        """Do nothing."""

    def stop(self, timeout: float = 10.0) -> object:
        """Do nothing."""
        return timeout


def main(way: str, count: int = KEPT) -> None:
    if way == "bare":
        bare()
    else:
        ours(count)


def ours(count: int) -> None:
    """Serve our application with that many events, its page included, until stdin closes."""
    with TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'city.db'}")
        migrate(database)
        house = House(
            database=database, city=CITY, sources=(SOURCE,), said=SAID, viewer_rule=lambda _: CITY_READER, clock=_now, heartbeat=_now
        )  # fmt: skip
        snapshots = Snapshots(house)
        hub = Hub(house, snapshots)
        gate = Gate(Writer(database, CITY, _now), city_gazetteer(CITY), _now, key=_KEY)
        kept = tuple(events(count, _now()))
        gate.admit(a_run(kept))
        files = read_files(ROOT / "cities" / "marseille", SAID.files.named(), texts.load())
        screen = draw_screen(house, files, ROOT / "assets", is_demo=True, language_of=language_of)
        callbacks.register(screen, screen.services)
        parts = Parts(
            house=house,
            files=files,
            hub=hub,
            snapshots=snapshots,
            rhythm=_Still(),
            screen=screen.server,
            page_files=screen.warm(),
            script_hashes=tuple(screen.csp_hashes()),
        )

        def change(number: int) -> tuple[int, int]:
            admission = gate.admit(a_run(_changed(kept, number)))
            stored = time.monotonic_ns()
            hub.wake()
            return stored, admission.applied.last_seq

        listening = listen("127.0.0.1", 0)
        app = application(parts)
        _tell(f"port={listening.getsockname()[1]}")
        threading.Thread(target=_obey, args=(change,), daemon=True).start()
        serve(app, listening)


def bare() -> None:
    """Serve one ready frame to all who listen, with nothing between it and their sockets."""
    frame = b"id: %d\nevent: delta\ndata: " + b"x" * 600 + b"\n\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    open_streams: set[asyncio.Transport] = set()

    class Stream(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            del data
            self.transport.write(head)
            open_streams.add(self.transport)

        def connection_lost(self, exc: Exception | None) -> None:
            del exc
            open_streams.discard(self.transport)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        listening = listen("127.0.0.1", 0)
        await loop.create_server(Stream, sock=listening, backlog=2048)

        def send(number: int) -> None:
            for transport in open_streams:
                transport.write(frame % number)

        def change(number: int) -> tuple[int, int]:
            stored = time.monotonic_ns()
            loop.call_soon_threadsafe(send, number)
            return stored, number

        _tell(f"port={listening.getsockname()[1]}")
        await asyncio.to_thread(_obey, change)

    asyncio.run(run())


def _obey(change: Callable[[int], tuple[int, int]]) -> None:
    for number, line in enumerate(sys.stdin, 1):
        if line.strip() == "change":
            stored, last = change(number)
            _tell(f"{stored} {last}")


def _changed(kept: tuple[Event, ...], number: int) -> tuple[Event, ...]:
    first = number * CHANGED % (len(kept) - CHANGED)
    now = _now()
    return tuple(
        replace(one, headline=f"{one.headline}, point {number}", published_at=now)
        for one in kept[first : first + CHANGED]
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
