"""What people order of a schedule, and what a document that takes back nearly everything may do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from datasources.client import GuardedClient
from datasources.contract import Closing, PastRun, Run, Verdict
from datasources.rhythm import Manners
from datasources.schedule import Schedule
from tests.datasources.client_cases import TLS, LineAdapter, make_source, past
from tests.feed_server import FeedServer


class Kept:
    """Runs as they come, and as the history of the next."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.has_more = threading.Semaphore(0)

    def admit(self, run: Run) -> None:
        self.runs.append(run)
        self.has_more.release()

    def history(self, source_id: str, limit: int) -> tuple[PastRun, ...]:
        del source_id
        return tuple(past(run.verdict, records=2) for run in reversed(self.runs))[:limit]

    def wait(self) -> Run:
        assert self.has_more.acquire(timeout=5)
        return self.runs[-1]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def begin(server: FeedServer, kept: Kept) -> Iterator[Callable[..., Schedule]]:
    running: list[Schedule] = []

    def start(closing: Closing = Closing(), **choices: object) -> Schedule:  # noqa: B008 - it is frozen
        source = make_source(server.url("/feed"), poll_every=timedelta(hours=1))
        schedule = Schedule(
            [LineAdapter(source)],
            GuardedClient(tls=TLS, secrets={}, turn_s=0.1),
            kept.history,
            kept.admit,
            manners=Manners(first_within_s=0.01),
            closing_of=lambda source_id, external_ids: closing,
            **choices,  # type: ignore[arg-type]
        )
        running.append(schedule)
        schedule.start()
        return schedule

    yield start
    for schedule in running:
        schedule.stop(1)


def test_a_relaunch_reads_again_what_did_not_change(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"a b", etag='"1"')
    schedule = begin()
    assert kept.wait().verdict is Verdict.OK
    schedule.poll_now("city-works")
    assert kept.wait().verdict is Verdict.UNCHANGED
    schedule.poll_now("city-works", is_afresh=True)
    assert kept.wait().verdict is Verdict.OK


def test_a_source_paused_before_the_start_waits_for_its_resume(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"a")
    schedule = begin(paused=("city-works", "city-gone"))
    time.sleep(0.3)
    assert server.count("/feed") == 0
    schedule.resume("city-works")
    assert kept.wait().verdict is Verdict.OK


def test_nearly_everything_taken_back_is_held_until_three_polls_agree(
    server: FeedServer, kept: Kept, begin: Callable[..., Schedule]
) -> None:
    server.serve("/feed", b"a b c d e f g h i j")
    schedule = begin(Closing(10, 10))
    told = [(run.verdict, run.holds_closures) for run in (kept.wait(),)]
    for _ in range(2):
        schedule.poll_now("city-works")
        run = kept.wait()
        told.append((run.verdict, run.holds_closures))
    assert told == [(Verdict.DEGRADED, True), (Verdict.DEGRADED, True), (Verdict.OK, False)]
    assert kept.runs[0].reason == "10 of 10 events in force would be withdrawn at once"
