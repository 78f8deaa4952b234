"""How long roads were in each state: sums over the thin history of changes, made by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, case, cast, extract, func, literal, select, tuple_

from events.audience import Viewer
from store.database import Database
from store.snapshot_current import snapshot_to_road
from store.tables import road_state, road_state_history
from store.visibility import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadTime:
    """How many seconds a road segment was in a state; `axis_id` is the city's axis it lies on, None for none."""

    road_id: str
    axis_id: str | None
    state: str
    seconds: float


def road_times(database: Database, *, viewer: Viewer, start: datetime, end: datetime) -> tuple[RoadTime, ...]:
    """Return the time per segment and state in [start, end[, of the roads this viewer may see.

    A state lasts from the run that told it to the next one, to the withdrawal of the segment, or to `end`: ask for the past
    only. Before the first state nothing is counted.
    """
    history = road_state_history
    before = (
        select(history.c.road_id, func.max(history.c.at).label("at"))
        .where(history.c.at < start)
        .group_by(history.c.road_id)
        .subquery()
    )
    is_inside = (history.c.at >= start) & (history.c.at < end)
    is_last_before = tuple_(history.c.road_id, history.c.at).in_(select(before.c.road_id, before.c.at))
    following = func.lead(history.c.at).over(partition_by=history.c.road_id, order_by=(history.c.at, history.c.id))
    spells = (
        select(history.c.road_id, history.c.state, history.c.at, following.label("next"))
        .where(is_inside | is_last_before)
        .subquery()
    )
    moment = history.c.at.type
    first, last = literal(start, moment), literal(end, moment)
    closing = func.coalesce(spells.c.next, road_state.c.withdrawn_at, last)
    begins = case((spells.c.at < first, first), else_=spells.c.at)
    ends = case((closing > last, last), else_=closing)
    with database.read() as connection:
        seconds = func.sum(_seconds(ends, connection.dialect.name) - _seconds(begins, connection.dialect.name))
        asked = (
            select(spells.c.road_id, spells.c.state, seconds.label("seconds"))
            .join(road_state, road_state.c.id == spells.c.road_id)
            .where(visible_to(viewer, road_state.c.audience), ends > begins)
            .group_by(spells.c.road_id, spells.c.state)
            .order_by(spells.c.road_id, spells.c.state)
        )
        rows = connection.execute(asked).all()
        kept = select(road_state.c.id, road_state.c.snapshot).where(visible_to(viewer, road_state.c.audience))
        axes = {row.id: snapshot_to_road(row.snapshot.content).axis_id for row in connection.execute(kept)}
    return tuple(
        RoadTime(road_id=row.road_id, axis_id=axes.get(row.road_id), state=row.state, seconds=float(row.seconds))
        for row in rows
    )


def _seconds(moment: ColumnElement[Any], dialect: str) -> ColumnElement[float]:
    """Return a moment as seconds; SQLite keeps moments as texts."""
    if dialect == "sqlite":
        return func.julianday(moment) * literal(86400.0)
    return cast(extract("epoch", moment), Float)
