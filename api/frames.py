"""Deltas as bytes: what changed, for one viewer, ready to be sent to all who may see the same."""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from api.answers import encode
from api.house import EVERYTHING, House
from api.rows import STREAM_AFTER, STREAM_BEFORE, Window, event_row
from events.audience import Audience, Viewer, read_audience
from store import readers
from store.changes import head_of
from store.joined import NOBODY, join
from store.kept import Change, KeptEvent, Kind, RawChange

# What a gzip stream begins with (RFC 1952): no name, no time.
STREAM_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_PACKED_FROM = 300  # below, a frame is sent as it is in a stored block
RESYNC = b"event: resync\ndata: {}\n\n"  # too much was missed
ANEW = b'event: resync\ndata: {"anew":true}\n\n'  # the database has another history


@dataclass(frozen=True, slots=True)
class Loaded:
    """Objects of a batch of changes, each encoded once, with the audience they have now."""

    events: Mapping[str, tuple[tuple[Audience, str], orjson.Fragment]]
    roads: Mapping[str, tuple[tuple[Audience, str], orjson.Fragment]]
    groups: Mapping[str, tuple[KeptEvent, ...]]
    """Of each changed event that is in a group: the members of the group."""
    window: Window


def load(house: House, changes: Sequence[RawChange | Change], viewer: Viewer = EVERYTHING) -> Loaded:
    """Read and encode the events and roads that these changes name."""
    now = house.clock()
    window = (now - STREAM_BEFORE, now + STREAM_AFTER)
    named = {kind: {change.id for change in changes if change.kind is kind} for kind in (Kind.EVENT, Kind.ROAD)}
    events = readers.events_by_id(house.database, named[Kind.EVENT], viewer=viewer) if named[Kind.EVENT] else ()
    roads: dict[str, tuple[Audience, str]] = {}
    rows: list[dict[str, object]] = []
    if named[Kind.ROAD]:
        kept = readers.roads(house.database, viewer=viewer, ids=named[Kind.ROAD])
        roads = {one.id: (one.road.audience, one.road.source_id) for one in kept}
        rows = house.road_rows(viewer, named[Kind.ROAD])
    grouped = {kept.id: kept.group[0] for kept in events if kept.group is not None}
    groups = readers.groups(house.database, set(grouped.values()), viewer=viewer) if grouped else {}
    return Loaded(
        groups={event_id: groups[name] for event_id, name in grouped.items() if name in groups},
        window=window,
        events={
            kept.id: ((kept.event.audience, kept.event.source_id), orjson.Fragment(encode(event_row(kept, window))))
            for kept in events
            if house.shows(kept)
        },
        roads={
            str(row["id"]): (roads[str(row["id"])], orjson.Fragment(encode(row)))
            for row in rows
            if str(row["id"]) in roads
        },
    )


def delta_for(viewer: Viewer, changes: Sequence[RawChange], loaded: Loaded) -> tuple[int, bytes] | None:
    """Return the number and the frame of a batch for one viewer; None when nothing in it concerns them.

    Rights are asked of the object as it is now, too: what was closed after the change is not sent.
    """
    concerning = [change for change in changes if _concerns(viewer, change)]
    if not concerning:
        return None
    return concerning[-1].seq, _frame(viewer, concerning, loaded)


def replay_frame(house: House, viewer: Viewer, changes: Sequence[Change]) -> bytes:
    """Return one frame that holds what became of everything these changes name."""
    return _frame(viewer, changes, load(house, changes, viewer))


def event_frame(name: str, content: object) -> bytes:
    """Return a named server-sent event without a number."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), encode(content))


@lru_cache(maxsize=64)
def packed_frame(frame: bytes) -> bytes:
    """Return a frame as deflate blocks that refer to nothing before them: packed once, good for every gzip stream."""
    if len(frame) < _PACKED_FROM:
        size = len(frame)
        return b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + frame
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(frame) + packer.flush(zlib.Z_FULL_FLUSH)


def now_ms() -> int:
    """Return the present in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def _concerns(viewer: Viewer, change: RawChange) -> bool:
    keys = (change.audience_before, change.audience_after)
    return any(
        viewer.sees_restricted if key == NOBODY else viewer.may_see(read_audience(key))
        for key in keys
        if key is not None
    )


def _frame(viewer: Viewer, changes: Sequence[RawChange | Change], loaded: Loaded) -> bytes:
    head = head_of(changes[-1])
    named = {one.id for one in changes if one.kind is Kind.EVENT}
    alone, gone = _split(viewer, named - set(loaded.groups), loaded.events)
    spoken, unspoken = _joined(viewer, named & set(loaded.groups), loaded)
    events, gone = alone + spoken, gone + unspoken
    named_roads = {one.id for one in changes if one.kind is Kind.ROAD and viewer.may_hear_of(one.id)}
    roads, gone_roads = _split(viewer, named_roads, loaded.roads)
    content: dict[str, Any] = {
        "seq": head.seq,
        "mark": head.mark,
        "ts": now_ms(),
        "events": events,
        "gone": gone + gone_roads,
        "roads": roads,
    }
    if any(change.kind is Kind.CAMERA for change in changes):
        content["cameras"] = True
    if any(change.kind is Kind.CONFLICT for change in changes):
        content["conflicts"] = True
    return b"id: %d\nevent: delta\ndata: %s\n\n" % (head.seq, encode(content))


def _joined(viewer: Viewer, ids: Collection[str], loaded: Loaded) -> tuple[list[orjson.Fragment], list[str]]:
    """Return what a viewer sees of events in groups: the one who speaks first, with what the others add; the rest is gone."""
    shown: list[orjson.Fragment] = []
    gone: list[str] = []
    for name in sorted(ids):
        members = [one for one in loaded.groups[name] if viewer.may_see(one.event.audience, one.event.source_id)]
        if members and members[0].id == name and name in loaded.events:
            shown.append(orjson.Fragment(encode(event_row(join(members), loaded.window))))
        else:
            gone.append(name)
    return shown, gone


def _split(
    viewer: Viewer, ids: Collection[str], loaded: Mapping[str, tuple[tuple[Audience, str], orjson.Fragment]]
) -> tuple[list[orjson.Fragment], list[str]]:
    shown: list[orjson.Fragment] = []
    gone: list[str] = []
    for name in sorted(ids):
        found = loaded.get(name)
        if found is not None and viewer.may_see(*found[0]):
            shown.append(found[1])
        else:
            gone.append(name)
    return shown, gone
