"""Documents of the past as one reading: what each told is bounded by the documents that no longer tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datasources.contract import Adapter, Coverage, Fetched, Reading, Run, Source, Verdict
from datasources.single import document_of
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.records import Event, Tally

_NAMED = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d)[-:]?(\d\d)(?:[-:]?(\d\d))?Z")
_AN_INSTANT = timedelta(minutes=1)  # told by one document only: it was in force at that moment


@dataclass(frozen=True, slots=True)
class Dated:
    """A reading and the moment it speaks of."""

    at: datetime
    reading: Reading


def read_dated(adapter: Adapter, paths: Sequence[Path], now: datetime) -> tuple[Dated, ...]:
    """Return what dated documents say; the date is that of the file's name (2026-03-14T1432Z), else the document's own.

    Raises ConfigurationError that names the file when it has no date, one to come, or cannot be read: then nothing of
    any document is used, since what the next one lacks would seem to be over.
    """
    found: list[Dated] = []
    for path in paths:
        named = _NAMED.search(path.name)
        told = None if named is None else datetime(*(int(part or 0) for part in named.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
        try:
            reading = adapter.read(document_of(path, told or now))
        except DocumentUnreadable as error:
            raise ConfigurationError(f"{path}: {error.message}; nothing was imported") from None
        at = told or reading.published_at
        if at is None or at > now:
            raise ConfigurationError(
                f"{path}: the document has no date in the past; put one into its name, as in works-2026-03-14T1432Z.xml"
            )
        found.append(Dated(at, reading))
    return tuple(found)


def import_run(adapter: Adapter, documents: Sequence[Dated], now: datetime) -> Run:
    """Return dated documents of a source as the one run that the privacy gate admits."""
    reading = past_of(documents, adapter.source, now)
    outcome = Fetched(source=adapter.source, reading=reading, sha256="", size=0, http_status=200)
    return Run(outcome=outcome, verdict=Verdict.IMPORTED, reason=None, started_at=now, finished_at=now)


def past_of(documents: Sequence[Dated], source: Source, now: datetime) -> Reading:
    """Return what documents of a source tell of the past, for a reading that is imported.

    The last document that tells a record has the last word on it. An event that has no end by then, or one still to
    come at `now`, ends when the next document of a snapshot lacks it or a later one takes it back, else with the last
    document that told it: what is in force now is told by the source itself. Road states and cameras have a present
    only and are left out. Rejects carry the date of their document.
    """
    ordered = sorted(documents, key=lambda one: one.at)
    events: dict[str, tuple[Event, datetime, datetime | None]] = {}
    tallies: dict[str, Tally] = {}
    for one in ordered:
        told = {event.external_id: event for event in one.reading.events}
        over = set(one.reading.withdrawn)
        if source.coverage is Coverage.SNAPSHOT and one.reading.is_complete:
            over |= events.keys() - told.keys()
        for name in over & events.keys():
            event, seen, ended = events[name]
            events[name] = (event, seen, ended or one.at)
        events.update({name: (_begun(event, events.get(name), one.at), one.at, None) for name, event in told.items()})
        tallies.update({tally.external_id: tally for tally in one.reading.tallies})
    kept = [_bounded(event, ended or seen + _AN_INSTANT, now) for event, seen, ended in events.values()]
    return Reading(
        events=tuple(kept),
        tallies=tuple(tallies.values()),
        rejects=tuple(
            replace(reject, where=f"{one.at.isoformat()}, {reject.where}")
            for one in ordered
            for reject in one.reading.rejects
        ),
        published_at=ordered[-1].at if ordered else None,
        dropped_fields=tuple(dict.fromkeys(_names(ordered))),
        is_complete=False,
    )


def _begun(event: Event, before: tuple[Event, datetime, datetime | None] | None, at: datetime) -> Event:
    """Give a start to an event whose publisher gave none: when it was published, else when it was first told."""
    if event.validity.start is not None:
        return event
    start = before[0].validity.start if before is not None else event.published_at or at
    return _within(event, start, event.validity.end)


def _bounded(event: Event, last: datetime, now: datetime) -> Event:
    end = event.validity.end
    if end is not None and end <= now:
        return event
    start = event.validity.start
    return _within(event, start, last if start is None else max(start, min(last, now)))


def _within(event: Event, start: datetime | None, end: datetime | None) -> Event:
    try:
        return replace(event, validity=replace(event.validity, start=start, end=end))
    except InvalidRecord:  # an end before the start we had to choose: the end is the publisher's
        return replace(event, validity=replace(event.validity, start=end, end=end))


def _names(documents: Iterable[Dated]) -> Iterable[str]:
    for one in documents:
        yield from one.reading.dropped_fields


__all__ = ["Dated", "import_run", "past_of", "read_dated"]
