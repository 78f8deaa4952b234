"""What every address answers with: JSON with a tag of its content, problems in one shape, bodies compressed once."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import brotli
import orjson
from starlette.requests import Request
from starlette.responses import Response

from events.errors import AppError

JSON = "application/json"
GEOJSON = "application/geo+json"
IMMUTABLE = "public, max-age=31536000, immutable"
NO_CACHE = "no-cache"
COMPRESSIBLE = re.compile(r"^(text/|application/(javascript|json)|image/svg)")
_WORTH_COMPRESSING = 600  # bytes: below one packet compression gains nothing
_NOW, _FOR_EVER = (4, 4), (11, 9)  # levels of brotli and gzip: for an answer made now, for a file kept for ever
_LARGE = 1_000_000  # bytes: the best ratio takes seconds a megabyte, and somebody waits for it


class Problem(AppError):
    """A request that cannot be answered: status, and which parameter is wrong (None: no single one)."""

    def __init__(self, status: int, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Packed:
    """A body in the three forms browsers take; `etag` is that of the plain form."""

    plain: bytes
    br: bytes | None
    gzip: bytes | None
    etag: str
    media_type: str


def encode(content: object) -> bytes:
    """Return compact JSON in UTF-8; datetimes become ISO 8601 in UTC with `Z`."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def etag_of(body: bytes) -> str:
    """Return the entity tag of a body, quoted."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def pack(body: bytes, media_type: str, *, forever: bool = False) -> Packed:
    """Compress a body once, in both forms; `forever` takes the time for the best ratio."""
    if len(body) < _WORTH_COMPRESSING:
        return Packed(body, None, None, etag_of(body), media_type)
    brotli_level, gzip_level = _FOR_EVER if forever and len(body) < _LARGE else _NOW
    small = brotli.compress(body, quality=brotli_level)
    return Packed(body, small, gzip.compress(body, gzip_level, mtime=0), etag_of(body), media_type)


def packed_answer(request: Request, packed: Packed, *, cache: str = NO_CACHE) -> Response:
    """Return the form this browser takes, or 304 when it has it already."""
    headers = {"ETag": packed.etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if is_known(request, packed.etag):
        return Response(status_code=304, headers=headers)
    coding, body = form_for(packed, request.headers.get("accept-encoding", ""))
    if coding is not None:
        headers["Content-Encoding"] = coding
    return Response(body, media_type=packed.media_type, headers=headers)


def form_for(packed: Packed, accepted: str) -> tuple[str | None, bytes]:
    """Return the coding and the bytes for a browser that says what it accepts; None is the plain form."""
    named = {part.partition(";")[0].strip() for part in accepted.split(",")}
    if packed.br is not None and "br" in named:
        return "br", packed.br
    if packed.gzip is not None and "gzip" in named:
        return "gzip", packed.gzip
    return None, packed.plain


async def json_answer(request: Request, content: object, *, media_type: str = JSON) -> Response:
    """Return content as JSON with its tag; the work is done off the loop, so that no stream waits for it."""
    packed = await asyncio.to_thread(lambda: pack(encode(content), media_type))
    answer = packed_answer(request, packed)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def is_known(request: Request, etag: str) -> bool:
    """Tell whether the browser holds this very body (If-None-Match; weak tags compare equal)."""
    held = request.headers.get("if-none-match", "")
    return held == "*" or etag in {part.strip().removeprefix("W/") for part in held.split(",")}


def problem_body(message: str, parameter: str | None = None) -> bytes:
    """Return the one shape of every refusal."""
    return encode({"error": {"parameter": parameter, "message": message}})


def problem_answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal as JSON."""
    body = problem_body(problem.message, problem.parameter)
    return Response(body, problem.status, {"Cache-Control": "no-store", **(headers or {})}, JSON)
