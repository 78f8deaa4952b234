"""OGC API - Features, parts core, GeoJSON and OpenAPI 3.0: the observatory opened as layers by QGIS, GDAL and their like."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from shapely.geometry import box, shape
from starlette.requests import Request
from starlette.responses import Response

from api.answers import GEOJSON, JSON, Problem, json_answer
from api.exports.asked import RESTRICTED, who_asks
from api.exports.ogc_description import API_MEDIA_TYPE, COLLECTIONS, CONFORMANCE, describe_collection, describe_ogc
from api.features import camera_feature, event_feature, iso
from api.house import House
from api.parameters import check_keys, read_bbox, read_moment, read_whole
from api.records import district_features, road_features
from events.audience import Viewer
from events.errors import InvalidRecord
from events.geometry import Area
from store import readers
from store.kept import EventQuery, KeptEvent

USUAL_LIMIT, MOST = 100, 10_000
_KEYS = ("f", "limit", "bbox", "datetime", "cursor", RESTRICTED)
Feature = dict[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one answer, how many match in all (None: not told), and where the next begin."""

    features: Sequence[Feature]
    matched: int | None
    cursor: str | None


async def answer_landing(request: Request, house: House) -> Response:
    """Answer `GET /ogc`: the landing page."""
    check_keys(request, ("f",))
    links = [
        _link(request, "", "self", JSON),
        _link(request, "/api", "service-desc", API_MEDIA_TYPE),
        _link(request, "/conformance", "conformance", JSON),
        _link(request, "/collections", "data", JSON),
    ]
    said = {
        "title": f"Observatory of public space, {house.city.name}",
        "description": _description(house),
        "links": links,
    }
    return await json_answer(request, said)


async def answer_conformance(request: Request) -> Response:
    """Answer `GET /ogc/conformance`."""
    check_keys(request, ("f",))
    return await json_answer(request, {"conformsTo": CONFORMANCE})


async def answer_description(request: Request, house: House) -> Response:
    """Answer `GET /ogc/api`: the description in OpenAPI 3.0, which this standard asks for."""
    check_keys(request, ("f",))
    return await json_answer(request, describe_ogc(house.city.name, _root(request)), media_type=API_MEDIA_TYPE)


async def answer_collections(request: Request, house: House) -> Response:
    """Answer `GET /ogc/collections`."""
    check_keys(request, ("f",))
    told = [_collection(request, house, name) for name in COLLECTIONS]
    return await json_answer(request, {"links": [_link(request, "/collections", "self", JSON)], "collections": told})


async def answer_collection(request: Request, house: House) -> Response:
    """Answer `GET /ogc/collections/{collection}`."""
    check_keys(request, ("f",))
    return await json_answer(request, _collection(request, house, _named(request)))


async def answer_items(request: Request, house: House) -> Response:
    """Answer `GET /ogc/collections/{collection}/items`: a page of features, those of a box and of a time when asked."""
    name, keys = _named(request), check_keys(request, _KEYS)
    viewer = (await _who(request, house, keys, name))[0]
    limit = min(read_whole(keys, "limit", 1, 10**9) or USUAL_LIMIT, MOST)
    area = read_bbox(_two_dimensions(keys))
    start, end = read_interval(keys.get("datetime"), house)
    try:
        if name == "events":
            query = EventQuery(
                start=start, end=end, bbox=area, limit=limit, cursor=keys.get("cursor"), now=house.clock()
            )
            page = await asyncio.to_thread(_events, house, viewer, query)
        else:
            page = await asyncio.to_thread(_others, house, viewer, name, area, limit, keys)
    except InvalidRecord as error:
        raise Problem(400, str(error), "cursor") from None
    where = f"/collections/{name}/items"
    links = [_link(request, where, "self", GEOJSON, keys), _link(request, f"/collections/{name}", "collection", JSON)]
    if page.cursor is not None:
        links.append(_link(request, where, "next", GEOJSON, {**keys, "cursor": page.cursor}))
    matched = {} if page.matched is None else {"numberMatched": page.matched}
    content = {
        "type": "FeatureCollection", "features": page.features, **matched, "numberReturned": len(page.features),
        "links": links,
    }  # fmt: skip
    return await json_answer(request, content, media_type=GEOJSON)


