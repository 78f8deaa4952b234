"""Numbers without holes: the counter rows, and the changes that carry them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from store.bulk import insert_rows
from store.kept import Kind
from store.tables import change, counter

_CHANGE = "change"
_EVENT_NUMBER = "event_number"


class Numbering:
    """Gives the numbers of one transaction; nothing is written before `close`.

    The counter rows are locked from the start, so that the order of numbers is the order of commits.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self.last_seq = self._locked(_CHANGE)
        self._last_event = self._locked(_EVENT_NUMBER)
        self._changes: list[dict[str, Any]] = []

    def next_event_number(self) -> int:
        """Return the next number of the city's own count of events."""
        self._last_event += 1
        return self._last_event

    def add(self, kind: Kind, object_id: str, what: str, before: str | None, after: str | None) -> None:
        """Give one change its number; `before` and `after` are keys of audiences, None when nobody sees it."""
        self.last_seq += 1
        self._changes.append(
            {
                "seq": self.last_seq,
                "kind": kind.value,
                "object_id": object_id,
                "what": what,
                "audience_before": before,
                "audience_after": after,
                "recorded_at": self._now,
            }
        )

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""
        return self._now

    @property
    def events(self) -> set[str]:
        """Ids of the events whose changes have a number so far."""
        return {one["object_id"] for one in self._changes if one["kind"] == Kind.EVENT.value}

    def close(self) -> None:
        """Write the changes and the counters."""
        insert_rows(self._connection, change, self._changes)
        for name, value in ((_CHANGE, self.last_seq), (_EVENT_NUMBER, self._last_event)):
            self._connection.execute(update(counter).where(counter.c.name == name).values(value=value))

    def _locked(self, name: str) -> int:
        query = select(counter.c.value).where(counter.c.name == name).with_for_update()
        value = self._connection.execute(query).scalar()
        if value is None:
            self._connection.execute(insert(counter).values(name=name, value=0))
            return 0
        return int(value)
