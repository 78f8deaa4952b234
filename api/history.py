"""What replaying the past needs beyond the snapshot: states that roads took, events withdrawn since; and what was known."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from access.roles import Right
from api.answers import JSON, Packed, Problem, encode, json_answer, pack, packed_answer
from api.house import House
from api.parameters import WINDOW_AFTER, WINDOW_BEFORE, check_keys, read_moment, read_window
from api.rows import Window, columns, event_row, seconds
from api.viewer import require, viewer_of
from events.audience import Viewer
from events.vocabulary import TrafficState
from store import readers
from store.kept import MAX_PAGE, EventQuery, KeptEvent
from store.road_history import RoadPast

STATES = tuple(state.value for state in TrafficState)
KEPT = 32
ANSWERED_FOR_S = 30.0
LONGEST = timedelta(days=35)


@dataclass(slots=True)
class _Made:
    packed: Packed
    at: float


class Histories:
    """At most 32 answers of `GET /api/past`, by audience and start; each is given for half a minute."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: OrderedDict[tuple[str, datetime], _Made] = OrderedDict()
        self._lock = asyncio.Lock()  # readers that leave the present together wait for one reading

    async def take(self, viewer: Viewer, start: datetime) -> Packed:
        """Return the past of a viewer from `start` until now."""
        key = (viewer.key, start)
        async with self._lock:
            made = self._kept.get(key)
            if made is None or time.monotonic() - made.at >= ANSWERED_FOR_S:
                made = _Made(await asyncio.to_thread(self._make, viewer, start), time.monotonic())
                self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made.packed

    def _make(self, viewer: Viewer, start: datetime) -> Packed:
        house, now = self._house, self._house.clock()
        withdrawn = EventQuery(start=start, end=now, include_withdrawn=True, only_withdrawn=True, limit=MAX_PAGE)
        names, table = columns([event_row(one, (start, now)) for one in _events(house, viewer, withdrawn)])
        content = road_content(house, viewer, (start, now)) | {"dict": names, "events": table}
        return pack(encode(content), JSON)


async def answer_past(request: Request, house: House, histories: Histories) -> Response:
    """Answer `GET /api/past?from=`: states of the roads from then until now, and events that were withdrawn since."""
    query, now = check_keys(request, ("from",)), house.clock()
    start = read_moment(query["from"], "from", house.zone) if "from" in query else now - WINDOW_BEFORE
    if not now - LONGEST <= start <= now:
        raise Problem(400, f"the past is given for at most {LONGEST.days} days until now", "from")
    packed = await histories.take(viewer_of(request), start.replace(minute=0, second=0, microsecond=0))
    answer = packed_answer(request, packed)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def check_known_at(request: Request, house: House, query: Iterable[str]) -> None:
    """Raise AccessDenied when `known_at` is asked by somebody whose role does not include it; see access/roles.py."""
    if "known_at" in query and house.access is not None:
        require(request.scope, Right.KNOWN_AT)


async def answer_known(request: Request, house: House) -> Response:
    """Answer `GET /api/snapshot?known_at=`: the snapshot of what was known at a moment, its roads as their states."""
    query = check_keys(request, ("from", "to", "known_at"))
    check_known_at(request, house, query)
    known_at = read_moment(query["known_at"], "known_at", house.zone)
    if known_at > house.clock():
        raise Problem(400, "what will be known later cannot be told", "known_at")
    window = read_window({"from": str(seconds(known_at - WINDOW_BEFORE)), "to": str(seconds(known_at + WINDOW_AFTER))}
                         | {key: value for key, value in query.items() if key != "known_at"}, house.zone, known_at)  # fmt: skip
    content = await asyncio.to_thread(_known, house, viewer_of(request), window, known_at)
    return await json_answer(request, content)


def _known(house: House, viewer: Viewer, window: Window, known_at: datetime) -> dict[str, object]:
    query = EventQuery(start=window[0], end=window[1], known_at=known_at, limit=MAX_PAGE)
    rows = [event_row(one, window) for one in _events(house, viewer, query)]
    names, table = columns(sorted(rows, key=lambda row: int(str(row["no"]))))
    return {
        "seq": 0,
        "mark": "",
        "time": seconds(house.clock()),
        "from": seconds(window[0]),
        "to": seconds(window[1]),
        "known_at": seconds(known_at),
        "dict": names,
        "events": table,
        "roads": [],
        "sources": [],
        "past": road_content(house, viewer, (min(window[0], known_at), known_at), known_at),
    }


def road_content(house: House, viewer: Viewer, window: Window, known_at: datetime | None = None) -> dict[str, object]:
    """Return the states of the roads during a window, columnar (docs/architecture.md).

    Geometries go with roads that the present snapshot does not hold.
    """
    found, spans = roads_told(house, viewer, window, known_at)
    axes = frozenset(axis.id for axis in house.city.axes)
    return {
        "from": seconds(window[0]),
        "to": seconds(window[1]),
        "states": STATES,
        "roads": {
            "id": [one.id for one in found],
            "src": [one.road.source_id for one in found],
            "ax": [axis_of(one, axes) for one in found],
            "na": [one.road.name for one in found],
            "g": [_geometry(one, axes, is_alone=known_at is not None) for one in found],
            "end": [seconds(one.withdrawn_at) for one in found],
            "at": [_steps([seconds(at) or 0 for at, _ in one.states]) for one in found],
            "st": [[STATES.index(state) for _, state in one.states] for one in found],
        },
        "heard": {name: [[seconds(first), seconds(last)] for first, last in told] for name, told in spans.items()},
    }


def roads_told(
    house: House, viewer: Viewer, window: Window, known_at: datetime | None = None
) -> tuple[tuple[RoadPast, ...], dict[str, list[tuple[datetime, datetime]]]]:
    """Return the states that roads told during a window, and per source the spans in which it vouches for them."""
    found = readers.road_past(house.database, viewer=viewer, start=window[0], end=window[1], known_at=known_at)
    vouches = _vouching(house, {one.road.source_id for one in found})
    return found, readers.heard(house.database, start=window[0], end=window[1], vouches_for=vouches, known_at=known_at)


def _vouching(house: House, names: set[str]) -> dict[str, timedelta]:
    every = {source.id: source.poll_every for source in house.sources}
    return {name: house.said.thresholds.vouches_for(every.get(name, timedelta())) for name in names}


def axis_of(one: RoadPast, axes: frozenset[str]) -> str | None:
    """Return the axis of the city that a road is part of, None for one on its own."""
    return one.road.axis_id if one.road.axis_id in axes else None


def _geometry(one: RoadPast, axes: frozenset[str], *, is_alone: bool) -> object:
    is_needed = is_alone or one.withdrawn_at is not None
    return one.road.geometry if is_needed and axis_of(one, axes) is None else None


def _steps(moments: Sequence[int]) -> list[int]:
    return [moment - before for moment, before in zip(moments, [0, *moments], strict=False)]


def _events(house: House, viewer: Viewer, query: EventQuery) -> list[KeptEvent]:
    found: list[KeptEvent] = []
    while True:
        page = readers.events(house.database, viewer=viewer, query=query)
        found += [kept for kept in page.events if house.shows(kept)]
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)
