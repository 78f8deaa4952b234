"""Five changed events on their way to 200 and 1,000 open streams, beside a bare asyncio server that sends a ready frame."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rows import Row, percentile

MOST_MS = {200: 100.0, 1000: 300.0}
MOST_BYTES = 700.0
MOST_CPU = 15.0
PACE_S = 5.0  # between two changes while the processor is watched: more than the demonstration's partners tell
_NUMBERS = re.compile(rb"id: (\d+)\nevent: delta")
_REQUEST = (
    "GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\nUser-Agent: benchmark\r\n{more}\r\n"
)


@dataclass(eq=False)
class Listener(asyncio.Protocol):
    """One open stream: every piece that came, with the time it came; read afterwards, so that listening costs nothing.

    `headers` are further lines of its request, each with its end.
    """

    port: int
    headers: str = ""
    pieces: list[tuple[int, bytes]] = field(default_factory=list)
    transport: asyncio.Transport | None = None
    is_lost: bool = False
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(_REQUEST.format(port=self.port, more=self.headers).encode())

    def data_received(self, data: bytes) -> None:
        """Note the piece."""
        self.pieces.append((time.monotonic_ns(), data))
        self.is_open.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server ended it."""
        del exc
        self.is_lost = True

    def deltas(self) -> list[tuple[int, int, int]]:
        """Return for each piece that held changes the last number in it, when it came and its bytes on the wire."""
        told = ((_NUMBERS.findall(text), at, size) for at, text, size in self.texts())
        return [(int(ids[-1]), at, size) for ids, at, size in told if ids]

    def texts(self) -> Iterator[tuple[int, bytes, int]]:
        """Yield each piece: when it came, what it said, and its bytes on the wire."""
        is_packed = b"content-encoding: gzip" in self.pieces[0][1].lower()
        unpack = zlib.decompressobj(31)
        for number, (at, data) in enumerate(self.pieces):
            body = data.partition(b"\r\n\r\n")[2] if number == 0 else data
            yield at, unpack.decompress(_unchunked(body)) if is_packed else body, len(data)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the streams of one run heard: milliseconds per change and stream, bytes per change and stream."""

    delays_ms: list[float]
    sizes: list[float]
    cpu_percent: float


def measure(quick: bool) -> Sequence[Row]:
    """Return delays, bytes and the processor's share."""
    rows: list[Row] = []
    for count in (20,) if quick else (200, 1000):
        changes = 3 if quick else 20
        floor = _run("bare", count, changes, pace_s=0.1 if quick else 0.4)
        ours = _run("ours", count, changes, pace_s=0.1 if quick else 0.4)
        what = f"five changed events to {count:,} streams"
        said: dict[str, Any] = {"unit": "ms", "repetitions": changes, "beside": "bare asyncio, ready frame"}
        rows += [
            Row(what=f"{what}: stored to received, {name}", ours=percentile(ours.delays_ms, share),
                floor=percentile(floor.delays_ms, share), most=MOST_MS.get(count) if share == 0.99 else None, **said)
            for name, share in (("p50", 0.5), ("p99", 0.99))
        ]  # fmt: skip
        rows.append(
            Row(
                what=f"{what}: bytes to each",
                ours=median(ours.sizes),
                unit="bytes",
                most=MOST_BYTES,
                repetitions=changes,
            )
        )
    seconds = 60.0
    heard = ours if quick else _run("ours", 1000, round(seconds / PACE_S), pace_s=PACE_S)
    rows.append(
        Row(
            what=f"processor while {20 if quick else 1000:,} streams are open, five events changing every {PACE_S:g} s",
            ours=heard.cpu_percent,
            unit="% of a core",
            most=None if quick else MOST_CPU,
            note=f"user and system time of the server over {seconds:g} s: gate, store, frames, pings, states of sources",
        )
    )
    return rows


def _run(way: str, count: int, changes: int, *, pace_s: float) -> Heard:
    with served(way) as (process, port):
        return asyncio.run(_listen(process, port, count, changes, pace_s))


async def _listen(process: subprocess.Popen[str], port: int, count: int, changes: int, pace_s: float) -> Heard:
    loop = asyncio.get_running_loop()
    listeners = [Listener(port) for _ in range(count)]
    for listener in listeners:
        await loop.create_connection(lambda one=listener: one, "127.0.0.1", port)  # type: ignore[misc]
    async with asyncio.timeout(60):
        await asyncio.gather(*(listener.is_open.wait() for listener in listeners))
    await asyncio.sleep(0.5)
    before, began = _cpu_s(process.pid), time.monotonic()
    stored = []
    for _ in range(changes):
        stored.append(await asyncio.to_thread(change, process))
        await asyncio.sleep(pace_s)
    share = 100 * (_cpu_s(process.pid) - before) / (time.monotonic() - began)
    await asyncio.sleep(0.5)
    delays, sizes = [], []
    for listener in listeners:
        heard = listener.deltas()
        if listener.is_lost or not heard or heard[-1][0] < stored[-1][1]:
            raise RuntimeError("a stream did not hear every change")
        for then, last in stored:
            at = next(at for number, at, _ in heard if number >= last)
            delays.append((at - then) / 1e6)
        sizes += [float(size) for _, _, size in heard]
        assert listener.transport is not None
        listener.transport.abort()
    return Heard(delays, sizes, share)


def change(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Have five events changed; return when they were stored (monotonic ns) and the number of the last change."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("change\n")
    process.stdin.flush()
    stored, last = process.stdout.readline().split()
    return int(stored), int(last)


@contextmanager
def served(*way: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Give a server of `benchmarks.streams_server` and its port."""
    command = [sys.executable, "-m", "benchmarks.streams_server", *way]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.fullmatch(r"port=(\d+)", process.stdout.readline().strip())
        if found is None:
            raise RuntimeError("the server did not start")
        time.sleep(0.3)
        yield process, int(found.group(1))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _cpu_s(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _unchunked(body: bytes) -> bytes:
    """Return what HTTP's chunks hold; each piece that arrives is whole chunks, since each frame is sent at once."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        found, body = found + rest[:length], rest[length + 2 :]
    return found
