"""JSON read strictly and in bounded memory: no NaN, no lone surrogates, no depth beyond orjson's, so many values at most."""

from __future__ import annotations

import orjson

from datasources.contract import Document, Source
from events.errors import DocumentUnreadable

MAX_VALUES = 1_200_000  # each takes some 50 to 80 bytes of memory once it is read, an object twice as much
_STAYS = "check the address of the source; what was kept stays"


def read_json(document: Document, source: Source) -> object:
    """Return what the document holds; raise DocumentUnreadable when it is longer or fuller than allowed, or no JSON."""
    with document.open() as stream:
        body = stream.read(source.max_bytes + 1)
    if len(body) > source.max_bytes:
        raise DocumentUnreadable(source.id, f"it is longer than {source.max_bytes} bytes; {_STAYS}")
    if body.count(b",") + body.count(b"[") + 2 * body.count(b"{") > MAX_VALUES:
        raise DocumentUnreadable(source.id, f"it holds more than {MAX_VALUES} values; {_STAYS}")
    try:
        content: object = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocumentUnreadable(source.id, f"it is not JSON ({where}); {_STAYS}") from error
    return content
