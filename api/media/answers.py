"""The addresses of pictures and clips. A file is the whole body of a post: nothing of it is spooled, named or parsed on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response

from access.members import Member
from api.answers import JSON, Problem, encode
from api.body import whole_body
from api.failure_page import language_in
from api.media.desk import MediaDesk
from api.parameters import check_keys
from api.viewer import viewer_of
from components.texts import words
from events.errors import AccessDenied, InvalidRecord
from privacy.media.boxes import Box, read_boxes
from privacy.media.refusals import Refused
from store.media import CLIP, PHOTO, KeptMedia

MOST_BYTES: Mapping[str, int] = {PHOTO: 20 * 2**20, CLIP: 60 * 2**20}
WITHIN_S = 120.0
MOST_AT_ONCE = 2
_ACTS = ("regarder", "masquer")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_TYPES = {PHOTO: "image/jpeg", CLIP: "video/mp4"}
_NO_STORE = {"Cache-Control": "no-store"}


class Uploads:
    """Takes the files that are sent; a few at a time, since each is in memory whole."""

    def __init__(self, desk: MediaDesk) -> None:
        self._desk = desk
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, request: Request) -> Response:
        """200 a photo that was looked at or masked, 202 a clip that is queued, 422 a file that is refused and why."""
        kind, member = request.path_params["kind"], _member(request)
        if kind not in MOST_BYTES:
            raise Problem(404, "files are sent as photo or as clip")
        act, zones = _asked(request, kind)
        async with self._room:
            try:
                content = await _file(request, kind)
                told = await asyncio.to_thread(self._take, member, kind, act, content, zones)
            except Refused as refused:
                await asyncio.to_thread(self._desk.stopped, member, refused)
                return _refused(request, refused)
        return Response(encode(told), 202 if kind == CLIP else 200, _NO_STORE, JSON)

    def _take(self, member: Member, kind: str, act: str, content: bytes, zones: Sequence[Box]) -> dict[str, object]:
        if kind == CLIP:
            media_id, found = self._desk.begin_clip(member, content, zones), None
        elif act == "masquer":
            media_id, found = self._desk.mask(member, content, zones), None
        else:
            looked = self._desk.look(member, content)
            found = looked.found
            if looked.media_id is None:
                return {"found": found, "piece": None}
            media_id = looked.media_id
        one = self._desk.get(member, media_id)
        return {"found": found, "piece": None if one is None else told_of(one, self._desk, member)}


async def answer_of_event(request: Request, desk: MediaDesk | None) -> Response:
    """Return the pieces of an event that the viewer may see."""
    check_keys(request, ())
    viewer, event_id = viewer_of(request), request.path_params["id"]
    found = () if desk is None else await asyncio.to_thread(desk.of_event, viewer, event_id)
    told = [] if desk is None else [told_of(one, desk, viewer) for one in found]
    return Response(encode({"media": told}), 200, _NO_STORE, JSON)


async def answer_state(request: Request, desk: MediaDesk | None) -> Response:
    """Return how one stands: while a clip is made, how far."""
    check_keys(request, ())
    viewer = viewer_of(request)
    if desk is None:
        raise Problem(404, "no pictures are taken here")
    one = await asyncio.to_thread(desk.get, viewer, request.path_params["id"])
    if one is None:
        raise Problem(404, "there is no such picture for you")
    return Response(encode(told_of(one, desk, viewer)), 200, _NO_STORE, JSON)


async def answer_pixels(request: Request, desk: MediaDesk | None, *, is_poster: bool = False) -> Response:
    """Return the photo, or the part of a clip that the browser asks for; `poster` is a clip's first picture."""
    check_keys(request, ())
    viewer, media_id = viewer_of(request), request.path_params["id"]
    if desk is None:
        raise Problem(404, "no pictures are taken here")
    one = await asyncio.to_thread(desk.get, viewer, media_id)
    content = await asyncio.to_thread(desk.pixels, viewer, media_id, is_poster=is_poster)
    if one is None or content is None:
        raise Problem(404, "there is no such picture for you")
    media_type = _TYPES[PHOTO] if is_poster else _TYPES[one.kind]
    headers = {
        "Content-Disposition": f'inline; filename="{media_id}.{"mp4" if media_type == _TYPES[CLIP] else "jpg"}"',
        "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes",
    }  # fmt: skip
    return _part(request, content, headers, media_type)


async def answer_act(request: Request, desk: MediaDesk) -> Response:
    """Do what is asked of one piece, in JSON: withdraw, report, mask more."""
    act, media_id = request.path_params["act"], request.path_params["id"]
    body = await request.body()
    if act == "retirer":
        await asyncio.to_thread(desk.withdraw, _member(request), media_id)
    elif act == "signaler":
        await asyncio.to_thread(desk.report, viewer_of(request), media_id)
    elif act == "masquer":
        zones = _zones_in(body)
        try:
            await asyncio.to_thread(desk.mask_more, _member(request), media_id, zones)
        except Refused as refused:
            return _refused(request, refused)
    else:
        raise Problem(404, "there is no such act")
    return Response(encode({"done": act}), 200, _NO_STORE, JSON)


def told_of(one: KeptMedia, desk: MediaDesk, viewer: object) -> dict[str, object]:
    """Return a piece as browsers read it."""
    is_there = one.state in ("waiting", "published", "hidden")
    return {
        "id": one.id, "kind": one.kind, "state": one.state, "reason": one.reason, "faces": one.faces,
        "masks": one.masks, "seconds": one.seconds, "done": one.done_s, "is_lost": desk.gate.is_lost(one),
        "at": one.created_at, "address": f"/api/media/{one.id}" if is_there else None,
        "poster": f"/api/media/{one.id}/poster" if one.kind == CLIP and is_there else None,
        "may_withdraw": desk.may_withdraw(viewer, one) if isinstance(viewer, Member) else False,
    }  # fmt: skip


async def _file(request: Request, kind: str) -> bytes:
    try:
        return bytes(await whole_body(request.headers, request.receive, MOST_BYTES[kind], WITHIN_S))
    except Problem as problem:
        if problem.status != 413:
            raise
        raise Refused("large") from None


def _member(request: Request) -> Member:
    viewer = viewer_of(request)
    if not isinstance(viewer, Member):
        raise AccessDenied("sign-in is required")
    return viewer


def _asked(request: Request, kind: str) -> tuple[str, Sequence[Box]]:
    keys = check_keys(request, ("acte", "zones"))
    act = keys.get("acte", _ACTS[0])
    if kind == PHOTO and act not in _ACTS:
        raise Problem(400, f"allowed: {', '.join(_ACTS)}", "acte")
    return act, _zones_in((keys.get("zones") or "[]").encode())


def _zones_in(text: bytes) -> Sequence[Box]:
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidRecord("zones are JSON: a list of [x, y, width, height]") from None
    return read_boxes(told)


def _refused(request: Request, refused: Refused) -> Response:
    speak = words(language_in(request.scope))
    said = speak(f"media.refused.{refused.reason}")
    return Response(encode({"refused": refused.reason, "said": said}), 422, _NO_STORE, JSON)


def _part(request: Request, content: bytes, headers: dict[str, str], media_type: str) -> Response:
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or not any(asked.groups()):
        return Response(bytes(content), 200, headers, media_type)
    first, last = asked.groups()
    start = int(first) if first else max(0, len(content) - int(last))
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    if start > end:
        return Response(b"", 416, {**headers, "Content-Range": f"bytes */{len(content)}"}, media_type)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return Response(content[start : end + 1], 206, headers, media_type)
