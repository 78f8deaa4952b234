"""What every request passes: headers, methods, sizes, other sites, failures without a trace."""

from __future__ import annotations

import asyncio
import logging

import pytest
from starlette.types import Message

from api.csp import policy
from api.guard import MAX_BODY

PATHS = ["/", "/healthz", "/api/events", "/api/snapshot", "/assets/one.js", "/api/nope", "/broken", "/openapi.json"]
OURS = {"Sec-Fetch-Site": "same-origin"}
CALLBACK = "/_dash-update-component"


@pytest.mark.parametrize("path", PATHS)
def test_security_headers_are_on_every_answer(served, path) -> None:
    headers = served.get(path).headers
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"]


def test_policy_names_the_host_of_the_tiles_only_when_there_are_some() -> None:
    assert "img-src 'self' data: blob:;" in policy((), ())
    assert "img-src 'self' data: blob: https://data.geopf.fr;" in policy((), (), "https://data.geopf.fr/wmts?{z}")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/events", "/", "/healthz", "/assets/one.js"])
def test_other_methods_are_refused(served, method, path) -> None:
    answer = served.get(path, method=method, headers=OURS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["message"]


def test_head_has_no_body(served) -> None:
    answer = served.get("/api/districts", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "http://127.0.0.1"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_callbacks_are_asked_from_our_own_pages_only(served, headers, status) -> None:
    assert served.get(CALLBACK, method="POST", headers=headers, content=b"{}").status_code == status


def test_body_reaches_the_screen_whole(served) -> None:
    answer = served.get(CALLBACK, method="POST", headers=OURS, content=b"x" * 300_000)
    assert answer.text == "300000"


def test_body_over_the_limit_is_refused_unread(served) -> None:
    answer = served.get(CALLBACK, method="POST", headers=OURS, content=b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413


def test_body_without_a_length_is_counted(served) -> None:
    sent: list[Message] = []
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 500_000, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"x"), (b"sec-fetch-site", b"same-origin"), (b"authorization", b"Bearer obs_all")]
    scope = {"type": "http", "method": "POST", "path": CALLBACK, "query_string": b"", "headers": headers}
    asyncio.run(served.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert asked == MAX_BODY // 500_000 + 1


def test_failure_gives_a_reference_and_neither_trace_nor_words(served, caplog, monkeypatch) -> None:
    def fail(self: object) -> None:
        raise RuntimeError("the words of a record")

    monkeypatch.setattr(type(served.house), "source_rows", fail)
    with caplog.at_level(logging.ERROR, "api.guard"):
        answer = served.get("/api/sources")
    assert answer.status_code == 500
    reference = answer.json()["error"]["message"].rsplit(" ", 1)[1]
    assert reference in caplog.text
    assert "the words" not in answer.text + caplog.text


def test_files_are_asked_of_the_screen_once_and_kept_by_browsers(served) -> None:
    first = served.get("/assets/one.js?m=17", headers={"Accept-Encoding": "br"})
    assert first.headers["content-encoding"] == "br"
    assert "immutable" in first.headers["cache-control"]
    again = served.get("/assets/one.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert "max-age=3600" in again.headers["cache-control"]


def test_pages_travel_compressed(served) -> None:
    assert served.get("/", headers={"Accept-Encoding": "gzip"}).text == "<p>page</p>"
