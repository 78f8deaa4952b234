"""Events of one batch: what is new, changed, the same, broken, absent, withdrawn or back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from events.validity import Period
from store.admitted import AdmittedBatch
from store.bulk import insert_rows
from store.columns import FAR, end_of
from store.derived import real_periods
from store.frozen import difference, freeze
from store.kept import Kind
from store.rollup import DayRollup
from store.tables import event
from store.writer import event_rows as rows
from store.writer.counts import Counts
from store.writer.identifiers import identifiers
from store.writer.numbering import Numbering
from store.writer.prepared import PreparedEvent, is_older, is_only_imported

BY_ABSENCE = "absence"
BY_PUBLISHER = "publisher"
BY_AGE = "age"

_NOTHING = freeze({})


class EventBatch:
    """Applies the events of one batch inside the writer's transaction."""

    def __init__(
        self,
        connection: Connection,
        batch: AdmittedBatch,
        prepared: dict[str, PreparedEvent],
        numbering: Numbering,
        now: datetime,
        days: DayRollup,
    ) -> None:
        self._connection = connection
        self._batch = batch
        self._prepared = prepared
        self._numbering = numbering
        self._now = now
        self._days = days
        self._counts = Counts()
        self._new_ids = identifiers()
        self._kept: dict[str, Row[Any]] = {}
        self._placed: list[tuple[dict[str, Any], PreparedEvent, tuple[Period, ...]]] = []
        self._withdrawn: set[str] = set()

    def apply(self, broken: Collection[str]) -> Counts:
        """Write all; `broken` are the external ids of records that could not be used. Return the counts."""
        named = {*self._prepared, *self._batch.withdrawn, *broken}
        watches = self._batch.counts_absences or self._batch.repeats_absences or self._batch.max_age_s is not None
        if not named and not watches:
            return self._counts
        self._kept = rows.kept_rows(self._connection, self._batch.run.source_id, named, self._now)
        fresh = self._take()
        self._flag(broken)
        self._withdraw_named()
        if self._batch.counts_absences:
            self._count_absences(row for name, row in self._kept.items() if name not in named)
        elif self._batch.repeats_absences:
            self._repeat(named)
        self._withdraw_aged(fresh)
        return self._counts

    def _take(self) -> set[str]:
        """Write what the document told; return the external ids whose publication is not older than the kept one."""
        new: list[PreparedEvent] = []
        changed: list[tuple[Row[Any], PreparedEvent]] = []
        same: list[tuple[Row[Any], PreparedEvent]] = []
        seen: list[str] = []
        fresh: set[str] = set()
        for name, one in self._prepared.items():
            row = self._kept.get(name)
            if row is None:
                new.append(one)
            elif is_older(one.event.published_at, row.published_at) or _stays_withdrawn(row, one):
                seen.extend([row.id] if row.withdrawn_at is None else [])
                self._counts.unchanged += 1
                continue
            elif row.withdrawn_at is not None or row.fingerprint != one.fingerprint:
                changed.append((row, one))
            else:
                same.append((row, one))
                seen.append(row.id)
            fresh.add(name)
        self._write_new(new)
        self._write_changed(changed)
        self._refresh(same)
        rows.mark_seen(self._connection, seen, self._now)
        rows.replace_places(self._connection, self._placed, [row.id for row, _one in changed])
        for columns, one, real in self._placed:
            self._days.add(rows.day_facts(columns, one, real))
        return fresh

    def _write_new(self, new: list[PreparedEvent]) -> None:
        events: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        for one in new:
            columns = self._columns(one, None)
            version = rows.version_row(columns, prev_sha256=None, valid_to=one.event.validity.end, diff=_NOTHING)
            columns["sha256"] = version["sha256"]
            events.append(columns)
            versions.append(version)
            self._numbering.add(Kind.EVENT, columns["id"], "created", None, columns["audience"])
        insert_rows(self._connection, event, events)
        rows.add_versions(self._connection, versions)
        self._counts.new += len(events)

    def _write_changed(self, changed: list[tuple[Row[Any], PreparedEvent]]) -> None:
        before = rows.snapshots_of(self._connection, [row.id for row, _one in changed])
        self._days.take_out([row.id for row, _one in changed])
        events: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        for row, one in changed:
            columns = self._columns(one, row)
            is_back = row.withdrawn_at is not None
            told = difference(before[row.id], one.snapshot) | (
                {"withdrawn": [row.withdrawn_by, None]} if is_back else {}
            )
            version = rows.version_row(
                columns, prev_sha256=row.sha256, valid_to=one.event.validity.end, diff=freeze(told)
            )
            columns["sha256"] = version["sha256"]
            events.append(columns)
            versions.append(version)
            what, past = ("returned", None) if is_back else ("changed", row.audience)
            self._numbering.add(Kind.EVENT, row.id, what, past, columns["audience"])
        rows.update_events(self._connection, events)
        rows.add_versions(self._connection, versions)
        self._counts.changed += len(events)

    def _columns(self, one: PreparedEvent, row: Row[Any] | None) -> dict[str, Any]:
        """Return every column of the event but its link; without a start it is in force since we first heard of it."""
        told = one.event
        start = told.validity.start or (row.start if row is not None else told.published_at or self._now)
        if told.validity.end is not None:
            start = min(start, told.validity.end)
        at = self._now if row is None else max(self._now, row.changed_at)  # our clock may step back, the chain may not
        columns = rows.told_columns(one, start) | {
            "id": next(self._new_ids) if row is None else row.id,
            "number": self._numbering.next_event_number() if row is None else row.number,
            "source_id": told.source_id,
            "external_id": told.external_id,
            "v": 1 if row is None else row.v + 1,
            "recorded_at": at if row is None else row.recorded_at,
            "changed_at": at,
            "last_seen_at": self._now,
            "absences": 0,
            "withdrawn_at": None,
            "withdrawn_by": None,
            "source_error": False,
        }
        self._placed.append((columns, one, real_periods(told, start, self._now)))
        return columns

    def _refresh(self, same: list[tuple[Row[Any], PreparedEvent]]) -> None:
        """Keep newer facts of publication without a version, and lift the flag of a record that is whole again."""
        newer = [
            {
                "id": row.id,
                "snapshot": one.snapshot,
                "snapshot_sha256": one.snapshot_sha256,
                "published_at": one.event.published_at,
            }
            for row, one in same
            if row.snapshot_sha256 != one.snapshot_sha256
        ]
        rows.update_events(self._connection, newer)
        whole = [row for row, _one in same if row.source_error]
        rows.update_events(self._connection, [{"id": row.id, "source_error": False} for row in whole])
        for row in whole:
            self._numbering.add(Kind.EVENT, row.id, "cleared", row.audience, row.audience)
        self._counts.unchanged += len(same)

    def _flag(self, broken: Collection[str]) -> None:
        """Keep the previous version of each broken record, and say so."""
        kept = [self._kept[name] for name in broken if name in self._kept and name not in self._prepared]
        kept = [row for row in kept if row.withdrawn_at is None]
        rows.update_events(self._connection, [{"id": row.id, "source_error": True, "absences": 0} for row in kept])
        for row in kept:
            if not row.source_error:
                self._numbering.add(Kind.EVENT, row.id, "flagged", row.audience, row.audience)
        self._counts.flagged += len(kept)

    def _withdraw_named(self) -> None:
        named = [
            self._kept[name] for name in self._batch.withdrawn if name in self._kept and name not in self._prepared
        ]
        self._withdraw([row for row in named if row.withdrawn_at is None], BY_PUBLISHER)

    def _repeat(self, named: Collection[str]) -> None:
        """Count what the last document lacked once more, and see what it told once more: it came again."""
        self._count_absences(row for name, row in self._kept.items() if row.absences > 0 and name not in named)
        told = [
            row.id
            for row in self._kept.values()
            if row.absences == 0 and row.withdrawn_at is None and not is_only_imported(row)
        ]
        rows.mark_seen(self._connection, told, self._now)

    def _count_absences(self, missing: Iterable[Row[Any]]) -> None:
        # An event whose validity is over ended by itself: that a publisher drops it then says nothing.
        absent = [row for row in missing if row.withdrawn_at is None and row.until > self._now]
        limit = max(1, self._batch.absences_before_withdrawal)
        self._counts.absent += len(absent)
        self._withdraw([row for row in absent if row.absences + 1 >= limit], BY_ABSENCE)
        waiting = [row for row in absent if row.absences + 1 < limit]
        rows.update_events(self._connection, [{"id": row.id, "absences": row.absences + 1} for row in waiting])

    def _withdraw_aged(self, fresh: Collection[str]) -> None:
        """Withdraw events without an end that were not updated for too long; never because a source is away."""
        limit = self._batch.max_age_s
        if limit is None or self._batch.run.verdict == "failed":
            return
        aged: list[Row[Any]] = []
        for name, row in self._kept.items():
            if row.until < FAR or row.withdrawn_at is not None or row.id in self._withdrawn:
                continue
            one = self._prepared.get(name)
            if one is not None and name in fresh and row.fingerprint != one.fingerprint:
                continue
            published = one.event.published_at if one is not None and name in fresh else row.published_at
            updated = max(published, row.changed_at) if published is not None else row.changed_at
            if (self._now - updated).total_seconds() > limit:
                aged.append(row)
        self._withdraw(aged, BY_AGE)

    def _withdraw(self, withdrawn: list[Row[Any]], by: str) -> None:
        withdrawn = [row for row in withdrawn if row.id not in self._withdrawn]
        kept = rows.snapshots_of(self._connection, [row.id for row in withdrawn])
        events: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        for row in withdrawn:
            at = max(self._now, row.changed_at)
            until = max(row.start, min(row.until, at))
            changed = {"v": row.v + 1, "changed_at": at, "withdrawn_at": at, "until": until}
            version = rows.version_row(
                dict(row._mapping) | changed | {"snapshot": kept[row.id]},  # noqa: SLF001 - its public name
                prev_sha256=row.sha256,
                valid_to=end_of(until),
                diff=freeze({"withdrawn": [None, by]}),
            )
            versions.append(version)
            events.append({"id": row.id, "withdrawn_by": by, "sha256": version["sha256"], "absences": 0} | changed)
            self._numbering.add(Kind.EVENT, row.id, "withdrawn", row.audience, None)
            self._withdrawn.add(row.id)
        ids = [row.id for row in withdrawn]
        self._days.take_out(ids)
        rows.update_events(self._connection, events)
        rows.add_versions(self._connection, versions)
        rows.cut_places(self._connection, ids, self._now)
        self._days.put_in(ids)
        self._counts.withdrawn += len(withdrawn)


def _stays_withdrawn(row: Row[Any], one: PreparedEvent) -> bool:
    """Tell whether a withdrawn event is only repeated: an old publication must not bring it back.

    One that was absent is back when it is told again; one that its publisher took back, or that grew too old, needs
    another content or a later publication.
    """
    if row.withdrawn_at is None or row.withdrawn_by == BY_ABSENCE or row.fingerprint != one.fingerprint:
        return False
    if one.event.published_at is None:
        return bool(row.withdrawn_by == BY_AGE)
    return row.published_at is not None and one.event.published_at <= row.published_at
