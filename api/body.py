"""The body of a request, whole or not at all: no larger than its limit, no slower than its time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.answers import Problem


async def whole_body(headers: Mapping[str, str], receive: Receive, most: int, within_s: float) -> bytes:
    """Return the body; raise Problem 413 or 408, and ClientDisconnect when its sender went away."""
    too_large = Problem(413, f"the body is larger than {most} bytes; nothing was read")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        raise too_large
    body = bytearray()
    has_more = True
    try:
        async with asyncio.timeout(within_s):
            while has_more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > most:
                    raise too_large
                has_more = message.get("more_body", False)
    except TimeoutError:
        raise Problem(408, f"the body was not complete after {within_s:g} s; nothing was done") from None
    return bytes(body)
