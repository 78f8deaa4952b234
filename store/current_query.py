"""Road states, cameras and tallies as one viewer may see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from events.audience import Viewer
from store.database import Database
from store.kept import KeptCamera, KeptRoad, KeptTally
from store.snapshot_current import snapshot_to_camera, snapshot_to_road, snapshot_to_tally
from store.tables import camera, road_state, tally
from store.visibility import visible_to

_CHUNK = 500


def roads(database: Database, *, viewer: Viewer, ids: Collection[str] | None = None) -> tuple[KeptRoad, ...]:
    """Return the states of the road segments, of all or of those named, in order of identifier."""
    rows = _rows(database, select(road_state), road_state, viewer, ids)
    return tuple(KeptRoad(road=snapshot_to_road(row.snapshot.content), **_times(row)) for row in rows)


def cameras(database: Database, *, viewer: Viewer, ids: Collection[str] | None = None) -> tuple[KeptCamera, ...]:
    """Return the cameras of the register, all or those named, in order of identifier."""
    rows = _rows(database, select(camera), camera, viewer, ids)
    return tuple(KeptCamera(camera=snapshot_to_camera(row.snapshot.content), **_times(row)) for row in rows)


def tallies(
    database: Database,
    *,
    viewer: Viewer,
    start: datetime | None = None,
    end: datetime | None = None,
    measures: Collection[str] = (),
    ids: Collection[str] | None = None,
) -> tuple[KeptTally, ...]:
    """Return the tallies whose period meets [start, end], in order of identifier."""
    query = select(tally)
    if start is not None:
        query = query.where(tally.c.until > start)
    if end is not None:
        query = query.where(tally.c.start <= end)
    if measures:
        query = query.where(tally.c.measure.in_(sorted(measures)))
    rows = _rows(database, query, tally, viewer, ids)
    return tuple(KeptTally(tally=snapshot_to_tally(row.snapshot.content), **_times(row)) for row in rows)


def tallies_state(database: Database) -> tuple[int, datetime | None]:
    """Return how many tallies are kept and when one last changed; two answers differ when a tally does."""
    live = select(func.count(), func.max(tally.c.changed_at)).where(tally.c.withdrawn_at.is_(None))
    with database.read() as connection:
        count, changed_at = connection.execute(live).one()
    return int(count), changed_at


def _rows(
    database: Database, query: Select[Any], table: Any, viewer: Viewer, ids: Collection[str] | None
) -> Sequence[Row[Any]]:
    query = query.where(table.c.withdrawn_at.is_(None), visible_to(viewer, table.c.audience)).order_by(table.c.id)
    with database.read() as connection:
        if ids is None:
            return connection.execute(query).all()
        wanted = sorted({str(one) for one in ids})
        parts = (wanted[first : first + _CHUNK] for first in range(0, len(wanted), _CHUNK))
        return [row for part in parts for row in connection.execute(query.where(table.c.id.in_(part)))]


def _times(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "recorded_at", "changed_at", "last_seen_at")}
