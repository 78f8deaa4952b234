"""Documents of the past, replayed in order of their dates: what each concludes, and when what they told was over.

Each is judged as a poll of its own time by the documents before it (`datasources.verdict`): a broken or suddenly poor
one ends nothing, an absence counts when a complete one lacks the event. Read twice, so that only what differs is held.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datasources.contract import (
    Adapter,
    Closing,
    Failed,
    Fetched,
    Outcome,
    Past,
    PastRun,
    Reading,
    Run,
    Source,
    Span,
    Verdict,
)
from datasources.single import document_of
from datasources.skew import in_the_present
from datasources.verdict import HISTORY, counts_absences, judged
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event

_NAMED = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d)[-:]?(\d\d)(?:[-:]?(\d\d))?Z")
_AN_INSTANT = timedelta(minutes=1)  # told by one document only: it was in force at that moment


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """A document and the moment it speaks of."""

    at: datetime
    path: Path


@dataclass(slots=True)
class Story:
    """What documents told of one event: its different versions in order, when it was last told, when it was over."""

    versions: list[Event]
    changed_at: datetime
    seen_at: datetime
    last: int  # number of the document that told it last
    absences: int = 0
    over_at: datetime | None = None
    is_taken_back: bool = False

    @property
    def end(self) -> datetime | None:
        """The end its publisher gave, None without."""
        return self.versions[-1].validity.end

    def is_open(self, at: datetime) -> bool:
        """Tell whether it was neither withdrawn nor over by itself."""
        return self.over_at is None and (self.end is None or self.end > at)


@dataclass(slots=True)
class Stories:
    """Follows the events of one source through its documents, with the rules of a poll (DESIGN 4)."""

    source: Source
    told: dict[str, Story] = field(default_factory=dict)
    _runs: list[PastRun] = field(default_factory=list)

    def take(self, number: int, at: datetime, outcome: Outcome) -> Run:
        """Take the document of that number in, in order of time, and return it judged by those before it."""
        run = judged(outcome, self._runs, lambda _source, names: self._closing(names, at), at, at)
        if isinstance(outcome, Fetched):
            self._follow(number, at, outcome.reading, run)
        self._runs.insert(0, _past_run(outcome, run.verdict, at))
        del self._runs[HISTORY:]
        return run

    def end(self, now: datetime) -> None:
        """End what no later document tells: what is in force now is told by the source itself."""
        for story in self.told.values():
            if story.is_open(now):
                lasts = self.source.max_age or _AN_INSTANT
                story.over_at = min(story.seen_at + (lasts if story.end is None else _AN_INSTANT), now)

    def _follow(self, number: int, at: datetime, reading: Reading, run: Run) -> None:
        told = _latest(reading.events)
        for event in told.values():
            self._tell(number, at, event)
        taken_back = set() if run.holds_closures else set(reading.withdrawn) - told.keys()
        for name in taken_back & self.told.keys():
            self._close(self.told[name], at, is_taken_back=True)
        named = told.keys() | set(reading.withdrawn) | {one.external_id for one in reading.rejects if one.external_id}
        if counts_absences(run):
            for name in self.told.keys() - named:
                self._miss(self.told[name], at)
        for story in self.told.values():
            if self._is_aged(story, at):
                self._close(story, at)

    def _is_aged(self, story: Story, at: datetime) -> bool:
        updated = max(story.changed_at, story.versions[-1].published_at or story.changed_at)
        return self.source.max_age is not None and story.end is None and at - updated > self.source.max_age

    def _tell(self, number: int, at: datetime, event: Event) -> None:
        story, told = self.told.get(event.external_id), replace(event, published_at=event.published_at or at)
        if story is None:
            self.told[event.external_id] = Story([told], at, at, number)
            return
        story.last, story.seen_at, story.absences = number, at, 0
        kept = story.versions[-1]
        if _is_older(event, kept):
            return
        is_same = _content(told) == _content(kept)
        if not (story.is_taken_back and is_same and event.published_at == kept.published_at):
            story.over_at, story.is_taken_back = None, False
        if not is_same:
            story.versions.append(told)
            story.changed_at = at

    def _miss(self, story: Story, at: datetime) -> None:
        if not story.is_open(at):
            return
        story.absences += 1
        if story.absences >= max(1, self.source.absences_before_withdrawal):
            self._close(story, at)

    def _close(self, story: Story, at: datetime, *, is_taken_back: bool = False) -> None:
        if story.over_at is None:
            story.over_at, story.is_taken_back = at, is_taken_back

    def _closing(self, names: Iterable[str], at: datetime) -> Closing:
        is_open = {name for name, story in self.told.items() if story.is_open(at)}
        return Closing(named=len(is_open & set(names)), in_force=len(is_open))


def replayed(adapter: Adapter, paths: Sequence[Path], now: datetime, vouches_for: timedelta) -> Iterator[Run]:
    """Yield a run for each document, in order of their dates: an event comes whole, with the last one that told it.

    The date is that of the file's name (2026-03-14T1432Z), else the document's own. `vouches_for` is how long a road
    state holds. Cameras have a present only and are left out. Raises ConfigurationError before the first run, naming
    the file, for one without a date in the past or that cannot be opened; one that cannot be read is a failed poll of
    its time when its name tells which.
    """
    documents, stories = sorted(_dated(adapter, path, now) for path in paths), Stories(adapter.source)
    reasons = [stories.take(n, one.at, _outcome(adapter, one)).reason for n, one in enumerate(documents)]
    stories.end(now)
    ends: list[list[Story]] = [[] for _ in documents]
    for story in stories.told.values():
        ends[story.last].append(story)
    for one, reason, told in zip(documents, reasons, ends, strict=True):
        yield _run(_outcome(adapter, one), one.at, reason, told, now, vouches_for)


def _dated(adapter: Adapter, path: Path, now: datetime) -> Dated:
    named = _NAMED.search(path.name)
    try:
        if named is not None:
            at: datetime | None = datetime(*(int(part or 0) for part in named.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
            document_of(path, now)
        else:
            at = adapter.read(document_of(path, now)).published_at
    except (DocumentUnreadable, ValueError) as error:
        what = error.message if isinstance(error, DocumentUnreadable) else "the date in its name does not exist"
        raise ConfigurationError(f"{path}: {what}; nothing was imported") from None
    if at is None or at > now:
        raise ConfigurationError(
            f"{path}: the document has no date in the past; put one into its name, as in works-2026-03-14T1432Z.xml"
        )
    return Dated(at, path)


def _outcome(adapter: Adapter, one: Dated) -> Outcome:
    document, source = document_of(one.path, one.at), adapter.source
    try:
        reading = adapter.read(document)
    except DocumentUnreadable as error:
        return Failed(source=source, error=error)
    with one.path.open("rb") as file:
        sha256, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    fetched = Fetched(source=source, reading=reading, sha256=sha256, size=size, http_status=200)
    return in_the_present(fetched, one.at)[0]


def _run(
    outcome: Outcome, at: datetime, reason: str | None, told: list[Story], now: datetime, vouches_for: timedelta
) -> Run:
    seen = 0
    if isinstance(outcome, Fetched):
        reading, seen = outcome.reading, outcome.reading.records_seen
        events = tuple(event for story in told for event in story.versions)
        reading = replace(reading, events=events, cameras=(), withdrawn=(), published_at=at, is_complete=False)
        outcome = replace(outcome, reading=reading)
    spans = {story.versions[0].external_id: Span(story.seen_at, story.over_at, story.is_taken_back) for story in told}
    past = Past(at=at, records_seen=seen, spans=spans, vouches_for=vouches_for)
    return Run(
        outcome=outcome, verdict=Verdict.IMPORTED, reason=reason, started_at=now, finished_at=now, past=past
    )  # fmt: skip


def _latest(events: Iterable[Event]) -> dict[str, Event]:
    """Return events by identifier; of several about one, the latest publication."""
    told: dict[str, Event] = {}
    for event in events:
        if not _is_older(event, told.get(event.external_id)):
            told[event.external_id] = event
    return told


def _is_older(event: Event, kept: Event | None) -> bool:
    if kept is None or event.published_at is None or kept.published_at is None:
        return False
    return event.published_at < kept.published_at


def _content(event: Event) -> Event:
    return replace(event, version=None, published_at=None, observed_at=None)


def _past_run(outcome: Outcome, verdict: Verdict, at: datetime) -> PastRun:
    reading = outcome.reading if isinstance(outcome, Fetched) else Reading()
    sha256 = outcome.sha256 if isinstance(outcome, Fetched) else None
    return PastRun(
        verdict=verdict, records_seen=reading.records_seen, rejected=len(reading.rejects), sha256=sha256, finished_at=at
    )


__all__ = ["Dated", "Stories", "Story", "replayed"]
