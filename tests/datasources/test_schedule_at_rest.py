"""A schedule that does not run, and the words of its log."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from apscheduler.executors.pool import ThreadPoolExecutor

from datasources.client import GuardedClient
from datasources.contract import PastRun
from datasources.rhythm import Manners
from datasources.schedule import Schedule
from datasources.worker import _span
from tests.datasources.client_cases import TLS, LineAdapter, make_source


def no_history(source_id: str, limit: int) -> tuple[PastRun, ...]:
    return ()


def test_schedule_before_its_start_is_silent() -> None:
    schedule = Schedule([LineAdapter(make_source())], GuardedClient(tls=TLS, secrets={}), no_history, print)
    assert schedule.heartbeat_at is None
    assert not schedule.poll_now("city-works")
    assert schedule.stop(1) == ()


def test_clock_that_is_just_waking_a_source_survives_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    broke: list[str] = []
    waking, hand_over = threading.Event(), ThreadPoolExecutor.submit_job

    def slowly(self: ThreadPoolExecutor, *job: object) -> None:
        waking.set()
        time.sleep(0.2)  # the clock's thread holds a job that is due once, while the schedule is being stopped
        hand_over(self, *job)

    monkeypatch.setattr(ThreadPoolExecutor, "submit_job", slowly)
    monkeypatch.setattr(threading, "excepthook", lambda told: broke.append(f"{told.thread.name}: {told.exc_value!r}"))
    manners = Manners(first_within_s=0.01)
    adapters = [LineAdapter(make_source(is_enabled=True))]
    schedule = Schedule(
        adapters, GuardedClient(tls=TLS, secrets={}), no_history, print, may_poll=lambda _: False, manners=manners
    )
    schedule.start()
    assert waking.wait(5)
    schedule.stop(1)
    assert broke == []


@pytest.mark.parametrize("call", ["poll_now", "pause", "resume", "next_poll_at"])
def test_unknown_source_is_an_error(call: str) -> None:
    schedule = Schedule([], GuardedClient(tls=TLS, secrets={}), no_history, print)
    with pytest.raises(KeyError):
        getattr(schedule, call)("city-nothing")


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0 s"), (90, "90 s"), (600, "10 min"), (9000, "2 h 30 min")])
def test_length_of_an_outage(seconds: int, text: str) -> None:
    assert _span(timedelta(seconds=seconds)) == text
