"""What the last writes met, and the ballast that keeps a full disk from stopping everything else.

Without any room SQLite can neither delete nor empty its log. The ballast is that room: a file beside the database that
is given up when the disk is full. From then on writes are refused before they begin, so that polls do not use up what
retention and a clean stop need; they go on by themselves once there is room for the ballast again.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from events.errors import StoreFull, StoreUnavailable

BELIEVED_S = 60.0  # how long a failure is believed when nothing is written any more
MARGIN = 0.25  # of the ballast's size: what must be free beside it before writing goes on

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Writing does not work since a moment; `is_full`: for want of room."""

    since: datetime
    is_full: bool
    message: str


@dataclass(frozen=True, slots=True)
class Ballast:
    """A file of `size` bytes that can be given up."""

    file: Path
    size: int

    def lay(self) -> bool:
        """Make the file when there is room for it and some more; False when there is not."""
        if self.is_laid:
            return True
        try:
            if shutil.disk_usage(self.file.parent).free < self.size * (1 + MARGIN):
                return False
            with self.file.open("wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, self.size)
        except OSError:
            self.file.unlink(missing_ok=True)
            return False
        return True

    def give_up(self) -> None:
        """Give the room back to the disk."""
        self.file.unlink(missing_ok=True)

    @property
    def is_laid(self) -> bool:
        """Tell whether the whole file is there."""
        return self.file.exists() and self.file.stat().st_size == self.size


class Writing:
    """How the writes of one process to one database fare; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trouble: Trouble | None = None
        self._failed_at = 0.0
        self._ballast: Ballast | None = None

    @property
    def trouble(self) -> Trouble | None:
        """What kept the last write from being kept; None when it was kept, or is too long ago to say anything."""
        with self._lock:
            is_old = self._ballast is None and time.monotonic() - self._failed_at > BELIEVED_S
            return None if is_old else self._trouble

    def lay_ballast(self, file: Path, size: int) -> None:
        """Keep `size` bytes beside the database from now on; without room for them, go on without."""
        ballast = Ballast(file, size)
        if ballast.lay():
            self._ballast = ballast
        else:
            log.warning("%s: no room for a ballast of %d MB; a full disk will stop retention too", file, size >> 20)

    def admit(self) -> None:
        """Let a write begin; raise StoreFull when the ballast was given up and there is still no room for it."""
        with self._lock:
            trouble, ballast = self._trouble, self._ballast
            if trouble is None or not trouble.is_full or ballast is None:
                return
            if not ballast.lay():
                raise StoreFull(trouble.message)
            self._end()

    def failed(self, error: StoreUnavailable) -> None:
        """Note a write that was not kept; a full disk gets the ballast."""
        is_full = isinstance(error, StoreFull)
        with self._lock:
            self._failed_at = time.monotonic()
            if is_full and self._ballast is not None:
                self._ballast.give_up()
            if self._trouble is None or (is_full and not self._trouble.is_full):
                self._trouble = Trouble(datetime.now(UTC), is_full, str(error))
                log.error("nothing is written any more: %s", error)

    def worked(self, *, is_probe: bool) -> None:
        """Note a write that was kept; one that leaves nothing (`is_probe`) proves no room."""
        with self._lock:
            if self._trouble is not None and not (is_probe and self._trouble.is_full):
                self._end()

    def _end(self) -> None:
        if self._trouble is not None:
            log.info("writing goes on, after %d s", (datetime.now(UTC) - self._trouble.since).total_seconds())
        self._trouble = None
