"""The client against a real server: documents, conditions, limits, failures."""

from __future__ import annotations

import gzip
import hashlib
import io
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from datasources.client import GuardedClient, Reply
from datasources.contract import NO_VALIDATORS, Request, Validators
from events.errors import DocumentUnreadable, SourceError, SourceRefused, SourceUnavailable
from tests.datasources.client_cases import NOW, TLS, make_source
from tests.feed_server import Answer, FeedServer


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def fetch(
    server: FeedServer,
    path: str = "/feed",
    validators: Validators = NO_VALIDATORS,
    secrets: dict[str, str] | None = None,
    **changes: object,
) -> Reply:
    source = make_source(server.url(path), **changes)
    client = GuardedClient(tls=TLS, secrets=secrets or {}, clock=lambda: NOW)
    return client.fetch(source, Request(source.url), validators)


def failure(server: FeedServer, path: str = "/feed", **changes: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetch(server, path, **changes)  # type: ignore[arg-type]
    return caught.value


def test_document_is_returned_as_it_came(server: FeedServer) -> None:
    server.serve("/feed", b'{"a": 1}', media_type="application/geo+json; charset=utf-8")
    with fetch(server, "/feed?key=k") as reply:
        assert reply.document is not None
        assert reply.document.read() == b'{"a": 1}'
        assert reply.document.media_type == "application/geo+json; charset=utf-8"
        assert reply.document.retrieved_at == NOW
        assert reply.document.url == server.url("/feed?key=k")
        assert (reply.http_status, reply.size) == (200, 8)
        assert reply.sha256 == hashlib.sha256(b'{"a": 1}').hexdigest()


def test_request_is_polite_and_names_the_product(server: FeedServer) -> None:
    server.serve("/feed", b"{}")
    fetch(server).close()
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("public-space-observatory/")
    assert headers["accept-encoding"] == "gzip"
    assert headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("chunked", [True, False])
def test_gzip_is_undone(server: FeedServer, chunked: bool) -> None:
    text = b"line\n" * 300_000
    server.serve("/feed", text, is_gzip=True, is_chunked=chunked)
    with fetch(server) as reply:
        assert reply.document is not None
        assert reply.document.read() == text


def test_gzip_of_several_members_is_one_document(server: FeedServer) -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"two")
    server.serve("/feed", members, headers=[("Content-Encoding", "x-gzip")])
    with fetch(server) as reply:
        assert reply.document is not None
        assert reply.document.read() == b"one two"


def test_large_document_is_a_file_that_ends_with_the_reply(server: FeedServer) -> None:
    text = bytes(range(256)) * 8192
    server.serve("/feed", text)
    with fetch(server) as reply:
        assert reply.document is not None
        one, other = reply.document.open(), reply.document.open()
        assert one.read(1000) == text[:1000]
        assert other.read() == text
        assert one.seek(-10, io.SEEK_END) == len(text) - 10
        assert one.read() == text[-10:]
        assert one.seek(3) == 3
        assert one.seek(4, io.SEEK_CUR) == 7
        assert one.read(2) == text[7:9]
        late = reply.document.open()
    with pytest.raises(ValueError, match="closed file"):
        late.read()


def test_unchanged_document_is_a_304(server: FeedServer) -> None:
    server.serve("/feed", b"{}", etag='"v1"', last_modified="Sat, 14 Nov 2026 10:00:00 GMT")
    with fetch(server) as reply:
        validators = reply.validators
    assert validators == Validators('"v1"', "Sat, 14 Nov 2026 10:00:00 GMT")
    again = fetch(server, validators=validators)
    assert (again.document, again.http_status, again.validators) == (None, 304, validators)
    again.close()


def test_304_that_nobody_asked_for_is_a_failure(server: FeedServer) -> None:
    server.serve("/feed", status=304)
    assert isinstance(failure(server), SourceUnavailable)


def test_validators_that_no_header_may_hold_are_not_kept(server: FeedServer) -> None:
    server.serve("/feed", b"{}", etag='"' + "x" * 2000 + '"')
    with fetch(server) as reply:
        assert reply.validators == NO_VALIDATORS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 410, 451])
def test_refusals_wait_for_a_person(server: FeedServer, status: int) -> None:
    server.serve("/feed", status=status)
    error = failure(server)
    assert isinstance(error, SourceRefused)
    assert f"answered {status}" in str(error)


