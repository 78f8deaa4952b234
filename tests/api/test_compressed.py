"""What the screen answers is compressed whole, once for a page that differs by nothing, and never changed by it."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import brotli
import pytest
from starlette.types import Message, Receive, Scope, Send

import api.compressed
from api.compressed import KEPT, CompressedOnce

PAGE = ("<p>chaussée rétrécie</p>" * 200).encode()
HTML = (b"content-type", b"text/html; charset=utf-8")


class Told:
    """An application that answers what it is told to, in two pieces."""

    def __init__(self, body: bytes = PAGE, *headers: tuple[bytes, bytes], status: int = 200) -> None:
        self.body, self.status = body, status
        self.headers = [*(headers or (HTML,)), (b"content-length", str(len(body)).encode()), (b"set-cookie", b"a=b")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body[:100], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[100:]})


def ask(app: CompressedOnce, accepted: str = "gzip, br", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    heard: list[Message] = []

    async def send(message: Message) -> None:
        heard.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": "/", "headers": [(b"accept-encoding", accepted.encode())]
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    start, body = heard
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


@pytest.mark.parametrize(
    ("accepted", "coding", "read"),
    [("gzip, br", "br", brotli.decompress), ("gzip;q=0.5", "gzip", gzip.decompress), ("identity", None, bytes)],
)
def test_a_page_comes_in_the_form_the_browser_takes(accepted: str, coding: str | None, read: Any) -> None:
    status, headers, body = ask(CompressedOnce(Told(status=404)), accepted)
    assert (status, read(body)) == (404, PAGE)
    assert (headers.get("content-encoding"), headers["content-length"]) == (coding, str(len(body)))
    assert (headers["vary"], headers["set-cookie"]) == ("Accept-Encoding", "a=b")


def test_the_same_page_is_compressed_once_and_another_is_not_mistaken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[bytes] = []
    real = api.compressed.pack
    monkeypatch.setattr(api.compressed, "pack", lambda body, media_type: packed.append(body) or real(body, media_type))
    told = Told()
    app = CompressedOnce(told)
    for _ in range(3):
        assert brotli.decompress(ask(app)[2]) == PAGE
    told.body = PAGE + b"!"
    assert brotli.decompress(ask(app)[2]) == PAGE + b"!"
    assert packed == [PAGE, PAGE + b"!"]


def test_answers_to_questions_are_not_kept_and_those_kept_are_bounded() -> None:
    told = Told()
    app = CompressedOnce(told)
    ask(app, method="POST")
    assert not app._kept
    for number in range(KEPT + 5):
        told.body = PAGE + str(number).encode()
        ask(app)
    assert len(app._kept) == KEPT


@pytest.mark.parametrize(
    "headers", [((b"content-type", b"image/png"),), (HTML, (b"content-encoding", b"br"))], ids=["image", "compressed"]
)
def test_what_does_not_gain_is_left_as_it_is(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert ask(CompressedOnce(Told(PAGE, *headers)))[2] == PAGE


def test_a_head_is_answered_without_body() -> None:
    _, headers, body = ask(CompressedOnce(Told()), method="HEAD")
    assert (body, headers["content-encoding"]) == (b"", "br")
