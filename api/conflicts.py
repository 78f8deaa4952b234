"""`GET /api/conflicts`: what gets in each other's way, explained, as the process that leads found and kept it.

Who may not see one of two sides is not told of their conflict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.answers import json_answer
from api.features import iso
from api.house import House
from api.parameters import check_keys, read_categories, read_districts, read_list, read_whole, read_window
from api.viewer import viewer_of
from events.audience import Viewer
from store import readers
from store.conflicts import ConflictState
from store.conflicts_query import SHOWN, ConflictQuery, ConflictSide, Decision, KeptConflict, Measure

AHEAD = timedelta(days=30)
FILTER_KEYS = ("district", "category", "severity", "organisation", "q")
KEYS = ("from", "to", "event", "state", *FILTER_KEYS)
MAX_TEXT = 200
_STATES = {state.value: state for state in ConflictState}


async def answer_conflicts(request: Request, house: House) -> Response:
    """Answer the address; `from` and `to` (default: now to 30 days ahead) choose conflicts with a window that meets them."""
    asked, now = check_keys(request, KEYS), house.clock()
    usual = {"from": now.isoformat(), "to": (now + AHEAD).isoformat()}
    start, end = read_window(usual | dict(asked), house.zone, now)
    found = await asyncio.to_thread(conflicts_for, house, viewer_of(request), conflict_query(asked, house, start, end))
    rows = [conflict_row(one, start) for one in found]
    return await json_answer(request, {"from": iso(start), "to": iso(end), "conflicts": rows})


def conflict_query(asked: Mapping[str, str], house: House, start: datetime, end: datetime) -> ConflictQuery:
    """Return the question that a query asks of a span; raise Problem for a value that makes no sense."""
    states = tuple(_STATES[name] for name in read_list(asked, "state", _STATES))
    return ConflictQuery(
        start=start,
        end=end,
        districts=read_districts(asked, house.city),
        categories=read_categories(asked),
        organisations=read_list(asked, "organisation", house.organisations),
        severity=read_whole(asked, "severity", 0, 4),
        states=states or SHOWN,
        text=asked.get("q", "")[:MAX_TEXT] or None,
        event_id=asked.get("event", "")[:64] or None,
    )


def conflicts_for(house: House, viewer: Viewer, query: ConflictQuery) -> tuple[KeptConflict, ...]:
    """Return conflicts of a viewer, and note that restricted events were among what was told."""
    found = readers.conflicts(house.database, viewer=viewer, query=query)
    if house.access is not None and query.text:
        house.access.noted.read(viewer, "events.search")
    if house.access is not None and any(one.is_restricted for one in found):
        house.access.noted.read(viewer, "conflicts.read")
    return found


def conflict_row(one: KeptConflict, since: datetime | None = None) -> dict[str, object]:
    """Return a conflict as JSON values; `b` and `place` null: nothing covers `a`. `start`, `end`: its first window after `since`."""
    first = next((w for w in one.windows if since is None or w.end is None or w.end > since), None)
    return {
        "id": one.id,
        "rule": one.rule,
        "severity": one.severity,
        "state": one.state.value,
        "a": _side(one.a),
        "b": None if one.b is None else _side(one.b),
        "place": None if one.place_kind is None else {"kind": one.place_kind, "title": one.place_title},
        "owner": one.owner,
        "districts": list(one.districts),
        "position": list(one.position),
        "distance_m": one.distance_m,
        "start": None if first is None else iso(first.start),
        "end": None if first is None else iso(first.end),
        "windows": [[iso(window.start), iso(window.end)] for window in one.windows],
        "measures": [_measure(measure) for measure in one.measures],
        "found_at": iso(one.found_at),
        "decision": None if one.decision is None else _decision(one.decision),
        "reopened_at": iso(one.reopened_at),
        "restricted": one.is_restricted,
    }


def _side(side: ConflictSide) -> dict[str, object]:
    return {
        "id": side.id, "number": f"EV-{side.number}", "headline": side.headline, "category": side.category,
        "organisation": side.organisation, "language": side.language,
    }  # fmt: skip


def _measure(one: Measure) -> dict[str, object]:
    return {"measure": one.measure, "present_at": iso(one.present_at), "by": one.told_by, "as": one.told_as}


def _decision(one: Decision) -> dict[str, object]:
    return {"state": one.state.value, "at": iso(one.at), "by": one.by, "as": one.role, "reason": one.reason}
