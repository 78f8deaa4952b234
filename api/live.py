"""The live hub: reads each new change once, encodes it once per audience, hands it to every open stream."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from api.channel import Channel, Reader
from api.frames import ANEW, RESYNC, delta_for, event_frame, load, now_ms, replay_frame
from api.house import EVERYTHING, House
from api.snapshots import Snapshots
from api.storage import Storage, StorageWatch
from events.audience import Viewer
from events.errors import StoreUnavailable
from store import readers
from store.changes import Head, head_of

MAX_REPLAY = 5000  # changes; who missed more takes a new snapshot
BATCH = 1000
MAX_BACKLOG = 4 * BATCH  # beyond, one compressed snapshot is less than the deltas
DEBOUNCE_S = 0.25
RETRY_S = 1.0
_IDLE_CHANNELS = 32

log = logging.getLogger(__name__)


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
        self._storage = StorageWatch(house, self._note_storage)

    @property
    def open_streams(self) -> int:
        """Number of streams that are open."""
        return sum(len(channel.readers) for channel in self._channels.values())

    @property
    def storage(self) -> Storage:
        """How the database is."""
        return self._storage.now

    async def start(self) -> None:
        """Begin to follow the changes that come from now on."""
        self._loop = asyncio.get_running_loop()
        self._head = await asyncio.to_thread(readers.last_head, self._house.database, viewer=EVERYTHING)
        works = (self._follow(), self._tell_sources(), self._storage.follow())
        self._tasks = [asyncio.create_task(work) for work in works]

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
        twice. While the database is away the stream opens all the same, and starts again when it is back.
        """
        channel = self._channels.get(viewer.key)
        if channel is None:
            channel = self._channels.setdefault(viewer.key, Channel(viewer))
        reader = Reader()
        channel.readers.add(reader)
        try:
            if channel.seq is None:
                last = await asyncio.to_thread(readers.last_change, self._house.database, viewer=viewer)
                channel.seq = max(channel.seq or 0, last)
            missed = await self._catch_up(reader, channel, since, mark)
        except StoreUnavailable:
            await self._storage.look()
            reader.is_behind, reader.seq, missed = True, since or 0, []
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
        reader.seq = channel.seq or 0
        if not is_ours:
            return [await self._resync(ANEW)]
        remembered = [] if since is None else channel.since(since)
        if remembered is not None:
            return remembered
        page = await asyncio.to_thread(readers.changes, database, viewer=viewer, since=since or 0, limit=MAX_REPLAY)
        if not page.is_known or page.has_more:
            return [await self._resync(RESYNC if page.is_known else ANEW)]
        reader.seq = page.next
        if not page.changes:
            return []
        return [await asyncio.to_thread(replay_frame, self._house, viewer, page.changes)]

    async def _resync(self, frame: bytes) -> bytes:
        self._snapshots.require(await asyncio.to_thread(readers.last_change, self._house.database, viewer=EVERYTHING))
        return frame

    async def _note_storage(self, storage: Storage, is_news: bool) -> None:
        if is_news:
            for channel in self._channels.values():
                channel.fan_out(0, storage.frame())
        if storage.state == "away":
            return
        if is_news:
            self._note_poll()
        for channel in tuple(self._channels.values()):
            if any(reader.is_behind for reader in channel.readers):
                await self._rescue(channel)

    async def _rescue(self, channel: Channel) -> None:
        try:
            last = await asyncio.to_thread(readers.last_change, self._house.database, viewer=channel.viewer)
            resync = await self._resync(RESYNC)
        except StoreUnavailable:
            return  # at the next look
        if channel.seq is None:  # else what the ring holds would not reach to it
            channel.seq = last
        for reader in channel.readers:
            if reader.is_behind:
                reader.is_behind, reader.seq = False, channel.seq
                reader.give(0, resync)

    def _end(self) -> None:
        for channel in self._channels.values():
            for reader in channel.readers:
                reader.give(0, b"")
                reader.is_dropped = True

    def _note_poll(self) -> None:
        self._changed.set()
        self._polled.set()

    async def _follow(self) -> None:
        is_broken = is_waiting = False
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                if is_broken:
                    await self._start_again(RESYNC)
                    is_broken = False
                await self._bring()
                await asyncio.to_thread(self._snapshots.refresh)
                is_waiting = False
            except StoreUnavailable as error:
                if not is_waiting:
                    log.warning("live: the changes cannot be read just now, streams wait: %s", error)
                is_waiting = True
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
            except StoreUnavailable:  # the watch says it
                await asyncio.sleep(RETRY_S)
                self._polled.set()
                continue
            frame = event_frame("sources", {"ts": now_ms(), "sources": rows})
            for channel in self._channels.values():
                channel.fan_out(0, frame)
