"""The thread of one source: one poll at a time, its verdict, its delivery, and when to ask again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.contract import (
    NO_VALIDATORS,
    Adapter,
    ClosingOf,
    Failed,
    Fetched,
    History,
    NotModified,
    Outcome,
    Sink,
    Source,
    Verdict,
)
from datasources.polling import Client, poll
from datasources.references import References
from datasources.rhythm import Manners, next_delay_s
from datasources.skew import in_the_present
from datasources.verdict import HISTORY, READ_AGAIN, judged
from events.errors import SourceError, SourceUnavailable

log = logging.getLogger(__name__)

MIN_REST = 0.1  # share of the cadence a publisher is left alone, however slow its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What every worker of a schedule shares."""

    client: Client
    history: History
    sink: Sink
    clock: Callable[[], datetime]
    may_poll: Callable[[str], bool]
    chance: Callable[[], float]
    manners: Manners
    ask_in: Callable[[str, float], None]  # source id, seconds: wakes that worker then
    closing_of: ClosingOf


class Worker:
    """Polls one source whenever it is woken; a hung poll holds this thread and no other."""

    def __init__(self, adapter: Adapter, doors: Doors) -> None:
        self.source: Source = adapter.source
        self.is_paused = not adapter.source.is_enabled
        self.undelivered = 0
        self._adapter = adapter
        self._doors = doors
        self._references = References(adapter, doors.client)
        self._validators = NO_VALIDATORS
        self._last_sha256: str | None = None
        self._failures = 0
        self._is_kept = True
        self._is_ahead = False
        self._lost_at: datetime | None = None
        self._wake = threading.Event()
        self._is_stopping = False
        self._is_afresh = False
        self._delivering = threading.Lock()
        self._thread = threading.Thread(target=self._work, name=f"poll-{self.source.id}", daemon=True)

    def start(self) -> None:
        """Start the thread; it waits to be woken."""
        self._thread.start()

    def wake(self, *, is_afresh: bool = False) -> None:
        """Ask for a poll now; asking several times during a poll brings one more.

        With `is_afresh` the document is read even when its bytes are those of the last reading.
        """
        if is_afresh:
            self._is_afresh = True
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end: a batch on its way to the store is finished, a poll on its way here is dropped."""
        self._is_stopping = True
        self._wake.set()

    def wait_delivered(self, within_s: float) -> bool:
        """Return once no batch is on its way to the store, False when one still is after `within_s`.

        After `stop` this is final: no later batch leaves.
        """
        if not self._delivering.acquire(timeout=within_s):
            return False
        self._delivering.release()
        return True

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._is_stopping:
                return
            if not self.is_paused:
                self._poll_once()

    def _poll_once(self) -> None:
        every_s = delay_s = self.source.poll_every.total_seconds()
        began = time.monotonic()
        try:
            if self._doors.may_poll(self.source.id):
                delay_s = self._next_delay_s(self._run_once())
        except Exception as error:  # noqa: BLE001 - whatever it is, the source must be polled again
            log.error("%s: the poll could not be ended (%s)", self.source.id, type(error).__name__)  # noqa: TRY400
        if self._failures == 0:
            # The cadence runs from start to start: a wait for a busy host must not stretch it.
            delay_s = max(delay_s - (time.monotonic() - began), every_s * MIN_REST)
        if not (self.is_paused or self._is_stopping):
            self._doors.ask_in(self.source.id, delay_s)

    def _run_once(self) -> Outcome:
        doors = self._doors
        started_at = doors.clock()
        outcome = self._ask()
        finished_at = doors.clock()
        outcome, ahead = in_the_present(outcome, finished_at)
        self._note_skew(ahead)
        with self._delivering:
            if not self._is_stopping:  # what a stop cut short says nothing about the source
                self._note_state(outcome, started_at)
                self._deliver(outcome, started_at, finished_at)
        return outcome

    def _ask(self) -> Outcome:
        if self._is_afresh:
            self._is_afresh = False
            self._forget()
        try:
            if self._references.refresh():
                self._forget()  # the same document may now say something else
        except SourceError as error:
            return Failed(source=self.source, error=error)
        return poll(self._adapter, self._doors.client, self._validators, self._last_sha256)

    def _deliver(self, outcome: Outcome, started_at: datetime, finished_at: datetime) -> None:
        try:
            past = self._doors.history(self.source.id, HISTORY)
            run = judged(outcome, past, self._doors.closing_of, started_at, finished_at)
            self._doors.sink(run)
        except Exception as error:  # noqa: BLE001 - the store's trouble must not end the polling
            self.undelivered += 1
            if self._is_kept:
                kind = type(error).__name__
                log.error("%s: polls cannot be kept (%s); each next one reads its document again", self.source.id, kind)  # noqa: TRY400
            self._is_kept = False
        else:  # only now: what was not kept must not count as known
            if not self._is_kept:
                log.info("%s: polls are kept again", self.source.id)
            self._is_kept = True
            self._remember(outcome, run.verdict)

    def _remember(self, outcome: Outcome, verdict: Verdict) -> None:
        if verdict in READ_AGAIN:
            self._forget()
        elif isinstance(outcome, Fetched | NotModified):
            self._validators = outcome.validators
            self._last_sha256 = outcome.sha256

    def _forget(self) -> None:
        self._validators = NO_VALIDATORS
        self._last_sha256 = None

    def _next_delay_s(self, outcome: Outcome) -> float:
        every_s = self.source.poll_every.total_seconds()
        retry_after_s = None
        if isinstance(outcome, Failed) and isinstance(outcome.error, SourceUnavailable):
            retry_after_s = outcome.error.retry_after_s
        return next_delay_s(every_s, self._failures, retry_after_s, self._doors.chance(), self._doors.manners)

    def _note_skew(self, ahead: timedelta) -> None:
        if bool(ahead) != self._is_ahead:
            said = (
                f"is {_span(ahead)} ahead of ours: its dates count as the time they came" if ahead else "is right again"
            )
            log.warning("%s: the publisher's clock %s", self.source.id, said)
        self._is_ahead = bool(ahead)

    def _note_state(self, outcome: Outcome, at: datetime) -> None:
        source_id = self.source.id
        if isinstance(outcome, Failed):
            self._failures += 1
            if self._lost_at is None:
                self._lost_at = at
                log.warning("%s: lost: %s", source_id, outcome.error.message)
            return
        if self._lost_at is not None:
            log.info("%s: back after %s", source_id, _span(at - self._lost_at))
        self._failures, self._lost_at = 0, None


def _span(span: timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h {seconds % 3600 // 60} min"
