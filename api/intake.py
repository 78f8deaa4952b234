"""The ways in, put together once: polls by agreement, contributions by right, both through the privacy gate to one writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from access.agreements import Agreements
from access.house import Access
from api.contributing.desk import Desk, open_desk
from api.elected import Polling, Taken, closing_of, polls
from api.media.desk import MediaDesk, open_media
from api.media.partners import MOST_BYTES, PartnerMedia
from api.push import Brought
from datasources.client import GuardedClient
from datasources.contract import Source
from datasources.pushing import Pushing
from events.city import City
from privacy import text as text_gate
from privacy.gate import BatchWriter, Gate
from privacy.gazetteer import Gazetteer
from privacy.quarantine import Quarantine
from privacy.screen import Scan
from store import readers
from store.database import Database
from store.leadership import Fence

WriterFor = Callable[[Callable[[Connection], None]], BatchWriter]
"""From a fence, which is asked inside each transaction, to a writer of the store."""


def _open(_: Connection) -> None:
    """Keep nobody out: what a partner brings is kept by the process it was brought to."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What lets records in. `wake` is called after each run, kept or not, and after each save."""

    database: Database
    city: City
    sources: Sequence[Source]
    gazetteer: Gazetteer
    key: bytes
    clock: Callable[[], datetime]
    client: GuardedClient
    agreed: Agreements
    writer_for: WriterFor
    wake: Callable[[], None]
    quarantine: Quarantine | None = None
    scan: Scan = text_gate.scan

    def polling(self, fence: Fence, taken: Taken | None = None) -> Polling:
        """Return a polling for one leadership: a source is polled and read as far as its agreement goes.

        `taken` is called with each run that was kept.
        """
        gate, may_poll = self._gate(fence), self.agreed.may_poll
        return polls(gate, self.sources, self.client, self.database, self.wake, may_poll, taken)

    def brought(self) -> Brought:
        """Return what takes the documents that partners bring themselves: every process may, one at a time writes."""
        history = partial(readers.run_history, self.database)
        pushing = Pushing(self.sources, self.client, history, partial(closing_of, self.database), self.clock)  # type: ignore[arg-type] # the store tells a PastRun without importing it
        return Brought(self.database, pushing, self._gate(_open), self.agreed.may_poll, self.wake)

    def _gate(self, fence: Fence) -> Gate:
        return Gate(
            self.writer_for(fence),
            self.gazetteer,
            self.clock,
            key=self.key,
            allowed_fields=self.agreed.allowed_fields,
            allowed_kinds=self.agreed.allowed_kinds,
            fields_of=partial(readers.fields_of, self.database),
            quarantine=self.quarantine,
            scan=self.scan,
        )

    def desk(self, access: Access, clear: Callable[[str], str]) -> Desk:
        """Return the desk where people contribute: what they may write is decided by `access`."""

        def gate_for(fence: Callable[[Connection], None]) -> Gate:
            return Gate(self.writer_for(fence), self.gazetteer, self.clock, key=self.key, scan=self.scan)

        return open_desk(self.database, self.city, access, gate_for, clear, self.clock, self.wake)

    def media(self, access: Access, takes: str, at_end: Callable[[Callable[[], None]], object]) -> MediaDesk | None:
        """Return the desk of pictures and clips, None where `takes` is `off`; its processes end with `at_end`."""
        desk = open_media(self.database, access, self.clock, self.key, takes, at_end)
        if desk is None:
            return None
        # Without secrets: the address of a picture is a partner's word and gets none of what its source is asked with.
        client = GuardedClient(secrets={}, memory_bytes=MOST_BYTES)
        partners = PartnerMedia(desk.gate, self.database, client, self.key, self.agreed.may_fetch_media)
        at_end(partners.close)
        return replace(desk, partners=partners)
