"""Pictures that partners publish beside their events: fetched where an agreement names them, then through the same gate.

An address is tried once: its keyed hash is kept with the picture, or with its refusal, and the address nowhere.
"""

from __future__ import annotations

import hmac
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from datasources.client import GuardedClient
from datasources.contract import Fetched, MediaLink, Request, Run, Source
from events.errors import SourceError, StoreUnavailable
from privacy.media.gate import MediaGate, Owner
from privacy.media.refusals import Refused
from store import media as kept
from store.database import Database

MOST_BYTES = 20 * 2**20
MOST_WAITING = 500
DEADLINE = timedelta(seconds=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    source: Source
    link: MediaLink


class PartnerMedia:
    """Fetches beside the polls, one picture at a time. `client` keeps a body in memory whole; `key` marks addresses."""

    def __init__(
        self,
        gate: MediaGate,
        database: Database,
        client: GuardedClient,
        key: bytes,
        may_fetch: Callable[[str], bool],
    ) -> None:
        self._gate, self._database, self._client, self._key = gate, database, client, key
        self._may_fetch = may_fetch
        self._waiting: queue.Queue[_Asked | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._turn = threading.Lock()

    def take(self, run: Run) -> None:
        """Queue what a run that was kept tells of pictures; what does not fit is told again by the next poll."""
        outcome = run.outcome
        if not isinstance(outcome, Fetched) or not outcome.reading.media or not self._may_fetch(outcome.source.id):
            return
        with self._turn:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pictures of partners")
                self._thread.start()
        for link in outcome.reading.media:
            try:
                self._waiting.put_nowait(_Asked(outcome.source, link))
            except queue.Full:
                log.warning("%s: more pictures than can wait; the next poll tells them again", outcome.source.id)
                return

    def close(self) -> None:
        """End; what waits is told again by the next poll."""
        if self._thread is None:
            return
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put(None)
        self._thread.join(timeout=15)

    def _work(self) -> None:
        while (asked := self._waiting.get()) is not None:
            try:
                self._fetch(asked)
            except (SourceError, StoreUnavailable) as error:
                log.warning("%s: a picture was not fetched, the next poll asks again: %s", asked.source.id, error)

    def _fetch(self, asked: _Asked) -> None:
        source, link = asked.source, asked.link
        mark = hmac.new(self._key, f"{source.id}\0{link.external_id}\0{link.url}".encode(), "sha256").hexdigest()
        with self._database.read() as connection:
            event_id = kept.event_of(connection, source.id, link.external_id)
            if event_id is None or kept.is_known(connection, mark):
                return
        limited = replace(source, max_bytes=MOST_BYTES, deadline=DEADLINE)
        with self._client.fetch(limited, Request(link.url)) as reply:
            if reply.document is None:
                return
            with reply.document.open() as stream:
                content = stream.read()
        owner = Owner(source.organisation, "partner")
        try:
            self._gate.take_partner(owner, content, event_id, mark)
        except Refused as refused:
            log.info("%s: a picture is refused (%s)", source.id, refused.reason)
            if refused.reason not in ("busy", "away", "slow"):
                self._gate.note_refused(owner, event_id, mark, refused.reason)
