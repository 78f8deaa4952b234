"""Which question is answered at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.house import Access
from api import analysis, feed, health, kept_for_accounts, push, records, sign_in, source_tables
from api.account.routes import account_routes
from api.agenda import answer_agenda, answer_begins
from api.answers import JSON, Packed, Problem, encode, pack, packed_answer
from api.camera_register import register_addresses
from api.conflicts import answer_conflicts
from api.exports import answers as exports
from api.exports import ogc
from api.files import Files
from api.history import Histories, answer_past
from api.house import House
from api.live import Hub
from api.media import answers as media
from api.media.routes import media_routes
from api.metrics import Metrics
from api.openapi import describe
from api.reports.answers import answer_report
from api.reports.desk import Reports, base_map
from api.snapshots import Snapshots, answer_snapshot
from api.stream import answer_stream
from api.transparency.pages import Transparency
from api.viewer import FEED


def routes(house: House, files: Files, snapshots: Snapshots, hub: Hub, reports: Reports | None = None) -> list[Route]:
    """Return every address of this room; each knows GET only, other methods are answered 405."""
    description = pack(encode(describe(house.city.name)), JSON, forever=True)
    reports = reports or Reports(house, base_map(house, files))
    clear = Transparency(house, reports.press)
    table: dict[str, Callable[..., Awaitable[Response]]] = {
        "/healthz": health.answer_alive,
        "/readyz": partial(health.answer_ready, house=house),
        "/metrics": Metrics(house, hub).answer,
        "/sources.json": partial(health.answer_sources, house=house),
        "/sources.csv": partial(source_tables.answer_sources_csv, house=house),
        "/sources/{id}/runs.csv": partial(source_tables.answer_runs_csv, house=house),
        "/openapi.json": partial(_answer_packed, packed=description),
        "/api/events": partial(records.answer_events, house=house),
        "/api/events/{id}": partial(records.answer_event, house=house),
        "/api/events/{id}/versions": partial(records.answer_versions, house=house),
        "/api/roads": partial(records.answer_roads, house=house),
        "/api/cameras": partial(records.answer_cameras, house=house),
        "/api/tallies": partial(records.answer_tallies, house=house),
        "/api/sources": partial(health.answer_sources, house=house),
        "/api/districts": partial(records.answer_districts, house=house),
        "/api/changes": partial(records.answer_changes, house=house),
        "/api/views": partial(kept_for_accounts.answer_views, house=house),
        "/api/look": partial(kept_for_accounts.answer_look, house=house),
        "/api/subscriptions": partial(kept_for_accounts.answer_subscriptions, house=house),
        "/api/past": partial(answer_past, house=house, histories=Histories(house)),
        "/api/snapshot": partial(answer_snapshot, house=house, snapshots=snapshots),
        "/api/stream": partial(answer_stream, house=house, hub=hub),
        "/transparence": clear.answer,
        "/transparence/{rubric}": clear.answer,
        "/city/{sha}/{name}": partial(_answer_file, files=files),
        "/texts/{name}": partial(_answer_file, files=files),
        "/api/events/{id}/media": partial(media.answer_of_event, desk=house.media),
        "/api/media/{id}": partial(media.answer_pixels, desk=house.media),
        "/api/media/{id}/state": partial(media.answer_state, desk=house.media),
        "/api/media/{id}/poster": partial(media.answer_pixels, desk=house.media, is_poster=True),
        **_going_out(house, reports),
    }
    answered = [Route(path, endpoint, methods=["GET"]) for path, endpoint in table.items()]
    if house.access is not None:
        answered += _signed_in(house, house.access)
    # What begins like an address for machines never falls through to the page.
    strays = [
        Route(f"/{room}/{{rest:path}}", _answer_nothing, methods=["GET"]) for room in ("api", "city", "ogc", "texts")
    ]
    strays.append(Route("/sources/{rest:path}.csv", _answer_nothing, methods=["GET"]))
    return [*answered, *strays]


def _signed_in(house: House, access: Access) -> list[Route]:
    """Return the addresses of the way in and out, and of what accounts and programs post and keep."""
    posted: dict[str, Callable[..., Awaitable[Response]]] = {
        sign_in.PATH_OUT: partial(sign_in.answer_sign_out, access=access),
        "/compte/vues": partial(kept_for_accounts.answer_saving, house=house),
        "/compte/vu": partial(kept_for_accounts.answer_looking, house=house),
        "/compte/abonnements": partial(kept_for_accounts.answer_subscribing, house=house, access=access),
    }
    if house.brought is not None:
        posted[push.PATH + "{source}"] = partial(push.answer_push, access=access, brought=house.brought)
    way_in = partial(sign_in.answer_sign_in, house=house, access=access)
    return [
        Route(sign_in.PATH_IN, way_in, methods=["GET", "POST"]),
        Route(FEED, partial(feed.answer_feed, house=house, access=access), methods=["GET"]),
        *(Route(path, endpoint, methods=["POST"]) for path, endpoint in posted.items()),
        *account_routes(house, access),
        *(media_routes(house, house.media) if house.media is not None else ()),
    ]


def _going_out(house: House, reports: Reports) -> dict[str, Callable[..., Awaitable[Response]]]:
    """Return the addresses of what leaves in the formats of others, of conflicts, and of the register of cameras."""
    return {
        **register_addresses(house),
        "/api/analysis/{panel}.csv": partial(analysis.answer_panel, house=house, analysed=reports.analysed),
        "/api/agenda": partial(answer_agenda, house=house),
        "/api/agenda/begins": partial(answer_begins, house=house),
        "/api/conflicts": partial(answer_conflicts, house=house),
        "/api/reports/{name}": partial(answer_report, reports=reports),
        "/api/exports/{name}": partial(exports.answer_export, house=house),
        "/api/exports/warnings/{id}.xml": partial(exports.answer_warning, house=house),
        "/ogc": partial(ogc.answer_landing, house=house),
        "/ogc/": partial(ogc.answer_landing, house=house),
        "/ogc/conformance": ogc.answer_conformance,
        "/ogc/api": partial(ogc.answer_description, house=house),
        "/ogc/collections": partial(ogc.answer_collections, house=house),
        "/ogc/collections/{collection}": partial(ogc.answer_collection, house=house),
        "/ogc/collections/{collection}/items": partial(ogc.answer_items, house=house),
        "/ogc/collections/{collection}/items/{id:path}": partial(ogc.answer_item, house=house),
    }


async def _answer_packed(request: Request, packed: Packed) -> Response:
    return packed_answer(request, packed)


async def _answer_file(request: Request, files: Files) -> Response:
    return files.answer(request)


async def _answer_nothing(request: Request) -> Response:
    del request
    raise Problem(404, "there is no such address; /openapi.json lists those there are")
