"""Pictures and clips as they are kept; every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from store.developed import Developed
from store.media_tables import media, media_job, media_part
from store.tables import event

MAKING, WAITING, PUBLISHED, HIDDEN, REFUSED, WITHDRAWN = STATES = (
    "making", "waiting", "published", "hidden", "refused", "withdrawn",
)  # fmt: skip
PHOTO, CLIP = KINDS = ("photo", "clip")
MOST_OF_AN_EVENT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMedia:
    """A picture or a clip without its pixels; `done_s`, `runner` and `beat_at` while a clip is made."""

    id: str
    event_id: str | None
    organisation_id: str
    account_id: str
    kind: str
    state: str
    reason: str | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    faces: int
    masks: int
    seconds: float | None
    done_s: float | None
    runner: str | None
    beat_at: datetime | None


def get(connection: Connection, media_id: str) -> KeptMedia | None:
    """Return one, None when there is none."""
    return next(iter(_read(connection, media.c.id == media_id)), None)


def of_event(connection: Connection, event_id: str) -> Sequence[KeptMedia]:
    """Return those of an event, oldest first, whatever their state."""
    return _read(connection, media.c.event_id == event_id)


def to_review(connection: Connection) -> Sequence[KeptMedia]:
    """Return those that wait for somebody's eyes, oldest first."""
    return _read(connection, media.c.state.in_((WAITING, HIDDEN)) & media.c.event_id.is_not(None))


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep a new one."""
    connection.execute(insert(media).values(**values))


def change(connection: Connection, media_id: str, states: Collection[str], values: Mapping[str, Any]) -> bool:
    """Change one that is in one of these states; False when it is not, or not any more."""
    which = (media.c.id == media_id) & media.c.state.in_(states)
    return connection.execute(update(media).where(which).values(**values)).rowcount == 1


def join(connection: Connection, ids: Collection[str], event_id: str, organisation_id: str) -> int:
    """Join new pieces of an organisation, or those of an event that was taken back, to an event, at most MOST_OF_AN_EVENT of them; return how many were."""
    have = connection.execute(select(func.count()).where(media.c.event_id == event_id)).scalar_one()
    taken = list(ids)[: max(0, MOST_OF_AN_EVENT - have)]
    # What was joined to an event that its own post took back goes with the form that is published again.
    taken_back = media.c.event_id.in_(select(event.c.id).where(event.c.withdrawn_at.is_not(None)))
    is_free = or_(media.c.event_id.is_(None), taken_back)
    which = media.c.id.in_(taken) & is_free & (media.c.organisation_id == organisation_id)
    return connection.execute(update(media).where(which).values(event_id=event_id)).rowcount


def event_of(connection: Connection, source_id: str, external_id: str) -> str | None:
    """Return the event of a source that has an identifier, None when it is not kept or was withdrawn."""
    which = (event.c.source_id == source_id) & (event.c.external_id == external_id) & event.c.withdrawn_at.is_(None)
    return connection.execute(select(event.c.id).where(which)).scalar()


def is_known(connection: Connection, mark: str) -> bool:
    """Tell whether a partner's picture was taken or refused before."""
    return connection.execute(select(media.c.id).where(media.c.mark == mark).limit(1)).first() is not None


def pixels(connection: Connection, media_id: str, *, is_poster: bool = False) -> Developed | None:
    """Return what is shown of one, None when there is nothing."""
    column = media.c.poster if is_poster else media.c.content
    return connection.execute(select(column).where(media.c.id == media_id)).scalar()


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Delete them with all that is left of their making."""
    forget_making(connection, ids)
    connection.execute(delete(media).where(media.c.id.in_(ids)))


def forget_of_events(connection: Connection, event_ids: Collection[str]) -> None:
    """Delete those of events."""
    forget(connection, connection.execute(select(media.c.id).where(media.c.event_id.in_(event_ids))).scalars().all())


# clips in the making


def begin(connection: Connection, media_id: str, mark: str, runner: str, now: datetime) -> None:
    """Put a clip in the queue."""
    row = {"media_id": media_id, "mark": mark, "runner": runner, "beat_at": now, "done_s": 0.0}
    connection.execute(insert(media_job).values(**row))


def beat(connection: Connection, media_id: str, runner: str, now: datetime, done_s: float | None = None) -> bool:
    """Note that a process works on a clip, and how far it is; False when another one took it, or it is gone."""
    values: dict[str, Any] = {"beat_at": now} | ({} if done_s is None else {"done_s": done_s})
    which = (media_job.c.media_id == media_id) & (media_job.c.runner == runner)
    return connection.execute(update(media_job).where(which).values(**values)).rowcount == 1


def take_over(connection: Connection, media_id: str, runner: str, before: datetime, now: datetime) -> bool:
    """Let a process go on with a clip whose own gave no sign since `before`; False when that one lives."""
    which = (media_job.c.media_id == media_id) & (media_job.c.beat_at < before)
    done = connection.execute(update(media_job).where(which).values(runner=runner, beat_at=now))
    return done.rowcount == 1


def of_mark(connection: Connection, mark: str, organisation_id: str) -> KeptMedia | None:
    """Return the clip of an organisation that was begun from the same file."""
    which = (media_job.c.mark == mark) & (media.c.organisation_id == organisation_id)
    return next(iter(_read(connection, which)), None)


def put_part(connection: Connection, media_id: str, number: int, content: Developed) -> None:
    """Keep a masked second."""
    connection.execute(insert(media_part).values(media_id=media_id, number=number, content=content))


def parts(connection: Connection, media_id: str) -> Sequence[Developed]:
    """Return the masked seconds of a clip in their order."""
    asked = select(media_part.c.content).where(media_part.c.media_id == media_id).order_by(media_part.c.number)
    return list(connection.execute(asked).scalars())


def count_parts(connection: Connection, media_id: str) -> int:
    """Return how many seconds of a clip are masked."""
    return int(connection.execute(select(func.count()).where(media_part.c.media_id == media_id)).scalar_one())


def forget_making(connection: Connection, ids: Collection[str]) -> None:
    """Delete the queue's rows of clips and their seconds."""
    for table in (media_part, media_job):
        connection.execute(delete(table).where(table.c.media_id.in_(ids)))


def _read(connection: Connection, condition: ColumnElement[bool]) -> Sequence[KeptMedia]:
    of_job = ("done_s", "runner", "beat_at")
    names = [name for name in KeptMedia.__dataclass_fields__ if name not in of_job]
    columns = [*(media.c[name] for name in names), *(media_job.c[name] for name in of_job)]
    question = select(*columns).select_from(media.outerjoin(media_job, media_job.c.media_id == media.c.id))
    rows = connection.execute(question.where(condition).order_by(media.c.created_at, media.c.id)).mappings()
    return [KeptMedia(**row) for row in rows]
