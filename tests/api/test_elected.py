"""A polling that dies while its process lives: noticed, and begun anew."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from api import elected
from api.elected import ElectedPolling
from datasources.client import GuardedClient
from datasources.schedule import Schedule
from store import leadership
from store.database import connect
from store.leadership import Fence, stand
from store.notices import Listener
from tests.datasources.client_cases import TLS


class Polling(Schedule):
    """A schedule to which nobody gives orders."""

    def obey(self) -> None:
        """Do nothing."""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ElectedPolling, list[Schedule]]:
    monkeypatch.setattr(leadership, "ALONE_LOOKS_EVERY_S", 0.1)
    monkeypatch.setattr(elected, "STILL_S", 0.6)
    monkeypatch.setattr("datasources.schedule.HEARTBEAT_S", 0.1)
    database = connect(f"sqlite:///{tmp_path}/town.db")
    begun: list[Schedule] = []

    def polling(fence: Fence) -> Schedule:
        del fence
        begun.append(Polling([], GuardedClient(tls=TLS, secrets={}), lambda *_: (), print))
        return begun[-1]

    return ElectedPolling(stand(database, 5), Listener(database, lambda: None), polling), begun


def test_schedule_whose_clock_dies_is_begun_anew_and_one_that_beats_is_left_alone(made) -> None:
    rhythm, begun = made
    rhythm.start()
    time.sleep(1.0)
    assert len(begun) == 1
    begun[0]._clockwork.pause()  # no thread breaks, no heartbeat comes: as when the clock's thread has died
    until = time.monotonic() + 5
    while len(begun) < 2:
        assert time.monotonic() < until, "nothing was begun anew"
        time.sleep(0.02)
    assert begun[1].silence_s < 0.6
    rhythm.stop()


def test_polling_that_cannot_be_begun_anew_is_tried_again(made, monkeypatch: pytest.MonkeyPatch) -> None:
    rhythm, begun = made
    rhythm.start()
    start = Schedule.start
    monkeypatch.setattr(Schedule, "start", lambda self: start(self) if len(begun) > 2 else 1 / 0)
    begun[0]._clockwork.pause()
    until = time.monotonic() + 5
    while len(begun) < 3:
        assert time.monotonic() < until, "it was not tried again"
        time.sleep(0.02)
    rhythm.stop()
