"""Polls while this process is the one elected to; hears of the others' changes all the time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Protocol

from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Run, Source
from datasources.schedule import Schedule
from privacy.gate import Gate
from store import readers
from store.database import Database
from store.leadership import Fence, Leadership
from store.notices import Listener

_STOP_S = 10.0
_LOST_S = 2.0
STILL_S = 20.0  # a polling that gave no sign of life for so long is dead


class Polling(Protocol):
    """What polls: `datasources.schedule.Schedule` in service."""

    @property
    def heartbeat_at(self) -> datetime | None:
        """When its clock last beat."""

    @property
    def silence_s(self) -> float:
        """Seconds since its clock last beat."""

    def start(self) -> None:
        """Start polling."""

    def stop(self, timeout: float = ...) -> object:
        """Finish the batches on their way and stop."""


def polls(
    gate: Gate,
    sources: Iterable[Source],
    client: GuardedClient,
    database: Database,
    wake: Callable[[], None],
    may_poll: Callable[[str], bool],
) -> Schedule:
    """Return a schedule of these sources whose runs pass the gate; `wake` is called after each, kept or not.

    A source that may not be polled now is asked for again at its next turn.
    """

    def sink(run: Run) -> None:
        try:
            gate.admit(run)
        finally:
            wake()

    history = partial(readers.run_history, database)
    return Schedule(map(make_adapter, sources), client, history, sink, may_poll=may_poll)  # type: ignore[arg-type] # the store tells a PastRun without importing it


class ElectedPolling:
    """The rhythm of one process among those that share a database.

    `polling_for` makes a new polling for each leadership; its batches pass the fence it is given, which refuses them
    once another process leads.
    """

    def __init__(self, leadership: Leadership, listener: Listener, polling_for: Callable[[Fence], Polling]) -> None:
        self._leadership = leadership
        self._listener = listener
        self._polling_for = polling_for
        self._polling: Polling | None = None
        self._is_broken = False
        self._is_stopping = threading.Event()

    @property
    def role(self) -> str:
        """`polling`, or `following` what another process polls."""
        return "polling" if self._leadership.is_leader else "following"

    @property
    def heartbeat_at(self) -> datetime | None:
        """When the polling, here or in the process that polls, last gave a sign of life."""
        polling = self._polling
        return polling.heartbeat_at if polling is not None else self._leadership.heartbeat_at

    def start(self) -> None:
        """Listen, and stand for election."""
        self._listener.start()
        self._leadership.start(self._begin, self._end, self._is_well)

    def stop(self, timeout: float = _STOP_S) -> None:
        """Finish the batches on their way, let another lead, listen no more."""
        del timeout
        self._is_stopping.set()
        self._leadership.stop()
        self._listener.stop()

    def _begin(self, fence: Fence) -> None:
        try:
            polling = self._polling_for(fence)
            polling.start()
        except BaseException:
            self._is_broken = True  # what cannot be begun cannot be led
            raise
        self._polling, self._is_broken = polling, False

    def _is_well(self) -> bool:
        polling = self._polling
        return not self._is_broken and (polling is None or polling.silence_s < STILL_S)

    def _end(self) -> None:
        polling, self._polling = self._polling, None
        if polling is not None:
            polling.stop(_STOP_S if self._is_stopping.is_set() else _LOST_S)
