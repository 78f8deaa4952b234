"""Writes what the gate admitted: one batch, one transaction, numbered changes. Imported by `privacy.gate` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from events.axes import AxisMatcher
from events.city import City
from store.admitted import AdmittedBatch, AdmittedReject
from store.database import Database
from store.half_hours import count_run
from store.kept import Applied
from store.notices import tell
from store.poll_tables import poll_run, reject
from store.rollup import DayRollup
from store.withheld import keep_withheld
from store.writer.counts import Counts
from store.writer.current import CAMERAS, ROADS, TALLIES, Prepared, Shelf, ShelfBatch, in_districts, on_axes, prepare
from store.writer.events import EventBatch
from store.writer.fields import note_fields
from store.writer.groups import follow
from store.writer.numbering import Numbering
from store.writer.past_current import PastShelf
from store.writer.past_events import PastEvents
from store.writer.prepared import PreparedEvent, along_axes, latest, prepare_stories

__all__ = ["Writer"]


def _open(_: Connection) -> None:
    """Keep nobody out."""


class Writer:
    """The one way to write records. `clock` gives aware times; `city` gives districts.

    `fence` is asked inside each transaction and raises StoreUnavailable when this process may no longer write polls.
    """

    def __init__(
        self, database: Database, city: City, clock: Callable[[], datetime], fence: Callable[[Connection], None] = _open
    ) -> None:
        self._database = database
        self._city = city
        self._clock = clock
        self._axes = AxisMatcher(city.axes, city.area)
        self._fence = fence

    def apply(self, batch: AdmittedBatch, *, is_durable: bool = False) -> Applied:
        """Keep all of one poll, or nothing: records, absences, changes, the run and its rejects.

        Raises StoreUnavailable, and then nothing of the batch is kept. A record whose text did not pass the gate
        becomes a reject and its previous version stays. With `is_durable` it survives a power failure.
        """
        source_id = batch.run.source_id
        told = along_axes(batch.events, self._axes)
        stories, rejects = prepare_stories(told, source_id, self._city)
        roads, bad_roads = prepare(ROADS, on_axes(batch.road_states, self._axes), source_id)
        cameras, bad_cameras = prepare(CAMERAS, in_districts(batch.cameras, self._city), source_id)
        tallies, bad_tallies = prepare(TALLIES, batch.tallies, source_id)
        all_rejects = [*batch.rejects, *rejects, *bad_roads, *bad_cameras, *bad_tallies]
        broken = {one.external_id for one in all_rejects if one.external_id is not None}
        with self._database.write(is_durable=is_durable) as connection:
            self._fence(connection)
            now = self._clock()
            days = DayRollup(connection, self._city.timezone)
            step = _Step(connection, batch, Numbering(connection, now), now, days)
            parts = [
                step.events(stories, broken),
                step.shelf(ROADS, roads, broken),
                step.shelf(CAMERAS, cameras, broken),
                step.shelf(TALLIES, tallies, broken),
            ]
            return step.close(parts, all_rejects)


class _Step:
    """One batch inside its transaction."""

    def __init__(
        self, connection: Connection, batch: AdmittedBatch, numbering: Numbering, now: datetime, days: DayRollup
    ) -> None:
        self._days = days
        self._connection = connection
        self._batch = batch
        self._numbering = numbering
        self._now = now

    def events(self, stories: dict[str, list[PreparedEvent]], broken: set[Any]) -> Counts:
        source_id, past = self._batch.run.source_id, self._batch.past
        if past is not None:
            return PastEvents(self._connection, source_id, past, self._numbering, self._now, self._days).apply(stories)
        prepared = {name: latest(versions) for name, versions in stories.items()}
        return EventBatch(self._connection, self._batch, prepared, self._numbering, self._now, self._days).apply(broken)

    def shelf(self, shelf: Shelf[Any], prepared: dict[str, Prepared[Any]], broken: set[Any]) -> Counts:
        source_id, past = self._batch.run.source_id, self._batch.past
        if past is not None:
            told = PastShelf(self._connection, shelf, source_id, past, self._numbering, self._now)
            return told.apply(prepared)
        return ShelfBatch(self._connection, shelf, self._batch, self._numbering, self._now).apply(prepared, broken)

    def close(self, parts: list[Counts], rejects: list[AdmittedReject]) -> Applied:
        """Write the run with the sum of its counts, its rejects and the numbers."""
        names = ("new", "changed", "unchanged", "absent", "withdrawn", "flagged")
        counts = {name: sum(getattr(part, name) for part in parts) for name in names}
        follow(self._connection, self._numbering, self._days)
        self._numbering.close()
        self._days.close()
        row = asdict(self._batch.run) | counts
        row |= {"rejected": len(rejects), "last_seq": self._numbering.last_seq}
        run_id = int(self._connection.execute(insert(poll_run).returning(poll_run.c.id), row).scalar_one())
        if self._batch.past is None:
            count_run(self._connection, row["source_id"], row["verdict"], row["finished_at"])
        note_fields(self._connection, self._batch, self._now)
        if rejects:
            told = [
                {"run_id": run_id, "place": one.where, "reason": one.reason, "external_id": one.external_id}
                for one in rejects
            ]
            self._connection.execute(insert(reject), told)
        if self._batch.withheld is not None:
            keep_withheld(self._connection, self._batch.run.source_id, run_id, self._batch.withheld)
        tell(self._connection)
        return Applied(run_id=run_id, last_seq=self._numbering.last_seq, **counts)
