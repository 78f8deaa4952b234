"""The night's work: the calendar goes on, what is past its time is deleted, every text is read again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from privacy import text as text_gate
from privacy.gazetteer import Gazetteer
from privacy.rescan import rescan
from privacy.screen import Reader
from store.database import Database
from store.maintenance import extend_periods
from store.retention import Due, Limits, due, purge
from store.road_days import sum_days
from store.upkeep import Done, keep_done, last_done

PURGE, RESCAN = TASKS = ("purge", "rescan")
_NIGHT = timedelta(hours=20)

_log = logging.getLogger(__name__)


class Kept(Protocol):
    """How many days a city keeps each kind."""

    @property
    def event_days(self) -> int: ...
    @property
    def road_state_days(self) -> int: ...
    @property
    def camera_days(self) -> int: ...
    @property
    def tally_days(self) -> int: ...
    @property
    def run_days(self) -> int: ...


class Agreed(Protocol):
    """The agreements, as far as they say how long."""

    def retention(self) -> Mapping[str, timedelta]:
        """Return how long each source is kept."""

    def warn(self) -> None:
        """Say which agreements end soon."""


class Upkeep:
    """The work of one city's database. Each task may run again at any time: what is done is not done twice."""

    def __init__(
        self,
        database: Database,
        kept: Kept,
        agreed: Agreed,
        clock: Callable[[], datetime],
        *,
        gazetteer: Gazetteer,
        key: bytes,
    ) -> None:
        self._reader = Reader(gazetteer, text_gate.scan)
        self._key = key
        self._database = database
        self._kept = kept
        self._agreed = agreed
        self._clock = clock

    def run(self) -> None:
        """Do all of it; raise StoreUnavailable when the store cannot take it, and the next night brings the rest."""
        self._agreed.warn()
        extend_periods(self._database, self._clock())
        self.purge()
        sum_days(self._database, self._clock())
        last = last_done(self._database, RESCAN)
        if last is None or last.gate != self._reader.version or self._clock() - last.at > _NIGHT:
            self.rescan()

    def due(self) -> tuple[Due, ...]:
        """Return what a purge would delete now; nothing is changed."""
        return due(self._database, self.limits(), self._clock())

    def purge(self) -> tuple[Done, ...]:
        """Delete what is past its time; return, per kind and source after the whole, what was deleted and what remains."""
        now, limits = self._clock(), self.limits()
        found = purge(self._database, limits, now)
        left = {(one.kind, one.source_id): one.count for one in due(self._database, limits, now)}
        lines = [
            Done(kind=one.kind, source_id=one.source_id, seen=one.count, done=one.count - left.get(key, 0),
                 remaining=left.get(key, 0))
            for one in found
            for key in [(one.kind, one.source_id)]
        ]  # fmt: skip
        whole = _sum(lines, remaining=sum(left.values()))
        keep_done(self._database, PURGE, now, [whole, *lines])
        if whole.done or whole.remaining:
            _log.info("purge: %d rows deleted, %d past their time remain", whole.done, whole.remaining)
        return (whole, *lines)

    def rescan(self) -> tuple[Done, ...]:
        """Read every stored text again with the gate of today; return what was withdrawn, after the whole of it."""
        now = self._clock()
        lines = rescan(self._database, self._reader, self._key, now)
        keep_done(self._database, RESCAN, now, lines, self._reader.version)
        if lines[0].done:
            _log.warning("rescan: %d texts or records withdrawn by gate %s", lines[0].done, self._reader.version)
        return lines

    def limits(self) -> Limits:
        """Return how long each kind and source is kept, as the city and the agreements say now."""
        return limits_of(self._kept, self._agreed)


def limits_of(kept: Kept, agreed: Agreed) -> Limits:
    """Return how long each kind and source is kept: what the city says, less where an agreement says less."""
    days = {
        "event": kept.event_days,
        "road_state": kept.road_state_days,
        "camera": kept.camera_days,
        "tally": kept.tally_days,
        "run": kept.run_days,
    }
    kinds = {kind: timedelta(days=count) for kind, count in days.items()}
    return Limits(kinds=kinds, sources=agreed.retention())


def done_told(lines: Sequence[Done], what: str) -> str:
    """Return what a task did as lines for a person: one per kind and source, then the whole."""
    parts = [f"{one.kind} {one.source_id or '-'}: {one.done} {what}, {one.remaining} remain" for one in lines[1:]]
    return "\n".join([*parts, f"{lines[0].done} {what} of {lines[0].seen}, {lines[0].remaining} remain"])


def due_told(found: Sequence[Due]) -> str:
    """Return what a purge would delete as lines for a person."""
    parts = [
        f"{one.kind} {one.source_id or '-'}: {one.count} past their time since {one.oldest:%Y-%m-%d}" for one in found
    ]
    return "\n".join([*parts, f"{sum(one.count for one in found)} rows would be deleted; nothing was changed"])


def _sum(lines: Sequence[Done], *, remaining: int) -> Done:
    return Done(seen=sum(line.seen for line in lines), done=sum(line.done for line in lines), remaining=remaining)
