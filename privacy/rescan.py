"""All that is stored, read again by the gate of today: what it refuses is withdrawn at once and counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column

from events.errors import InvalidRecord
from privacy.records import screen_camera, screen_event, screen_road, screen_tally
from privacy.screen import Reader, Screen
from store import reread
from store.database import Database
from store.upkeep import Done

_HARMLESS = "Voie fermée"

_log = logging.getLogger(__name__)

_WALKS: dict[str, Callable[..., Any]] = {
    "event": screen_event,
    "road_state": screen_road,
    "camera": screen_camera,
    "tally": screen_tally,
}


def rescan(database: Database, reader: Reader, key: bytes, now: datetime) -> tuple[Done, ...]:
    """Read every stored text again; return, per kind and source after the whole, what was read and withdrawn.

    A record keeps its place and loses its words, as a poll of today would bring it; one whose identifier is refused is
    deleted. Past versions that held such words become tombstones. Raises StoreUnavailable; what was withdrawn stays so.
    """
    if reader.spans(_HARMLESS):
        # What a broken gate withdrew could not be brought back.
        _log.error("the privacy gate cannot read a harmless text: nothing was read again, nothing was withdrawn")
        return (Done(remaining=1),)
    work = _Work(database, reader, key, now)
    for kind in _WALKS:
        work.records(kind)
    work.versions()
    for column in reread.text_columns():
        work.texts(column)
    lines = [
        Done(kind=kind, source_id=source_id, seen=work.seen[kind, source_id], done=count)
        for (kind, source_id), count in sorted(work.done.items())
    ]
    return (Done(seen=work.seen.total(), done=work.done.total()), *lines)


@dataclass(slots=True)
class _Work:
    """One rescan: what was read and withdrawn so far, by kind and source."""

    database: Database
    reader: Reader
    key: bytes
    now: datetime
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)

    def records(self, kind: str) -> None:
        """Read the records of a kind again, and keep those that differ as they come out."""
        for page in reread.stored(self.database, kind):
            again = {one.key: self._again(kind, one) for one in page}
            hit = [one for one in page if again[one.key] != one.record]
            self._count(kind, page, hit)
            if hit:
                reread.replace_records(self.database, kind, {one.key: again[one.key] for one in hit}, self.now)

    def versions(self) -> None:
        """Read past versions again, and forget those that differ."""
        for page in reread.past_versions(self.database):
            hit = [one for one in page if self._again("event", one) != one.record]
            self._count("event_version", page, hit)
            reread.forget(self.database, [one.key for one in hit])

    def texts(self, column: Column[Any]) -> None:
        """Read a column of texts again, and take out the values that are refused."""
        values = list(reread.texts_of(self.database, column))
        refused = [texts for texts in values if any(self.reader.spans(text) for text in texts)]
        self.seen[column.table.name, ""] += len(values)
        if refused:
            self.done[column.table.name, ""] += reread.withhold_texts(self.database, column, refused)

    def _count(self, kind: str, page: Sequence[reread.Stored], hit: Sequence[reread.Stored]) -> None:
        self.seen.update((kind, one.source_id) for one in page)
        self.done.update((kind, one.source_id) for one in hit)

    def _again(self, kind: str, one: reread.Stored) -> Any:
        """Return the record as the gate lets it through now; None when its identifier or its whole is refused."""
        record = one.record
        screen = Screen(self.reader, self.key, one.source_id)
        try:
            again = _WALKS[kind](record, one.source_id, record.organisation, record.audience, screen)
        except InvalidRecord:
            return None
        name = "segment_id" if kind == "road_state" else "external_id"
        return again if getattr(again, name) == getattr(record, name) else None
