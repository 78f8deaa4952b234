"""What is the same for everybody is made once in a while, however many ask for it at the same moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

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


class Awaited(Generic[K, V]):
    """The same for what is made beside the loop of the server: who asks meanwhile awaits it and holds no thread."""

    def __init__(self, span: timedelta, clock: Callable[[], datetime]) -> None:
        self._span, self._clock = span, clock
        self._made: dict[K, tuple[datetime, V]] = {}
        self._making: dict[K, asyncio.Task[V]] = {}

    async def take(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Return the value of a key, made now where there is none or it is too old.

        Whoever leaves, it is made for the others; what `make` raises is raised, and the next to ask makes it anew.
        """
        now, made = self._clock(), self._made.get(key)
        if made is not None and timedelta() <= now - made[0] < self._span:
            return made[1]
        if key not in self._making:
            task = self._making[key] = asyncio.create_task(self._make(key, make, now))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(self._making[key])

    async def _make(self, key: K, make: Callable[[], Coroutine[Any, Any, V]], now: datetime) -> V:
        value = await make()
        self._made[key] = now, value
        return value
