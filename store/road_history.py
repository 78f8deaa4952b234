"""Which states roads took during a span, and when their sources were heard: the past of the road axes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, FromClause, case, select

from events.audience import Viewer
from events.records import RoadState
from store.database import Database
from store.poll_tables import poll_run
from store.snapshot_current import snapshot_to_road
from store.tables import road_state, road_state_history
from store.visibility import visible_to

_BAD = ("failed", "degraded")  # answers that vouch for no state
_IMPORTED = "imported"
_LATE = timedelta(days=1)
"""How much later than it was observed a state may be told and still be shown where it belongs."""


def heard_at() -> ColumnElement[datetime]:
    """Return when a run of `poll_run` heard its source: an imported document at its own time; NULL for a bad answer."""
    run = poll_run.c
    is_good_import = (run.verdict == _IMPORTED) & run.reason.is_(None)
    return case((is_good_import, run.published_at), (run.verdict.not_in((*_BAD, _IMPORTED)), run.finished_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPast:
    """One road during a span: `states` holds (moment, state) in order of time, the first of them may be before the span.

    The moment is the publisher's, else that of our record. `withdrawn_at` is when its source stopped naming it.
    """

    id: str
    road: RoadState
    states: tuple[tuple[datetime, str], ...]
    withdrawn_at: datetime | None


def road_past(
    database: Database, *, viewer: Viewer, start: datetime, end: datetime, known_at: datetime | None = None
) -> tuple[RoadPast, ...]:
    """Return the roads that a viewer may see with the states they took during [start, end], in order of identifier.

    With `known_at` only what was recorded by then. A road that told nothing until `end` is left out.
    """
    with database.read() as connection:
        told = _told(connection, start, end, known_at)
        query = select(road_state).where(visible_to(viewer, road_state.c.audience)).order_by(road_state.c.id)
        return tuple(
            RoadPast(
                id=row.id,
                road=snapshot_to_road(row.snapshot.content),
                states=tuple(sorted(told[row.id], key=itemgetter(0))),
                withdrawn_at=row.withdrawn_at,
            )
            for row in connection.execute(query)
            if row.id in told
        )


def _told(
    connection: Connection, start: datetime, end: datetime, known_at: datetime | None
) -> dict[str, list[tuple[datetime, str]]]:
    history, earlier = road_state_history, road_state_history.alias("earlier")
    # Asked road by road: the index on both is read at one place each, not through all that was ever told.
    last = (
        select(earlier.c.id)
        .where(earlier.c.road_id == road_state.c.id, earlier.c.at <= start)
        .where(*_known(earlier, known_at))
        .order_by(earlier.c.at.desc(), earlier.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told: dict[str, list[tuple[datetime, str]]] = {}
    columns = (history.c.road_id, history.c.state, history.c.observed_at, history.c.at)
    for asked in (
        select(*columns).where(history.c.id.in_(select(last).select_from(road_state))),
        select(*columns).where(history.c.at > start, history.c.at <= end + _LATE, *_known(history, known_at)),
    ):
        for row in connection.execute(asked.order_by(history.c.at, history.c.id)):
            moment = row.observed_at or row.at
            if moment <= end:
                told.setdefault(row.road_id, []).append((moment, row.state))
    return told


def _known(history: FromClause, known_at: datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [history.c.recorded_at <= known_at]


def heard(
    database: Database,
    *,
    start: datetime,
    end: datetime,
    vouches_for: dict[str, timedelta],
    known_at: datetime | None = None,
) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return per source the spans during which its last good answer was young enough to vouch for what it told.

    `vouches_for` names the sources and for how long one answer of each holds. With `known_at` only answers of until then.
    """
    spans: dict[str, list[tuple[datetime, datetime]]] = {name: [] for name in vouches_for}
    earliest = start - max(vouches_for.values(), default=timedelta())
    moment = heard_at().label("at")
    query = (
        select(poll_run.c.source_id, moment)
        .where(
            poll_run.c.source_id.in_(sorted(vouches_for)),
            poll_run.c.finished_at >= earliest,  # an import comes after the time it tells of
            moment >= earliest,
            moment <= end,
        )
        .order_by(poll_run.c.source_id, moment)
    )
    if known_at is not None:
        query = query.where(poll_run.c.finished_at <= known_at)
    with database.read() as connection:
        for source_id, at in connection.execute(query):
            known, until = spans[source_id], at + vouches_for[source_id]
            if known and at <= known[-1][1]:
                known[-1] = (known[-1][0], until)
            else:
                known.append((at, until))
    return spans
