"""The addresses of exports: `/api/exports/<name>` in every format, and a message for each warning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.answers import GEOJSON, Problem, is_known
from api.exports import cap
from api.exports.asked import Asked, only_current, read_asked, view_address, who_asks
from api.exports.atom import write_atom
from api.exports.cifs import write_cifs
from api.exports.datex2 import write_datex2
from api.exports.geojson import write_geojson
from api.exports.ics import write_calendar
from api.exports.setting import Setting
from api.exports.spool import Spooled, events_for, spool
from api.exports.table import write_table
from api.house import House
from api.parameters import check_keys
from components import texts
from components.texts import Words
from store import readers
from store.kept import KeptEvent, KeptVersion

XML, ATOM = "application/xml", "application/atom+xml"
COUNTRY = "fr"

Write = Callable[[Iterable[KeptEvent], Setting], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One file: how it is written; `is_feed` of what is in force or to come, shown in place; others are saved as files."""

    media_type: str
    write: Write
    is_feed: bool = False


FORMATS = {
    "events.csv": Format("text/csv; charset=utf-8", write_table),
    "events.geojson": Format(GEOJSON, write_geojson),
    "events.ics": Format("text/calendar; charset=utf-8", write_calendar, is_feed=True),
    "events.atom": Format(ATOM, write_atom, is_feed=True),
    "cifs.xml": Format(XML, write_cifs, is_feed=True),
    "datex2.xml": Format(XML, write_datex2, is_feed=True),
    "warnings.atom": Format(ATOM, cap.write_index, is_feed=True),
}


async def answer_export(request: Request, house: House) -> Response:
    """Answer `GET /api/exports/{name}`: the events of a view as a file, 304 when the reader holds these very events."""
    name = str(request.path_params["name"])
    if name not in FORMATS:
        raise Problem(404, f"there is no such export (there are: {', '.join(FORMATS)})", "name")
    chosen = FORMATS[name]
    asked = read_asked(request, house)
    if chosen.is_feed:
        asked = only_current(asked)
    if chosen.write is cap.write_index:
        asked = replace(asked, query=replace(asked.query, severity=max(asked.query.severity or 0, int(cap.LEAST))))
    spooled = await asyncio.to_thread(_spooled, request, house, name, asked)
    headers = {"ETag": f"W/{spooled.tag}", "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if is_known(request, spooled.tag):
        spooled.file.close()
        return Response(status_code=304, headers=headers)
    await asyncio.to_thread(_note, house, asked, name)
    if not chosen.is_feed:
        headers["Content-Disposition"] = f'attachment; filename="{house.city.id}-{house.clock():%Y%m%d-%H%M}-{name}"'
    if spooled.coding is not None:
        headers["Content-Encoding"] = spooled.coding
    headers["Content-Length"] = str(spooled.size)
    closing = BackgroundTask(spooled.file.close)
    return StreamingResponse(spooled.pieces(), headers=headers, media_type=chosen.media_type, background=closing)


async def answer_warning(request: Request, house: House) -> Response:
    """Answer `GET /api/exports/warnings/{id}.xml`: the CAP message of the present version of a warning."""
    keys = check_keys(request, ("restreints",))
    viewer, member, has_restricted = who_asks(request, house, keys)
    event_id = str(request.path_params["id"])

    def find() -> tuple[KeptEvent, list[KeptVersion]] | None:
        kept = readers.event(house.database, event_id, viewer=viewer)
        if kept is None or not house.shows(kept) or not cap.is_warning(kept):
            return None
        told = readers.versions(house.database, event_id, viewer=viewer)
        return kept, [one for one in told if one.version < kept.version]

    found = await asyncio.to_thread(find)
    if found is None:
        raise Problem(404, "there is no such warning, or it is not for you to see", "id")
    if has_restricted and house.access is not None:
        await asyncio.to_thread(house.access.audit.note, member, "export.restricted.cap", event_id)
    body = await asyncio.to_thread(cap.message, *found, setting_of(request, house, "fr", {}))
    return Response(body, media_type=cap.MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


def setting_of(request: Request, house: House, language: str, keys: Mapping[str, str]) -> Setting:
    """Return what a file says beside its events."""
    origin = str(request.base_url).rstrip("/")
    return Setting(
        city_id=house.city.id,
        city_name=house.city.name,
        insee=house.said.insee,
        country=COUNTRY,
        zone=house.zone,
        origin=origin,
        address=str(request.url),
        view=view_address(origin, keys, house.zone),
        made_at=house.clock(),
        is_demo=house.access is not None and house.access.is_demonstration,
        words=Words(texts.load(), language),
        organisations={one.id: one.name_in(language) for one in house.said.organisation},
    )


def _spooled(request: Request, house: House, name: str, asked: Asked) -> Spooled:
    setting = setting_of(request, house, asked.language, asked.keys)
    seed = "\n".join((name, setting.address, asked.viewer.key, str(asked.has_restricted)))
    events = events_for(house, asked.viewer, asked.query)
    return spool(
        events, lambda kept: FORMATS[name].write(kept, setting), seed, request.headers.get("accept-encoding", "")
    )


def _note(house: House, asked: Asked, name: str) -> None:
    """Write in the audit who took what, in codes: every file of a member, and that restricted events were asked for."""
    if asked.member is not None and house.access is not None:
        action = "export.restricted" if asked.has_restricted else "export"
        house.access.audit.note(asked.member, f"{action}.{name}")
