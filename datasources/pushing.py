"""Documents that partners bring themselves: the same readers, the same verdict and the same sink as a poll."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from datasources.catalogue import make_adapter
from datasources.contract import (
    Adapter,
    ClosingOf,
    Document,
    Failed,
    Fetched,
    History,
    NotModified,
    Outcome,
    Run,
    Source,
    Verdict,
)
from datasources.polling import Client, read_document
from datasources.references import References
from datasources.skew import in_the_present
from datasources.verdict import HISTORY, READ_AGAIN, judged
from events.errors import SourceError

_Kept = TypeVar("_Kept")


class Pushing:
    """The sources of a city as their partners bring them. `sink` keeps a judged run and says what it did.

    One document of a source is read at a time; several sources at once. A table that documents refer to is fetched as
    a poll fetches it, at its own rhythm.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        client: Client,
        history: History,
        closing_of: ClosingOf,
        clock: Callable[[], datetime],
    ) -> None:
        self._history = history
        self._closing_of = closing_of
        self._clock = clock
        self._client = client
        self._sources = {source.id: source for source in sources}
        self._turns = {source_id: threading.Lock() for source_id in self._sources}
        self._readers: dict[str, tuple[Adapter, References]] = {}

    def source(self, source_id: str) -> Source | None:
        """Return the entry of the catalogue, None when there is none."""
        return self._sources.get(source_id)

    def take(self, source_id: str, body: bytes, media_type: str, sink: Callable[[Run], _Kept]) -> tuple[Run, _Kept]:
        """Read a document of the source, judge it and hand it to `sink`; return the run and what the sink said.

        The bytes of the last reading are not read again, unless its verdict asks for a repetition. A document that
        cannot be read is a failed run. Raises what the sink raises; KeyError for a source that does not exist.
        """
        source = self._sources[source_id]
        with self._turns[source_id]:
            started_at = self._clock()
            past = self._history(source_id, HISTORY)
            sha256 = hashlib.sha256(body).hexdigest()
            last = next((run for run in past if run.verdict is not Verdict.FAILED), None)
            is_known = last is not None and last.verdict not in READ_AGAIN and last.sha256 == sha256
            outcome: Outcome = NotModified(source=source, sha256=sha256, http_status=200)
            if not is_known:
                document = Document(body, media_type=media_type, url=source.url, retrieved_at=started_at)
                outcome = self._read(source, document, sha256, len(body))
            finished_at = self._clock()
            outcome, _ = in_the_present(outcome, finished_at)
            run = judged(outcome, past, self._closing_of, started_at, finished_at)
            return run, sink(run)

    def _read(self, source: Source, document: Document, sha256: str, size: int) -> Outcome:
        if source.id not in self._readers:
            adapter = make_adapter(source)
            self._readers[source.id] = (adapter, References(adapter, self._client))
        adapter, references = self._readers[source.id]
        try:
            references.refresh()
            reading = read_document(adapter, document)
        except SourceError as error:
            return Failed(source=source, error=error)
        if reading.next_requests:  # a page of several: nobody is asked for the others, so nothing is absent
            reading = replace(reading, next_requests=(), is_complete=False)
        return Fetched(source=source, reading=reading, sha256=sha256, size=size, http_status=200)
