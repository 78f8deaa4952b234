"""Road states, cameras and tallies of one batch: current state only, with the same rule of absence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Table, bindparam, select, update

from events.axes import AxisMatcher
from events.city import City
from events.errors import InvalidRecord
from events.records import Camera, RoadState, Tally
from store.admitted import AdmittedBatch, AdmittedReject, Cleared
from store.bulk import insert_rows
from store.frozen import Snapshot, fingerprint, freeze
from store.kept import Kind
from store.snapshot_current import camera_to_snapshot, road_to_snapshot, tally_to_snapshot
from store.tables import camera, road_state, road_state_history, tally
from store.writer.counts import Counts, chunks
from store.writer.numbering import Numbering
from store.writer.prepared import check_source, is_older, is_only_imported, reject_of

R = TypeVar("R", RoadState, Camera, Tally)

# Speeds flicker; only another ten of km/h is worth a change on every screen.
_SPEED_STEP_KMH = 10
_FLICKERING = frozenset({"speed_kmh", "flow_vph", "reliability"})


@dataclass(frozen=True, slots=True)
class Shelf(Generic[R]):
    """How one kind of record is kept: its table, its identifier, its snapshot, what makes it different."""

    kind: Kind
    table: Table
    name_of: Callable[[R], str]
    content_of: Callable[[R], dict[str, Any]]
    told_of: Callable[[dict[str, Any]], dict[str, Any]]
    columns_of: Callable[[R], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Prepared(Generic[R]):
    """A record with what is computed from it."""

    id: Cleared
    record: R
    snapshot: Snapshot
    fingerprint: str


def _told_of_road(content: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in content.items() if name not in _FLICKERING}
    speed = content["speed_kmh"]
    return told | {"speed_step": None if speed is None or not isfinite(speed) else int(speed // _SPEED_STEP_KMH)}


ROADS: Shelf[RoadState] = Shelf(
    kind=Kind.ROAD,
    table=road_state,
    name_of=lambda road: road.segment_id,
    content_of=road_to_snapshot,
    told_of=_told_of_road,
    columns_of=lambda road: {"state": road.state.value, "observed_at": road.observed_at},
)
CAMERAS: Shelf[Camera] = Shelf(
    kind=Kind.CAMERA,
    table=camera,
    name_of=lambda one: one.external_id,
    content_of=camera_to_snapshot,
    told_of=lambda content: content,
    columns_of=lambda _one: {},
)
TALLIES: Shelf[Tally] = Shelf(
    kind=Kind.TALLY,
    table=tally,
    name_of=lambda one: one.external_id,
    content_of=tally_to_snapshot,
    told_of=lambda content: content,
    columns_of=lambda one: {"measure": one.measure, "start": one.start, "until": one.end},
)


def prepare(
    shelf: Shelf[R], records: Iterable[R], source_id: str
) -> tuple[dict[str, Prepared[R]], list[AdmittedReject]]:
    """Return the records by identifier, the last of each, and those the store cannot keep."""
    prepared: dict[str, Prepared[R]] = {}
    rejects: list[AdmittedReject] = []
    for record in records:
        name = shelf.name_of(record)
        try:
            check_source(record.source_id, source_id)
            content = shelf.content_of(record)
            snapshot = freeze(content)
        except InvalidRecord as error:
            rejects.append(reject_of(error, name))
            continue
        prepared[name] = Prepared(Cleared(f"{source_id}:{name}"), record, snapshot, fingerprint(shelf.told_of(content)))
    return prepared, rejects


def in_districts(cameras: Iterable[Camera], city: City) -> list[Camera]:
    """Return the cameras with the districts they stand in."""
    return [
        replace(one, district_codes=city.districts_of({"type": "Point", "coordinates": list(one.position)}))
        for one in cameras
    ]


def on_axes(roads: Iterable[RoadState], axes: AxisMatcher) -> list[RoadState]:
    """Return the road states with the axis their section lies on; an axis the publisher named is kept."""
    return [
        one if one.axis_id is not None else replace(one, axis_id=axes.axis_of(one.geometry, one.name)) for one in roads
    ]


@dataclass(slots=True)
class ShelfBatch(Generic[R]):
    """Applies one kind of record of one batch inside the writer's transaction."""

    connection: Connection
    shelf: Shelf[R]
    batch: AdmittedBatch
    numbering: Numbering
    now: datetime
    counts: Counts = field(default_factory=Counts)

    def apply(self, prepared: dict[str, Prepared[R]], broken: Collection[str]) -> Counts:
        """Write all; `broken` are identifiers of records that could not be used. Return the counts."""
        named = {*prepared, *self.batch.withdrawn, *broken}
        if not named and not self.batch.counts_absences and not self.batch.repeats_absences:
            return self.counts
        kept = self._kept(named)
        self._take(prepared, kept)
        taken_back = {self._id(name) for name in self.batch.withdrawn if name not in prepared}
        self._withdraw([row for row in kept.values() if row.id in taken_back and row.withdrawn_at is None])
        seen = {self._id(name) for name in named}
        if self.batch.counts_absences:
            self._count_absences(row for row in kept.values() if row.id not in seen)
        elif self.batch.repeats_absences:
            self._count_absences(row for row in kept.values() if row.absences > 0 and row.id not in seen)
            told = [row.id for row in kept.values() if row.absences == 0 and _is_polled(row)]
            self._update([{"id": key, "last_seen_at": self.now} for key in told])
        return self.counts

    def _id(self, name: str) -> str:
        return f"{self.batch.run.source_id}:{name}"

    def _kept(self, named: Collection[str]) -> dict[str, Row[Any]]:
        table = self.shelf.table
        live = select(table).where(table.c.source_id == self.batch.run.source_id, table.c.withdrawn_at.is_(None))
        kept = {str(row.id): row for row in self.connection.execute(live)}
        missing = [key for key in map(self._id, named) if key not in kept]
        for part in chunks(missing):
            kept.update(
                {str(row.id): row for row in self.connection.execute(select(table).where(table.c.id.in_(part)))}
            )
        return kept

    def _take(self, prepared: dict[str, Prepared[R]], kept: dict[str, Row[Any]]) -> None:
        new: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        for one in prepared.values():
            row = kept.get(one.id)
            if row is not None and row.withdrawn_at is None and self._is_older(one, row):
                again.append(self._same(row))
            elif row is None:
                new.append(self._columns(one, None))
            else:
                again.append(self._columns(one, row))
        insert_rows(self.connection, self.shelf.table, new)
        self._update(again)
        self._remember(prepared, kept)

    def _is_older(self, one: Prepared[R], row: Row[Any]) -> bool:
        return isinstance(one.record, RoadState) and is_older(one.record.observed_at, row.observed_at)

    def _same(self, row: Row[Any]) -> dict[str, Any]:
        self.counts.unchanged += 1
        return dict(row._mapping) | {"last_seen_at": self.now, "absences": 0}  # noqa: SLF001 - its public name

    def _columns(self, one: Prepared[R], row: Row[Any] | None) -> dict[str, Any]:
        audience = one.record.audience.key
        columns = {
            "id": one.id,
            "source_id": one.record.source_id,
            "organisation": one.record.organisation,
            "audience": audience,
            "recorded_at": self.now if row is None else row.recorded_at,
            "changed_at": self.now if row is None else row.changed_at,
            "last_seen_at": self.now,
            "absences": 0,
            "withdrawn_at": None,
            "snapshot": one.snapshot,
            "fingerprint": one.fingerprint,
        } | self.shelf.columns_of(one.record)
        if row is None:
            self.counts.new += 1
            self.numbering.add(self.shelf.kind, one.id, "created", None, audience)
        elif row.withdrawn_at is not None or row.fingerprint != one.fingerprint:
            self.counts.changed += 1
            what, before = ("changed", row.audience) if row.withdrawn_at is None else ("returned", None)
            self.numbering.add(self.shelf.kind, one.id, what, before, audience)
            if what == "returned" or "state" not in columns or columns["state"] != row.state:
                columns["changed_at"] = self.now
        else:
            self.counts.unchanged += 1
        return columns

    def _remember(self, prepared: dict[str, Prepared[R]], kept: dict[str, Row[Any]]) -> None:
        """Append the states that roads took; the same state again is not history."""
        history: list[dict[str, Any]] = []
        for one in prepared.values():
            road, row = one.record, kept.get(one.id)
            if not isinstance(road, RoadState) or (row is not None and self._keeps_state(one, road, row)):
                continue
            history.append(
                {
                    "road_id": one.id,
                    "state": road.state.value,
                    "speed_kmh": road.speed_kmh,
                    "observed_at": road.observed_at,
                    "at": self.batch.run.finished_at,
                    "recorded_at": self.now,
                }
            )
        insert_rows(self.connection, road_state_history, history)

    def _keeps_state(self, one: Prepared[R], road: RoadState, row: Row[Any]) -> bool:
        if row.withdrawn_at is not None:
            return False
        return bool(row.state == road.state.value or self._is_older(one, row))

    def _count_absences(self, missing: Iterable[Row[Any]]) -> None:
        absent = [row for row in missing if _is_polled(row)]
        limit = max(1, self.batch.absences_before_withdrawal)
        self.counts.absent += len(absent)
        self._withdraw([row for row in absent if row.absences + 1 >= limit])
        waiting = [row for row in absent if row.absences + 1 < limit]
        self._update([{"id": row.id, "absences": row.absences + 1} for row in waiting])

    def _withdraw(self, withdrawn: list[Row[Any]]) -> None:
        self._update([{"id": row.id, "withdrawn_at": self.now, "absences": 0} for row in withdrawn])
        for row in withdrawn:
            self.numbering.add(self.shelf.kind, row.id, "withdrawn", row.audience, None)
        self.counts.withdrawn += len(withdrawn)

    def _update(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        table = self.shelf.table
        names = [name for name in rows[0] if name != "id"]
        values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
        statement = update(table).where(table.c.id == bindparam("of_record")).values(values)
        self.connection.execute(
            statement, [{"of_record": row["id"]} | {f"to_{name}": row[name] for name in names} for row in rows]
        )


def _is_polled(row: Row[Any]) -> bool:
    """Tell whether a poll may miss a record: one that it told, and that is not gone."""
    return row.withdrawn_at is None and not is_only_imported(row)
