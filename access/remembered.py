"""Who was recognised a moment ago: an open page asks many times a minute, the database is asked every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from access.members import Member
from access.sealing import token_hash

LASTS = timedelta(seconds=5)
MOST = 4096


class Remembered:
    """Members by the hash of their token, for seconds: an ended sign-in is over everywhere within `LASTS`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: dict[str, tuple[datetime, Member]] = {}
        self._turn = threading.Lock()

    def get(self, token: str, find: Callable[[str], Member | None]) -> Member | None:
        """Return who holds a token; who is not recognised is asked for again each time."""
        now, key = self._clock(), token_hash(token)
        known = self._known.get(key)
        if known is not None and timedelta() <= now - known[0] < LASTS:
            return known[1]
        member = find(token)
        with self._turn:
            if member is None:
                self._known.pop(key, None)
            else:
                if len(self._known) >= MOST:
                    self._known.clear()
                self._known[key] = (now, member)
        return member

    def forget(self) -> None:
        """Ask the database again for everybody: something was ended or changed."""
        with self._turn:
            self._known.clear()
