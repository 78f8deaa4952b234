"""What the owners of cameras are asked: to renew an authorisation that ends, or is over. The register itself closes what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from events.errors import InvalidRecord
from events.records import Camera
from store.admitted import Cleared
from store.camera_tables import camera_task
from store.database import Database
from store.kept import KeptCamera

ANSWERS = ("renewal-asked", "switched-off", "register-wrong")
RENEWED, WITHDRAWN, OUT_OF_SERVICE = "renewed", "withdrawn", "out-of-service"
ANSWER_WITHIN = timedelta(days=30)  # for an authorisation that was over when it was first seen


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTask:
    """One authorisation to renew: its last day, who owns the camera, what was answered; `closed_for` says what the register did."""

    id: int
    camera_id: str
    organisation_id: str
    until: date
    opened_at: datetime
    due_at: datetime
    answer: str | None
    finding: str | None
    answered_at: datetime | None
    answered_by: str | None
    closed_at: datetime | None
    closed_for: str | None


def settle(
    database: Database, kept: Iterable[KeptCamera], now: datetime, zone: ZoneInfo, notice: timedelta
) -> tuple[CameraTask, ...]:
    """Open a task for each authorisation that is over or ends within `notice`, close those the register answered; return the new.

    A camera that is not in service needs none. Raises StoreUnavailable.
    """
    known = {one.id: one.camera for one in kept}
    last = now.astimezone(zone).date() + notice
    asked = {id_: until for id_, camera in known.items() if (until := _asked(camera, last)) is not None}
    open_now = tasks(database)
    over = [one for one in open_now if asked.get(one.camera_id) != one.until]
    new = sorted(asked.items() - {(one.camera_id, one.until) for one in open_now})
    if not over and not new:
        return ()
    with database.write() as connection:
        for one in over:
            values = {"closed_at": now, "closed_for": _why(known.get(one.camera_id))}
            connection.execute(update(camera_task).where(camera_task.c.id == one.id).values(values))
        return tuple(_open(connection, id_, known[id_].organisation, until, now, zone) for id_, until in new)


def _asked(camera: Camera, last: date) -> date | None:
    until = camera.authorised_until
    return until if camera.is_in_service and until is not None and until <= last else None


def _why(camera: Camera | None) -> str:
    if camera is None:
        return WITHDRAWN
    return RENEWED if camera.is_in_service else OUT_OF_SERVICE


def _open(connection: Connection, id_: str, owner: str, until: date, now: datetime, zone: ZoneInfo) -> CameraTask:
    ends_at = datetime.combine(until + timedelta(days=1), time(), zone)
    values = {
        "camera_id": Cleared(id_), "organisation_id": owner, "until": until.isoformat(), "opened_at": now,
        "due_at": ends_at if ends_at > now else now + ANSWER_WITHIN,
    }  # fmt: skip
    return _task(connection.execute(insert(camera_task).values(values).returning(camera_task)).one())


def tasks(database: Database) -> tuple[CameraTask, ...]:
    """Return the open tasks, those due first."""
    asked = (
        select(camera_task).where(camera_task.c.closed_at.is_(None)).order_by(camera_task.c.due_at, camera_task.c.id)
    )
    with database.read() as connection:
        return tuple(_task(row) for row in connection.execute(asked))


def task(database: Database, number: int) -> CameraTask | None:
    """Return an open task by its number, None when there is none."""
    return next((one for one in tasks(database) if one.id == number), None)


def answer(connection: Connection, number: int, said: Mapping[str, str], by: str, at: datetime) -> None:
    """Keep `answer` and `finding` (words that passed the gate) of an open task, once; raise InvalidRecord otherwise."""
    if said["answer"] not in ANSWERS:
        raise InvalidRecord("there is no such answer")
    of_open = (camera_task.c.id == number, camera_task.c.closed_at.is_(None), camera_task.c.answer.is_(None))
    values = {"answer": said["answer"], "finding": said["finding"], "answered_at": at, "answered_by": by}
    if connection.execute(update(camera_task).where(*of_open).values(values)).rowcount != 1:
        raise InvalidRecord("this task is not open: it was answered, or the register closed it")


def _task(row: Any) -> CameraTask:
    told = {name: getattr(row, name) for name in CameraTask.__dataclass_fields__}
    return CameraTask(**told | {"until": date.fromisoformat(row.until)})
