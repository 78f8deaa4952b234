"""`GET /api/conflicts`: conflicts of the coming days between events that the viewer may see, each explained.

Both sides of a conflict are events this viewer sees: who may not see one of them is not told of the other's conflict.
Conflicts are kept per group of viewers and only what changed since is settled again.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.answers import json_answer
from api.features import iso
from api.house import House
from api.parameters import check_keys, read_window
from api.viewer import viewer_of
from events.audience import Viewer
from events.vocabulary import InformationStatus, StoredStatus
from insight.conflict_rules import Rule, read_rules
from insight.conflicts import Conflict, Conflicts, Side
from store import readers
from store.changes import MAX_CHANGES
from store.kept import EventQuery, KeptEvent, Kind

AHEAD = timedelta(days=30)
WHOLE_AGAIN = timedelta(hours=6)  # new days come into the window, ended events leave it
KEPT = 8
_PAGE = 1000
_UNSURE = frozenset({StoredStatus.DRAFT, StoredStatus.CANCELLED})


@dataclass(slots=True)
class _Held:
    """The conflicts of one group of viewers up to a number of the change feed."""

    conflicts: Conflicts
    seq: int
    until: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)


class ConflictBook:
    """Conflicts per group of viewers, settled when somebody asks and something changed."""

    def __init__(self, house: House, rules: tuple[Rule, ...] | None = None) -> None:
        self._house = house
        self._rules = read_rules() if rules is None else rules
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    async def answer(self, request: Request) -> Response:
        """Answer the address; `from` and `to` (default: now to 30 days ahead) choose conflicts whose window meets them."""
        keys = check_keys(request, ("from", "to"))
        now = self._house.clock()
        usual = {"from": now.isoformat(), "to": (now + AHEAD).isoformat()}
        start, end = read_window(usual | dict(keys), self._house.zone, now)
        found = await asyncio.to_thread(self.found, viewer_of(request))
        told = [conflict_row(one) for one in found if one.start <= end and (one.end is None or one.end >= start)]
        return await json_answer(request, {"from": iso(start), "to": iso(end), "conflicts": told})

    def found(self, viewer: Viewer) -> list[Conflict]:
        """Return the conflicts this viewer may know of, the worst first."""
        with self._lock:
            held = self._held.get(viewer.key)
            if held is None or held.until <= self._house.clock():
                held = self._held[viewer.key] = self._whole(viewer)
            self._held.move_to_end(viewer.key)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        with held.lock:
            self._settle(held, viewer)
            return sorted(held.conflicts.found.values(), key=lambda one: (-one.severity, one.start, one.id))

    def _whole(self, viewer: Viewer) -> _Held:
        now, database = self._house.clock(), self._house.database
        _, south, _, north = self._house.city.area
        held = _Held(
            Conflicts(self._rules, (south + north) / 2), readers.last_change(database, viewer=viewer), now + WHOLE_AGAIN
        )
        cursor: str | None = None
        sides: list[Side] = []
        while True:
            query = EventQuery(start=now, end=now + AHEAD, limit=_PAGE, cursor=cursor)
            page = readers.events(database, viewer=viewer, query=query)
            sides += self._sides(page.events)
            cursor = page.next_cursor
            if cursor is None:
                held.conflicts.put(sides)
                return held

    def _settle(self, held: _Held, viewer: Viewer) -> None:
        database = self._house.database
        while True:
            page = readers.changes(database, viewer=viewer, since=held.seq, limit=MAX_CHANGES)
            if not page.is_known:  # the database has another history: a restore
                fresh = self._whole(viewer)
                held.conflicts, held.seq = fresh.conflicts, fresh.seq
                return
            ids = {one.id for one in page.changes if one.kind is Kind.EVENT}
            kept = readers.events_by_id(database, ids, viewer=viewer)
            sides = self._sides(kept)
            held.conflicts.drop(ids - {one.id for one in sides})
            if sides:
                held.conflicts.put(sides)
            held.seq = page.next
            if not page.has_more:
                return

    def _sides(self, kept: Iterable[KeptEvent]) -> list[Side]:
        now = self._house.clock()
        made = []
        for one in kept:
            told = one.event
            periods = tuple(
                period
                for period in one.periods
                if period.start <= now + AHEAD and (period.end is None or period.end >= now)
            )
            is_sure = told.status not in _UNSURE and told.information_status is InformationStatus.REAL
            if told.geometry is not None and periods and is_sure:
                made.append(
                    Side(
                        id=one.id, kind=told.category, title=told.headline, organisation=told.organisation,
                        geometry=told.geometry, periods=periods,
                    )
                )  # fmt: skip
        return made


def conflict_row(one: Conflict) -> dict[str, object]:
    """Return a conflict as JSON values; `b` null: nothing on the other side covers `a`."""
    return {
        "id": one.id,
        "rule": one.rule,
        "severity": one.severity,
        "a": {"id": one.a, "headline": one.title_a},
        "b": None if one.b is None else {"id": one.b, "headline": one.title_b},
        "owner": one.owner,
        "place": list(one.place),
        "distance_m": one.distance_m,
        "start": iso(one.start),
        "end": iso(one.end),
        "windows": one.windows,
        "measures": list(one.measures),
    }
