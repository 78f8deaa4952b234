"""Tables that documents refer to: when they are asked for, what is kept when they fail, what their change brings."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from datasources.client import GuardedClient
from datasources.contract import Document, Failed, Fetched, NotModified, Reading, Reference, Run
from datasources.references import FIRST_RETRY_S, References
from datasources.rhythm import Manners
from datasources.schedule import Schedule
from events.errors import DocumentUnreadable, SourceError, SourceRefused, SourceUnavailable
from tests.datasources.client_cases import NOW, TLS, LineAdapter, make_source
from tests.feed_server import Answer, FeedServer

CLIENT = GuardedClient(tls=TLS, secrets={"KEY": "canary"}, clock=lambda: NOW)


class TableAdapter(LineAdapter):
    """Reads lines as the table 'names' calls them; a table that says 'bad' cannot be learnt, 'crash' breaks us."""

    reference_names = frozenset({"names"})
    names = ""

    def learn(self, name: str, document: Document) -> None:
        assert name == "names"
        text = document.read().decode()
        if text == "bad":
            raise DocumentUnreadable(self.source.id, "line 1: not a table")
        if text == "crash":
            raise KeyError(text)
        self.names = text

    def read(self, document: Document) -> Reading:
        return Reading(withdrawn=tuple(f"{self.names}-{line}" for line in document.read().decode().split()))


class NeedyAdapter(TableAdapter):
    """Cannot read anything without its table."""

    required_references = frozenset({"names"})


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(
    server: FeedServer, clock: Clock, kind: type[TableAdapter] = TableAdapter, **limits: object
) -> tuple[TableAdapter, References]:
    reference = Reference(url=server.url("/names"), every=timedelta(hours=1), **limits)  # type: ignore[arg-type]
    adapter = kind(make_source(server.url("/feed"), references={"names": reference}))
    return adapter, References(adapter, CLIENT, clock)


def test_table_is_learnt_once_and_asked_again_when_due(server: FeedServer, clock: Clock) -> None:
    server.serve("/names", b"a", etag='"1"')
    adapter, references = made(server, clock)
    assert references.refresh() is True
    assert adapter.names == "a"
    clock.now += 3599
    assert references.refresh() is False
    assert server.count("/names") == 1
    clock.now += 2
    assert references.refresh() is False  # 304
    assert server.requests[-1].headers["if-none-match"] == '"1"'


def test_table_that_changes_is_news_and_the_same_bytes_are_not(server: FeedServer, clock: Clock) -> None:
    server.serve("/names", b"a", Answer(body=b"a"), Answer(body=b"b"))
    adapter, references = made(server, clock)
    news = []
    for _ in range(3):
        news.append(references.refresh())
        clock.now += 3601
    assert news == [True, False, True]
    assert adapter.names == "b"


@pytest.mark.parametrize(
    "trouble", [Answer(status=503), Answer(body=b"bad"), Answer(body=b"crash"), Answer(resets=True)]
)
def test_table_known_before_stays_when_a_refresh_fails(
    server: FeedServer, clock: Clock, caplog: pytest.LogCaptureFixture, trouble: Answer
) -> None:
    server.serve("/names", b"a", trouble, trouble, Answer(body=b"b"))
    adapter, references = made(server, clock, NeedyAdapter)
    references.refresh()
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            clock.now += 3601
            assert references.refresh() is False
        assert adapter.names == "a"
        clock.now += 3601
        assert references.refresh() is True
    lost, back = [record.getMessage() for record in caplog.records]
    assert lost.startswith("city-works: the table 'names' is lost, the one known before is used: ")
    assert back == "city-works: the table 'names' is back"


def test_failed_table_is_asked_again_ever_more_rarely(server: FeedServer, clock: Clock) -> None:
    server.serve("/names", status=503)
    _, references = made(server, clock)
    asked_at = []
    for _ in range(400):
        before = server.count("/names")
        references.refresh()
        if server.count("/names") > before:
            asked_at.append(clock.now)
        clock.now += 20
    waits = [later - earlier for earlier, later in pairwise(asked_at)]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600]
    assert FIRST_RETRY_S == 60


def test_publisher_that_asks_for_time_gets_it(server: FeedServer, clock: Clock) -> None:
    server.serve("/names", status=503, headers=[("Retry-After", "500")])
    _, references = made(server, clock)
    references.refresh()
    clock.now += 499
    references.refresh()
    assert server.count("/names") == 1


def test_optional_table_that_never_came_costs_no_poll(server: FeedServer, clock: Clock) -> None:
    server.serve("/names", status=404)
    adapter, references = made(server, clock)
    assert references.refresh() is False
    assert adapter.names == ""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=404), SourceRefused),
        (Answer(status=503), SourceUnavailable),
        (Answer(body=b"bad"), DocumentUnreadable),
        (Answer(body=b"x" * 2000), DocumentUnreadable),
    ],
)
def test_required_table_that_never_came_is_named(
    server: FeedServer, clock: Clock, answer: Answer, kind: type[SourceError]
) -> None:
    server.serve("/names", answer.body, status=answer.status)
    _, references = made(server, clock, NeedyAdapter, max_bytes=1000)
    for _ in range(2):  # the second time nobody is asked
        with pytest.raises(kind, match="the table 'names', without which its documents mean nothing, has never come: "):
            references.refresh()
    assert server.count("/names") == 1


def test_credentials_of_the_source_go_to_its_own_host_only(server: FeedServer, clock: Clock) -> None:
    with FeedServer() as other:
        other.serve("/names", b"a")
        server.serve("/names", b"a")
        for publisher in (server, other):
            reference = Reference(url=publisher.url("/names"))
            source = make_source(
                server.url("/feed"), references={"names": reference}, header_env={"Authorization": "KEY"}
            )
            References(TableAdapter(source), CLIENT, clock).refresh()
        assert server.requests[-1].headers["authorization"] == "canary"
        assert "authorization" not in other.requests[-1].headers


def polled(adapter: TableAdapter, is_enough: Callable[[list[Run]], bool]) -> list[Run]:
    """Return the runs of a schedule of this source, as soon as there are enough."""
    runs: list[Run] = []
    schedule = Schedule(
        [adapter], CLIENT, lambda source_id, limit: (), runs.append, manners=Manners(first_within_s=0.01, open_s=0.1)
    )
    schedule.start()
    until = time.monotonic() + 5
    while not is_enough(runs):
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)
    schedule.stop(1)
    return runs


def kept(server: FeedServer, kind: type[TableAdapter]) -> TableAdapter:
    reference = Reference(url=server.url("/names"), every=timedelta(seconds=0.4))
    source = make_source(server.url("/feed"), poll_every=timedelta(seconds=0.1), references={"names": reference})
    return kind(source)


def test_change_of_a_table_makes_an_unchanged_document_be_read_again(server: FeedServer) -> None:
    server.serve("/feed", b"1 2", etag='"same"')
    server.serve("/names", b"a", Answer(body=b"b"))
    runs = polled(kept(server, TableAdapter), lambda runs: sum(isinstance(run.outcome, Fetched) for run in runs) == 2)
    readings = [run.outcome.reading.withdrawn for run in runs if isinstance(run.outcome, Fetched)]
    assert readings == [("a-1", "a-2"), ("b-1", "b-2")]
    assert any(isinstance(run.outcome, NotModified) for run in runs)


def test_poll_without_its_required_table_fails_and_asks_for_no_document(server: FeedServer) -> None:
    server.serve("/feed", b"1 2")
    server.serve("/names", b"bad")
    (run, *_) = polled(kept(server, NeedyAdapter), bool)
    assert isinstance(run.outcome, Failed)
    assert run.reason is not None
    assert "the table 'names'" in run.reason
    assert server.count("/feed") == 0
