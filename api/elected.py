"""Polls while this process is the one elected to; hears of the others' changes all the time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from api.conflict_watch import ConflictWatch, watched_of
from api.following import Together
from api.house import House, now
from api.matching import Matcher, facts_of
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Adapter, Closing, Run, Source
from datasources.schedule import Schedule
from events.errors import StoreUnavailable
from events.records import Line
from privacy.gate import Gate
from store import readers
from store.database import Database
from store.leadership import Fence, Leadership
from store.notices import Listener
from store.orders import What

_STOP_S = 10.0
_LOST_S = 2.0
STILL_S = 20.0  # a polling that gave no sign of life for so long is dead

Taken = Callable[[Run], None]

log = logging.getLogger(__name__)


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

    def obey(self) -> None:
        """Look for orders that people gave meanwhile, and carry them out."""

    def lines(self) -> Mapping[str, tuple[Line, ...]]:
        """Return the lines of transport that sources told, by source; one that told none yet is not there."""


class Companion(Protocol):
    """What works beside the polling of the process that leads: `api.following.Together` in service."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, what is on its way included."""


class ObedientSchedule:
    """A schedule that does what people order of its sources, in the order in which the orders were kept."""

    def __init__(self, schedule: Schedule, database: Database, adapters: Sequence[Adapter], done: int) -> None:
        self._schedule = schedule
        self._database = database
        self._adapters = tuple(adapters)
        self._source_ids = frozenset(adapter.source.id for adapter in adapters)
        self._done = done
        self._lock = threading.Lock()

    @property
    def heartbeat_at(self) -> datetime | None:
        """When its clock last beat."""
        return self._schedule.heartbeat_at

    @property
    def silence_s(self) -> float:
        """Seconds since its clock last beat."""
        return self._schedule.silence_s

    def start(self) -> None:
        """Start polling what is not paused."""
        self._schedule.start()

    def stop(self, timeout: float = _STOP_S) -> object:
        """Finish the batches on their way and stop."""
        return self._schedule.stop(timeout)

    def obey(self) -> None:
        """Carry out the orders that were kept since the last time, each once; later ones wait for the next call."""
        with self._lock:
            try:
                given = readers.orders_after(self._database, self._done)
            except StoreUnavailable as error:
                log.warning("orders to sources cannot be read just now: %s", error)
                return
            for order in given:
                self._done = order.id
                if order.source_id in self._source_ids:  # it may have left the catalogue since
                    self._carry_out(order.source_id, order.what)

    def lines(self) -> Mapping[str, tuple[Line, ...]]:
        """Return the lines of transport that sources told, by source; one that told none yet is not there."""
        told = ((adapter.source.id, adapter.lines()) for adapter in self._adapters)
        return {source_id: lines for source_id, lines in told if lines is not None}

    def _carry_out(self, source_id: str, what: What) -> None:
        if what is What.PAUSE:
            self._schedule.pause(source_id)
        elif what is What.RESUME:
            self._schedule.resume(source_id)
        elif what in (What.RELAUNCH, What.ALLOW):  # read again what did not change: something else is kept of it
            self._schedule.poll_now(source_id, is_afresh=True)


def closing_of(database: Database, source_id: str, external_ids: Collection[str]) -> Closing:
    """Return what a document that takes back these identifiers would end of what its source has in force."""
    return Closing(*readers.in_force(database, source_id, external_ids, now=now()))


def polls(
    gate: Gate,
    sources: Iterable[Source],
    client: GuardedClient,
    database: Database,
    wake: Callable[[], None],
    may_poll: Callable[[str], bool],
    taken: Taken | None = None,
) -> ObedientSchedule:
    """Return a schedule of these sources whose runs pass the gate; `wake` is called after each, kept or not.

    `taken` is called with each run that was kept.

    A source that may not be polled now is asked for again at its next turn.
    """

    def sink(run: Run) -> None:
        try:
            gate.admit(run)
            if taken is not None:
                taken(run)
        finally:
            wake()

    history = partial(readers.run_history, database)
    done = readers.last_order(database)  # first: an order given between the two is carried out, perhaps once more
    adapters = [make_adapter(source) for source in sources if not source.is_pushed]
    schedule = Schedule(
        adapters, client, history, sink, closing_of=partial(closing_of, database), may_poll=may_poll,  # type: ignore[arg-type] # the store tells a PastRun without importing it
        paused=readers.paused(database),
    )  # fmt: skip
    return ObedientSchedule(schedule, database, adapters, done)


def elected_polling(
    leadership: Leadership,
    database: Database,
    wake: Callable[[], None],
    polling_for: Callable[[Fence], Polling],
    companion: Companion | None = None,
) -> ElectedPolling:
    """Return the rhythm of this process, which hears of what the others keep; `wake` is called for all of it."""
    rhythm: ElectedPolling

    def heard() -> None:
        rhythm.heard()

    rhythm = ElectedPolling(leadership, Listener(database, heard), polling_for, wake, companion)
    return rhythm


def house_polling(
    leadership: Leadership,
    house: House,
    wake: Callable[[], None],
    polling_for: Callable[[Fence, Taken | None], Polling],
) -> ElectedPolling:
    """Return the rhythm of a house: beside the polls it looks for events told twice, and for those in each other's way."""
    rhythm: ElectedPolling
    beside = Together(
        Matcher(facts_of(house.database, house.city, house.said, house.sources, house.clock), wake),
        ConflictWatch(watched_of(house, lambda: rhythm.lines()), wake),  # noqa: PLW0108 - it is made below
    )
    partners = None if house.media is None else house.media.partners
    taken = None if partners is None else partners.take
    rhythm = elected_polling(leadership, house.database, wake, lambda fence: polling_for(fence, taken), beside)
    return rhythm


class ElectedPolling:
    """The rhythm of one process among those that share a database.

    `polling_for` makes a new polling for each leadership; its batches pass the fence it is given, which refuses them
    once another process leads. `wake` is called for all that is kept, whoever kept it.
    """

    def __init__(
        self,
        leadership: Leadership,
        listener: Listener,
        polling_for: Callable[[Fence], Polling],
        wake: Callable[[], None] = lambda: None,
        companion: Companion | None = None,
    ) -> None:
        self._leadership = leadership
        self._wake = wake
        self._companion = companion
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

    def lines(self) -> Mapping[str, tuple[Line, ...]]:
        """Return the lines of transport that sources told, by source; none while another process polls."""
        polling = self._polling
        return {} if polling is None else polling.lines()

    def heard(self) -> None:
        """Something was kept, here or elsewhere: tell the streams, and carry out orders when it is us who poll."""
        self._wake()
        polling = self._polling
        if polling is not None:
            polling.obey()

    def _begin(self, fence: Fence) -> None:
        try:
            polling = self._polling_for(fence)
            polling.start()
        except BaseException:
            self._is_broken = True  # what cannot be begun cannot be led
            raise
        self._polling, self._is_broken = polling, False
        polling.obey()  # what was ordered while it started
        if self._companion is not None:
            self._companion.start()

    def _is_well(self) -> bool:
        polling = self._polling
        return not self._is_broken and (polling is None or polling.silence_s < STILL_S)

    def _end(self) -> None:
        polling, self._polling = self._polling, None
        if self._companion is not None:
            self._companion.stop()
        if polling is not None:
            polling.stop(_STOP_S if self._is_stopping.is_set() else _LOST_S)
