"""Follows the numbered changes of events beside the polls: everything once, then what changed; never in anybody's way."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection

from api.house import EVERYTHING
from events.errors import StoreUnavailable
from store import readers
from store.changes import Head, head_of
from store.database import Database
from store.kept import Kind, RawChange

LOOK_S = 1.0
BATCH = 1000
MAX_BACKLOG = 50 * BATCH  # changes that concern nobody are among them, and are passed over

log = logging.getLogger(__name__)


class Follower(ABC):
    """`look` is one round, `start` repeats it until `stop`; `what` is followed, as the log names it.

    `wake` is called after each round that kept something.
    """

    def __init__(self, database: Database, what: str, wake: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._what = what
        self._wake = wake
        self._head: Head | None = None
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, from everything that is kept."""
        self._head = None
        self._is_stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self._what, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a round on its way is finished."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> int:
        """Take what changed since the last round; return how much was kept of it.

        Raises StoreUnavailable; the next round then takes the same changes.
        """
        database, head = self._database, self._head
        last = readers.last_head(database, viewer=EVERYTHING)
        if head is not None and head == last and not self._is_due():
            return 0
        is_lost = head is None or last.seq - head.seq > MAX_BACKLOG or not readers.is_past(database, head)
        if is_lost or self._is_due():
            count = self._take_all()
            self._head = last
            return count
        count = 0
        while changes := readers.raw_changes(database, since=self._head.seq if self._head else 0, limit=BATCH):
            ids = {one.id for one in changes if one.kind is Kind.EVENT and self._concerns(one)}
            if ids:
                count += self._take(ids)
            self._head = head_of(changes[-1])
        return count

    @abstractmethod
    def _take_all(self) -> int:
        """Take every event that is kept; return how much was kept of it."""

    @abstractmethod
    def _take(self, ids: Collection[str]) -> int:
        """Take these events, new, changed or gone; return how much was kept of it."""

    def _concerns(self, change: RawChange) -> bool:  # noqa: ARG002 - whoever follows may look at it
        return True

    def _is_due(self) -> bool:
        """Tell whether everything is to be taken again, whatever changed."""
        return False

    def _run(self) -> None:
        is_lost = False
        while not self._is_stopping.wait(LOOK_S):
            try:
                if self.look():
                    self._wake()
                is_lost = False
            except StoreUnavailable as error:
                if not is_lost:
                    log.warning("%s cannot be looked for just now: %s", self._what, error)
                is_lost = True
            except Exception:
                log.exception("%s: a round failed, everything is compared again", self._what)
                self._head = None
                self._is_stopping.wait(30 * LOOK_S)


class Together:
    """Several that follow, begun and ended as one."""

    def __init__(self, *followers: Follower) -> None:
        self._followers = followers

    def start(self) -> None:
        """Begin."""
        for one in self._followers:
            one.start()

    def stop(self) -> None:
        """End, what is on its way included."""
        for one in self._followers:
            one.stop()
