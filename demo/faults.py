"""What sources do wrong: planned by the day, or asked for by a test through the control address."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from demo.clock import Clock
from demo.day import PlannedFault


@dataclass(slots=True)
class _Asked:
    kind: str
    times: int | None


class Faults:
    """Decides what goes wrong with each answer; safe to ask from several threads."""

    def __init__(self, planned: tuple[PlannedFault, ...], clock: Clock) -> None:
        self._planned = planned
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, _Asked] = {}
        self._revisions: Counter[str] = Counter()
        self._answered: Counter[tuple[PlannedFault, int]] = Counter()
        self._released = threading.Event()

    def ask(self, source: str, kind: str, times: int | None = None) -> None:
        """Make a source do one thing wrong from now on, for `times` answers when given."""
        with self._lock:
            self._asked[source] = _Asked(kind, times)

    def reset(self, source: str) -> None:
        """Take back what was asked of a source; answers held back go out; what the day plans stays."""
        with self._lock:
            self._asked.pop(source, None)
            released, self._released = self._released, threading.Event()
        released.set()

    def bump(self, source: str) -> int:
        """Make a source publish one change; return how many it has made so far."""
        with self._lock:
            self._revisions[source] += 1
            return self._revisions[source]

    def revision(self, source: str) -> int:
        """Return how many changes were asked of a source."""
        with self._lock:
            return self._revisions[source]

    def asked(self, source: str) -> str | None:
        """Return what was asked of a source, None when nothing was."""
        with self._lock:
            asked = self._asked.get(source)
            return asked.kind if asked else None

    def next(self, source: str, now: datetime) -> str | None:
        """Return what goes wrong with the answer given now, and count it; None when all is well."""
        with self._lock:
            asked = self._asked.get(source)
            if asked is not None:
                if asked.times is not None:
                    asked.times -= 1
                    if asked.times <= 0:
                        del self._asked[source]
                return asked.kind
            return self._planned_now(source, now)

    def hold(self, limit_s: float) -> None:
        """Wait until something is reset, at most `limit_s` seconds."""
        with self._lock:
            released = self._released
        released.wait(limit_s)

    def _planned_now(self, source: str, now: datetime) -> str | None:
        loop = self._clock.loop(now)
        elapsed = (self._clock.played(now) - self._clock.loop_start) / self._clock.speed
        for fault in self._planned:
            if fault.source != source or elapsed < fault.start or (fault.end is not None and elapsed >= fault.end):
                continue
            if fault.times is not None:
                if self._answered[fault, loop] >= fault.times:
                    continue
                self._answered[fault, loop] += 1
            return fault.kind
        return None
