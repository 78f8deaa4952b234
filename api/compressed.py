"""What the screen answers, compressed: a page that differs by nothing from the one before is not compressed again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import COMPRESSIBLE, Packed, etag_of, form_for, pack

KEPT = 64


class CompressedOnce:
    """Compresses the whole answers of an application; the last KEPT bodies answered to GET stay compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: OrderedDict[str, Packed] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._answer(scope, started[0], bytes(body), send)

        await self._app(scope, receive, collect)

    async def _answer(self, scope: Scope, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        media_type = headers.get("content-type", "")
        if COMPRESSIBLE.match(media_type) and "content-encoding" not in headers:
            packed = await self._packed(body, media_type, is_kept=scope["method"] == "GET" and start["status"] == 200)
            coding, body = form_for(packed, Headers(scope=scope).get("accept-encoding", ""))
            headers.add_vary_header("Accept-Encoding")
            headers["Content-Length"] = str(len(body))
            if coding is not None:
                headers["Content-Encoding"] = coding
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _packed(self, body: bytes, media_type: str, *, is_kept: bool) -> Packed:
        key = etag_of(body)
        packed = self._kept.get(key)
        if packed is None:
            packed = await asyncio.to_thread(pack, body, media_type)
            if is_kept:
                self._kept[key] = packed
        if key in self._kept:
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return packed
