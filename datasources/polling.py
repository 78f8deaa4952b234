"""One poll of one source: ask, read, follow the pages; whatever happens, one outcome."""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

from datasources.client import Reply
from datasources.contract import (
    NO_VALIDATORS,
    Adapter,
    Document,
    Failed,
    Fetched,
    NotModified,
    Outcome,
    Reading,
    Reject,
    Request,
    Source,
    Validators,
)
from events.errors import DocumentUnreadable, SourceError, SourceRefused, SourceUnavailable

MAX_PAGES = 50

log = logging.getLogger(__name__)


class Client(Protocol):
    """What a poll needs to ask a publisher; `datasources.client.GuardedClient` in service."""

    def fetch(self, source: Source, request: Request, validators: Validators = NO_VALIDATORS) -> Reply:
        """Return the answer; raise a SourceError."""


@dataclass(frozen=True, slots=True)
class _Page:
    reading: Reading
    sha256: str
    size: int
    http_status: int
    validators: Validators


def poll(
    adapter: Adapter, client: Client, validators: Validators = NO_VALIDATORS, last_sha256: str | None = None
) -> Outcome:
    """Return what one poll brought; never raises.

    `validators` and `last_sha256` are those of the last reading that was kept: the same bytes are not read again.
    Half a set of pages is a failure. The outcome carries the validators for the next poll. Temporary files are
    deleted before it returns.
    """
    source = adapter.source
    try:
        return _read_all(adapter, client, validators, last_sha256)
    except SourceError as error:
        return Failed(source=source, error=error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one source must not stop its worker
        log.error("%s: our client broke (%s)", source.id, place_of(error))  # noqa: TRY400 - the trace quotes values
        message = f"our client broke ({place_of(error)}); what is shown stays; this is a fault of the software"
        return Failed(source=source, error=SourceUnavailable(source.id, message))


def _read_all(adapter: Adapter, client: Client, validators: Validators, last_sha256: str | None) -> Outcome:
    source = adapter.source
    pages: list[_Page] = []
    asked: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    waiting = deque([adapter.first_request()])
    while waiting:
        request = waiting.popleft()
        key = (request.url, frozenset(request.headers.items()))
        if len(pages) == MAX_PAGES or key in asked:
            raise DocumentUnreadable(source.id, f"its pages do not end ({len(pages)} read); what is shown stays")
        asked.add(key)
        if request.may_be_missing and pages:
            page = _read_part(adapter, client, request)
            pages.append(page)
            waiting.extend(page.reading.next_requests)
            continue
        with client.fetch(source, request, NO_VALIDATORS if pages else validators) as reply:
            # A last reading of several pages has a hash of its own, which no first page has.
            if reply.document is None or (not pages and reply.sha256 == last_sha256):
                return NotModified(
                    source=source, sha256=last_sha256, http_status=reply.http_status, validators=reply.validators
                )
            reading = read_document(adapter, reply.document)
            pages.append(_Page(reading, reply.sha256 or "", reply.size, reply.http_status, reply.validators))
        waiting.extend(reading.next_requests)
    return _joined(source, pages, last_sha256)


def _read_part(adapter: Adapter, client: Client, request: Request) -> _Page:
    """Return one of the documents an index lists; in place of one that is gone or unreadable, a reject.

    A broken link must not hide the other warnings. A publisher who is out of reach still fails the whole poll.
    """
    try:
        with client.fetch(adapter.source, request, NO_VALIDATORS) as reply:
            assert reply.document is not None  # asked without validators, a publisher cannot say "unchanged"
            reading = read_document(adapter, reply.document)
            return _Page(reading, reply.sha256 or "", reply.size, reply.http_status, NO_VALIDATORS)
    except (SourceRefused, DocumentUnreadable) as error:
        missing = Reading(rejects=(Reject("document", error.message),), is_complete=False)
        return _Page(missing, hashlib.sha256(error.message.encode()).hexdigest(), 0, 200, NO_VALIDATORS)


def read_document(adapter: Adapter, document: Document) -> Reading:
    """Return what a reader finds; raise DocumentUnreadable, also when the reader itself breaks."""
    try:
        return adapter.read(document)
    except DocumentUnreadable:
        raise
    except Exception as error:  # noqa: BLE001 - promise broken by a reader: it costs this document, not the worker
        source_id = adapter.source.id
        # No trace and no message: both may quote the document.
        log.error("%s: the reader broke (%s); what is shown stays", source_id, place_of(error))  # noqa: TRY400
        message = f"the reader broke ({place_of(error)}); what is shown stays; this is a fault of the software"
        raise DocumentUnreadable(source_id, message) from None


def _joined(source: Source, pages: Sequence[_Page], last_sha256: str | None) -> Outcome:
    first = pages[0]
    if len(pages) == 1:
        sha256, validators, reading = first.sha256, first.validators, first.reading
    else:
        # An unchanged first page says nothing of the others: several pages are always asked for in full.
        sha256, validators = hashlib.sha256("".join(page.sha256 for page in pages).encode()).hexdigest(), NO_VALIDATORS
        if sha256 == last_sha256:
            return NotModified(source=source, sha256=sha256, http_status=first.http_status)
        reading = _joined_reading([page.reading for page in pages])
    return Fetched(
        source=source,
        reading=reading,
        sha256=sha256,
        size=sum(page.size for page in pages),
        http_status=first.http_status,
        validators=validators,
    )


def _joined_reading(readings: Sequence[Reading]) -> Reading:
    published = [reading.published_at for reading in readings if reading.published_at is not None]
    withdrawn = dict.fromkeys(chain.from_iterable(reading.withdrawn for reading in readings))
    events = chain.from_iterable(reading.events for reading in readings)
    return Reading(
        # What one page takes back may stand on another: it is one record, withdrawn.
        events=tuple(event for event in events if event.external_id not in withdrawn),
        road_states=tuple(chain.from_iterable(reading.road_states for reading in readings)),
        cameras=tuple(chain.from_iterable(reading.cameras for reading in readings)),
        tallies=tuple(chain.from_iterable(reading.tallies for reading in readings)),
        withdrawn=tuple(withdrawn),
        rejects=tuple(
            replace(reject, where=f"page {number}, {reject.where}")
            for number, reading in enumerate(readings, start=1)
            for reject in reading.rejects
        ),
        published_at=max(published, default=None),
        dropped_fields=tuple(dict.fromkeys(chain.from_iterable(reading.dropped_fields for reading in readings))),
        media=tuple(chain.from_iterable(reading.media for reading in readings)),
        dropped_media=sum(reading.dropped_media for reading in readings),
        is_complete=all(reading.is_complete for reading in readings),
    )


def place_of(error: Exception) -> str:
    """Return the kind of an error and the line it came from: what a log may say of it without quoting a document."""
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
