"""A publisher for tests: a real HTTP server on 127.0.0.1 that answers, counts, and misbehaves as told.

with FeedServer() as server:
    server.serve("/feed.json", b"{}", etag='"1"')
    ... server.url("/feed.json"), server.count("/feed.json"), server.requests
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a path answers; times in seconds."""

    body: bytes = b""
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    media_type: str = "application/json"
    etag: str | None = None  # 304 when the request names it
    last_modified: str | None = None
    delay: float = 0.0  # before the first byte
    drip: tuple[int, float] | None = None  # bytes at once, pause between
    is_gzip: bool = False
    declared_length: int | None = None  # Content-Length other than the true one
    is_chunked: bool = False
    endless: bytes | None = None  # this chunk again and again
    raw: bytes | None = None  # sent as it is instead of everything above
    hangs: bool = False  # never answers
    resets: bool = False  # breaks the connection


@dataclass(frozen=True)
class Asked:
    """One request as it came; header names in lower case."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


class FeedServer:
    """Serves scripted answers; several answers for one path are given in order, the last one for ever."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Asked] = []
        self.closing = threading.Event()
        self._answers: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._scheme = "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base(self) -> str:
        """Return the address without a path, as `{demo}` stands for."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return self.base + path

    def serve(self, path: str, body: bytes = b"", *more: Answer, **rest: object) -> None:
        """Answer `path` (without query) with `Answer(body=body, **rest)`, then with the answers in `more`."""
        with self._lock:
            self._answers[path] = [Answer(body=body, **rest), *more]  # type: ignore[arg-type]

    def count(self, path: str) -> int:
        """Return how often a path was asked for, whatever its query."""
        with self._lock:
            return sum(asked.path.partition("?")[0] == path for asked in self.requests)

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.requests.append(asked)
            answers = self._answers.get(asked.path.partition("?")[0], [Answer(status=404)])
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up on a misbehaving server is what these tests are about."""


def _handler_for(feed: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Replying(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            _reply(self, feed.answer(Asked(self.path, headers)), headers, feed.closing)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
            """Keep the test's output clean."""

    return Replying


def _reply(asking: BaseHTTPRequestHandler, answer: Answer, asked: Mapping[str, str], closing: threading.Event) -> None:
    if answer.hangs:
        closing.wait(120)
        return
    if answer.delay:
        closing.wait(answer.delay)
    if answer.resets:
        asking.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        asking.connection.close()
        return
    with contextlib.suppress(OSError):
        for piece in _pieces(_message(answer, asked), answer):
            asking.wfile.write(piece)
            asking.wfile.flush()
            if answer.drip and closing.wait(answer.drip[1]):
                return


def _message(answer: Answer, asked: Mapping[str, str]) -> bytes:
    if answer.raw is not None:
        return answer.raw
    is_known = answer.etag is not None and asked.get("if-none-match") == answer.etag
    is_old = answer.last_modified is not None and asked.get("if-modified-since") == answer.last_modified
    status, body = (304, b"") if is_known or is_old else (answer.status, answer.body)
    headers = [("Content-Type", answer.media_type), ("Connection", "close"), *answer.headers]
    if answer.is_gzip and body:
        body = gzip.compress(body)
        headers.append(("Content-Encoding", "gzip"))
    if answer.etag is not None:
        headers.append(("ETag", answer.etag))
    if answer.last_modified is not None:
        headers.append(("Last-Modified", answer.last_modified))
    if answer.is_chunked or answer.endless is not None:
        headers.append(("Transfer-Encoding", "chunked"))
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"" if answer.endless else b"0\r\n\r\n"
    elif status != 304:
        headers.append(("Content-Length", str(answer.declared_length or len(body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} Answer\r\n{head}\r\n".encode("latin-1") + body


def _pieces(message: bytes, answer: Answer) -> Iterator[bytes]:
    if answer.drip:
        size = answer.drip[0]
        yield from (message[start : start + size] for start in range(0, len(message), size))
    else:
        yield message
    if answer.endless is not None:
        chunk = b"%x\r\n%b\r\n" % (len(answer.endless), answer.endless)
        for _ in range(100_000):
            yield chunk
