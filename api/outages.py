"""Sees when a source falls behind or fails and when it is well again: once for an installation, by the process that polls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.house import House
from store import outages
from store.outages import Outage

OUT = frozenset({"late", "stale", "frozen", "failing"})
EVERY = timedelta(seconds=15)

Tell = Callable[[Connection, tuple[Outage, ...]], None]


@dataclass
class OutageWatch:
    """Compares the states of the sources with the outages that are written down.

    A process that starts finds every source old: an age counts once it polled for as long as that source may be late.
    """

    house: House
    _since: datetime | None = None
    _looked: datetime | None = None

    def rest(self) -> None:
        """Another process polls: what this one thinks of ages counts no more."""
        self._since = self._looked = None

    def look(self, tell: Tell) -> None:
        """Write down what began and ended; `tell` hears of it in the same transaction. Raises StoreUnavailable."""
        now = self.house.clock()
        self._since = self._since or now
        if self._looked is not None and now - self._looked < EVERY:
            return
        self._looked = now
        rows, known = self.house.source_rows(), outages.open_outages(self.house.database)
        begun: dict[str, str] = {}
        over: set[str] = set()
        for row in rows:
            source_id, state = str(row["id"]), str(row["state"])
            if state in OUT and source_id not in known and self._counts(state, row["late"], now):
                begun[source_id] = state
            elif state not in OUT and source_id in known:
                over.add(source_id)
        over |= known.keys() - {source.id for source in self.house.sources}
        if begun or over:
            with self.house.database.write() as connection:
                tell(connection, outages.begin(connection, begun, now))
                tell(connection, outages.end(connection, frozenset(over), now))

    def _counts(self, state: str, late_s: object, now: datetime) -> bool:
        assert self._since is not None
        assert isinstance(late_s, int)
        return state == "failing" or now - self._since > timedelta(seconds=late_s)
