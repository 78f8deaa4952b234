"""What one batch brings in and what it did, counted while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# Databases limit how many values one statement may carry; this is far below every limit.
CHUNK = 500


@dataclass(slots=True)
class Counts:
    """Records by what became of them; `absent` were missing this time, whether or not withdrawn."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    withdrawn: int = 0
    flagged: int = 0


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Yield the values in lists that fit one statement."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part
