"""The addresses of reports: `/api/reports/<name>`, the view of an address as a document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem, is_known
from api.exports.asked import KEYS as EXPORT_KEYS
from api.exports.asked import Asked, read_asked, view_address
from api.limits import LIMITS, Limits
from api.reports.desk import Document, Key, Reports, tag_of
from api.reports.head import For
from api.reports.situation import asked_situation
from api.reports.situation_report import write_situation
from components import texts
from components.report import draw_situation
from components.texts import Words

PDF = "application/pdf"
KEYS = tuple(key for key in EXPORT_KEYS if key not in ("at", "known_at"))


async def answer_report(request: Request, reports: Reports) -> Response:
    """Answer `GET /api/reports/{name}`: a report of a view, printed for its viewer; 304 when the reader holds it."""
    name = str(request.path_params["name"])
    if name not in WRITTEN:
        raise Problem(404, f"there is no such report (there are: {', '.join(WRITTEN)})", "name")
    asked = read_asked(request, reports.house, KEYS)
    words = Words(texts.load(), asked.language)
    told = For(
        viewer=asked.viewer, keys=asked.keys, view=view_address(str(request.base_url).rstrip("/"), asked.keys), words=words,
        has_restricted=asked.has_restricted,
    )  # fmt: skip
    key = await asyncio.to_thread(_key_of, name, asked, told, reports)
    headers = {"ETag": f"W/{tag_of(key)}", "Cache-Control": "private, no-cache"}
    if is_known(request, tag_of(key)):
        return Response(status_code=304, headers=headers)
    if not reports.is_kept(key):
        _count(request, asked)
    body = await reports.printed(key, lambda: WRITTEN[name](reports, asked, told), words)
    await asyncio.to_thread(_note, reports, asked, name)
    house = reports.house
    headers["Content-Disposition"] = f'attachment; filename="{house.city.id}-{house.clock():%Y%m%d-%H%M}-{name}"'
    return Response(body, media_type=PDF, headers=headers)


def _situation(reports: Reports, asked: Asked, told: For) -> Document:
    found = asked_situation(reports.house, asked)
    report = write_situation(reports.house, reports.base, found, told, asked.query)
    return Document(draw_situation(report, told.words))


WRITTEN: Mapping[str, Callable[[Reports, Asked, For], Document]] = {"situation.pdf": _situation}


def _key_of(name: str, asked: Asked, told: For, reports: Reports) -> Key:
    return reports.key(
        name, asked.viewer.key, asked.has_restricted, asked.language, told.view, tuple(sorted(asked.keys.items()))
    )


def _count(request: Request, asked: Asked) -> None:
    """Count a report that has to be printed: raise TooMany when this account, or this address, asked for too many."""
    limits = request.scope.get(LIMITS)
    if isinstance(limits, Limits):
        who = asked.member.who if asked.member is not None else f"at {request.client.host if request.client else ''}"
        limits.check_report(who)


def _note(reports: Reports, asked: Asked, name: str) -> None:
    """Write in the audit who took which report, in codes."""
    access = reports.house.access
    if asked.member is not None and access is not None:
        action = "export.restricted" if asked.has_restricted else "export"
        access.audit.note(asked.member, f"{action}.{name}")
