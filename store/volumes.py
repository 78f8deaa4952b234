"""How much is held of each kind, and what the controls did: counts only, for the page that is open to everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, case, func, literal, select

from events.audience import ANONYMOUS
from store.access_tables import account, audit
from store.columns import Moment
from store.control_rows import NOT_SHOWN, STOPPED
from store.database import Database
from store.media_tables import media
from store.poll_tables import poll_run
from store.tables import camera, event, road_state, tally
from store.visibility import visible_to

TABLES: Mapping[str, Table] = {
    "event": event,
    "road_state": road_state,
    "camera": camera,
    "tally": tally,
    "media": media,
    "run": poll_run,
    "account": account,
    "audit": audit,
}
OF_PUBLIC = frozenset(kind for kind, table in TABLES.items() if "audience" in table.c)
"""The kinds of which `volumes` counts the public ones only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the controls did since a moment: texts withheld, records refused, polls, and audit lines by action."""

    texts_withheld: int
    records_refused: int
    runs: int
    actions: Mapping[str, int]


def volumes(database: Database) -> dict[str, int]:
    """Return how many rows are held of each kind, of records the public ones: who counts those knows nothing of the others."""
    counts = {kind: select(func.count()).select_from(table) for kind, table in TABLES.items()}
    with database.read() as connection:
        return {
            kind: int(
                connection.execute(
                    asked.where(visible_to(ANONYMOUS, table.c.audience)) if kind in OF_PUBLIC else asked
                ).scalar_one()
            )
            for (kind, asked), table in zip(counts.items(), TABLES.values(), strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRuns:
    """What one version of the text gate read: since when, in how many readings, how many texts it withheld."""

    gate: str
    since: datetime
    runs: int
    texts_withheld: int


def gates(database: Database) -> tuple[GateRuns, ...]:
    """Return the versions of the gate that read the runs that are kept, newest first."""
    since = func.min(poll_run.c.started_at, type_=Moment())
    asked = (
        select(
            poll_run.c.gate,
            since.label("since"),
            func.count().label("runs"),
            func.sum(poll_run.c.text_withheld).label("texts"),
        )
        .where(poll_run.c.gate.is_not(None))
        .group_by(poll_run.c.gate)
        .order_by(since.desc())
    )
    with database.read() as connection:
        return tuple(
            GateRuns(gate=str(row.gate), since=row.since, runs=int(row.runs), texts_withheld=int(row.texts or 0))
            for row in connection.execute(asked)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaGateRuns:
    """What one version of the media gate looked at, of what is still kept; `gate` None: before versions were kept."""

    gate: str | None
    since: datetime
    sent: int
    faces: int
    masks: int
    refused: int


def media_gates(database: Database) -> tuple[MediaGateRuns, ...]:
    """Return the versions of the media gate that looked at the pictures and clips that are kept, newest first."""
    since = func.min(media.c.created_at, type_=Moment()).label("since")
    counts = [one.label(name) for name, one in _of_media().items()]
    asked = select(media.c.gate, since, *counts).group_by(media.c.gate).order_by(since.desc())
    with database.read() as connection:
        return tuple(
            MediaGateRuns(
                gate=row.gate, since=row.since, sent=row.sent, faces=row.faces, masks=row.masks, refused=row.refused
            )
            for row in connection.execute(asked)
        )


def media_done(database: Database, since: datetime, until: datetime) -> dict[str, int]:
    """Return what came to the media gate in a span: `sent`, `faces`, `masks`, `refused` by a review or taken back, `stopped` by the gate."""
    counts = select(*(one.label(name) for name, one in _of_media().items()))
    stops = select(func.count()).where(audit.c.action == STOPPED, audit.c.at >= since, audit.c.at < until)
    with database.read() as connection:
        row = connection.execute(counts.where(media.c.created_at >= since, media.c.created_at < until)).mappings().one()
        stopped = int(connection.execute(stops).scalar_one())
    return {**{name: int(value) for name, value in row.items()}, "stopped": stopped}


def _of_media() -> dict[str, ColumnElement[int]]:
    zero = literal(0)
    return {
        "sent": func.count(),
        "faces": func.coalesce(func.sum(media.c.faces), zero),
        "masks": func.coalesce(func.sum(media.c.masks), zero),
        "refused": func.coalesce(func.sum(case((media.c.state.in_(NOT_SHOWN), 1), else_=0)), zero),
    }


def controls(database: Database, since: datetime) -> Controls:
    """Return what the controls did since a moment."""
    sums = select(func.sum(poll_run.c.text_withheld), func.sum(poll_run.c.rejected), func.count())
    actions = select(audit.c.action, func.count()).where(audit.c.at >= since).group_by(audit.c.action)
    with database.read() as connection:
        texts, records, runs = connection.execute(sums.where(poll_run.c.started_at >= since)).one()
        by_action = {str(action): int(count) for action, count in connection.execute(actions)}
    return Controls(texts_withheld=texts or 0, records_refused=records or 0, runs=runs, actions=by_action)
