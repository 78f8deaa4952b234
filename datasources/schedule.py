"""Which source is polled when: APScheduler tells the time, each source works in a thread of its own."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from datasources.contract import Adapter, Closing, ClosingOf, History, Sink
from datasources.polling import Client
from datasources.rhythm import Manners
from datasources.worker import Doors, Worker

HEARTBEAT_S = 5.0
_HEARTBEAT = "heartbeat"

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def _always(source_id: str) -> bool:  # noqa: ARG001 - the shape of `may_poll`
    return True


def _nothing_closes(source_id: str, external_ids: Collection[str]) -> Closing:  # noqa: ARG001 - the shape of `closing_of`
    return Closing()


class Schedule:
    """Polls every enabled source at its cadence, and hands each judged run to `sink`.

    `clock` dates the runs; `closing_of` tells what a document takes back of what is in force; `paused` sources wait for
    `resume`. `may_poll(source_id)` is asked before each poll; a source that may not is skipped until its
    next turn. A sink that raises costs that run only: it is logged, counted, and the document is read again.
    """

    def __init__(  # noqa: PLR0913 - the doors of the room, and three choices with a default
        self,
        adapters: Iterable[Adapter],
        client: Client,
        history: History,
        sink: Sink,
        clock: Callable[[], datetime] = _now,
        *,
        may_poll: Callable[[str], bool] = _always,
        closing_of: ClosingOf = _nothing_closes,
        paused: Collection[str] = (),
        manners: Manners | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._manners = manners or Manners()
        self._chance = chance
        doors = Doors(
            client=client,
            history=history,
            sink=sink,
            clock=clock,
            may_poll=may_poll,
            chance=chance,
            manners=self._manners,
            ask_in=self._ask_in,
            closing_of=closing_of,
        )
        self._workers = {adapter.source.id: Worker(adapter, doors) for adapter in adapters}
        for source_id in paused:
            if source_id in self._workers:
                self._workers[source_id].is_paused = True
        self._next_at: dict[str, datetime] = {}
        self._heartbeat_at: datetime | None = None
        self._beat_s = time.monotonic()
        self._is_running = False
        self._asking = threading.Lock()  # held while a job is added, and while the last ones are taken away
        # The clock's own threads only wake workers: a wake-up never waits, so two are plenty. Jobs are in UTC because
        # a local hour happens twice in October and not at all in March.
        self._clockwork = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    @property
    def heartbeat_at(self) -> datetime | None:
        """When the clock last beat (every HEARTBEAT_S); None before the start. An old one means polling has stopped."""
        return self._heartbeat_at

    @property
    def silence_s(self) -> float:
        """Seconds since the clock last beat, whatever the machine's date does; many times HEARTBEAT_S: it is dead."""
        return time.monotonic() - self._beat_s

    @property
    def undelivered_runs(self) -> int:
        """Number of runs since the start that the sink did not accept."""
        return sum(worker.undelivered for worker in self._workers.values())

    def start(self) -> None:
        """Start polling; the first polls are spread over about a second."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it writes two lines per wake-up
        self._is_running = True
        self._beat()
        self._clockwork.add_job(self._beat, "interval", seconds=HEARTBEAT_S, id=_HEARTBEAT)
        self._clockwork.start()
        for worker in self._workers.values():
            worker.start()
            if not worker.is_paused:
                self._ask_in(worker.source.id, self._manners.first_within_s * self._chance())

    def stop(self, timeout: float = 10.0) -> tuple[str, ...]:
        """Stop polling; return the ids of the sources whose batch was not in the store after `timeout` seconds.

        Batches on their way to the store are finished; polls that wait for a publisher are dropped, their threads end
        by themselves within the deadline of their source. No batch leaves after this returns, those named excepted.
        """
        self._stop_clock()
        until = time.monotonic() + timeout
        for worker in self._workers.values():
            worker.stop()
        unfinished = tuple(
            source_id
            for source_id, worker in self._workers.items()
            if not worker.wait_delivered(max(0.0, until - time.monotonic()))
        )
        if unfinished:
            log.error("stopped before these sources' batches were kept: %s", ", ".join(unfinished))
        return unfinished

    def poll_now(self, source_id: str, *, is_afresh: bool = False) -> bool:
        """Ask for a poll at once, whatever the backoff; False when the source is paused or polling has stopped.

        With `is_afresh` the document is read again even when it did not change.

        Raises KeyError for a source that does not exist.
        """
        worker = self._workers[source_id]
        if worker.is_paused or not self._is_running:
            return False
        worker.wake(is_afresh=is_afresh)
        return True

    def pause(self, source_id: str) -> None:
        """Poll the source no more until `resume`; a poll under way is finished. Raises KeyError for an unknown one."""
        self._workers[source_id].is_paused = True
        self._next_at.pop(source_id, None)
        with suppress(JobLookupError):  # it may be asked right now
            self._clockwork.remove_job(source_id)

    def resume(self, source_id: str) -> None:
        """Poll a paused source again, at once and then at its cadence. Raises KeyError for an unknown one."""
        worker = self._workers[source_id]
        if worker.is_paused:
            worker.is_paused = False
            self.poll_now(source_id)

    def next_poll_at(self, source_id: str) -> datetime | None:
        """Return when the source is asked next, None while it is paused, stopped or being asked for the first time.

        Raises KeyError for a source that does not exist.
        """
        return None if self._workers[source_id].is_paused else self._next_at.get(source_id)

    def _stop_clock(self) -> None:
        # APScheduler says that it has stopped before it waits for its thread, which then cannot find the job it is
        # just about to take away, and dies. Emptied first, the thread has none in hand and never finds another.
        with self._asking:
            self._is_running = False
            self._next_at.clear()
            if self._clockwork.running:
                self._clockwork.remove_all_jobs()
        if self._clockwork.running:
            self._clockwork.shutdown(wait=False)

    def _ask_in(self, source_id: str, delay_s: float) -> None:
        # The machine's own time, not `clock`: this is a wait, and the clock given to us may be a frozen one.
        run_at = _now() + timedelta(seconds=delay_s)
        with self._asking:
            if not self._is_running:
                return
            self._next_at[source_id] = run_at
            self._clockwork.add_job(
                self._workers[source_id].wake, "date", run_date=run_at, id=source_id, replace_existing=True
            )

    def _beat(self) -> None:
        self._heartbeat_at, self._beat_s = _now(), time.monotonic()
