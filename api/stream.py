"""`GET /api/stream`: server-sent events, from the number the browser holds to the present and on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.answers import Problem
from api.channel import Channel, Reader
from api.frames import STREAM_HEAD, event_frame, now_ms, packed_frame
from api.house import House
from api.live import Hub
from api.parameters import check_keys, read_whole
from api.viewer import viewer_of

PING_S = 10.0
MAX_NUMBER = 2**53
MAX_STREAMS = 2000
_RETRY = b"retry: 1000\n\n"
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Encoding", "X-Accel-Buffering": "no"}


async def answer_stream(request: Request, house: House, hub: Hub) -> Response:
    """Open a stream; the header Last-Event-ID, which browsers set when they reconnect, comes before `since`."""
    query = dict(check_keys(request, ("since", "mark")))
    last = request.headers.get("last-event-id")
    if last is not None:
        query = {"since": last}  # a mark stands for the number of the address, not for this one
    since = read_whole(query, "since", 0, MAX_NUMBER)
    if hub.open_streams >= MAX_STREAMS:
        raise Problem(503, f"{MAX_STREAMS} streams are open, which is the limit; try again later")
    viewer = viewer_of(request)
    opened = await hub.subscribe(viewer, since, query.get("mark"))

    async def is_allowed() -> bool:
        return await asyncio.to_thread(house.who, request.headers) == viewer

    frames = _frames(hub, opened, is_allowed)
    headers = dict(HEADERS)
    if "gzip" in request.headers.get("accept-encoding", ""):
        frames, headers["Content-Encoding"] = _packed(frames), "gzip"
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)


async def _packed(frames: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield STREAM_HEAD
        async for frame in frames:
            yield packed_frame(frame)
    finally:
        await frames.aclose()


async def _frames(
    hub: Hub, opened: tuple[Reader, Channel, list[bytes]], is_allowed: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bytes]:
    reader, channel, missed = opened
    try:
        yield _RETRY
        for frame in missed:
            yield frame
        # A ping says how far this stream has brought its browser: never further than the frames before it.
        yield hub.storage.frame() + _ping(reader.seq)
        while not reader.is_dropped:
            given = await reader.next(PING_S)
            if given is None:
                if not await is_allowed():
                    return
                given = reader.take()  # what came while that was asked
            seq, frame = given or (0, _sign_of_life(hub, reader, channel))
            if seq == 0 or seq > reader.seq:
                reader.seq = max(reader.seq, seq)
                yield frame
    finally:
        hub.leave(reader, channel)


def _sign_of_life(hub: Hub, reader: Reader, channel: Channel) -> bytes:
    if not reader.is_behind:
        reader.seq = max(reader.seq, channel.seq or 0)
    warning = b"" if hub.storage.is_well else hub.storage.frame()
    return warning + _ping(reader.seq)


def _ping(seq: int) -> bytes:
    return event_frame("ping", {"seq": seq, "ts": now_ms()})
