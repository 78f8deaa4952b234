"""The addresses of kept records: events and their versions, roads, cameras, tallies, districts, changes."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from api.answers import GEOJSON, Problem, json_answer
from api.features import camera_feature, collection, count_row, event_feature, iso, version_row
from api.history import check_known_at
from api.house import House
from api.parameters import EVENT_KEYS, check_keys, event_query, read_moment, read_whole, read_window
from api.reading import is_restricted, read_event
from api.viewer import viewer_of
from events.audience import Viewer
from events.errors import InvalidRecord
from store import readers
from store.changes import MAX_CHANGES
from store.kept import KeptEvent

MAX_NUMBER = 2**53
_ID = re.compile(r"^[A-Za-z0-9-]{1,64}$")


async def answer_events(request: Request, house: House) -> Response:
    """Answer `GET /api/events`: a FeatureCollection with `next`, a cursor or null."""
    asked = check_keys(request, EVENT_KEYS)
    check_known_at(request, house, asked)
    query = event_query(asked, house.city, house.organisations, house.clock())
    viewer = viewer_of(request)
    try:
        page = await asyncio.to_thread(readers.events, house.database, viewer=viewer, query=query)
    except InvalidRecord as error:
        raise Problem(400, str(error), "cursor") from None
    if house.access is not None and any(is_restricted(kept) for kept in page.events):
        await asyncio.to_thread(house.access.noted.read, viewer, "events.read")
    if house.access is not None and query.text:
        await asyncio.to_thread(house.access.noted.read, viewer, "events.search")  # what was looked for is kept nowhere
    features = [event_feature(kept) for kept in page.events if house.shows(kept)]
    window = {"from": iso(query.start), "to": iso(query.end), "at": iso(query.at), "known_at": iso(query.known_at)}
    content = collection(features, next=page.next_cursor, asked=window)
    return await json_answer(request, content, media_type=GEOJSON)


async def answer_event(request: Request, house: House) -> Response:
    """Answer `GET /api/events/{id}`: one Feature."""
    query = check_keys(request, ("at", "known_at"))
    check_known_at(request, house, query)
    moments = {key: read_moment(value, key, house.zone) for key, value in query.items()}
    kept = await _event(request, house, at=moments.get("at"), known_at=moments.get("known_at"))
    return await json_answer(request, event_feature(kept), media_type=GEOJSON)


async def answer_versions(request: Request, house: House) -> Response:
    """Answer `GET /api/events/{id}/versions`: versions with what each changed, oldest first."""
    check_keys(request, ())
    kept = await _event(request, house)
    found = await asyncio.to_thread(readers.versions, house.database, kept.id, viewer=viewer_of(request))
    return await json_answer(request, {"id": kept.id, "versions": [version_row(one) for one in found]})


async def answer_roads(request: Request, house: House) -> Response:
    """Answer `GET /api/roads`: a FeatureCollection; a road on one of the city's axes has that axis's geometry."""
    check_keys(request, ())
    features = await asyncio.to_thread(road_features, house, viewer_of(request))
    return await json_answer(request, collection(features), media_type=GEOJSON)


def road_features(house: House, viewer: Viewer) -> list[dict[str, object]]:
    """Return the roads this viewer may see as features."""
    axes = {axis.id: axis.geometry for axis in house.city.axes}
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": row["g"] or axes.get(str(row["ax"])),
            "properties": {
                "axis": row["ax"],
                "state": row["st"],
                "name": row["na"],
                "speed_kmh": row["sp"],
                "observed_at": iso(datetime.fromtimestamp(int(str(row["at"])), UTC)),
                "source": row["src"],
            },
        }
        for row in house.road_rows(viewer)
    ]


async def answer_cameras(request: Request, house: House) -> Response:
    """Answer `GET /api/cameras`: points with their coverage."""
    check_keys(request, ())
    kept = await asyncio.to_thread(readers.cameras, house.database, viewer=viewer_of(request))
    return await json_answer(request, collection([camera_feature(one) for one in kept]), media_type=GEOJSON)


async def answer_tallies(request: Request, house: House) -> Response:
    """Answer `GET /api/tallies`: published counts whose period meets [from, to], all of them without these keys."""
    query = check_keys(request, ("from", "to", "measure"))
    start, end = read_window(query, house.zone, house.clock()) if {"from", "to"} & set(query) else (None, None)
    measures = {part for part in query.get("measure", "").split(",") if part}
    told = [
        count_row(one)
        for one in await asyncio.to_thread(house.counts, viewer_of(request))
        if (not measures or one.measure in measures)
        and (start is None or one.end > start)
        and (end is None or one.start <= end)
    ]
    return await json_answer(request, {"hidden_below": house.said.thresholds.small_cell, "tallies": told})


async def answer_districts(request: Request, house: House) -> Response:
    """Answer `GET /api/districts`: outlines with INSEE code, short number, name and population."""
    check_keys(request, ())
    return await json_answer(request, collection(district_features(house)), media_type=GEOJSON)


def district_features(house: House) -> list[dict[str, object]]:
    """Return the outlines of the districts as features."""
    return [
        {
            "type": "Feature",
            "id": one.code,
            "geometry": one.geometry,
            "properties": {
                "code": one.code,
                "short": one.short,
                "name": one.name,
                "population": one.population,
                "area_km2": one.area_km2,
            },
        }
        for one in house.city.districts
    ]


async def answer_changes(request: Request, house: House) -> Response:
    """Answer `GET /api/changes`: what to take again or to drop after number `since`; 410 when we do not know it."""
    query = check_keys(request, ("since", "limit"))
    since = read_whole(query, "since", 0, MAX_NUMBER) or 0
    limit = read_whole(query, "limit", 1, MAX_CHANGES) or 1000
    viewer = viewer_of(request)
    page = await asyncio.to_thread(readers.changes, house.database, viewer=viewer, since=since, limit=limit)
    if not page.is_known:
        raise Problem(410, "this number is not one of ours, or too old: take /api/snapshot again", "since")
    changes = [
        {"seq": one.seq, "kind": one.kind.value, "action": one.action.value, "id": one.id}
        for one in page.changes
        if viewer.may_hear_of(one.id)
    ]
    return await json_answer(request, {"next": page.next, "changes": changes, "more": page.has_more})


async def _event(
    request: Request, house: House, *, at: datetime | None = None, known_at: datetime | None = None
) -> KeptEvent:
    event_id = request.path_params["id"]
    kept = None
    if _ID.match(event_id):
        viewer = viewer_of(request)
        kept = await asyncio.to_thread(read_event, house, viewer, event_id, at=at, known_at=known_at)
    if kept is None:
        raise Problem(404, "there is no such event, or it is not for you to see", "id")
    return kept
