"""How the database is, for every open screen: looked at every two seconds, told when it changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.frames import event_frame, now_ms
from api.house import EVERYTHING, House
from api.rows import seconds
from events.errors import StoreUnavailable
from store import readers, schema

LOOK_S = 2.0
PATIENCE = timedelta(seconds=5)  # a write that had to wait for another is no news

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Storage:
    """`ok`, `away` (cannot be read), `full` (no room to write) or `still` (cannot be written); since when."""

    state: str
    since: datetime

    @property
    def is_well(self) -> bool:
        """Tell whether it is read and written."""
        return self.state == "ok"

    def frame(self) -> bytes:
        """Return what a stream says of it."""
        content = {"ts": now_ms(), "state": self.state, "since": seconds(self.since)}
        return event_frame("storage", content)


class StorageWatch:
    """Follows the state of the database; `tell(storage)` is awaited after each look, `now` is the last one found."""

    def __init__(self, house: House, tell: Callable[[Storage, bool], Awaitable[None]]) -> None:
        self._house = house
        self._tell = tell
        self.now = Storage("ok", house.clock())

    async def follow(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once."""
        before = self.now
        state, since, reason = await asyncio.to_thread(self._seen)
        is_news = state != before.state
        # The moment of the last good look: what is on the screens is of then.
        self.now = Storage(state, since if is_news or state == "ok" else before.since)
        if is_news and state == "ok":
            log.info("the database is well again, after %d s", (since - before.since).total_seconds())
        elif is_news:
            log.warning("screens are told that the database is %s: %s", state, reason)
        await self._tell(self.now, is_news)

    def _seen(self) -> tuple[str, datetime, str]:
        database, now = self._house.database, self._house.clock()
        try:
            readers.last_change(database, viewer=EVERYTHING)
        except StoreUnavailable as error:
            return "away", self.now.since, str(error)
        trouble = database.writing.trouble
        if trouble is not None and trouble.is_full:
            return self._if_still_full(trouble.since, trouble.message)
        if trouble is not None and now - trouble.since > PATIENCE:
            return self._if_still_unwritable(trouble.since)
        return "ok", now, ""

    def _if_still_full(self, since: datetime, message: str) -> tuple[str, datetime, str]:
        try:
            self._house.database.writing.admit()
        except StoreUnavailable:
            return "full", since, message
        is_over = self._house.database.writing.trouble is None
        return ("ok", self._house.clock(), "") if is_over else ("full", since, message)

    def _if_still_unwritable(self, since: datetime) -> tuple[str, datetime, str]:
        try:
            schema.check(self._house.database)
        except StoreUnavailable as error:
            return "still", since, str(error)
        return "ok", self._house.clock(), ""
