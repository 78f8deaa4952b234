"""From a partner and a moment to the document it gives, with its validators."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.canaries import Canaries
from demo.clock import Clock
from demo.desk import Desk
from demo.faults import Faults
from demo.partners import Partner


@dataclass(frozen=True, slots=True)
class Answer:
    """A document: `etag` is the hash of its bytes, `modified_at` when these bytes were first given."""

    body: bytes
    media_type: str
    etag: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    moment: datetime
    revision: int
    fault: str | None


class Desks:
    """Answers for every partner; a document stays the same through a played minute unless a change is asked for."""

    def __init__(
        self,
        partners: Mapping[str, Partner],
        clock: Clock,
        faults: Faults,
        canaries: Canaries,
        now: Callable[[], datetime],
    ) -> None:
        self.partners = partners
        self.clock = clock
        self.faults = faults
        self.now = now
        self._canaries = canaries
        self._lock = threading.Lock()
        self._given: dict[str, tuple[_Asked, Answer]] = {}

    def answer(self, partner: Partner, fault: str | None) -> Answer:
        """Return what a partner publishes now; `fault` is None, `empty`, `poison` or `freeze`: what was given last, again."""
        asked = _Asked(self._moment(partner), self.faults.revision(partner.source), fault)
        with self._lock:
            kept = self._given.get(partner.source)
            if kept is not None and (kept[0] == asked or fault == "freeze"):
                return kept[1]
            desk = Desk(partner.source, self.clock, asked.moment, self._canaries, is_poisoned=fault == "poison")
            body = partner.publish(desk, asked.revision, fault == "empty")
            answer = self._dated(body, partner.media_type, kept[1] if kept else None)
            self._given[partner.source] = (asked, answer)
            return answer

    def part(self, path: str) -> Answer | None:
        """Return a document that a partner's main one links to; None when nobody answers at this path."""
        for partner in self.partners.values():
            folder = f"/{partner.path.rpartition('/')[0]}/"
            if partner.publish_part is None or not path.startswith(folder):
                continue
            desk = Desk(partner.source, self.clock, self._moment(partner), self._canaries)
            body = partner.publish_part(desk, self.faults.revision(partner.source), path.removeprefix(folder))
            return None if body is None else self._dated(body, partner.part_type, None)
        return None

    def _dated(self, body: bytes, media_type: str, before: Answer | None) -> Answer:
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if before is not None and before.etag == etag:
            return before
        return Answer(body, media_type, etag, self.now())

    def _moment(self, partner: Partner) -> datetime:
        now = self.now()
        if partner.is_static:
            return self.clock.real(self.clock.loop_start, self.clock.loop(now))
        seconds = min(60.0, max(1.0, 60.0 / self.clock.speed))
        step = timedelta(seconds=seconds)
        return self.clock.started_at + (now - self.clock.started_at) // step * step
