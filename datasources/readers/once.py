"""What many records of one document repeat: made once, and one object for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Told = TypeVarTuple("Told")

_REMEMBERED = 4096  # a document of ever new words must not fill the memory


class Once:
    """Remembers, for the reading of one document, what pure functions made of hashable arguments."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Any] = {}

    def __call__(self, make: Callable[[*Told], T], *told: *Told) -> T:
        """Return `make(*told)`, computed the first time only; what it raises is raised each time."""
        key = (make, told)
        try:
            found: T = self._made[key]
        except KeyError:
            found = make(*told)
            if len(self._made) < _REMEMBERED:
                self._made[key] = found
        return found
