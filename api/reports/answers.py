"""The addresses of reports: `/api/reports/<name>`, the view of an address as a document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from api.analysis import KEYS as ANALYSIS_KEYS
from api.analysis import analysis_address, question_of
from api.answers import Problem, is_known
from api.exports.asked import COMPARE, MOMENT, Asked, read_asked, view_address
from api.exports.asked import KEYS as EXPORT_KEYS
from api.limits import LIMITS, Limits
from api.reports.analysis_report import write_analysis
from api.reports.desk import Document, Key, Reports, tag_of
from api.reports.head import For
from api.reports.pictures import OF_ANALYSIS, THEMES, draw_chart, draw_map
from api.reports.situation import asked_situation
from api.reports.situation_report import write_situation
from components import texts
from components.report import draw_analysis_report, draw_situation
from components.texts import Words

PDF, SVG = "application/pdf", "image/svg+xml"
THEME = "theme"
KEYS = (*(key for key in EXPORT_KEYS if key != "at"), MOMENT)
ALL_KEYS = (*KEYS, COMPARE, THEME)
PICTURES = ("map.svg", *(f"{name}.svg" for name in OF_ANALYSIS))


async def answer_report(request: Request, reports: Reports) -> Response:
    """Answer `GET /api/reports/{name}`: a view as a document or a drawing for its viewer; 304 when the reader holds it."""
    name = str(request.path_params["name"])
    if name not in (*WRITTEN, *PICTURES):
        raise Problem(404, f"there is no such report (there are: {', '.join((*WRITTEN, *PICTURES))})", "name")
    asked, told = _asked(request, reports, name)
    key = await asyncio.to_thread(_key_of, name, asked, told, reports)
    headers = {"ETag": f"W/{tag_of(key)}", "Cache-Control": "private, no-cache"}
    if is_known(request, tag_of(key)):
        return Response(status_code=304, headers=headers)
    if not reports.is_kept(key):
        _count(request, asked)
    body = await reports.made(key, lambda: _write(name, reports, asked, told), told.words)
    await asyncio.to_thread(_note, reports, asked, name)
    house = reports.house
    headers["Content-Disposition"] = f'attachment; filename="{house.city.id}-{house.clock():%Y%m%d-%H%M}-{name}"'
    return Response(body, media_type=SVG if name in PICTURES else PDF, headers=headers)


def _asked(request: Request, reports: Reports, name: str) -> tuple[Asked, For]:
    is_analysis = name.partition(".")[0] in ("analysis", *OF_ANALYSIS)
    keys = ANALYSIS_KEYS if is_analysis else KEYS
    asked = read_asked(request, reports.house, (*keys, THEME) if name in PICTURES else keys)
    if asked.keys.get(THEME, "clair") not in THEMES:
        raise Problem(400, f"found {asked.keys[THEME][:20]!r}; allowed: {', '.join(THEMES)}", THEME)
    address = view_address(str(request.base_url).rstrip("/"), asked.keys, reports.house.zone)
    return asked, For(
        viewer=asked.viewer, keys=asked.keys, view=analysis_address(address) if is_analysis else address,
        words=Words(texts.load(), asked.language), has_restricted=asked.has_restricted,
    )  # fmt: skip


def _write(name: str, reports: Reports, asked: Asked, told: For) -> Document | str:
    theme = THEMES[asked.keys.get(THEME, "clair")]
    if name == PICTURES[0]:
        return draw_map(reports, asked, told, theme)
    if name in PICTURES:
        return draw_chart(reports, asked, told, theme, name.removesuffix(".svg"))
    return WRITTEN[name](reports, asked, told)


def _situation(reports: Reports, asked: Asked, told: For) -> Document:
    found = asked_situation(reports.house, asked)
    report = write_situation(reports.house, reports.base, found, told, asked.query)
    return Document(draw_situation(report, told.words))


def _analysis(reports: Reports, asked: Asked, told: For) -> Document:
    question = question_of(asked.query, asked.keys, reports.house)
    found = reports.analysed.periods(asked.viewer, question)
    query = replace(asked.query, start=None, end=None, phases=())
    report = write_analysis(reports.house, reports.base, reports.districts, found, told, query)
    return Document(draw_analysis_report(report, told.words), is_wide=True)


WRITTEN: Mapping[str, Callable[[Reports, Asked, For], Document]] = {
    "situation.pdf": _situation,
    "analysis.pdf": _analysis,
}


def _key_of(name: str, asked: Asked, told: For, reports: Reports) -> Key:
    return reports.key(
        name, asked.viewer.key, asked.has_restricted, asked.language, told.view, tuple(sorted(asked.keys.items()))
    )


def _count(request: Request, asked: Asked) -> None:
    """Count a report or a drawing that has to be made: raise TooMany when this account, or this address, asked for too many."""
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
