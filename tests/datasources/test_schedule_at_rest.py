"""A schedule that does not run, and the words of its log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datasources.client import GuardedClient
from datasources.contract import PastRun
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


@pytest.mark.parametrize("call", ["poll_now", "pause", "resume", "next_poll_at"])
def test_unknown_source_is_an_error(call: str) -> None:
    schedule = Schedule([], GuardedClient(tls=TLS, secrets={}), no_history, print)
    with pytest.raises(KeyError):
        getattr(schedule, call)("city-nothing")


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0 s"), (90, "90 s"), (600, "10 min"), (9000, "2 h 30 min")])
def test_length_of_an_outage(seconds: int, text: str) -> None:
    assert _span(timedelta(seconds=seconds)) == text
