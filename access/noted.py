"""Attempts and readings as the audit keeps them: each once for a while, so that a loop of requests does not fill it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from access.audit import DONE, REFUSED, Audit
from access.members import Member
from events.audience import Viewer
from events.errors import StoreUnavailable

ATTEMPT_ONCE_IN = timedelta(minutes=1)
READING_ONCE_IN = timedelta(minutes=10)
MOST_ATTEMPTS = 120  # of everybody, in ATTEMPT_ONCE_IN: a flood is told by one line of the log instead
MOST = 4096

_log = logging.getLogger(__name__)
_Key = tuple[str, str, str, str]


class Noted:
    """Notes what was refused, and what was read that matters, in this process."""

    def __init__(self, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._clock = clock
        self._last: dict[_Key, datetime] = {}
        self._window: tuple[datetime, int] | None = None
        self._turn = threading.Lock()

    def refused(self, viewer: Viewer | None, action: str, object_id: str | None = None, *, mark: str = "") -> None:
        """Note that somebody tried what they may not; `mark` tells apart what nobody in particular tried."""
        member = viewer if isinstance(viewer, Member) else None
        who = "" if member is None else member.who
        if self._is_due((who, action, object_id or mark, REFUSED), ATTEMPT_ONCE_IN) and self._has_room():
            self._note(member, action, object_id, REFUSED)

    def read(self, viewer: Viewer | None, action: str, object_id: str | None = None) -> None:
        """Note that a member read what is restricted."""
        if isinstance(viewer, Member) and self._is_due((viewer.who, action, object_id or "", DONE), READING_ONCE_IN):
            self._note(viewer, action, object_id, DONE)

    def _note(self, member: Member | None, action: str, object_id: str | None, outcome: str) -> None:
        try:
            self._audit.note(member, action, object_id, outcome=outcome)
        except StoreUnavailable as error:
            # What is shown to a supervision room does not wait for a full disk; the log has the line instead.
            who = "nobody" if member is None else member.who
            _log.error("audit: %s of %s (%s) could not be kept: %s", action, who, outcome, error)

    def _is_due(self, key: _Key, once_in: timedelta) -> bool:
        now = self._clock()
        with self._turn:
            last = self._last.get(key)
            if last is not None and timedelta() <= now - last < once_in:
                return False
            if len(self._last) >= MOST:
                self._last.clear()
            self._last[key] = now
        return True

    def _has_room(self) -> bool:
        now = self._clock()
        with self._turn:
            begin, count = self._window or (now, 0)
            if not timedelta() <= now - begin < ATTEMPT_ONCE_IN:
                begin, count = now, 0
            self._window = (begin, count + 1)
        if count == MOST_ATTEMPTS:
            _log.warning("audit: more than %d refused attempts within a minute; the rest are not noted", MOST_ATTEMPTS)
        return count < MOST_ATTEMPTS
