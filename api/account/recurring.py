"""The part of `/compte` for reports that come again: ask for one, pause, delete, take the copies that were made."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.members import Member
from access.recurring import Copy, Recurring, RecurringReports, next_due
from access.roles import Right
from access.saved_views import SavedViews, filters_of
from api.account.pages import back, moment, read_form, speaks
from api.answers import Problem
from api.house import House
from api.viewer import NotAllowed, member_of
from components.analysis_panels import weekdays
from components.boot import LANGUAGES
from events.errors import AccessDenied, InvalidRecord

PATH = "/compte/rapports"
ANCHOR = "rapports"
GIVEN = "vue"
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class RecurringPages:
    """The reports of one's own account; `show` draws the page of the account with a problem (a key of the texts)."""

    house: House
    access: Access
    show: Callable[[Request, str], Awaitable[Response]] | None = None

    async def answer(self, request: Request) -> Response:
        """Do what a form asks and lead back; a refusal is said on the page."""
        assert self.show is not None
        member = await self._own(request)
        form = await read_form(request)
        try:
            done = await asyncio.to_thread(self._do, member, form)
        except InvalidRecord as error:
            return await self.show(request, str(error))
        return back("/compte", done, ANCHOR)

    async def content(self, request: Request) -> Response:
        """Answer `GET /compte/rapports/{id}.pdf`: a copy of one's own."""
        member = await self._own(request)
        copy_id = str(request.path_params["id"])
        found = await asyncio.to_thread(self.kept.content, member, copy_id)
        if found is None:
            raise Problem(404, "there is no such report of yours, or it is no longer kept")
        await asyncio.to_thread(self.access.audit.note, member, "export.recurring.read", copy_id)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{self.house.city.id}-{copy_id[:8]}.pdf"',
        }
        return Response(bytes(found), media_type="application/pdf", headers=headers)

    @property
    def kept(self) -> RecurringReports:
        """The reports of the installation."""
        return RecurringReports(self.house.database, self.house.clear, self.house.clock)

    def facts(self, member: Member, request: Request) -> dict[str, Any]:
        """Return what the page shows of them; `given` is the view that somebody came from."""
        copies = self.kept.copies(member)
        house = self.house
        views = SavedViews(house.database, house.clear, house.clock).of(member)
        given = request.query_params.get(GIVEN, "")[:600]
        return {
            "may_recur": member.may(Right.EXPORT),
            "recurring": [self._shown(one, copies.get(one.id, ())) for one in self.kept.of(member)],
            "views": [("", None), *([("given", None)] if given else []), *((one.id, one.name) for one in views)],
            "given": given,
            "weekdays": weekdays(speaks(request)),
            "has_box": house.mail is not None and member.home in house.mail.mailboxes,
        }

    def _shown(self, one: Recurring, copies: tuple[Copy, ...]) -> Mapping[str, Any]:
        now, zone = self.house.clock(), self.house.zone
        return {
            "id": one.id, "title": one.title, "kind": one.kind, "lang": one.lang, "weekday": one.weekday,
            "time": f"{one.minute // 60:02}:{one.minute % 60:02}", "is_sent": one.is_sent, "is_paused": one.paused_at is not None,
            "next": "" if one.paused_at else moment(next_due(one.weekday, one.minute, now, zone), self.house),
            "copies": [
                {"id": copy.id, "at": moment(copy.made_at or copy.due_at, self.house), "state": copy.state,
                 "reason": copy.reason, "has_content": copy.has_content}
                for copy in copies
            ],
        }  # fmt: skip

    def _do(self, member: Member, form: Mapping[str, str]) -> str:
        what, report_id = form.get("what", ""), form.get("id", "")
        if what == "create":
            if not member.may(Right.EXPORT):
                raise NotAllowed(Right.EXPORT)
            report_id = self.kept.keep(member, self._read(member, form))
        elif what in ("pause", "resume", "delete"):
            try:
                {"pause": self.kept.pause, "resume": self.kept.resume, "delete": self.kept.drop}[what](
                    member, report_id
                )
            except InvalidRecord:
                self.access.noted.refused(member, f"recurring.{what}")
                raise
        else:
            raise InvalidRecord("recurring.wrong")
        self.access.audit.note(member, f"recurring.{what}", report_id)
        return f"recurring.done.{what}"

    def _read(self, member: Member, form: Mapping[str, str]) -> Recurring:
        told, day = _TIME.fullmatch(form.get("time", "")), form.get("day", "")
        if told is None or day not in ("", *"0123456") or form.get("lang") not in LANGUAGES:
            raise InvalidRecord("recurring.wrong")
        return Recurring(
            title=form.get("title", ""), query=self._query(member, form), kind=form.get("kind", ""), lang=form["lang"],
            weekday=int(day) if day else None, minute=int(told.group(1)) * 60 + int(told.group(2)),
            is_sent=form.get("send") == "1",
        )  # fmt: skip

    def _query(self, member: Member, form: Mapping[str, str]) -> str:
        """Return the filters of the chosen view: one that is shared with the member, the one they came from, or none."""
        chosen = form.get("view", "")
        if chosen == "given":
            return filters_of(form.get("given", ""))
        if not chosen:
            return ""
        views = SavedViews(self.house.database, self.house.clear, self.house.clock).of(member)
        found = next((one.query for one in views if one.id == chosen), None)
        if found is None:
            raise InvalidRecord("view.saved.unknown")
        return found

    async def _own(self, request: Request) -> Member:
        member = member_of(request)
        if member is None or self.access.accounts_of(member) is None:
            await asyncio.to_thread(self.access.noted.refused, member, "recurring.change")
            raise AccessDenied("sign-in is required")
        return member
