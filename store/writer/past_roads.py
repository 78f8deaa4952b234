"""States that imported documents tell of roads, painted into the history of what was told before and after them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select

from events.records import RoadState
from events.vocabulary import TrafficState
from store.admitted import AdmittedPast
from store.bulk import insert_rows
from store.poll_tables import poll_run
from store.road_days import forget_from
from store.road_history import heard_at
from store.tables import road_state, road_state_history
from store.writer.counts import chunks


@dataclass(frozen=True, slots=True)
class Step:
    """A road took a state; `id` is that of its row."""

    at: datetime
    state: str
    id: int


@dataclass(slots=True)
class PastRoads:
    """Paints one document: its states hold from its time to the next word of the source, at most `vouches_for`.

    From the next word on holds what was known before the import; between the two, nothing is known. A moment at which
    the source was heard already, by a poll or an import, keeps what it told.
    """

    connection: Connection
    source_id: str
    past: AdmittedPast
    now: datetime

    def apply(self, roads: Mapping[str, RoadState]) -> None:
        """Write the states of a document's roads, by id of our record."""
        at = self.past.at
        if self._is_heard(at):
            return
        limit, following = at + self.past.vouches_for, self._next_heard()
        end = limit if following is None else min(limit, following)
        known = self._known(list(roads), max(end, following or end))
        gone: list[int] = []
        rows: list[dict[str, Any]] = []
        for road_id, road in roads.items():
            steps = known.get(road_id, [])
            gone += [step.id for step in steps if at <= step.at < end]
            painted = self._painted(steps, road.state.value, end, following)
            for moment, state in painted:
                told = road if moment == at else None
                rows.append(
                    {
                        "road_id": road_id, "state": state, "at": moment, "recorded_at": self.now,
                        "speed_kmh": told.speed_kmh if told else None, "observed_at": told.observed_at if told else None,
                    }
                )  # fmt: skip
        for part in chunks(gone):
            self.connection.execute(delete(road_state_history).where(road_state_history.c.id.in_(part)))
        insert_rows(self.connection, road_state_history, rows)
        self._last(list(roads), end)
        forget_from(self.connection, at)

    def _painted(
        self, steps: list[Step], state: str, end: datetime, following: datetime | None
    ) -> list[tuple[datetime, str]]:
        """Return the steps to write, in order of time: the state itself, and what holds again after it."""
        unknown = TrafficState.UNKNOWN.value
        made = [] if _state(steps, self.past.at, is_before=True) == state else [(self.past.at, state)]
        then = _state(steps, end)
        if end == following:
            after = then or unknown
            return made if after == state or _has(steps, end) else [*made, (end, after)]
        if then == state:
            return made  # carried over the silence, as it was before
        if not _has(steps, end):
            made.append((end, unknown))
        if following is not None and then not in (None, unknown) and not _between(steps, end, following):
            made.append((following, str(then)))
        return made

    def _is_heard(self, at: datetime) -> bool:
        query = select(func.count()).where(poll_run.c.source_id == self.source_id, heard_at() == at)
        return bool(self.connection.execute(query).scalar_one())

    def _next_heard(self) -> datetime | None:
        query = select(func.min(heard_at())).where(poll_run.c.source_id == self.source_id, heard_at() > self.past.at)
        found: datetime | None = self.connection.execute(query).scalar_one()
        return found

    def _known(self, road_ids: list[str], until: datetime) -> dict[str, list[Step]]:
        """Return what was told of the roads until a moment, and the last state before the document."""
        history, found = road_state_history, dict[str, list[Step]]()
        for part in chunks(road_ids):
            last = (
                select(history.c.road_id, func.max(history.c.at).label("at"))
                .where(history.c.road_id.in_(part), history.c.at < self.past.at)
                .group_by(history.c.road_id)
                .subquery()
            )
            is_last = and_(history.c.road_id == last.c.road_id, history.c.at == last.c.at)
            query = (
                select(history.c.id, history.c.road_id, history.c.at, history.c.state)
                .outerjoin(last, history.c.road_id == last.c.road_id)
                .where(history.c.road_id.in_(part), history.c.at <= until, or_(history.c.at >= self.past.at, is_last))
                .order_by(history.c.at, history.c.id)
            )
            for row in self.connection.execute(query):
                found.setdefault(row.road_id, []).append(Step(row.at, row.state, row.id))
        return found

    def _last(self, road_ids: list[str], end: datetime) -> None:
        """Let a road that its source had left before the document leave it after: its past is shown until then."""
        for part in chunks(road_ids):
            left = road_state.c.withdrawn_at < end
            self.connection.execute(
                road_state.update().where(road_state.c.id.in_(part), left).values(withdrawn_at=end)
            )  # fmt: skip


def _state(steps: list[Step], at: datetime, *, is_before: bool = False) -> str | None:
    told = [step.at for step in steps]
    place = bisect_right(told, at)
    while is_before and place and told[place - 1] == at:
        place -= 1
    return steps[place - 1].state if place else None


def _has(steps: list[Step], at: datetime) -> bool:
    return any(step.at == at for step in steps)


def _between(steps: list[Step], after: datetime, until: datetime) -> bool:
    return any(after < step.at <= until for step in steps)
