"""The tables a source's documents refer to: fetched when due, kept when a refresh fails, learnt by the adapter."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import httpx

from datasources.contract import NO_VALIDATORS, Adapter, Document, Reference, Request, Source, Validators
from datasources.polling import Client, place_of
from events.errors import DocumentUnreadable, SourceError, SourceUnavailable

FIRST_RETRY_S = 60.0  # then twice as long each time, up to the table's own rhythm

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Table:
    name: str
    reference: Reference
    asked_as: Source  # what the client needs to know: the table's address and limits
    validators: Validators = NO_VALIDATORS
    sha256: str | None = None  # of the table the adapter knows; None: it never came
    error: SourceError | None = None  # why the last try failed
    due_at: float = 0.0
    wait_s: float = FIRST_RETRY_S


class References:
    """The tables of one adapter; used by one thread. `clock` gives seconds that never go back; `known` are not asked for."""

    def __init__(
        self,
        adapter: Adapter,
        client: Client,
        clock: Callable[[], float] = time.monotonic,
        known: Collection[str] = (),
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._clock = clock
        now = clock()
        self._tables = [
            _Table(name, reference, _asked_as(adapter.source, reference), due_at=now)
            for name, reference in adapter.source.references.items()
            if name not in known
        ]

    def refresh(self) -> bool:
        """Ask for every table that is due; tell whether the adapter learnt one, so that documents are read again.

        A table that cannot be had or read is logged once, and once more when it is back; the one known before stays.
        Raises SourceError, naming the table, while one the adapter cannot do without has never come.
        """
        learnt = [self._renew(table) for table in self._tables if table.due_at <= self._clock()]
        for table in self._tables:
            if table.sha256 is None and table.error is not None and table.name in self._adapter.required_references:
                raise _never_came(table.name, table.error)
        return any(learnt)

    @property
    def missing(self) -> Mapping[str, SourceError]:
        """The tables that never came, by name, and why."""
        return {one.name: one.error for one in self._tables if one.sha256 is None and one.error is not None}

    def _renew(self, table: _Table) -> bool:
        try:
            is_learnt = self._fetch(table)
        except SourceError as error:
            self._lose(table, error)
            return False
        if table.error is not None:
            log.info("%s: the table %r is back", self._adapter.source.id, table.name)
        table.error, table.wait_s = None, FIRST_RETRY_S
        table.due_at = self._clock() + table.reference.every.total_seconds()
        return is_learnt

    def _fetch(self, table: _Table) -> bool:
        try:
            with self._client.fetch(table.asked_as, Request(table.reference.url), table.validators) as reply:
                is_new = reply.document is not None and reply.sha256 != table.sha256
                if is_new and reply.document is not None:
                    self._learn(table.name, reply.document)
                    table.sha256 = reply.sha256 or ""
                table.validators = reply.validators  # only now: a table that was not learnt is asked for in full
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours in one table must not stop the source's polls
            message = f"our client broke ({place_of(error)}); this is a fault of the software"
            raise SourceUnavailable(self._adapter.source.id, message) from None
        return is_new

    def _learn(self, name: str, document: Document) -> None:
        try:
            self._adapter.learn(name, document)
        except DocumentUnreadable:
            raise
        except Exception as error:  # noqa: BLE001 - promise broken by a reader: it costs this table, not the worker
            message = f"the reader broke ({place_of(error)}); this is a fault of the software"
            raise DocumentUnreadable(self._adapter.source.id, message) from None

    def _lose(self, table: _Table, error: SourceError) -> None:
        if table.error is None:
            kept = "none is known yet" if table.sha256 is None else "the one known before is used"
            log.warning("%s: the table %r is lost, %s: %s", error.source_id, table.name, kept, error.message)
        asked_s = error.retry_after_s or 0.0 if isinstance(error, SourceUnavailable) else 0.0
        table.error = error
        table.due_at = self._clock() + max(table.wait_s, asked_s)
        table.wait_s = min(table.wait_s * 2, max(FIRST_RETRY_S, table.reference.every.total_seconds()))


def _asked_as(source: Source, reference: Reference) -> Source:
    is_same_host = _origin(source.url) == _origin(reference.url)
    return replace(
        source,
        url=reference.url,
        max_bytes=reference.max_bytes,
        deadline=reference.deadline,
        header_env=source.header_env if is_same_host else {},  # another host gets no credentials
    )


def _origin(text: str) -> tuple[str, str, int | None]:
    url = httpx.URL(text)
    return url.scheme, url.host, url.port


def _never_came(name: str, error: SourceError) -> SourceError:
    message = f"the table {name!r}, without which its documents mean nothing, has never come: {error.message}"
    if isinstance(error, SourceUnavailable):
        return SourceUnavailable(error.source_id, message, error.retry_after_s)
    return type(error)(error.source_id, message)
