"""Scripts, styles and pictures: asked of Dash once, compressed once, then served from memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import COMPRESSIBLE, IMMUTABLE, Packed, Problem, etag_of, pack, packed_answer

FOLDERS = ("/_dash-component-suites/", "/assets/")
# What Dash answers to everybody alike for as long as it runs; the next version answers something else.
FIXED = frozenset({"/_dash-dependencies"})
FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
_FINGERPRINT = re.compile(r"\.v[0-9_]+m\d+\.")  # Dash writes version and time into the names of its own files
_MAX_FILES = 1000


class StaticCache:
    """Answers GET below FOLDERS from memory; everything else goes on to the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, Packed] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_kept(scope["path"]) or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        packed = await self._take(scope)
        is_named_by_time = _FINGERPRINT.search(scope["path"]) or scope["query_string"].startswith(b"m=")
        cache = "no-cache" if scope["path"] in FIXED else IMMUTABLE if is_named_by_time else FOR_AN_HOUR
        answer: Response = packed_answer(Request(scope), packed, cache=cache)
        await answer(scope, receive, send)

    async def warm(self, paths: Sequence[str]) -> None:
        """Take those of these files that are ours into memory before anyone asks."""
        for path in paths:
            if _is_kept(path):
                await self._take(_asking(path))

    async def _take(self, scope: Scope) -> Packed:
        path = scope["path"]
        kept = self._kept.get(path)
        if kept is not None:
            return kept
        lock = self._locks.setdefault(path, asyncio.Lock())
        try:
            async with lock:
                if path not in self._kept:
                    packed = await self._load(scope)
                    if len(self._kept) < _MAX_FILES:
                        self._kept[path] = packed
                    return packed
                return self._kept[path]
        finally:
            self._locks.pop(path, None)

    async def _load(self, scope: Scope) -> Packed:
        plain = [(key, value) for key, value in scope["headers"] if key == b"host"]
        inner = {**scope, "method": "GET", "headers": plain, "query_string": b""}
        status, headers, body = 500, Headers(), bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def collect(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], Headers(raw=list(message["headers"]))
            else:
                body.extend(message.get("body", b""))

        await self._app(inner, receive, collect)
        if status != 200:
            raise Problem(404, "there is no such file")
        media_type = headers.get("content-type", "application/octet-stream")
        content = bytes(body)
        if not COMPRESSIBLE.match(media_type):
            return Packed(content, None, None, etag_of(content), media_type)
        return await asyncio.to_thread(pack, content, media_type, forever=True)


def _is_kept(path: str) -> bool:
    return path.startswith(FOLDERS) or path in FIXED


def _asking(path: str) -> Scope:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 0),
    }  # fmt: skip
