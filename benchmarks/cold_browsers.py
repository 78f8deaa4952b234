"""200 browsers that open the page at the same moment, none of which was there before, the first page of a fresh server."""

from __future__ import annotations

import asyncio
import os
import re
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.rows import Row, percentile
from tests.house import Partners, Server

MOST_MS = 2500.0
CONNECTIONS = 6  # of a browser to one host, HTTP/1.1
CHROMIUM = Path("/usr/bin/chromium")
_NAMED = re.compile(r'(?:src|href)="(/[^"]+)"')
_HEAD = (
    "Host: {host}\r\nUser-Agent: Mozilla/5.0 benchmark\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: fr-FR,fr;q=0.9\r\nSec-Fetch-Site: same-origin\r\nOrigin: http://{host}\r\n"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a page."""

    method: str
    path: str
    body: bytes = b""

    def to_bytes(self, host: str) -> bytes:
        """Return the request as it goes over the wire."""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n" if self.body else ""
        return f"{self.method} {self.path} HTTP/1.1\r\n{_HEAD.format(host=host)}{kind}\r\n".encode() + self.body


@dataclass(eq=False)
class Connection(asyncio.Protocol):
    """One connection of one browser: asks for what is left, one thing after the other."""

    browser: Browser
    buffer: bytearray = field(default_factory=bytearray)
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first thing."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Ask for the next thing, if any is left."""
        if self.browser.left and self.transport is not None:
            self.transport.write(self.browser.left.pop())

    def data_received(self, data: bytes) -> None:
        """Take an answer; go on when it is whole."""
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        found = re.search(rb"\r\ncontent-length: (\d+)", head)
        if found is not None:
            is_whole = len(self.buffer) >= end + 4 + int(found.group(1))
        else:
            is_whole = head[9:12] in (b"204", b"304") or self.buffer.endswith(b"\r\n0\r\n\r\n")
        if is_whole:
            self.browser.note(int(head[9:12]), len(self.buffer))
            self.buffer.clear()
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note a connection that ended before its answer did."""
        del exc
        self.browser.note_end()


@dataclass(eq=False)
class Browser:
    """One browser: the page first, then all the rest on six connections."""

    host: str
    wanted: list[bytes]
    done: asyncio.Future[None]
    left: list[bytes] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    received: int = 0
    took_ms: float = 0.0
    began: float = 0.0
    connections: list[Connection] = field(default_factory=list)

    async def open(self) -> None:
        """Open the page and wait until everything it asks for is there."""
        self.began = time.perf_counter()
        self.left = [self.wanted[0]]
        await self._connect()
        await self.done
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.abort()

    def note(self, status: int, size: int) -> None:
        """Count an answer; after the page itself the other connections open."""
        self.statuses.append(status)
        self.received += size
        if len(self.statuses) == 1:
            self.left = self.wanted[:0:-1]
            for _ in range(CONNECTIONS - 1):
                self._more = asyncio.ensure_future(self._connect())
        if len(self.statuses) == len(self.wanted) and not self.done.done():
            self.took_ms = (time.perf_counter() - self.began) * 1000
            self.done.set_result(None)

    def note_end(self) -> None:
        """Fail when the server ended a connection while something was still to come."""
        if not self.done.done():
            self.done.set_exception(RuntimeError("the server ended a connection"))

    async def _connect(self) -> None:
        connection = Connection(self)
        self.connections.append(connection)
        name, _, port = self.host.partition(":")
        await asyncio.get_running_loop().create_connection(lambda: connection, name, int(port))


def measure(quick: bool) -> Sequence[Row]:
    """Return how long the slowest of all browsers waited, and the very first one alone on another fresh server."""
    count = 5 if quick else 200
    what = f"{count} cold browsers at once"
    if not quick and not CHROMIUM.exists():
        return [Row(what=what, ours=None, unit="ms", note="Chromium, whose requests are replayed, is not installed")]
    with _city() as server:
        wanted = _page_of(server) if quick else _recorded(server)
    with _city() as server:
        first = asyncio.run(_open(server, wanted, 1))[0]
    with _city() as server:
        before = _cpu_s(server)
        browsers = asyncio.run(_open(server, wanted, count))
        spent = _cpu_s(server) - before
    bad = sorted({status for one in browsers for status in one.statuses if status >= 400})
    if bad:
        raise RuntimeError(f"some requests were refused: {bad}")
    times = [one.took_ms for one in browsers]
    said: dict[str, Any] = {"unit": "ms", "most": None if quick else MOST_MS}
    return [
        Row(what="the very first browser of a fresh server, alone: everything answered", ours=first.took_ms, **said),
        Row(
            what=f"{what}, fresh server: the slowest has everything",
            ours=max(times),
            note=f"p50 {percentile(times, 0.5):,.0f} ms; {len(wanted)} requests and {first.received / 1000:,.0f} kB each; "
            f"server {spent:.1f} s of processor; replayed by one process on the same machine",
            **said,
        ),
    ]


async def _open(server: Server, wanted: Sequence[Asked], count: int) -> list[Browser]:
    host = urlsplit(server.url).netloc
    told = [asked.to_bytes(host) for asked in wanted]
    loop = asyncio.get_running_loop()
    browsers = [Browser(host, told, loop.create_future()) for _ in range(count)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(browser.open() for browser in browsers))
    return browsers


def _page_of(server: Server) -> list[Asked]:
    """Return the page and the files it names."""
    with urllib.request.urlopen(server.url, timeout=10) as answer:
        named = _NAMED.findall(answer.read().decode())
    return [Asked("GET", "/"), *(Asked("GET", path.replace("&amp;", "&")) for path in dict.fromkeys(named))]


def _recorded(server: Server) -> list[Asked]:
    """Return what a real browser asks for until three seconds after the first pictogram, in its order; not the stream."""
    from playwright.sync_api import Request, sync_playwright

    asked: list[Asked] = []

    def note(request: Request) -> None:
        if request.url.startswith(server.url) and "/api/stream" not in request.url:
            path = request.url.removeprefix(server.url)
            asked.append(Asked(request.method, path, (request.post_data or "").encode()))

    with sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = opened.new_page(viewport={"width": 1920, "height": 1080})
        page.on("request", note)
        page.goto(server.url)
        page.wait_for_selector(".ob-marker", state="attached")
        page.wait_for_timeout(3000)
        opened.close()
    return asked


@contextmanager
def _city() -> Iterator[Server]:
    """Give a fresh demonstration city that has read its partners; no page of it was ever asked for."""
    with TemporaryDirectory() as folder:
        partners = Partners(Path(folder), ("--calm",))
        partners.start()
        server = Server(Path(folder), partners, {"OBSERVATORY_RATE_LIMITS": "off"})
        try:
            server.start()
            server.wait_for_events(30)
            yield server
        finally:
            server.stop()
            partners.stop()


def _cpu_s(server: Server) -> float:
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
