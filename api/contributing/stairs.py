"""One save up the stairs: its records, the rows beside them and its line of the audit are kept together or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from access.answers import Outdated, TooOften
from access.house import Access
from access.members import Member
from api.contributing.record import run_of
from datasources.contract import Reading, Run
from events.city import City
from events.errors import InvalidRecord
from events.records import Event
from store import contributions as kept
from store.database import Database

MOST_A_MINUTE = 120

Fence = Callable[[Connection], None]


class Admitting(Protocol):
    """The privacy gate, as contributions need it."""

    def admit(self, run: Run, *, is_durable: bool = False) -> Any:
        """Screen and write one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record of a save: its event (None: it is taken back), the row beside it, the version it was seen at (None: new)."""

    external_id: str
    row: dict[str, Any]
    event: Event | None
    expected: int | None


class Stairs:
    """Where saves go up; `gate_for` makes a gate whose writer asks a fence inside its transaction."""

    def __init__(
        self,
        database: Database,
        city: City,
        access: Access,
        gate_for: Callable[[Fence], Admitting],
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database, self._city, self._access = database, city, access
        self._clock, self._wake = clock, wake
        self._step = threading.local()
        self._gate = gate_for(self._fence)

    def admit(self, member: Member | None, organisation_id: str, records: Sequence[Told], action: str) -> None:
        """Keep the records of one save, the first of which it is about; `member` None is the clock.

        Raises Outdated when one of them changed meanwhile, TooOften, StoreUnavailable, or InvalidRecord for a field that
        the store does not take.
        """

        def fence(connection: Connection) -> None:
            for one in records:
                present = kept.get(connection, one.external_id)
                if (None if present is None else present.v) != one.expected:
                    raise Outdated(0 if present is None else present.v)
            since = self._clock() - timedelta(minutes=1)
            if kept.saved_since(connection, organisation_id, since) >= MOST_A_MINUTE:
                raise TooOften(MOST_A_MINUTE)
            for one in records:
                kept.put(connection, one.external_id, one.row)
                self._access.audit.note_in(connection, member, action, one.external_id)

        told = tuple(one.event for one in records if one.event is not None)
        gone = tuple(one.external_id for one in records if one.event is None)
        run = run_of(organisation_id, Reading(events=told, withdrawn=gone), self._city, self._clock())
        self._step.fence = fence
        try:
            admission = self._gate.admit(run, is_durable=True)
        finally:
            self._step.fence = None
        self._wake()
        if admission.rejects:
            raise InvalidRecord("the contribution could not be kept: one of its fields is not one the store takes")

    def _fence(self, connection: Connection) -> None:
        self._step.fence(connection)
