"""How the house is: for people and for orchestrators. Prometheus asks `api.metrics`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.answers import JSON, encode, json_answer
from api.features import iso
from api.house import House
from api.parameters import check_keys
from events.errors import StoreUnavailable
from privacy.upkeep import TASKS
from store import readers, schema
from store.upkeep import last_done

HEARTBEAT_LIMIT = timedelta(seconds=30)


async def answer_alive(request: Request) -> Response:
    """Answer `GET /healthz`: the process answers; says nothing of its rooms."""
    del request
    return Response(encode({"status": "ok"}), media_type=JSON, headers={"Cache-Control": "no-store"})


async def answer_ready(request: Request, house: House) -> Response:
    """Answer `GET /readyz`: 200 when the database can be written and the schedule beats, here or in the process that polls; else 503."""
    del request
    problem = await asyncio.to_thread(_database_problem, house)
    beat = house.heartbeat()
    is_polling = beat is not None and house.clock() - beat < HEARTBEAT_LIMIT
    content = {
        "status": "ok" if problem is None and is_polling else "unavailable",
        "database": {"ok": problem is None, "message": problem},
        "scheduler": {"ok": is_polling, "role": house.role(), "heartbeat_at": iso(beat)},
        "upkeep": None if problem else await asyncio.to_thread(_upkeep, house),
        "sources": {"polled": None if problem else await asyncio.to_thread(_last_polls, house)},
    }
    status = 200 if content["status"] == "ok" else 503
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})


async def answer_sources(request: Request, house: House) -> Response:
    """Answer `GET /api/sources` and `GET /sources.json`: the state of every source, for people and monitoring."""
    check_keys(request, ())
    rows = await asyncio.to_thread(house.source_rows)
    return await json_answer(request, {"time": iso(house.clock()), "sources": rows})


def _database_problem(house: House) -> str | None:
    try:
        schema.check(house.database)
    except StoreUnavailable as error:
        return str(error)
    return None


def _upkeep(house: House) -> dict[str, object]:
    """Tell what the nightly tasks last did; `remaining` counts rows kept past their time and must be 0."""
    told: dict[str, object] = {}
    for task in TASKS:
        last = last_done(house.database, task)
        told[task] = None if last is None else {
            "at": iso(last.at), "gate": last.gate, "seen": last.lines[0].seen, "done": last.lines[0].done,
            "remaining": last.lines[0].remaining,
        }  # fmt: skip
    return told


def _last_polls(house: House) -> dict[str, object]:
    states = readers.source_states(house.database)
    return {
        state.source_id: {"verdict": state.last_run.verdict, "at": iso(state.last_run.finished_at)} for state in states
    }
