"""Identifiers of new events: UUIDv7, one sequence a batch."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from uuid import UUID

from uuid6 import uuid7

_STEP = 2**16


def identifiers() -> Iterator[str]:
    """Yield UUIDv7 of one moment, each a random step above the one before (RFC 9562, 6.2, method 2).

    They sort in the order they were given, and the thousands of a first reading share all but their last digits,
    which is most of what a browser would otherwise have to download.
    """
    value = uuid7().int
    while True:
        yield str(UUID(int=value))
        value += 1 + secrets.randbelow(_STEP)
