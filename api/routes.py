"""Which question is answered at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import health, records
from api.answers import JSON, Problem, encode, pack, packed_answer
from api.files import Files
from api.house import House
from api.live import Hub
from api.openapi import describe
from api.snapshots import Snapshots, answer_snapshot
from api.stream import answer_stream

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(house: House, files: Files, snapshots: Snapshots, hub: Hub) -> list[Route]:
    """Return every address of this room; each knows GET only, other methods are answered 405."""
    description = pack(encode(describe(house.city.name)), JSON, forever=True)

    async def answer_description(request: Request) -> Response:
        return packed_answer(request, description)

    async def answer_file(request: Request) -> Response:
        return files.answer(request)

    async def answer_nothing(request: Request) -> Response:
        del request
        raise Problem(404, "there is no such address; /openapi.json lists those there are")

    def of_house(answer: Callable[[Request, House], Awaitable[Response]]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return await answer(request, house)

        return endpoint

    async def ask_snapshot(request: Request) -> Response:
        return await answer_snapshot(request, house, snapshots)

    async def ask_stream(request: Request) -> Response:
        return await answer_stream(request, house, hub)

    async def ask_metrics(request: Request) -> Response:
        return await health.answer_metrics(request, house, hub)

    table: list[tuple[str, Endpoint]] = [
        ("/healthz", health.answer_alive),
        ("/readyz", of_house(health.answer_ready)),
        ("/metrics", ask_metrics),
        ("/sources.json", of_house(health.answer_sources)),
        ("/openapi.json", answer_description),
        ("/api/events", of_house(records.answer_events)),
        ("/api/events/{id}", of_house(records.answer_event)),
        ("/api/events/{id}/versions", of_house(records.answer_versions)),
        ("/api/roads", of_house(records.answer_roads)),
        ("/api/cameras", of_house(records.answer_cameras)),
        ("/api/tallies", of_house(records.answer_tallies)),
        ("/api/sources", of_house(health.answer_sources)),
        ("/api/districts", of_house(records.answer_districts)),
        ("/api/changes", of_house(records.answer_changes)),
        ("/api/snapshot", ask_snapshot),
        ("/api/stream", ask_stream),
        ("/city/{sha}/{name}", answer_file),
        ("/texts/{name}", answer_file),
    ]
    answered = [Route(path, endpoint, methods=["GET"]) for path, endpoint in table]
    # What begins like an address for machines never falls through to the page.
    strays = [Route(f"/{room}/{{rest:path}}", answer_nothing, methods=["GET"]) for room in ("api", "city", "texts")]
    return [*answered, *strays]
