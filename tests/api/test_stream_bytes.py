"""The stream on the wire: frames packed once for all, small, and plain for who cannot unpack."""

from __future__ import annotations

import asyncio
import itertools
import zlib

import httpx
import pytest

from api.channel import Reader
from api.frames import STREAM_HEAD, event_frame, packed_frame
from tests.api.served import event

FRAMES = [event_frame("ping", {"seq": n}) for n in range(2)] + [
    event_frame("delta", {"events": [{"ti": f"Travaux rue {n} é", "x": n}] * n}) for n in (9, 60)
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_packed_frames_follow_each_other_in_any_order(order):
    unpack = zlib.decompressobj(31)
    assert unpack.decompress(STREAM_HEAD) == b""
    for number in order:
        # Each is whole as soon as its own bytes are there.
        assert unpack.decompress(packed_frame(FRAMES[number])) == FRAMES[number]


async def heard(address: str, served, count: int, **headers: str) -> tuple[httpx.Headers, bytes, str]:
    """Return the headers, the raw bytes after the change, and the text, of a stream that hears `count` changed events."""
    told = {"Authorization": "Bearer obs_public", **headers}
    async with (
        httpx.AsyncClient(timeout=10) as client,
        client.stream("GET", f"{address}/api/stream", headers=told) as answer,
    ):
        unpack = zlib.decompressobj(31) if answer.headers.get("content-encoding") == "gzip" else None
        raw, text, is_told = b"", "", False
        async for piece in answer.aiter_raw():
            text += (unpack.decompress(piece) if unpack else piece).decode()
            raw += piece if is_told else b""
            if "event: ping" in text and not is_told:
                is_told = True
                await asyncio.to_thread(
                    served.admit, *(event(f"n{number}", headline=f"Travaux {number}") for number in range(count))
                )
            if "event: delta" in text:
                return answer.headers, raw, text
    raise AssertionError("the stream ended")


def test_five_changed_events_cost_less_than_700_bytes(served, online):
    headers, raw, text = asyncio.run(heard(online, served, 5, **{"Accept-Encoding": "gzip, br"}))
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert text.count('"ti":"Travaux') == 5
    assert len(raw) <= 700


def test_who_cannot_unpack_gets_plain_text(served, online):
    headers, raw, text = asyncio.run(heard(online, served, 1, **{"Accept-Encoding": "identity"}))
    assert "content-encoding" not in headers
    assert raw.decode() in text


def test_reader_that_waits_is_woken_or_told_that_nothing_came():
    async def play() -> None:
        reader = Reader()
        assert await reader.next(0.01) is None
        waiting = asyncio.create_task(reader.next(5))
        await asyncio.sleep(0)
        reader.give(7, b"frame")
        reader.give(8, b"later")
        assert await waiting == (7, b"frame")
        assert await reader.next(5) == (8, b"later")

    asyncio.run(play())
