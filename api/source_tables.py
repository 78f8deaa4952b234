"""The Sources page as CSV: every source, and the runs of one with their rejects."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem
from api.features import iso
from api.house import House
from api.parameters import check_keys
from store import readers

MAX_RUNS = 1000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SOURCE_COLUMNS = (
    "id",
    "ti",
    "org",
    "kind",
    "state",
    "at",
    "every",
    "late",
    "frozen",
    "moved",
    "locked",
    "ok",
    "n",
    "why",
)
_RUN_COLUMNS = (
    "started_at", "finished_at", "verdict", "reason", "http_status", "size", "published_at", "records_seen", "rejected",
    "new", "changed", "unchanged", "absent", "withdrawn", "flagged", "text_withheld",
)  # fmt: skip


async def answer_sources_csv(request: Request, house: House) -> Response:
    """Answer `GET /sources.csv`: one line for each source, columns named as in `/sources.json`; times in epoch seconds."""
    check_keys(request, ("lang",))
    rows = await asyncio.to_thread(house.source_rows)
    return table_answer(_SOURCE_COLUMNS, ([row.get(name) for name in _SOURCE_COLUMNS] for row in rows), "sources")


async def answer_runs_csv(request: Request, house: House) -> Response:
    """Answer `GET /sources/{id}/runs.csv`: the last runs, each followed by its rejects with place and reason."""
    check_keys(request, ())
    source_id = str(request.path_params["id"])
    if source_id not in {source.id for source in house.sources}:
        raise Problem(404, "there is no source of this name; /sources.json lists those there are")
    lines = await asyncio.to_thread(_run_lines, house, source_id)
    return table_answer((*_RUN_COLUMNS, "reject_where", "reject_reason"), lines, f"{source_id}-runs")


def _run_lines(house: House, source_id: str) -> list[list[object]]:
    lines: list[list[object]] = []
    for run in readers.runs(house.database, source_id, MAX_RUNS):
        told = [getattr(run, name) for name in _RUN_COLUMNS]
        rejects = readers.rejects(house.database, run.id) if run.rejected else ()
        lines.append([*told, None, None])
        lines.extend([*told[:3], *[None] * (len(told) - 3), one.where, one.reason] for one in rejects)
    return lines


def table_answer(columns: Sequence[str], lines: Iterable[Iterable[object]], name: str) -> Response:
    """Return a table as CSV (UTF-8 with its mark, semicolons); a text that a spreadsheet would run is made a text."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(value) for value in line] for line in lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-cache"}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell, `iso` for times; a text that a spreadsheet would run begins with an apostrophe."""
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(iso(value)) if hasattr(value, "isoformat") else str(value)  # type: ignore[arg-type]
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text
