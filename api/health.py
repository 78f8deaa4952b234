"""How the house is: for people, for orchestrators, for Prometheus. No label ever carries a text of a partner."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from starlette.requests import Request
from starlette.responses import Response

from api.answers import JSON, encode, json_answer
from api.features import iso
from api.house import EVERYTHING, House
from api.live import Hub
from api.parameters import check_keys
from events.errors import StoreUnavailable
from store import readers, schema

HEARTBEAT_LIMIT = timedelta(seconds=30)
STATES = ("ok", "late", "stale", "failing", "paused", "never")


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
        "sources": {"polled": None if problem else await asyncio.to_thread(_last_polls, house)},
    }
    status = 200 if content["status"] == "ok" else 503
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})


async def answer_metrics(request: Request, house: House, hub: Hub) -> Response:
    """Answer `GET /metrics` in Prometheus's text format."""
    check_keys(request, ())
    text = await asyncio.to_thread(_metrics, house, hub.open_streams)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8", headers={"Cache-Control": "no-store"})


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


def _last_polls(house: House) -> dict[str, object]:
    states = readers.source_states(house.database)
    return {
        state.source_id: {"verdict": state.last_run.verdict, "at": iso(state.last_run.finished_at)} for state in states
    }


def _metrics(house: House, open_streams: int) -> str:
    rows = house.source_rows()
    beat: datetime | None = house.heartbeat()
    lines = [
        _gauge("open_streams", "browsers that hold a live stream", open_streams),
        _gauge("changes", "number of the last change", readers.last_change(house.database, viewer=EVERYTHING)),
        _gauge("heartbeat_age_seconds", "age of the schedule's last beat", _age(house, beat)),
        _gauge("build_info", "always 1", 1, f'{{version="{_version()}"}}'),
        "# HELP observatory_sources sources by state\n# TYPE observatory_sources gauge",
        *(f'observatory_sources{{state="{word}"}} {sum(row["state"] == word for row in rows)}' for word in STATES),
        "# HELP observatory_source_up 1 when the source is not failing\n# TYPE observatory_source_up gauge",
        *(f'observatory_source_up{{source="{row["id"]}"}} {int(row["state"] != "failing")}' for row in rows),
        "# HELP observatory_source_records what is kept of a source\n# TYPE observatory_source_records gauge",
        *(f'observatory_source_records{{source="{row["id"]}"}} {row["n"]}' for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _gauge(name: str, meaning: str, value: float, labels: str = "") -> str:
    full = f"observatory_{name}"
    return f"# HELP {full} {meaning}\n# TYPE {full} gauge\n{full}{labels} {value}"


def _age(house: House, beat: datetime | None) -> float:
    return -1.0 if beat is None else round((house.clock() - beat).total_seconds(), 3)


def _version() -> str:
    try:
        return version("public-space-observatory")
    except PackageNotFoundError:
        return "0.1.0"
