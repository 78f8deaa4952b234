"""The live hub: reads each new change once, encodes it once per audience, hands it to every open stream."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from api.frames import ANEW, RESYNC, delta_for, event_frame, load, now_ms, replay_frame
from api.house import EVERYTHING, House
from api.snapshots import Snapshots
from events.audience import Viewer
from events.errors import StoreUnavailable
from store import readers
from store.changes import Head, head_of

QUEUE = 256  # frames a slow reader may be behind; then it is dropped, and reconnects with its number
RING = 500  # frames kept per audience for those who reconnect
MAX_REPLAY = 5000  # changes; who missed more takes a new snapshot
BATCH = 1000
MAX_BACKLOG = 4 * BATCH  # beyond, one compressed snapshot is less than the deltas
DEBOUNCE_S = 0.25
RETRY_S = 1.0
_IDLE_CHANNELS = 32

log = logging.getLogger(__name__)


class Reader:
    """One open stream: a bounded queue of frames; `is_dropped` once it fell behind or the house closes."""

    def __init__(self) -> None:
        self.is_dropped = False
        self.seq = 0  # the number this stream has reached by what was sent on it
        self._frames: deque[tuple[int, bytes]] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def give(self, seq: int, frame: bytes) -> bool:
        """Queue a frame (`seq` 0: without number); False when the reader is too slow."""
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
    seq: int = 0  # the last number these viewers may see
    start: int | None = None  # number before the first frame of the ring
    ring: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=RING))
    readers: set[Reader] = field(default_factory=set)

    def fan_out(self, seq: int, frame: bytes) -> None:
        """Give a frame to every reader; numbered ones are remembered."""
        if seq:
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
        if self.start is None or not self.start <= seq < self.seq:
            return None
        return [frame for number, frame in self.ring if number > seq]


class Hub:
    """Joins the change feed to the open streams. All but `wake` belongs to the event loop."""

    def __init__(self, house: House, snapshots: Snapshots) -> None:
        self._house = house
        self._snapshots = snapshots
        self._channels: dict[str, Channel] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._polled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._head = Head()

    @property
    def open_streams(self) -> int:
        """Number of streams that are open."""
        return sum(len(channel.readers) for channel in self._channels.values())

    async def start(self) -> None:
        """Begin to follow the changes that come from now on."""
        self._loop = asyncio.get_running_loop()
        self._head = await asyncio.to_thread(readers.last_head, self._house.database, viewer=EVERYTHING)
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._tell_sources())]

    async def stop(self) -> None:
        """End every stream."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._end()
        self._channels.clear()
        self._loop = None

    def end_streams(self) -> None:
        """Ask every open stream to end, so that the server can stop; from any thread or a signal."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop closed in between: no stream is left
                loop.call_soon_threadsafe(self._end)

    def wake(self) -> None:
        """Say that a poll was kept; from any thread, before the start and after the stop too."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop closed in between: nobody listens any more
                loop.call_soon_threadsafe(self._note_poll)

    async def subscribe(
        self, viewer: Viewer, since: int | None, mark: str | None = None
    ) -> tuple[Reader, Channel, list[bytes]]:
        """Open a stream: its reader, and the frames that bring it from `since` to the present.

        With `mark`, that of the change `since`, a number of another history is told from ours and asks for a resync.

        It listens first and catches up then, so that nothing falls between; what the catching up covers is not sent
        twice.
        """
        channel = self._channels.get(viewer.key)
        if channel is None:
            channel = self._channels.setdefault(viewer.key, Channel(viewer))
        reader = Reader()
        channel.readers.add(reader)
        try:
            if channel.seq == 0:
                last = await asyncio.to_thread(readers.last_change, self._house.database, viewer=viewer)
                channel.seq = max(channel.seq, last)
            missed = await self._catch_up(reader, channel, since, mark)
        except BaseException:
            channel.readers.discard(reader)
            raise
        return reader, channel, missed

    def leave(self, reader: Reader, channel: Channel) -> None:
        """Close a stream."""
        channel.readers.discard(reader)
        idle = [key for key, one in self._channels.items() if not one.readers]
        for key in idle[: max(0, len(idle) - _IDLE_CHANNELS)]:
            del self._channels[key]

    async def _catch_up(self, reader: Reader, channel: Channel, since: int | None, mark: str | None) -> list[bytes]:
        database, viewer = self._house.database, channel.viewer
        told = None if since is None or mark is None else Head(since, mark)
        is_ours = told is None or await asyncio.to_thread(readers.is_past, database, told)
        reader.seq = channel.seq
        if not is_ours:
            return await self._resync(ANEW)
        remembered = [] if since is None else channel.since(since)
        if remembered is not None:
            return remembered
        page = await asyncio.to_thread(readers.changes, database, viewer=viewer, since=since or 0, limit=MAX_REPLAY)
        if not page.is_known or page.has_more:
            return await self._resync(RESYNC if page.is_known else ANEW)
        reader.seq = page.next
        if not page.changes:
            return []
        return [await asyncio.to_thread(replay_frame, self._house, viewer, page.changes)]

    async def _resync(self, frame: bytes) -> list[bytes]:
        self._snapshots.require(await asyncio.to_thread(readers.last_change, self._house.database, viewer=EVERYTHING))
        return [frame]

    def _end(self) -> None:
        for channel in self._channels.values():
            for reader in channel.readers:
                reader.give(0, b"")
                reader.is_dropped = True

    def _note_poll(self) -> None:
        self._changed.set()
        self._polled.set()

    async def _follow(self) -> None:
        is_broken = False
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                if is_broken:
                    await self._start_again(RESYNC)
                    is_broken = False
                await self._bring()
                await asyncio.to_thread(self._snapshots.refresh)
            except StoreUnavailable as error:
                log.warning("live: the changes cannot be read just now, streams wait: %s", error)
                await asyncio.sleep(RETRY_S)
                self._changed.set()
            except Exception:
                log.exception("live: a batch of changes could not be sent; streams are asked to start again")
                is_broken = True
                await asyncio.sleep(RETRY_S)
                self._changed.set()

    async def _bring(self) -> None:
        database = self._house.database
        last = await asyncio.to_thread(readers.last_change, database, viewer=EVERYTHING)
        is_past = await asyncio.to_thread(readers.is_past, database, self._head)
        if not is_past or last - self._head.seq > MAX_BACKLOG:
            await self._start_again(RESYNC if is_past else ANEW)
            return
        while True:
            changes = await asyncio.to_thread(readers.raw_changes, database, since=self._head.seq, limit=BATCH)
            if not changes:
                return
            if self._channels:
                loaded = await asyncio.to_thread(load, self._house, changes)
                for channel in tuple(self._channels.values()):
                    delta = delta_for(channel.viewer, changes, loaded)
                    if delta is not None:
                        channel.fan_out(*delta)
            self._head = head_of(changes[-1])

    async def _start_again(self, frame: bytes) -> None:
        """Ask every stream to take a new snapshot; nothing is changed when the numbers cannot be read."""
        database = self._house.database
        head = await asyncio.to_thread(readers.last_head, database, viewer=EVERYTHING)
        channels = tuple(self._channels.values())
        numbers = [await asyncio.to_thread(readers.last_change, database, viewer=one.viewer) for one in channels]
        self._head = head
        self._snapshots.start_again(head.seq)
        for channel, number in zip(channels, numbers, strict=True):
            channel.ring.clear()
            channel.start = None
            channel.seq = number
            channel.fan_out(0, frame)

    async def _tell_sources(self) -> None:
        while True:
            await self._polled.wait()
            await asyncio.sleep(DEBOUNCE_S)
            self._polled.clear()
            if not self.open_streams:
                continue
            try:
                rows = await asyncio.to_thread(self._house.source_rows)
            except StoreUnavailable as error:
                log.warning("live: the states of the sources cannot be read just now: %s", error)
                await asyncio.sleep(RETRY_S)
                self._polled.set()
                continue
            frame = event_frame("sources", {"ts": now_ms(), "sources": rows})
            for channel in self._channels.values():
                channel.fan_out(0, frame)
