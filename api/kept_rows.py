"""The events of the usual window as rows in memory: read once, then kept true by the change feed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.house import EVERYTHING, House
from api.rows import STREAM_AFTER, STREAM_BEFORE, Window, event_row, seconds
from events.audience import Audience, Viewer
from store import readers
from store.changes import Head, head_of
from store.joined import join, seen_groups
from store.kept import MAX_PAGE, EventQuery, KeptEvent, Kind

MARGIN = timedelta(days=7)  # how much of the window may pass before it is read again
BATCH = 1000
MAX_BACKLOG = 5 * BATCH  # beyond, reading everything again is less work than following

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Kept:
    audience: Audience
    row: Row
    periods: tuple[tuple[int, int | None], ...]
    event: KeptEvent | None = None  # of one that is in a group


class KeptRows:
    """Rows of every event that meets [now - 35 d, now + 35 d], whoever may see it; `select` narrows to a viewer.

    What several sources tell is joined for each viewer from the members of its group that this viewer may see.

    About 2 kB an event. Safe to use from several threads.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._rows: dict[str, _Kept] = {}
        self._head: Head | None = None
        self._window: Window | None = None
        self._read_at = 0.0

    def covers(self, window: Window) -> bool:
        """Tell whether these rows can answer for a window, once refreshed."""
        now = self._house.clock()
        return now - STREAM_BEFORE + MARGIN <= window[0] and window[1] <= now + STREAM_AFTER - MARGIN

    def select(self, viewer: Viewer, window: Window) -> list[Row]:
        """Return the rows that this viewer may see and that meet the window, by number, as they are now."""
        with self._lock:
            self._refresh()
            kept = list(self._rows.values())
            assert self._window is not None
            kept = [*(one for one in kept if one.event is None), *_spoken(kept, viewer, self._window)]
        return sorted(_narrowed(kept, viewer, window), key=_number)

    def refresh(self) -> None:
        """Take the last changes in: the first time, and after very many, everything is read again."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        database = self._house.database
        last, head = readers.last_head(database, viewer=EVERYTHING), self._head
        is_old = time.monotonic() - self._read_at > MARGIN.total_seconds()
        if head is None or is_old or last.seq - head.seq > MAX_BACKLOG or not readers.is_past(database, head):
            self._read_all(last)
            return
        while changes := readers.raw_changes(database, since=head.seq, limit=BATCH):
            self._follow({change.id for change in changes if change.kind is Kind.EVENT})
            self._head = head = head_of(changes[-1])

    def _read_all(self, head: Head) -> None:
        now = self._house.clock()
        window = (now - STREAM_BEFORE, now + STREAM_AFTER)
        query = EventQuery(start=window[0], end=window[1], limit=MAX_PAGE)
        rows: dict[str, _Kept] = {}
        while True:
            page = readers.events(self._house.database, viewer=EVERYTHING, query=query, is_joined=False)
            rows.update((kept.id, _keep(kept, window)) for kept in page.events if self._house.shows(kept))
            if page.next_cursor is None:
                break
            query = replace(query, cursor=page.next_cursor)
        self._rows, self._head, self._window, self._read_at = rows, head, window, time.monotonic()

    def _follow(self, ids: set[str]) -> None:
        assert self._window is not None
        found = {kept.id: kept for kept in readers.events_by_id(self._house.database, ids, viewer=EVERYTHING)}
        for event_id in ids:
            kept = found.get(event_id)
            if kept is None or not self._house.shows(kept):
                self._rows.pop(event_id, None)
            else:
                self._rows[event_id] = _keep(kept, self._window)


def _keep(kept: KeptEvent, window: Window) -> _Kept:
    row = event_row(kept, window)
    periods = row["pe"]
    assert isinstance(periods, list)
    grouped = kept if kept.group is not None else None
    return _Kept(kept.event.audience, row, tuple((start, end) for start, end in periods), grouped)


def _spoken(kept: Iterable[_Kept], viewer: Viewer, window: Window) -> Iterator[_Kept]:
    """Yield one row for each group, joined from the members this viewer may see."""
    for members in seen_groups((one.event for one in kept if one.event is not None), viewer).values():
        yield _keep(join(members), window)


def _narrowed(kept: Iterable[_Kept], viewer: Viewer, window: tuple[datetime, datetime]) -> Iterator[Row]:
    since, until = window[0].timestamp(), window[1].timestamp()
    for one in kept:
        if not viewer.may_see(one.audience, str(one.row["src"])):
            continue
        periods = [
            [start, end]
            for start, end in one.periods
            if start <= until and (end is None or end > since or start == end == seconds(window[0]))
        ]
        if periods:
            yield one.row | {"pe": periods}


def _number(row: Row) -> int:
    number = row["no"]
    assert isinstance(number, int)
    return number