async def answer_item(request: Request, house: House) -> Response:
    """Answer `GET /ogc/collections/{collection}/items/{id}`."""
    name, keys = _named(request), check_keys(request, ("f", RESTRICTED))
    viewer, wanted = (await _who(request, house, keys, name))[0], str(request.path_params["id"])
    found: Feature | None
    if name == "events":
        kept = await asyncio.to_thread(readers.event, house.database, wanted, viewer=viewer)
        found = _event(kept) if kept is not None and house.shows(kept) and kept.withdrawn_at is None else None
    else:
        features = await asyncio.to_thread(_features, house, viewer, name)
        found = next((one for one in features if one["id"] == wanted), None)
    if found is None:
        raise Problem(404, "there is no such feature, or it is not for you to see", "id")
    links = [
        _link(request, f"/collections/{name}/items/{wanted}", "self", GEOJSON),
        _link(request, f"/collections/{name}", "collection", JSON),
    ]
    return await json_answer(request, {**found, "links": links}, media_type=GEOJSON)


def read_interval(told: str | None, house: House) -> tuple[datetime | None, datetime | None]:
    """Return start and end of `datetime`: a moment, or `start/end` where `..` or nothing is open."""
    if told is None:
        return None, None
    first, slash, last = told.partition("/")
    if not slash:
        moment = read_moment(told, "datetime", house.zone)
        return moment, moment
    start, end = (None if part in ("", "..") else read_moment(part, "datetime", house.zone) for part in (first, last))
    if (start is None and end is None) or (start is not None and end is not None and end < start):
        raise Problem(400, "allowed: a moment, or an interval start/end of which at most one side is '..'", "datetime")
    return start, end


async def _who(request: Request, house: House, keys: Mapping[str, str], name: str) -> tuple[Viewer, bool]:
    if keys.get("f", "json") not in ("json", "geojson"):
        raise Problem(400, "allowed: json", "f")
    viewer, member, has_restricted = who_asks(request, house, keys)
    if has_restricted and house.access is not None:
        await asyncio.to_thread(house.access.audit.note, member, f"export.restricted.ogc.{name}")
    return viewer, has_restricted


def _events(house: House, viewer: Viewer, query: EventQuery) -> Page:
    page = readers.events(house.database, viewer=viewer, query=query)
    features = [_event(kept) for kept in page.events if house.shows(kept)]
    # Where exercises are not shown the count of the database is not that of the features.
    matched = None
    if house.said.show_exercises:
        matched = readers.count_events(house.database, viewer=viewer, query=replace(query, cursor=None))
    return Page(features, matched, page.next_cursor)


def _event(kept: KeptEvent) -> Feature:
    made = event_feature(kept)
    properties = made["properties"]
    assert isinstance(properties, dict)
    hull = kept.event.validity
    start = hull.start or (kept.periods[0].start if kept.periods else kept.recorded_at)
    return {**made, "properties": {"start": iso(start), "end": iso(hull.end), **properties}}


def _others(house: House, viewer: Viewer, name: str, area: Area | None, limit: int, keys: Mapping[str, str]) -> Page:
    features = _features(house, viewer, name)
    if area is not None:
        frame = box(*area)
        features = [one for one in features if one["geometry"] and shape(one["geometry"]).intersects(frame)]
    first = read_whole(keys, "cursor", 0, 10**9) or 0
    shown = features[first : first + limit]
    return Page(shown, len(features), str(first + limit) if first + limit < len(features) else None)


def _features(house: House, viewer: Viewer, name: str) -> list[Feature]:
    if name == "roads":
        return road_features(house, viewer)
    if name == "cameras":
        return [camera_feature(one) for one in readers.cameras(house.database, viewer=viewer)]
    return district_features(house)


def _collection(request: Request, house: House, name: str) -> dict[str, object]:
    links = [
        _link(request, f"/collections/{name}", "self", JSON),
        _link(request, f"/collections/{name}/items", "items", GEOJSON),
    ]
    return {**describe_collection(name, house.city.area), "links": links}


def _named(request: Request) -> str:
    name = str(request.path_params["collection"])
    if name not in COLLECTIONS:
        raise Problem(404, f"there is no such collection (there are: {', '.join(COLLECTIONS)})", "collection")
    return name


def _two_dimensions(keys: Mapping[str, str]) -> Mapping[str, str]:
    """Return the keys with a box of two dimensions: heights are no part of what we know."""
    parts = keys.get("bbox", "").split(",")
    return {**keys, "bbox": ",".join((*parts[:2], *parts[3:5]))} if len(parts) == 6 else keys


def _description(house: House) -> str:
    is_demo = house.access is not None and house.access.is_demonstration
    return "DEMONSTRATION: nothing here is real." if is_demo else "Events in public space, without personal data."


def _root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/ogc"


def _link(
    request: Request, path: str, rel: str, media_type: str, keys: Mapping[str, str] | None = None
) -> dict[str, str]:
    query = f"?{urlencode(keys)}" if keys else ""
    return {"href": f"{_root(request)}{path}{query}", "rel": rel, "type": media_type, "title": rel}
