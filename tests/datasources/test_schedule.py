"""The schedule with real threads, a real clock and a real publisher."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from datasources.client import GuardedClient
from datasources.contract import Failed, Fetched, NotModified, PastRun, Run, Verdict
from datasources.rhythm import Manners
from datasources.schedule import Schedule
from tests.datasources.client_cases import TLS, LineAdapter, make_source
from tests.feed_server import Answer, FeedServer

QUICK = Manners(first_within_s=0.05, open_s=0.3)


class Kept:
    """A store of runs: sink and history of a schedule."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.failures = 0  # so many of the next runs are not accepted
        self.slow_s = 0.0
        self.threads: set[str] = set()

    def admit(self, run: Run) -> None:
        self.threads.add(threading.current_thread().name)
        time.sleep(self.slow_s)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("canary")
        self.runs.append(run)

    def history(self, source_id: str, limit: int) -> tuple[PastRun, ...]:
        past = [
            PastRun(
                verdict=run.verdict,
                records_seen=run.outcome.reading.records_seen if isinstance(run.outcome, Fetched) else 0,
                rejected=0,
                sha256=None,
                finished_at=run.finished_at,
            )
            for run in self.of(source_id)
        ]
        return tuple(reversed(past))[:limit]

    def of(self, source_id: str) -> list[Run]:
        return [run for run in self.runs if run.outcome.source.id == source_id]

    def verdicts(self) -> list[Verdict]:
        return [run.verdict for run in self.runs]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def begin(server: FeedServer, kept: Kept) -> Iterator[Callable[..., Schedule]]:
    """Return a function that starts a schedule of these paths, the id of a source being `city-<path>`."""
    running: list[Schedule] = []

    def start(
        *paths: str, every_s: float = 0.2, may_poll: Callable[[str], bool] | None = None, **source: object
    ) -> Schedule:
        adapters = [
            LineAdapter(
                make_source(server.url("/" + path), id=f"city-{path}", poll_every=timedelta(seconds=every_s), **source)
            )
            for path in paths
        ]
        client = GuardedClient(tls=TLS, secrets={}, turn_s=0.1)
        allowed = may_poll or (lambda source_id: True)
        schedule = Schedule(adapters, client, kept.history, kept.admit, may_poll=allowed, manners=QUICK)
        running.append(schedule)
        schedule.start()
        return schedule

    yield start
    for schedule in running:
        schedule.stop(1)


def wait_for(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.01)


def test_source_is_polled_at_its_cadence(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"a", etag='"1"')
    began = time.monotonic()
    begin("feed", every_s=0.2)
    wait_for(lambda: server.count("/feed") >= 5, 8)
    assert server.count("/feed") <= 2 + (time.monotonic() - began) / 0.2
    assert kept.verdicts()[:2] == [Verdict.OK, Verdict.UNCHANGED]
    assert kept.runs[0].started_at <= kept.runs[0].finished_at
    assert isinstance(kept.runs[1].outcome, NotModified)


