"""Events that imported documents tell: whole stories, in their own time, recorded now; what a poll told stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from events.validity import Period
from store.admitted import AdmittedPast, AdmittedSpan
from store.bulk import insert_rows
from store.columns import end_of, until_of
from store.derived import real_periods
from store.frozen import Snapshot, difference, freeze
from store.kept import Kind
from store.rollup import DayRollup
from store.tables import event
from store.writer import event_rows as rows
from store.writer.counts import Counts, chunks
from store.writer.events import BY_ABSENCE, BY_PUBLISHER
from store.writer.identifiers import identifiers
from store.writer.numbering import Numbering
from store.writer.prepared import PreparedEvent, is_only_imported

_NOTHING = freeze({})
_Written = tuple[dict[str, Any], list[dict[str, Any]], PreparedEvent]  # columns, versions, what was told last


@dataclass(slots=True)
class PastEvents:
    """Writes stories inside the writer's transaction: each event with all its versions and, when it was over, its end.

    An event that a poll told, or that a later document told already, is left as it is.
    """

    connection: Connection
    source_id: str
    past: AdmittedPast
    numbering: Numbering
    now: datetime
    days: DayRollup
    counts: Counts = field(default_factory=Counts)

    def apply(self, stories: Mapping[str, list[PreparedEvent]]) -> Counts:
        """Write the stories of the batch and return the counts of events."""
        kept, new_ids = self._kept(stories), identifiers()
        seen: list[dict[str, Any]] = []
        new: list[_Written] = []
        changed: list[_Written] = []
        for name, told in stories.items():
            row, span = kept.get(name), self.past.spans[name]
            if row is not None and not (is_only_imported(row) and row.last_seen_at < span.seen_at):
                self.counts.unchanged += 1
                continue
            head = self._new_head(next(new_ids)) if row is None else dict(row._mapping)  # noqa: SLF001 - its public name
            columns, versions = self._story(head, told, span)
            if not versions:
                self.counts.unchanged += 1
                seen.append({"id": columns["id"], "last_seen_at": span.seen_at})
                continue
            (new if row is None else changed).append((columns, versions, told[-1]))
            self._number(columns, row)
        rows.update_events(self.connection, seen)
        self._write(new, changed)
        return self.counts

    def _write(self, new: list[_Written], changed: list[_Written]) -> None:
        again = [columns["id"] for columns, _, _ in changed]
        self.days.take_out(again)
        insert_rows(self.connection, event, [columns for columns, _, _ in new])
        rows.update_events(self.connection, [columns for columns, _, _ in changed])
        rows.add_versions(self.connection, [version for _, versions, _ in (*new, *changed) for version in versions])
        placed = [(columns, one, _periods(columns, one)) for columns, _, one in (*new, *changed)]
        rows.replace_places(self.connection, placed, again)
        for columns, one, real in placed:
            self.days.add(rows.day_facts(columns, one, real))
        self.counts.new, self.counts.changed = len(new), len(changed)

    def _kept(self, names: Iterable[str]) -> dict[str, Row[Any]]:
        of_source = select(event).where(event.c.source_id == self.source_id)
        return {
            str(row.external_id): row
            for part in chunks(names)
            for row in self.connection.execute(of_source.where(event.c.external_id.in_(part)))
        }

    def _new_head(self, event_id: str) -> dict[str, Any]:
        return {
            "id": event_id, "number": self.numbering.next_event_number(), "v": 0, "sha256": None, "start": None,
            "recorded_at": self.now, "changed_at": self.now, "withdrawn_at": None, "withdrawn_by": None,
            "fingerprint": None,
        }  # fmt: skip

    def _story(
        self, head: dict[str, Any], told: list[PreparedEvent], span: AdmittedSpan
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the columns of the event after its story, and the rows of the versions that lead there."""
        versions: list[dict[str, Any]] = []
        for one in told:
            is_back = head["withdrawn_at"] is not None
            if one.fingerprint == head["fingerprint"] and not is_back:
                continue
            diff = difference(head["snapshot"], one.snapshot) if head["v"] else {}
            diff |= {"withdrawn": [head["withdrawn_by"], None]} if is_back else {}
            head = self._next(head, one, span)
            self._append(versions, head, one.event.validity.end, freeze(diff) if diff else _NOTHING)
        if span.over_at is not None:
            by = BY_PUBLISHER if span.is_taken_back else BY_ABSENCE
            until = max(head["start"], min(head["until"], span.over_at))
            head |= {"v": head["v"] + 1, "withdrawn_at": span.over_at, "until": until}
            self._append(versions, head, end_of(until), freeze({"withdrawn": [None, by]}))
            head["withdrawn_by"] = by
        return head | {"last_seen_at": span.seen_at}, versions

    def _next(self, head: dict[str, Any], one: PreparedEvent, span: AdmittedSpan) -> dict[str, Any]:
        validity = one.event.validity
        start = validity.start or head["start"] or one.event.published_at or span.seen_at
        if validity.end is not None:
            start = min(start, validity.end)
        at = max(self.now, head["changed_at"])
        return head | rows.told_columns(one, start) | {
            "source_id": one.event.source_id, "external_id": one.event.external_id, "v": head["v"] + 1,
            "changed_at": at, "absences": 0, "withdrawn_at": None, "withdrawn_by": None, "source_error": False,
        }  # fmt: skip

    def _append(
        self, versions: list[dict[str, Any]], head: dict[str, Any], valid_to: datetime | None, diff: Snapshot
    ) -> None:
        version = rows.version_row(head, prev_sha256=head["sha256"], valid_to=valid_to, diff=diff)
        if versions:
            versions[-1]["superseded_at"] = version["recorded_at"]
        versions.append(version)
        head["sha256"] = version["sha256"]

    def _number(self, columns: dict[str, Any], row: Row[Any] | None) -> None:
        before = None if row is None or row.withdrawn_at is not None else row.audience
        after = None if columns["withdrawn_at"] is not None else columns["audience"]
        self.numbering.add(Kind.EVENT, columns["id"], "created" if row is None else "changed", before, after)


def _periods(columns: dict[str, Any], one: PreparedEvent) -> tuple[Period, ...]:
    """Return when it was in force; what lay after its withdrawal never took place."""
    cut, told = columns["withdrawn_at"], real_periods(one.event, columns["start"], columns["last_seen_at"])
    if cut is None:
        return told
    return tuple(
        period if until_of(period.end) <= cut else Period(period.start, cut) for period in told if period.start < cut
    )
