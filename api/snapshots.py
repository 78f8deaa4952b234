"""The snapshot a browser starts from: built once per audience and window, compressed once, shared by all who ask."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from api.answers import JSON, Packed, encode, pack, packed_answer
from api.history import answer_known
from api.house import EVERYTHING, House
from api.kept_rows import KeptRows
from api.parameters import WINDOW_AFTER, WINDOW_BEFORE, check_keys, read_window
from api.rows import columns, event_row, seconds
from api.viewer import viewer_of
from events.audience import Viewer
from events.errors import StoreUnavailable
from store import readers
from store.kept import MAX_PAGE, EventQuery

KEPT = 32
REBUILD_AFTER_S = 5.0
# A snapshot stays true at its number and the stream brings what came since: who opens a page takes the last one at once,
# and the next is built meanwhile. Beyond this age the states of the sources in it would be too old to show.
ANSWERED_FOR_S = 60.0
# Who was just given one loads the rest of the page now: building takes a third of a second of the processor from that.
REBUILD_REST_S = 2.0

log = logging.getLogger(__name__)

_Key = tuple[str, datetime | None, datetime | None]


@dataclass(slots=True)
class _Made:
    packed: Packed
    position: int  # number of the last change of all before it was built
    at: float


class Snapshots:
    """At most 32 snapshots, least recently used out first; each is rebuilt at most every 5 s, when someone asks.

    Who asks between 5 s and a minute after a snapshot was built gets it, and does not wait for the next.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: OrderedDict[_Key, _Made] = OrderedDict()
        self._locks: dict[_Key, asyncio.Lock] = {}
        self._builds: dict[_Key, asyncio.Task[None]] = {}
        self._least = 0
        self._rows = KeptRows(house)

    def refresh(self) -> None:
        """Take the last changes into the rows now, so that nobody who opens a page waits for it."""
        self._rows.refresh()

    def start_again(self, position: int) -> None:
        """Forget every snapshot: the database went back to an older state, numbers begin again from this one."""
        self._kept.clear()
        self._least = position

    def require(self, position: int) -> None:
        """Give no snapshot older than this change any more: browsers were told to start again from there."""
        self._least = max(self._least, position)

    async def take(
        self, viewer: Viewer, start: datetime | None, end: datetime | None, *, is_fresh: bool = False
    ) -> Packed:
        """Return the snapshot of a viewer for a window (None: the default ones, which move with time).

        `is_fresh` takes none that was built more than 5 s ago.
        """
        key = (viewer.key, start, end)
        made = self._kept.get(key)
        if made is None or not self._is_good(made, REBUILD_AFTER_S if is_fresh else ANSWERED_FOR_S):
            made = await self._build_or_last(key, viewer, made)
        elif not self._is_good(made, REBUILD_AFTER_S) and key not in self._builds:
            task = self._builds[key] = asyncio.create_task(self._build_beside(key, viewer))
            task.add_done_callback(lambda _: self._builds.pop(key, None))
        self._kept.move_to_end(key)
        return made.packed

    async def _build_or_last(self, key: _Key, viewer: Viewer, last: _Made | None) -> _Made:
        try:
            return await self._build(key, viewer)
        except StoreUnavailable:
            if last is None:
                raise
            self._kept.setdefault(key, last)
            return last  # its time says how old it is; the stream says that the database is away

    async def _build_beside(self, key: _Key, viewer: Viewer) -> None:
        await asyncio.sleep(REBUILD_REST_S)
        try:
            await self._build(key, viewer)
        except StoreUnavailable as error:
            log.warning("snapshot: the store cannot be read just now, the last one stays: %s", error)

    async def _build(self, key: _Key, viewer: Viewer) -> _Made:
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                made = self._kept.get(key)
                if made is None or not self._is_good(made, REBUILD_AFTER_S):
                    made = await asyncio.to_thread(self._make, viewer, *key[1:])
                    self._kept[key] = made
                self._kept.move_to_end(key)
        finally:
            if not lock.locked():
                self._locks.pop(key, None)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made

    def _is_good(self, made: _Made, age_s: float) -> bool:
        return time.monotonic() - made.at < age_s and made.position >= self._least

    def _make(self, viewer: Viewer, start: datetime | None, end: datetime | None) -> _Made:
        at = time.monotonic()
        position = readers.last_change(self._house.database, viewer=EVERYTHING)
        return _Made(pack(encode(snapshot(self._house, self._rows, viewer, start, end)), JSON), position, at)


def snapshot(
    house: House, kept: KeptRows, viewer: Viewer, start: datetime | None, end: datetime | None
) -> dict[str, object]:
    """Return what docs/architecture.md calls the snapshot.

    Its number is read before the records: a change in between is in both, and the browser applies it twice.
    """
    now = house.clock()
    window = (start or now - WINDOW_BEFORE, end or now + WINDOW_AFTER)
    head = readers.last_head(house.database, viewer=viewer)
    rows = kept.select(viewer, window) if kept.covers(window) else _rows_of(house, viewer, window)
    names, table = columns(rows)
    return {
        "seq": head.seq,
        "mark": head.mark,
        "time": seconds(now),
        "from": seconds(window[0]),
        "to": seconds(window[1]),
        "dict": names,
        "events": table,
        "roads": house.road_rows(viewer),
        "sources": house.source_rows(),
    }


async def answer_snapshot(request: Request, house: House, snapshots: Snapshots) -> Response:
    """Answer `GET /api/snapshot`."""
    if "known_at" in request.query_params:
        return await answer_known(request, house)
    query = check_keys(request, ("from", "to"))
    start = end = None
    if query:
        start, end = read_window(query, house.zone, house.clock())
        # Windows of a second would each be built for themselves.
        start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    is_fresh = "no-cache" in request.headers.get("cache-control", "")
    viewer = viewer_of(request)
    packed = await snapshots.take(viewer, start, end, is_fresh=is_fresh)
    if house.access is not None and (viewer.sees_restricted or viewer.organisation is not None):
        await asyncio.to_thread(house.access.noted.read, viewer, "snapshot.read")
    answer = packed_answer(request, packed)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _rows_of(house: House, viewer: Viewer, window: tuple[datetime, datetime]) -> list[dict[str, object]]:
    query = EventQuery(start=window[0], end=window[1], limit=MAX_PAGE)
    rows: list[dict[str, object]] = []
    while True:
        page = readers.events(house.database, viewer=viewer, query=query)
        rows += [event_row(kept, window) for kept in page.events if house.shows(kept)]
        if page.next_cursor is None:
            return rows
        query = replace(query, cursor=page.next_cursor)