def test_twelve_hung_sources_delay_no_other(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    hung = [f"hung{n}" for n in range(12)]
    for path in hung:
        server.serve("/" + path, hangs=True)
    server.serve("/well", b"a")
    before = threading.active_count()
    begin(*hung, "well", every_s=0.3, deadline=timedelta(seconds=30))
    wait_for(lambda: all(server.count("/" + path) == 1 for path in hung), 8)
    polled = len(kept.of("city-well"))
    time.sleep(1.2)
    assert len(kept.of("city-well")) - polled >= 3  # 1.2 s at 0.3 s + 10 %
    assert {server.count("/" + path) for path in hung} == {1}
    # one worker per source, the server's own thread per request, and the clock's few
    assert threading.active_count() - before <= 13 + 13 + 5


def test_slow_answers_do_not_stretch_the_cadence(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"a", delay=0.3)
    begin("feed", every_s=0.4)
    wait_for(lambda: len(kept.runs) >= 4)
    gaps = [
        (after.started_at - before.started_at).total_seconds()
        for before, after in zip(kept.runs, kept.runs[1:], strict=False)
    ]
    assert all(0.35 <= gap < 0.6 for gap in gaps)  # 0.4 s +- 10 %; from end to start it would be 0.7 s


def test_slow_source_is_polled_once_at_a_time(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"a", delay=0.5)
    schedule = begin("feed", every_s=0.05)
    wait_for(lambda: server.count("/feed") == 1)
    for _ in range(20):
        schedule.poll_now("city-feed")
    wait_for(lambda: len(kept.runs) == 1)
    assert server.count("/feed") <= 2
    assert kept.threads == {"poll-city-feed"}


def test_failing_source_is_lost_once_and_back_once(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="datasources")
    server.serve("/feed", b"a", *[Answer(status=503)] * 3, Answer(body=b"b"))
    begin("feed", every_s=0.1)
    wait_for(lambda: kept.verdicts()[-1:] == [Verdict.OK] and len(kept.runs) >= 5, 10)
    lines = [record.getMessage() for record in caplog.records]
    lost = "the server answered 503 instead of a document; what is shown stays, the next poll tries again"
    assert len(lines) == 2
    assert lines[0] == f"city-feed: lost: {lost}"
    assert lines[1].startswith("city-feed: back after ")


def test_circuit_opens_after_five_failures(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", status=500)
    begin("feed", every_s=0.02)
    wait_for(lambda: len(kept.runs) >= 7, 10)
    gaps = [
        (after.started_at - before.finished_at).total_seconds()
        for before, after in zip(kept.runs, kept.runs[1:], strict=False)
    ]
    assert all(gap >= 0.3 for gap in gaps[4:7])


def test_retry_after_is_honoured(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", status=429, headers=[("Retry-After", "60")])
    schedule = begin("feed", every_s=0.05)
    wait_for(lambda: len(kept.runs) == 1)
    time.sleep(0.3)
    next_at = schedule.next_poll_at("city-feed")
    assert server.count("/feed") == 1
    assert next_at is not None
    assert 55 < (next_at - datetime.now(UTC)).total_seconds() <= 60


def test_operator_may_poll_during_a_backoff(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"", Answer(body=b"a"), status=429, headers=[("Retry-After", "60")])
    schedule = begin("feed")
    wait_for(lambda: len(kept.runs) == 1)
    assert schedule.poll_now("city-feed")
    wait_for(lambda: kept.verdicts() == [Verdict.FAILED, Verdict.OK])


def test_empty_document_is_confirmed_by_the_next_reading(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"", etag='"0"')
    begin("feed", every_s=0.05)
    wait_for(lambda: len(kept.runs) >= 3)
    assert kept.verdicts()[:3] == [Verdict.EMPTY, Verdict.EMPTY_CONFIRMED, Verdict.UNCHANGED]
    assert isinstance(kept.runs[1].outcome, Fetched)  # its absences can be counted


def test_run_that_is_not_kept_is_read_again(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="datasources")
    server.serve("/feed", b"a", etag='"1"')
    kept.failures = 2
    schedule = begin("feed", every_s=0.05)
    wait_for(lambda: len(kept.runs) >= 2)
    assert schedule.undelivered_runs == 2
    assert kept.verdicts()[:2] == [Verdict.OK, Verdict.UNCHANGED]
    assert caplog.text.count("polls cannot be kept (RuntimeError)") == 1
    assert caplog.text.count("polls are kept again") == 1
    assert "canary" not in caplog.text


def test_source_without_agreement_is_not_asked(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    agreed: set[str] = set()
    server.serve("/feed", b"a")
    begin("feed", every_s=0.05, may_poll=lambda source_id: source_id in agreed)
    time.sleep(0.3)
    assert server.count("/feed") == 0
    agreed.add("city-feed")
    wait_for(lambda: len(kept.runs) >= 1)


def test_question_that_breaks_means_no_poll(
    server: FeedServer, begin: Callable[..., Schedule], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(source_id: str) -> bool:
        raise LookupError(source_id)

    server.serve("/feed", b"a")
    begin("feed", every_s=0.05, may_poll=broken)
    wait_for(lambda: caplog.text.count("could not be ended (LookupError)") >= 2)
    assert server.count("/feed") == 0


def test_paused_source_rests_until_it_is_resumed(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"a")
    schedule = begin("feed", every_s=0.05)
    wait_for(lambda: len(kept.runs) >= 1)
    schedule.pause("city-feed")
    time.sleep(0.2)
    polled = server.count("/feed")
    time.sleep(0.3)
    assert server.count("/feed") == polled
    assert not schedule.poll_now("city-feed")
    assert schedule.next_poll_at("city-feed") is None
    schedule.resume("city-feed")
    schedule.resume("city-feed")
    wait_for(lambda: server.count("/feed") >= polled + 2)


def test_disabled_source_is_not_polled(server: FeedServer, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"a")
    begin("feed", every_s=0.05, is_enabled=False)
    time.sleep(0.3)
    assert server.count("/feed") == 0


def test_batch_on_its_way_is_finished(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"a")
    kept.slow_s = 0.5
    schedule = begin("feed")
    wait_for(lambda: bool(kept.threads))
    assert schedule.stop(5) == ()
    assert len(kept.runs) == 1
    time.sleep(0.4)
    assert len(kept.runs) == 1
    assert not schedule.poll_now("city-feed")
    assert schedule.next_poll_at("city-feed") is None


def test_batch_that_takes_too_long_is_named(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule], caplog: pytest.LogCaptureFixture
) -> None:
    server.serve("/feed", b"a")
    kept.slow_s = 0.8
    schedule = begin("feed")
    wait_for(lambda: bool(kept.threads))
    assert schedule.stop(0.1) == ("city-feed",)
    assert "stopped before these sources' batches were kept: city-feed" in caplog.text


def test_stop_does_not_wait_for_publishers(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"a", delay=0.6)
    schedule = begin("feed")
    wait_for(lambda: server.count("/feed") == 1)
    start = time.monotonic()
    assert schedule.stop(5) == ()
    assert time.monotonic() - start < 0.4
    time.sleep(1.0)
    assert kept.runs == []  # what comes after the stop is dropped


def test_clock_beats(begin: Callable[..., Schedule], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasources.schedule.HEARTBEAT_S", 0.1)
    schedule = begin()
    first = schedule.heartbeat_at
    assert first is not None
    wait_for(lambda: schedule.heartbeat_at != first)


def test_failed_outcomes_reach_the_sink(server: FeedServer, kept: Kept, begin: Callable[..., Schedule]) -> None:
    server.serve("/feed", b"broken")
    begin("feed")
    wait_for(lambda: len(kept.runs) >= 1)
    assert isinstance(kept.runs[0].outcome, Failed)
    assert kept.runs[0].reason == "line 1: not what we expect"
