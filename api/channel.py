"""The open streams of those who see the same, and the last frames kept for those who reconnect."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from events.audience import Viewer

QUEUE = 256  # frames a slow reader may be behind; then it is dropped, and reconnects with its number
RING = 500  # frames kept per audience for those who reconnect


class Reader:
    """One open stream: a bounded queue of frames; `is_dropped` once it fell behind or the house closes."""

    def __init__(self) -> None:
        self.is_dropped = False
        self.is_behind = False  # opened while the database was away: it starts again when it is back
        self.seq = 0  # the number this stream has reached by what was sent on it
        self._frames: deque[tuple[int, bytes]] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def give(self, seq: int, frame: bytes) -> bool:
        """Queue a frame (`seq` 0: without number); False when the reader is too slow."""
        if seq and self.is_behind:
            return True
        if len(self._frames) >= QUEUE:
            self.is_dropped = True
        else:
            self._frames.append((seq, frame))
        _wake(self._waiter)
        return not self.is_dropped

    def take(self) -> tuple[int, bytes] | None:
        """Return the next frame with its number, None when there is none yet."""
        return self._frames.popleft() if self._frames else None

    async def next(self, seconds: float) -> tuple[int, bytes] | None:
        """Return the next frame, None when none came within these seconds.

        A future and a timer, not a task: a thousand streams wait here.
        """
        if not self._frames:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(seconds, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self.take()


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


@dataclass(slots=True)
class Channel:
    """All streams of viewers who see the same."""

    viewer: Viewer
    seq: int | None = None  # the last number these viewers may see, None until it was read
    start: int | None = None  # number before the first frame of the ring
    ring: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=RING))
    readers: set[Reader] = field(default_factory=set)

    def fan_out(self, seq: int, frame: bytes) -> None:
        """Give a frame to every reader; numbered ones are remembered, once it is known after which number they come."""
        if seq and self.seq is not None:
            if self.start is None:
                self.start = self.seq
            elif len(self.ring) == RING:
                self.start = self.ring[0][0]
            self.ring.append((seq, frame))
            self.seq = max(self.seq, seq)
        self.readers = {reader for reader in self.readers if reader.give(seq, frame)}

    def since(self, seq: int) -> list[bytes] | None:
        """Return the frames after a number, None when the ring does not reach back to it."""
        if seq == self.seq:
            return []
        if self.seq is None or self.start is None or not self.start <= seq < self.seq:
            return None
        return [frame for number, frame in self.ring if number > seq]
