"""The situation at another moment than now: what a cursor on the timeline shows, by the rules of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.exports.spool import events_for
from api.history import axis_of, roads_told
from api.house import House
from api.parameters import WINDOW_AFTER, WINDOW_BEFORE
from events.audience import Viewer
from events.vocabulary import Phase, TrafficState
from store.kept import EventQuery, KeptEvent
from store.past import phase_at
from store.road_history import RoadPast

Row = dict[str, object]
Spans = Mapping[str, Sequence[tuple[datetime, datetime]]]


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment shown. `edge` is the last one of which something can have been told: now, or what was known at."""

    at: datetime
    edge: datetime

    @property
    def is_past(self) -> bool:
        """Whether it shows what happened, not what is planned."""
        return self.at <= self.edge


def query_at(query: EventQuery, shown: Moment) -> EventQuery:
    """Return the question whose answer holds what the screen shows at a moment: in the past also what was withdrawn since."""
    start = query.start or shown.at - WINDOW_BEFORE
    end = query.end or shown.at + WINDOW_AFTER
    return replace(query, start=start, end=end, now=shown.at, include_withdrawn=shown.is_past)


def roads_at(house: House, viewer: Viewer, query: EventQuery, shown: Moment) -> list[Row]:
    """Return the roads with their states at a moment: as told while their source was heard; ahead, closed by events.

    The same as `roadsThen` and `roadsPlanned` of assets/ob-22-past.js.
    """
    present = [] if query.known_at is not None else house.road_rows(viewer)
    if not shown.is_past:
        return _planned(present, _closed(house, viewer, query.known_at, shown.at))
    found, spans = roads_told(house, viewer, (shown.at, shown.at), query.known_at)
    told = {one.id: _state(one, spans, shown.at) for one in found}
    rows = [{**row, "st": told.get(str(row["id"]), TrafficState.UNKNOWN.value)} for row in present]
    known = {row["id"] for row in present}
    axes = frozenset(axis.id for axis in house.city.axes)
    return rows + [
        _row(one, told[one.id], axes) for one in found if one.id not in known and not _is_gone(one, shown.at)
    ]


def _is_gone(one: RoadPast, at: datetime) -> bool:
    return one.withdrawn_at is not None and at >= one.withdrawn_at


def _state(one: RoadPast, spans: Spans, at: datetime) -> str:
    is_heard = any(first <= at <= last for first, last in spans.get(one.road.source_id, ()))
    before = [state for moment, state in one.states if moment <= at]
    return before[-1] if before and is_heard and not _is_gone(one, at) else TrafficState.UNKNOWN.value


def _row(one: RoadPast, state: str, axes: frozenset[str]) -> Row:
    axis = axis_of(one, axes)
    return {"id": one.id, "ax": axis, "na": one.road.name, "st": state, "g": None if axis else one.road.geometry}


def _closed(house: House, viewer: Viewer, known_at: datetime | None, at: datetime) -> set[str]:
    here: Iterable[KeptEvent] = events_for(house, viewer, EventQuery(start=at, end=at, known_at=known_at, now=at))
    return {
        effect.axis_id
        for kept in here
        if phase_at(kept.periods, kept.event, at) is Phase.ONGOING
        for effect in kept.event.effects
        if effect.axis_id is not None and effect.state is TrafficState.CLOSED
    }


def _planned(present: Sequence[Row], closed: set[str]) -> list[Row]:
    def state(axis: object) -> str:
        return (TrafficState.CLOSED if axis in closed else TrafficState.UNKNOWN).value

    seen = {row["ax"] for row in present}
    rows = [{**row, "st": state(row["ax"])} for row in present]
    return rows + [{"id": axis, "ax": axis, "st": state(axis), "g": None} for axis in sorted(closed - seen)]
