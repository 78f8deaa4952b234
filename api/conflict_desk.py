"""Where conflicts are decided: who may, what the gate says of the reason, and one line of the audit for each act."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.members import Member
from access.roles import Right, Role
from api.answers import JSON, Problem, encode
from api.conflicts import conflict_row
from api.house import House
from api.viewer import member_of
from events.audience import Viewer
from events.errors import AccessDenied, InvalidRecord
from store import readers
from store.conflict_decisions import Decider, decide, tell_measure
from store.conflicts import ConflictState
from store.conflicts_query import ConflictQuery, KeptConflict

PATH = "/agenda/conflits"
MOST_WORDS = 300
MEASURE = "measure"
STATES = {"accept": ConflictState.ACCEPTED, "mitigate": ConflictState.MITIGATED, "reopen": ConflictState.OPEN}


@dataclass(frozen=True)
class ConflictDesk:
    """What the agenda's buttons ask for; errors are keys of the catalogue of texts."""

    house: House
    access: Access

    async def answer(self, request: Request) -> Response:
        """Decide, and answer the conflict as it is then: `{"conflict": …}`, or `{"error": key}`."""
        said = _said(await request.body())
        member = member_of(request)
        if member is None:
            return _json({"error": "conflict.refused.sign_in"}, 401)
        try:
            one = await asyncio.to_thread(self.act, member, said)
        except AccessDenied as error:
            await asyncio.to_thread(self.access.noted.refused, member, "conflict.decide")
            return _json({"error": str(error)}, 403)
        except InvalidRecord as error:
            return _json({"error": str(error)}, 422)
        return _json({"conflict": conflict_row(one, self.house.clock())})

    def act(self, member: Member, said: Mapping[str, object]) -> KeptConflict:
        """Do what a member asks of a conflict; raise AccessDenied or InvalidRecord with a key of the catalogue of texts."""
        conflict_id, what = str(said.get("id", "")), str(said.get("what", ""))
        known = self._seen(member, conflict_id)
        if known is None or not may_decide(member, known):
            # One that is not theirs to see and one that is not theirs to decide answer alike.
            raise AccessDenied("conflict.refused.role")
        by = Decider(organisation=member.home, role=member.role.value, at=self.house.clock())
        reason = self._reason(str(said.get("reason", "")), what)
        with self.house.database.write(is_durable=True) as connection:
            if what == MEASURE:
                is_present = said.get("present") is True
                tell_measure(connection, conflict_id, str(said.get("measure", "")), by, is_present=is_present)
            elif what in STATES:
                decide(connection, conflict_id, STATES[what], reason, by)
            else:
                raise InvalidRecord("conflict.refused.what")
            self.access.audit.note_in(connection, member, f"conflict.{what}", conflict_id)
        self.house.obey()
        now = self._seen(member, conflict_id)
        if now is None:
            raise InvalidRecord("conflict.refused.unknown")
        return now

    def _seen(self, viewer: Viewer, conflict_id: str) -> KeptConflict | None:
        query = ConflictQuery(id=conflict_id, states=tuple(ConflictState))
        return next(iter(readers.conflicts(self.house.database, viewer=viewer, query=query)), None)

    def _reason(self, told: str, what: str) -> str | None:
        words = told.strip()
        if not words:
            if what == "accept":
                raise InvalidRecord("conflict.refused.reason")
            return None
        if len(words) > MOST_WORDS:
            raise InvalidRecord("conflict.refused.long")
        try:
            return self.house.clear(words)
        except InvalidRecord:
            raise InvalidRecord("conflict.refused.words") from None


def may_decide(viewer: Viewer, one: KeptConflict) -> bool:
    """Tell whether this viewer decides of a conflict: a contributor of those of their own organisation's events only."""
    if not isinstance(viewer, Member) or not viewer.may(Right.DECIDE_CONFLICTS):
        return False
    sides = {one.owner} | ({one.b.organisation} if one.b is not None else set())
    return viewer.role is not Role.CONTRIBUTOR or viewer.home in sides


def _said(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Problem(400, "the body is not JSON; nothing was done") from error
    if not isinstance(said, dict):
        raise Problem(400, "the body is not a JSON object; nothing was done")
    return said


def _json(content: object, status: int = 200) -> Response:
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})
