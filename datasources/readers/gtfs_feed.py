"""The envelope of a GTFS-Realtime document, binary or text: its header, and its entities one by one.

The official classes decode the header and each entity; the frame around them is walked here, so that a document of
millions of empty entities is refused before it fills the memory, and a damaged entity costs itself only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf import text_format
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as realtime

from events.errors import DocumentUnreadable

MAX_ENTITIES = 50_000
MAX_HEADER_BYTES = 2**16
MAX_TEXT_BYTES = 2**18  # examples only: the text form is read a thousand times slower
_HEAD_BYTES = 2**14  # what tells the text form from the binary one
_TEXT = re.compile(rb"(?:\s|#[^\n]*\n)*(?:header|entity)\s*[:{<]")
_HEADER, _ENTITY = 1, 2
_OTHER_FIELDS = 100  # of versions to come
_FIXED = {1: 8, 5: 4}  # wire types of a fixed length


@dataclass(slots=True)
class Feed:
    """A document: its header and the bytes of each entity, in order."""

    header: realtime.FeedHeader
    entities: list[memoryview] = field(default_factory=list)

    @property
    def is_differential(self) -> bool:
        """Tell whether the document lists changes only, so that what it leaves out still holds."""
        return bool(self.header.incrementality == realtime.FeedHeader.DIFFERENTIAL)


def read_feed(body: bytes, source_id: str) -> Feed:
    """Return the envelope; raise DocumentUnreadable for what is no GTFS-Realtime or is beyond the limits."""
    if _TEXT.match(body[:_HEAD_BYTES]):
        body = _from_text(body, source_id)
    header: realtime.FeedHeader | None = None
    entities: list[memoryview] = []
    for number, content in _fields(memoryview(body), source_id):
        if number == _HEADER:
            header = _header(content, header or realtime.FeedHeader(), source_id)
        elif number == _ENTITY:
            entities.append(content)
    if header is None or not header.gtfs_realtime_version:
        raise _unreadable(source_id, "it is not GTFS-Realtime, it has no header; check the address of the source")
    return Feed(header, entities)


def _header(content: memoryview, header: realtime.FeedHeader, source_id: str) -> realtime.FeedHeader:
    if len(content) > MAX_HEADER_BYTES:
        raise _unreadable(source_id, f"its header is longer than {MAX_HEADER_BYTES} bytes")
    try:
        header.MergeFromString(bytes(content))
    except DecodeError as error:
        raise _unreadable(source_id, "its header is damaged") from error
    return header


def _from_text(body: bytes, source_id: str) -> bytes:
    """Return the binary form of the text form that people write examples in."""
    if len(body) > MAX_TEXT_BYTES:
        raise _unreadable(source_id, f"its text form is longer than {MAX_TEXT_BYTES} bytes")
    try:
        message = text_format.Parse(body.decode("utf-8"), realtime.FeedMessage())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise _unreadable(source_id, "its text form is damaged") from error
    return bytes(message.SerializePartialToString())


def _fields(view: memoryview, source_id: str) -> Iterator[tuple[int, memoryview]]:
    """Yield the number and content of each field of the outermost message that has a length; skip the others."""
    place = fields = 0
    while place < len(view):
        fields += 1
        if fields > MAX_ENTITIES + _OTHER_FIELDS:
            raise _unreadable(source_id, f"it holds more than {MAX_ENTITIES} entities")
        tag, place = _varint(view, place, source_id)
        kind, length = tag & 7, 0
        if kind == 0:
            _, place = _varint(view, place, source_id)
        elif kind == 2:
            length, place = _varint(view, place, source_id)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise _unreadable(source_id, "it is not GTFS-Realtime; check the address of the source")
        if place + length > len(view):
            raise _unreadable(source_id, "it is cut short")
        if kind == 2:
            yield tag >> 3, view[place : place + length]
        place += length


def _varint(view: memoryview, place: int, source_id: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(view):
            raise _unreadable(source_id, "it is cut short")
        byte = view[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise _unreadable(source_id, "it is not GTFS-Realtime; check the address of the source")


def _unreadable(source_id: str, what: str) -> DocumentUnreadable:
    return DocumentUnreadable(source_id, f"the document cannot be read: {what}; what was kept stays")
