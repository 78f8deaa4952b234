"""What reaches the server as bytes: odd heads, hidden requests, slow senders, foreign addresses; refused and closed."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

import api.guard
from api.connections import PatientProtocol, server_config
from api.guard import MAX_BODY, Guard
from api.limits import Limits, Rate
from api.serving import listen
from tests.api.served import Served, by_key

CALLBACK = "/_dash-update-component"
KEY = "Authorization: Bearer obs_all\r\n"
OURS = f"Host: 127.0.0.1\r\n{KEY}Sec-Fetch-Site: same-origin\r\n"


@contextmanager
def serving(app: Guard, *trusted_proxies: str) -> Iterator[int]:
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(server_config(app, trusted_proxies))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=15)
    assert not thread.is_alive()


@pytest.fixture
def port(served: Served) -> Iterator[int]:
    with serving(served.app) as number:
        yield number


@pytest.fixture(scope="module")
def door() -> Iterator[int]:
    """Serve the guard before an application that says yes to everything."""

    async def agree(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"yes"})

    with serving(Guard(agree, by_key, {}, lambda: None, limits=Limits())) as number:
        assert say(number, f"GET / HTTP/1.1\r\n{OURS}Connection: close\r\n\r\n")[0].endswith(b"yes")
        yield number


def say(port: int, sent: bytes | str, wait_s: float = 5) -> tuple[bytes, bool]:
    """Return what the server answers to these bytes and whether it closed the connection."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as connection:
        try:
            connection.sendall(sent.encode("latin-1") if isinstance(sent, str) else sent)
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            return answer, False
        except ConnectionError:
            return answer, True
    return answer, True


def read_all(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found.group(1)) if found else 0


GET = "GET /api/districts HTTP/1.1\r\n"
ODD = {
    "length and coding": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n{OURS}\r\n",
    "two lengths": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "length in words": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: +4\r\n\r\nabcd",
    "negative length": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: -1\r\n\r\n",
    "coding twice": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "hidden coding": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "coding after a tab": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Transfer-Encoding:\tx-chunked\r\n\r\n0\r\n\r\n",
    "chunk of no number": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "carriage return inside": f"{GET}{OURS}X-A: a\rX-B: b\r\n\r\n",
    "NUL inside": f"{GET}{OURS}X-A: a\x00b\r\n\r\n",
    "space in a name": f"{GET}{OURS}X A: b\r\n\r\n",
    "two hosts": f"{GET}{OURS}Host: evil.example\r\n\r\n",
    "no host": f"{GET}{KEY}\r\n",
    "body of a GET": f"{GET}{OURS}Content-Length: 30\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n",
    "chunked GET": f"{GET}{OURS}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "5,000 headers": f"{GET}{OURS}" + "".join(f"X-{n}: {n}\r\n" for n in range(5000)) + "\r\n",
    "101 headers": f"{GET}{OURS}" + "".join(f"X-{n}: {n}\r\n" for n in range(101)) + "\r\n",
    "one header of 1 MB": f"{GET}{OURS}X-A: {'a' * 2**20}\r\n\r\n",
    "address of 100 kB": f"GET /{'a' * 100_000} HTTP/1.1\r\n{OURS}\r\n",
    "address of 5 kB": f"GET /{'a' * 5_000} HTTP/1.1\r\n{OURS}\r\n",
    "query of 9 kB": f"GET /api/events?q={'a' * 9_000} HTTP/1.1\r\n{OURS}\r\n",
    "not HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\r\n\r\n",
    "HTTP/0.9": "GET /\r\n\r\n",
    "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "unknown method": f"BREW / HTTP/1.1\r\n{OURS}\r\n",
    "TRACE": f"TRACE / HTTP/1.1\r\n{OURS}\r\n",
    "CONNECT": f"CONNECT 127.0.0.1:22 HTTP/1.1\r\n{OURS}\r\n",
    "OPTIONS *": f"OPTIONS * HTTP/1.1\r\n{OURS}\r\n",
    "length over the limit": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: {MAX_BODY + 1}\r\n\r\nabc",
    "length of 5,000 digits": f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: {'9' * 5000}\r\n\r\nabc",
}


@pytest.mark.parametrize("sent", ODD.values(), ids=ODD.keys())
def test_odd_request_is_refused_and_the_connection_closed(door: int, sent: str) -> None:
    start = time.monotonic()
    answer, is_closed = say(door, sent, wait_s=3)
    assert 400 <= status_of(answer) < 500, answer[:200]
    assert is_closed
    assert answer.count(b"HTTP/1.1 ") == 1  # what hides behind the first request is not answered
    assert time.monotonic() - start < 2.5
    assert b"Traceback" not in answer
    assert b"\r\nserver:" not in answer.lower()


def test_chunked_body_over_the_limit_is_refused_while_it_comes(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Transfer-Encoding: chunked\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        try:
            for _ in range(200):
                connection.sendall(chunk)
            answer = connection.recv(65536)
        except ConnectionError:
            answer = b""
        assert status_of(answer) in (413, 0)
    assert status_of(say(port, f"GET /healthz HTTP/1.1\r\n{OURS}Connection: close\r\n\r\n")[0]) == 200


def test_slow_body_ends_in_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.guard, "BODY_WITHIN_S", 0.4)
    start = time.monotonic()
    answer, is_closed = say(port, f"POST {CALLBACK} HTTP/1.1\r\n{OURS}Content-Length: 100\r\n\r\nabc")
    assert (status_of(answer), is_closed) == (408, True)
    assert b"was not complete after 0.4 s" in answer
    assert 0.3 < time.monotonic() - start < 2


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_head_that_never_ends_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(PatientProtocol, "patience_s", 0.4)
    start = time.monotonic()
    answer, is_closed = say(port, sent)
    assert (answer, is_closed) == (b"", True)
    assert 0.3 < time.monotonic() - start < 2


def test_head_that_drips_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "patience_s", 0.5)
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            for piece in f"{GET}{OURS}" + "X: y\r\n" * 10:
                connection.sendall(piece.encode())
                time.sleep(0.05)
                if time.monotonic() - start > 3:
                    break
        except ConnectionError:
            pass
    assert 0.4 < time.monotonic() - start < 2


def test_open_stream_and_kept_connection_are_not_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "patience_s", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for _ in range(3):
            connection.sendall(f"GET /healthz HTTP/1.1\r\n{OURS}\r\n".encode())
            time.sleep(0.2)
            assert status_of(connection.recv(65536)) == 200
        connection.sendall(f"GET /api/stream HTTP/1.1\r\n{OURS}\r\n".encode())
        assert status_of(connection.recv(65536)) == 200
        time.sleep(0.6)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            read_all(connection)  # what the stream says by itself, then silence and no end


def test_websocket_is_never_opened(port: int) -> None:
    upgrade = "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    for path in ("/api/stream-of-another-kind", CALLBACK, "/"):
        answer, _ = say(port, f"GET {path} HTTP/1.1\r\n{OURS}Origin: https://evil.example\r\n{upgrade}\r\n")
        assert status_of(answer) not in (0, 101)
        assert b"sec-websocket-accept" not in answer.lower()


CLIMBING = [
    "/_dash-component-suites/../..",
    "/_dash-component-suites/../../etc/passwd",
    "/_dash-component-suites/%2e%2e/%2e%2e/etc/passwd",
    "/_dash-component-suites/dash/..%2f..%2f..%2fetc%2fpasswd",
    "/_dash-component-suites/dash%00/x.js",
    "/_dash-component-suites/os/x.js",
    "/assets/../app.py",
    "/assets/%2e%2e/app.py",
    "/assets/..%5c..%5capp.py",
    "/assets//etc/passwd",
    "/city/x/..%2f..%2fapp.py",
    "/texts/..%2fcopy.json",
    "/api/events/%ff%fe",
    "/api/events/..;/..;/metrics",
]


def test_path_that_climbs_out_leads_nowhere(port: int) -> None:
    answers = {path: say(port, f"GET {path} HTTP/1.1\r\n{OURS}Connection: close\r\n\r\n")[0] for path in CLIMBING}
    assert {path: status_of(answer) for path, answer in answers.items()} == dict.fromkeys(CLIMBING, 404)
    assert not [path for path, answer in answers.items() if b"root:" in answer or b"create_app" in answer]


@pytest.fixture
def few(served: Served) -> None:
    served.app.limits = Limits({"programs": Rate(2, 60)})


def ask_as(port: int, reader: str) -> int:
    sent = f"GET /openapi.json HTTP/1.1\r\n{OURS}X-Forwarded-For: {reader}\r\nConnection: close\r\n\r\n"
    return status_of(say(port, sent)[0])


def test_an_address_anyone_can_write_is_not_believed(served: Served, few: None) -> None:
    with serving(served.app) as port:
        assert [ask_as(port, f"203.0.113.{n}") for n in range(3)] == [200, 200, 429]


def test_a_trusted_proxy_tells_the_readers_address_and_scheme(served: Served, few: None) -> None:
    with serving(served.app, "127.0.0.1/32") as port:
        assert [ask_as(port, f"203.0.113.{n}") for n in range(3)] == [200, 200, 200]
        # Only the last hop is the proxy's own word; what a reader writes before it is not believed.
        assert [ask_as(port, f"198.51.100.{n}, 203.0.113.9") for n in range(3)] == [200, 200, 429]
        sent = f"GET /healthz HTTP/1.1\r\n{OURS}X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
        assert b"strict-transport-security: max-age=31536000" in say(port, sent)[0].lower()


def test_https_is_promised_only_where_it_is(served: Served) -> None:
    with serving(served.app) as port:
        sent = f"GET /healthz HTTP/1.1\r\n{OURS}X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
        assert b"strict-transport-security" not in say(port, sent)[0].lower()
