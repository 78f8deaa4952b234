"""A file written once, compressed on the way and beside memory, then sent at the reader's pace.

The database is asked for a thousand events at a time and let go before the first byte leaves: a slow reader holds
neither a transaction nor the events. The tag is weak: the time of writing stands in every file and is no difference.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO

import brotli

from api.house import House
from events.audience import Viewer
from events.vocabulary import StoredStatus
from store import readers
from store.kept import EventQuery, KeptEvent

PAGE = 1000
IN_MEMORY = 4 * 2**20
_PIECE = 2**16
_BROTLI, _GZIP = 4, 4

Write = Callable[[Iterable[KeptEvent]], Iterator[bytes]]


@dataclass(slots=True)
class Spooled:
    """A written file at its start, its length in bytes, its coding and the tag of its events."""

    file: IO[bytes]
    size: int
    coding: str | None
    tag: str

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes; the file is closed at the end, whoever breaks off."""
        try:
            while piece := await asyncio.to_thread(self.file.read, _PIECE):
                yield piece
        finally:
            self.file.close()


def events_for(house: House, viewer: Viewer, query: EventQuery) -> Iterator[KeptEvent]:
    """Yield every event that matches, drafts apart, in order of start."""
    cursor: str | None = None
    while True:
        page = readers.events(house.database, viewer=viewer, query=replace(query, limit=PAGE, cursor=cursor))
        for kept in page.events:
            if house.shows(kept) and kept.event.status is not StoredStatus.DRAFT:
                yield kept
        cursor = page.next_cursor
        if cursor is None:
            return


def spool(events: Iterable[KeptEvent], write: Write, seed: str, accepted: str) -> Spooled:
    """Write a file of events; `seed` tells apart questions, formats and viewers, `accepted` is Accept-Encoding."""
    digest = hashlib.blake2b(seed.encode(), digest_size=12)
    coding = _coding(accepted)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed when it was sent
    try:
        for piece in _compressed(write(_noted(events, digest)), coding):
            file.write(piece)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    return Spooled(file, size, coding, f'"{digest.hexdigest()}"')


def _noted(events: Iterable[KeptEvent], digest: hashlib.blake2b) -> Iterator[KeptEvent]:
    for kept in events:
        told = (kept.id, kept.version, kept.sha256, kept.event.published_at, kept.event.observed_at, kept.periods)
        digest.update(repr(told).encode())
        yield kept


def _coding(accepted: str) -> str | None:
    named = {part.partition(";")[0].strip() for part in accepted.split(",")}
    return next((coding for coding in ("br", "gzip") if coding in named), None)


def _compressed(pieces: Iterable[bytes], coding: str | None) -> Iterator[bytes]:
    if coding is None:
        yield from pieces
    elif coding == "br":
        compressor = brotli.Compressor(quality=_BROTLI)
        for piece in pieces:
            yield compressor.process(piece)
        yield compressor.finish()
    else:
        held = _Held()
        with gzip.GzipFile(fileobj=held, mode="wb", compresslevel=_GZIP, mtime=0) as packer:
            for piece in pieces:
                packer.write(piece)
                yield held.taken()
        yield held.taken()


class _Held:
    """What a compressor wrote since it was last asked."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        self._bytes += data
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken
