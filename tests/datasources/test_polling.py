"""One poll: pages, hashes, broken readers; a real server and the real client."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from datasources.body import Body
from datasources.client import GuardedClient, Reply
from datasources.contract import (
    NO_VALIDATORS,
    Document,
    Failed,
    Fetched,
    NotModified,
    Outcome,
    Reading,
    Reject,
    Request,
    Source,
    Validators,
)
from datasources.polling import MAX_PAGES, poll
from events.errors import DocumentUnreadable, SourceUnavailable
from tests.datasources.client_cases import NOW, TLS, LineAdapter, make_source
from tests.feed_server import FeedServer

CLIENT = GuardedClient(tls=TLS, secrets={}, clock=lambda: NOW)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


class PagedAdapter(LineAdapter):
    """Reads lines; a line 'next:/path' names the following page, 'bad' is a reject."""

    def read(self, document: Document) -> Reading:
        lines = document.read().decode().split()
        paths = [line.removeprefix("next:") for line in lines if line.startswith("next:")]
        base = self.source.url.rpartition("/")[0]
        return Reading(
            withdrawn=tuple(line for line in lines if line != "bad" and not line.startswith("next:")),
            rejects=tuple(Reject(f"line {n}", "bad line") for n, line in enumerate(lines, 1) if line == "bad"),
            published_at=NOW,
            dropped_fields=("colour",),
            is_complete="part" not in lines,
            next_requests=(Request(base + paths[0]),) if paths else (),
        )


def failed(outcome: Outcome) -> Failed:
    assert isinstance(outcome, Failed)
    return outcome


def test_document_is_read(server: FeedServer) -> None:
    server.serve("/feed", b"a b", etag='"1"')
    source = make_source(server.url("/feed"))
    assert poll(LineAdapter(source), CLIENT) == Fetched(
        source=source,
        reading=Reading(withdrawn=("a", "b")),
        sha256=hashlib.sha256(b"a b").hexdigest(),
        size=3,
        http_status=200,
        validators=Validators('"1"'),
    )


def test_304_is_not_modified(server: FeedServer) -> None:
    server.serve("/feed", b"a", etag='"1"')
    source = make_source(server.url("/feed"))
    outcome = poll(LineAdapter(source), CLIENT, Validators('"1"'), "sum")
    assert outcome == NotModified(source=source, sha256="sum", http_status=304, validators=Validators('"1"'))


def test_same_bytes_are_not_read_again(server: FeedServer) -> None:
    server.serve("/feed", b"crash", etag='"2"')
    source = make_source(server.url("/feed"))
    same = hashlib.sha256(b"crash").hexdigest()
    outcome = poll(LineAdapter(source), CLIENT, Validators('"1"'), same)
    assert outcome == NotModified(source=source, sha256=same, http_status=200, validators=Validators('"2"'))


def test_pages_are_joined(server: FeedServer) -> None:
    server.serve("/1", b"a next:/2", etag='"1"')
    server.serve("/2", b"b bad next:/3")
    server.serve("/3", b"c part")
    adapter = PagedAdapter(make_source(server.url("/1")))
    outcome = poll(adapter, CLIENT)
    assert isinstance(outcome, Fetched)
    assert outcome.reading == Reading(
        withdrawn=("a", "b", "c", "part"),
        rejects=(Reject("page 2, line 2", "bad line"),),
        published_at=NOW,
        dropped_fields=("colour",),
        is_complete=False,
    )
    assert outcome.size == len(b"a next:/2" + b"b bad next:/3" + b"c part")
    assert outcome.validators == NO_VALIDATORS  # an unchanged first page would hide the change of a later one
    again = poll(adapter, CLIENT, outcome.validators, outcome.sha256)
    assert again == NotModified(source=adapter.source, sha256=outcome.sha256, http_status=200)


def test_change_on_a_later_page_is_seen(server: FeedServer) -> None:
    server.serve("/1", b"a next:/2")
    server.serve("/2", b"b")
    adapter = PagedAdapter(make_source(server.url("/1")))
    before = poll(adapter, CLIENT, Validators('"0"'))
    assert ["if-none-match" in asked.headers for asked in server.requests] == [True, False]
    server.serve("/2", b"c")
    assert isinstance(before, Fetched)
    after = poll(adapter, CLIENT, before.validators, before.sha256)
    assert isinstance(after, Fetched)
    assert after.reading.withdrawn == ("a", "c")


def test_half_a_set_of_pages_is_a_failure(server: FeedServer) -> None:
    server.serve("/1", b"a next:/2")
    server.serve("/2", status=503, headers=[("Retry-After", "7")])
    error = failed(poll(PagedAdapter(make_source(server.url("/1"))), CLIENT)).error
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after_s == 7


def test_pages_in_a_circle_are_a_failure(server: FeedServer) -> None:
    server.serve("/1", b"a next:/1")
    outcome = failed(poll(PagedAdapter(make_source(server.url("/1"))), CLIENT))
    assert isinstance(outcome.error, DocumentUnreadable)
    assert server.count("/1") == 1


class Answers:
    """A client that answers every request with the same words and counts what is open."""

    def __init__(self, text: str, error: Exception | None = None) -> None:
        self.text = text
        self.error = error
        self.bodies: list[Body] = []

    def fetch(self, source: Source, request: Request, validators: Validators = NO_VALIDATORS) -> Reply:
        if self.error is not None:
            raise self.error
        body = Body(10**6, memory_bytes=0)
        body.write(self.text.format(n=len(self.bodies)).encode())
        self.bodies.append(body)
        document = Document(body.content(), media_type="", url=request.url, retrieved_at=NOW)
        return Reply(
            document=document, http_status=200, validators=NO_VALIDATORS, sha256=body.sha256, size=body.size, body=body
        )


def test_pages_without_end_are_a_failure() -> None:
    client = Answers("a next:/{n}")
    outcome = failed(poll(PagedAdapter(make_source()), client))
    assert str(outcome.error) == f"city-works: its pages do not end ({MAX_PAGES} read); what is shown stays"
    assert len(client.bodies) == MAX_PAGES


@pytest.mark.parametrize("text", ["a", "broken", "crash"])
def test_document_is_deleted_whatever_happens(text: str) -> None:
    client = Answers(text)
    poll(LineAdapter(make_source()), client)
    opened = client.bodies[0].content()
    assert callable(opened)
    with pytest.raises(ValueError, match="closed file"):
        opened().read()


def test_unreadable_document_keeps_its_reason() -> None:
    outcome = failed(poll(LineAdapter(make_source()), Answers("broken")))
    assert outcome.error.message == "line 1: not what we expect"


def test_broken_reader_is_one_line_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    outcome = failed(poll(LineAdapter(make_source()), Answers("crash")))
    assert isinstance(outcome.error, DocumentUnreadable)
    assert "the reader broke (KeyError at client_cases.py:" in outcome.error.message
    assert len(caplog.records) == 1
    assert "crash" not in caplog.text + str(outcome.error)


def test_broken_client_is_a_failure_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    outcome = failed(poll(LineAdapter(make_source()), Answers("", RuntimeError("canary"))))
    assert isinstance(outcome.error, SourceUnavailable)
    assert "our client broke (RuntimeError" in outcome.error.message
    assert "canary" not in caplog.text + str(outcome.error)
