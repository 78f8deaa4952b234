"""Lines of a long text that may have been compressed as a file, one at a time and bounded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from datasources.contract import Document, Source
from events.errors import DocumentUnreadable

_GZIP = b"\x1f\x8b"
_MAX_LINE = 10_000
_MAX_TIMES = 60  # a table of figures is made 15 to 25 times smaller; what grows more is no table
_LEAST = 2**20
_STAYS = "what was kept stays"


def lines_of(document: Document, source: Source) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of each line that is not empty.

    Raises DocumentUnreadable for a line or a whole that is longer than any table's, and for a file that breaks off.
    """
    with document.open() as received:
        head = received.read(2)
        size = 2
        while piece := received.read(2**20):
            size += len(piece)
    if size > source.max_bytes:
        raise DocumentUnreadable(source.id, f"it is longer than {source.max_bytes} bytes; {_STAYS}")
    with document.open() as received:
        is_packed = head == _GZIP
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=received)) if is_packed else received
        budget = max(_LEAST, size * _MAX_TIMES) if is_packed else size
        try:
            yield from _bounded(stream, budget, source)
        except (OSError, EOFError, zlib.error) as error:
            raise DocumentUnreadable(source.id, f"its compression breaks off; {_STAYS}") from error


def _bounded(stream: BinaryIO, budget: int, source: Source) -> Iterator[tuple[int, bytes]]:
    number, empty = 0, 0
    while line := stream.readline(_MAX_LINE):
        number += 1
        budget -= len(line)
        if budget < 0:
            raise DocumentUnreadable(source.id, f"it grows more than {_MAX_TIMES} times when unpacked; {_STAYS}")
        if len(line) == _MAX_LINE:
            raise DocumentUnreadable(source.id, f"it holds a line of more than {_MAX_LINE} characters; {_STAYS}")
        if not line.strip():
            empty += 1
            if empty > _MAX_LINE:
                raise DocumentUnreadable(source.id, f"it holds more than {_MAX_LINE} empty lines; {_STAYS}")
            continue
        yield number, line
