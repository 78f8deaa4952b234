"""What is the same for everybody is made once in a while, however many ask for it at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class _Place(Generic[V]):
    turn: threading.Lock = field(default_factory=threading.Lock)
    made: tuple[datetime, V] | None = None


class Remembered(Generic[K, V]):
    """Values by key, each good for `span`; there are few keys, and all their values stay in memory."""

    def __init__(self, span: timedelta, clock: Callable[[], datetime]) -> None:
        self._span, self._clock = span, clock
        self._places: dict[K, _Place[V]] = {}
        self._turn = threading.Lock()

    def take(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made now where there is none or it is too old; who asks meanwhile waits for it.

        What `make` raises is raised, and the next to ask makes it anew.
        """
        with self._turn:
            place = self._places.setdefault(key, _Place())
        with place.turn:
            now = self._clock()
            if place.made is None or not timedelta() <= now - place.made[0] < self._span:
                place.made = now, make()
            return place.made[1]