@pytest.mark.parametrize("status", [204, 206, 300, 408, 425, 429, 500, 502, 503, 504])
def test_other_statuses_are_tried_again(server: FeedServer, status: int) -> None:
    server.serve("/feed", status=status)
    error = failure(server)
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after_s is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("999999", 86400.0),
        ("Sat, 14 Nov 2026 14:35:00 GMT", 180.0),
        ("Sat, 14 Nov 2026 14:00:00 GMT", 0.0),
        ("Sat, 14 Nov 2026 14:35:00 -0000", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_understood(server: FeedServer, value: str, seconds: float | None) -> None:
    server.serve("/feed", status=429, headers=[("Retry-After", value)])
    error = failure(server)
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after_s == seconds


def test_slow_drip_ends_on_time(server: FeedServer) -> None:
    server.serve("/feed", b"x" * 500, drip=(1, 0.05))
    start = time.monotonic()
    error = failure(server, deadline=timedelta(seconds=0.6))
    assert 0.5 < time.monotonic() - start < 1.2
    assert isinstance(error, SourceUnavailable)
    assert "not complete after 0.6 s" in str(error)


def test_silent_server_ends_on_time(server: FeedServer) -> None:
    server.serve("/feed", hangs=True)
    start = time.monotonic()
    assert isinstance(failure(server, deadline=timedelta(seconds=0.4)), SourceUnavailable)
    assert time.monotonic() - start < 1.0


def test_gzip_bomb_is_stopped_at_the_limit(server: FeedServer) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(2**20)
    bomb = b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()
    server.serve("/feed", bomb, headers=[("Content-Encoding", "gzip")])
    start = time.monotonic()
    error = failure(server, max_bytes=4 * 2**20)
    assert isinstance(error, DocumentUnreadable)
    assert "larger than 4 MiB" in str(error)
    assert time.monotonic() - start < 3.0


def test_endless_document_is_stopped_at_the_limit(server: FeedServer) -> None:
    server.serve("/feed", endless=b"x" * 4096)
    assert isinstance(failure(server, max_bytes=100_000), DocumentUnreadable)


def test_endless_heads_are_stopped(server: FeedServer) -> None:
    server.serve("/feed", raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 40_000)
    assert isinstance(failure(server, max_bytes=1000), DocumentUnreadable)


def test_declared_size_above_the_limit_is_not_even_read(server: FeedServer) -> None:
    server.serve("/feed", b"x", declared_length=10**9)
    assert isinstance(failure(server), DocumentUnreadable)


@pytest.mark.parametrize("count", [101, 5000])
def test_thousands_of_headers_are_refused(server: FeedServer, count: int) -> None:
    server.serve("/feed", b"{}", headers=[("a", "b")] * count)
    error = failure(server)
    assert isinstance(error, DocumentUnreadable)
    assert "more than 100 headers" in str(error)


def test_header_larger_than_any_is_a_failure(server: FeedServer) -> None:
    server.serve("/feed", b"{}", headers=[("a", "b" * 200_000)])
    assert isinstance(failure(server), SourceUnavailable)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate", "gzip, br"])
def test_other_encodings_are_refused(server: FeedServer, encoding: str) -> None:
    server.serve("/feed", b"{}", headers=[("Content-Encoding", encoding)])
    assert isinstance(failure(server), DocumentUnreadable)


def test_double_encoding_in_two_headers_is_refused(server: FeedServer) -> None:
    server.serve("/feed", b"{}", headers=[("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")])
    assert isinstance(failure(server), DocumentUnreadable)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"body": b"{}", "declared_length": 5000}, id="short body"),
        pytest.param({"raw": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}, id="short chunk"),
        pytest.param({"raw": b"not http at all\r\n\r\n"}, id="not HTTP"),
        pytest.param({"raw": b""}, id="nothing"),
        pytest.param({"resets": True}, id="reset"),
        pytest.param({"body": b"no gzip", "headers": [("Content-Encoding", "gzip")]}, id="false gzip"),
        pytest.param(
            {"body": gzip.compress(b"x" * 9999)[:-9], "headers": [("Content-Encoding", "gzip")]}, id="cut gzip"
        ),
        pytest.param(
            {"body": gzip.compress(b"x") + b"rest", "headers": [("Content-Encoding", "gzip")]}, id="gzip and rest"
        ),
    ],
)
def test_broken_transfers_are_no_documents(server: FeedServer, answer: dict[str, object]) -> None:
    server.serve("/feed", **answer)  # type: ignore[arg-type]
    assert isinstance(failure(server), SourceUnavailable)


def test_closed_port_is_unavailable() -> None:
    with FeedServer() as gone:
        port_of_nobody = gone
    assert "could not be reached" in str(failure(port_of_nobody))


def test_secrets_travel_in_their_header(server: FeedServer) -> None:
    server.serve("/feed", b"{}")
    env = {"Authorization": "ROADS_TOKEN"}
    fetch(server, secrets={"ROADS_TOKEN": "Bearer abc"}, header_env=env).close()
    assert server.requests[0].headers["authorization"] == "Bearer abc"


@pytest.mark.parametrize("secrets", [{}, {"ROADS_TOKEN": ""}, {"ROADS_TOKEN": "a\r\nX: y"}, {"ROADS_TOKEN": "é"}])
def test_unusable_secret_stops_before_the_request(server: FeedServer, secrets: dict[str, str]) -> None:
    error = failure(server, secrets=secrets, header_env={"Authorization": "ROADS_TOKEN"})
    assert isinstance(error, SourceRefused)
    assert "ROADS_TOKEN" in str(error)
    assert "X: y" not in str(error)
    assert server.requests == []


def test_requests_of_the_reader_keep_their_headers(server: FeedServer) -> None:
    server.serve("/feed", b"{}")
    source = make_source(server.url("/feed"))
    request = Request(source.url, {"Accept": "text/csv", "Host": "other.example"})
    GuardedClient(secrets={}).fetch(source, request).close()
    headers = server.requests[0].headers
    assert (headers["accept"], headers["host"]) == ("text/csv", f"127.0.0.1:{server.port}")


def test_no_error_or_log_quotes_the_query(server: FeedServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    server.serve("/feed", status=500, headers=[("X-Token", "canary-header")])
    error = failure(server, "/feed?key=canary-query")
    assert "canary" not in str(error) + repr(error) + caplog.text


def test_answers_in_order_are_what_the_server_was_told(server: FeedServer) -> None:
    server.serve("/feed", b"1", Answer(status=503), Answer(body=b"3"))
    fetch(server).close()
    assert isinstance(failure(server), SourceUnavailable)
    for _ in range(2):
        with fetch(server) as reply:
            assert reply.document is not None
            assert reply.document.read() == b"3"
    assert server.count("/feed") == 4
