"""`/pieces`: the pictures and clips that wait for a second pair of eyes, each beside what it was looked at for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from access.members import Member
from access.roles import Right
from api.account.pages import back, moment, page, read_form, speaks
from api.house import EVERYTHING, House
from api.media.desk import REASONS, MediaDesk
from api.parameters import check_keys
from api.viewer import require
from components.texts import Words
from events.errors import InvalidRecord
from privacy.media.boxes import read_boxes
from privacy.media.refusals import Refused
from store import readers
from store.media import CLIP, HIDDEN, KeptMedia

PATH = "/pieces"
SCRIPTS = ("ob-7a-zones.js", "ob-7d-review.js")
STYLES = ("20-contribution.css", "21-pieces.css")
_DONE = ("publier", "refuser", "masquer")


@dataclass(frozen=True)
class Review:
    """The page and what its forms are posted to."""

    house: House
    desk: MediaDesk

    async def show(self, request: Request) -> Response:
        """Draw what waits; 403 for who reviews nothing."""
        member, speak = require(request.scope, Right.MODERATE), speaks(request)
        asked = check_keys(request, ("fait", "refus", "lang", "theme"))
        waiting = await asyncio.to_thread(self.desk.to_review, member)
        told = [await asyncio.to_thread(self._told, one, member, speak) for one in waiting]
        done = asked.get("fait", "")
        refused = asked.get("refus", "")
        return await page(
            request, self.desk.access, "pieces", speak("media.review.title"), pieces=told,
            done=speak(f"media.done.{done}") if done in _DONE else "",
            problem=speak(f"media.refused.{refused}") if refused in ("busy", "away", "broken", "slow") else "",
            reasons=[(one, speak(f"media.reason.{one}")) for one in REASONS], scripts=SCRIPTS, more_styles=STYLES,
        )  # fmt: skip

    async def publish(self, request: Request) -> Response:
        """Let one be seen."""
        member, media_id = require(request.scope, Right.MODERATE), request.path_params["id"]
        form = await read_form(request)
        if form.get("vu") != "1":
            raise InvalidRecord("nothing was published: say that you looked at the whole of it")
        await asyncio.to_thread(self.desk.publish, member, media_id)
        return back(PATH, "publier")

    async def refuse(self, request: Request) -> Response:
        """Refuse one."""
        member, form = require(request.scope, Right.MODERATE), await read_form(request)
        await asyncio.to_thread(self.desk.refuse, member, request.path_params["id"], form.get("motif", ""))
        return back(PATH, "refuser")

    async def mask(self, request: Request) -> Response:
        """Mask more of a photo."""
        member, form = require(request.scope, Right.MODERATE), await read_form(request)
        media_id = request.path_params["id"]
        try:
            boxes = read_boxes(orjson.loads(form.get("zones") or "[]"))
            await asyncio.to_thread(self.desk.mask_more, member, media_id, boxes)
        except orjson.JSONDecodeError:
            raise InvalidRecord("zones are JSON: a list of [x, y, width, height]") from None
        except Refused as refused:
            return Response(status_code=303, headers={"Location": f"{PATH}?refus={refused.reason}"})
        return back(PATH, "masquer", f"piece-{media_id}")

    def posted(self) -> Mapping[str, Callable[[Request], Awaitable[Response]]]:
        """Return the addresses of its forms."""
        return {
            f"{PATH}/{{id}}/publier": self.publish,
            f"{PATH}/{{id}}/refuser": self.refuse,
            f"{PATH}/{{id}}/zones": self.mask,
        }

    def _told(self, one: KeptMedia, member: Member, speak: Words) -> Mapping[str, object]:
        event = readers.event(self.house.database, one.event_id or "", viewer=EVERYTHING)
        names = {item.id: item.name_in(speak.lang) for item in self.house.said.organisation}
        return {
            "id": one.id,
            "is_clip": one.kind == CLIP,
            "title": "" if event is None else f"EV-{event.number} {event.event.headline}",
            "event": one.event_id,
            "organisation": names.get(one.organisation_id, one.organisation_id),
            "at": moment(one.created_at, self.house),
            "faces": speak.count("media.faces", one.faces),
            "seconds": round(one.seconds or 0),
            "is_reported": one.state == HIDDEN,
            "is_own": one.account_id == member.who,
        }
