"""Cameras beside a selected demonstration: for a role that has the right, with a typed purpose; the reading is in the audit."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from sqlalchemy import insert
from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.members import Member
from access.roles import Right
from api.answers import JSON, Problem, encode
from api.features import camera_feature, collection
from api.house import House
from api.reading import read_event
from api.viewer import require
from events.errors import InvalidRecord
from events.taxonomy import categories
from store import readers
from store.camera_tables import camera_purpose

PATH = "/cameras/finalite"
FAMILY = "rass"
"""The family of gatherings: demonstrations, declared or not, and ceremonies."""
LEAST, MOST = 10, 200
ACTION = "cameras.beside"


@dataclass(frozen=True)
class CameraPurpose:
    """What opens the layer of cameras beside one demonstration, once."""

    house: House
    access: Access

    async def answer(self, request: Request) -> Response:
        """Answer `POST /cameras/finalite` {event, purpose}: the cameras this member may see, as `GET /api/cameras`.

        403 without the right, 404 for an event that is not theirs to see, 422 with a key of the catalogue for a purpose that
        is missing, too long, or names somebody; then nothing is shown and nothing kept.
        """
        member = require(request.scope, Right.CAMERA_PURPOSE)
        event_id, purpose = _said(await request.body())
        kept = await asyncio.to_thread(read_event, self.house, member, event_id)
        if kept is None:
            raise Problem(404, "there is no such event, or it is not for you to see", "event")
        if categories()[kept.event.category].family != FAMILY:
            raise Problem(400, "cameras beside this event need no purpose: take /api/cameras", "event")
        if len(purpose) < LEAST or len(purpose) > MOST:
            return _refused("cam.purpose.short" if len(purpose) < LEAST else "cam.purpose.long")
        try:
            await asyncio.to_thread(self._keep, member, event_id, purpose)
        except InvalidRecord:
            return _refused("cam.purpose.gate")
        found = await asyncio.to_thread(readers.cameras, self.house.database, viewer=member)
        return _json(collection([camera_feature(one) for one in found]))

    def _keep(self, member: Member, event_id: str, purpose: str) -> None:
        """Keep the purpose and its line of the audit together; raise InvalidRecord for words that name somebody."""
        cleared = self.house.clear(purpose)
        values = {"at": self.house.clock(), "who": member.who, "event_id": event_id, "purpose": cleared}
        with self.house.database.write(is_durable=True) as connection:
            connection.execute(insert(camera_purpose).values(**values))
            self.access.audit.note_in(connection, member, ACTION, event_id)


def _said(body: bytes) -> tuple[str, str]:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Problem(400, "the body is not JSON; nothing was done") from error
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("event", "purpose")):
        raise Problem(400, "the body is {event, purpose}, both texts; nothing was done")
    return said["event"], " ".join(said["purpose"].split())


def _refused(key: str) -> Response:
    return _json({"error": key}, 422)


def _json(content: object, status: int = 200) -> Response:
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})
