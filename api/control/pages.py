"""`/controle`: the control's reports and what is answered to them, for supervisors and administrators; every act is in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.members import Member
from access.roles import RIGHTS, Right
from api.account.pages import back, moment, page, read_form, speaks
from api.answers import Problem
from api.control.making import Controls
from api.house import House
from api.parameters import check_keys, read_whole
from api.viewer import require
from components.control_names import Names, flag_told
from components.control_panels import panels
from components.formats import clock_time, short_day
from components.texts import Words
from events.errors import InvalidRecord
from insight.control import is_drawn
from store import control_reports
from store.control_reports import DECISIONS, FIRST_OWNER, KeptReport, Review, flags_of

PATH = "/controle"
DONE = {"rapport": "control.made", "reponse": "control.answered", "charge": "control.taken"}
ANSWERED_SHOWN = 50


@dataclass(frozen=True)
class ControlPages:
    """The page, and what its forms do."""

    house: House
    access: Access
    controls: Controls

    async def show(self, request: Request) -> Response:
        """Draw the last report, or the one asked for by its number."""
        require(request.scope, Right.CONTROL)
        return await self._show(request)

    async def make(self, request: Request) -> Response:
        """Make a report of the weeks before now; it is kept, not published."""
        member = require(request.scope, Right.CONTROL)
        await asyncio.to_thread(self.controls.make)
        await asyncio.to_thread(self.access.audit.note, member, "control.make")
        return back(PATH, "rapport")

    async def take(self, request: Request) -> Response:
        """Make the post that asks the owner of a review."""
        return await self._act(request, "charge", self._take)

    async def answer(self, request: Request) -> Response:
        """Keep finding and decision of a review, once."""
        return await self._act(request, "reponse", self._answer)

    async def _act(self, request: Request, done: str, does: Any) -> Response:
        member, form = require(request.scope, Right.CONTROL), await read_form(request)
        try:
            await asyncio.to_thread(does, member, form)
        except InvalidRecord as error:
            return await self._show(request, str(error))
        return back(PATH, done, "ecarts")

    def _take(self, member: Member, form: Mapping[str, str]) -> None:
        number = _number(form)
        with self.house.database.write(is_durable=True) as connection:
            control_reports.take_over(connection, number, member.who)
            self.access.audit.note_in(connection, member, "control.take", str(number))

    def _answer(self, member: Member, form: Mapping[str, str]) -> None:
        number, finding = _number(form), self.house.clear(form.get("finding", ""))
        with self.house.database.write(is_durable=True) as connection:
            decision, now = form.get("decision", ""), self.house.clock()
            control_reports.decide(connection, number, finding, decision, member.who, now)
            self.access.audit.note_in(connection, member, "control.answer", str(number))

    async def _show(self, request: Request, problem: str = "") -> Response:
        speak = speaks(request)
        asked = check_keys(request, ("rapport", "fait", "lang", "theme"))
        values = await asyncio.to_thread(self._values, speak, read_whole(asked, "rapport", 1, 2**53))
        done = DONE.get(asked.get("fait", ""), "")
        return await page(
            request, self.access, "control", speak("control.title"), status=400 if problem else 200,
            done=speak(done) if done and not problem else "", problem=speak("control.problem") if problem else "",
            detail=problem, decisions=[(one, speak(f"control.decision.{one}")) for one in DECISIONS], **values,
        )  # fmt: skip

    def _values(self, speak: Words, number: int | None) -> dict[str, Any]:
        database, names = self.house.database, names_of(self.house, speak)
        known = control_reports.reports(database)
        chosen = (
            known[0]
            if known and number is None
            else None
            if number is None
            else control_reports.report(database, number)
        )
        if number is not None and chosen is None:
            raise Problem(404, "there is no control report of this number")
        waiting = control_reports.reviews(database, is_open=True)
        answered = sorted(
            control_reports.reviews(database, is_open=False),
            key=lambda one: one.decided_at or one.opened_at,
            reverse=True,
        )[:ANSWERED_SHOWN]
        return {
            "open": [self._review(one, names) for one in waiting],
            "answered": [self._review(one, names) for one in answered],
            "reports": [self._report(one, speak) for one in known],
            "report": None if chosen is None else self._report(chosen, speak),
            "flags": [] if chosen is None else [flag_told(one, names) for one in flags_of(chosen.content)],
            "panels": []
            if chosen is None or not is_drawn(chosen.content["version"])
            else panels(chosen.content, names),
        }

    def _report(self, one: KeptReport, speak: Words) -> dict[str, Any]:
        content = one.content
        how = speak("control.report_monthly", month=one.month) if one.month else speak("control.report_asked")
        return {
            "older": "" if is_drawn(content["version"]) else speak("control.older", n=content["version"]),
            "id": one.id, "title": speak("control.report_of", id=one.id, time=moment(one.made_at, self.house)), "how": how,
            "span": span_told(content, self.house, speak, one.sha256), "flags": len(flags_of(content)),
        }  # fmt: skip

    def _review(self, one: Review, names: Names) -> dict[str, Any]:
        speak, is_late = names.speak, one.decision is None and one.due_at < self.house.clock()
        return {
            "id": one.id, "told": review_told(one, names), "owner": owner_told(one.owner_id, speak), "is_late": is_late,
            "opened": speak("control.opened", date=day(one.opened_at, self.house, speak)),
            "due": speak("control.overdue" if is_late else "control.due", date=day(one.due_at, self.house, speak)),
            "finding": one.finding or "", "answer": answer_told(one, self.house, speak),
        }  # fmt: skip


def posted(pages: ControlPages) -> dict[str, Any]:
    """Return what answers each form."""
    return {f"{PATH}/calculer": pages.make, f"{PATH}/prendre": pages.take, f"{PATH}/repondre": pages.answer}


def who_may() -> tuple[str, ...]:
    """Return the roles that control: the page says who answers."""
    return tuple(role.value for role, rights in RIGHTS.items() if Right.CONTROL in rights)


def names_of(house: House, speak: Words) -> Names:
    """Return how districts and organisations are called in a language."""
    districts = {one.code: one.short for one in house.city.districts}
    return Names(districts, {one.id: one.name_in(speak.lang) for one in house.said.organisation}, speak)


def review_told(one: Review, names: Names) -> str:
    """Return what a review is about as a sentence."""
    flag = {
        "measure": one.measure, "district": one.district, "organisation": one.organisation_id, "role": one.role,
        "ratio": [one.ratio, one.low, one.high],
    }  # fmt: skip
    return flag_told(flag, names)


def owner_told(owner_id: str, speak: Words) -> str:
    """Return who answers: a function until a post takes it over."""
    return speak("control.owner.dpo") if owner_id == FIRST_OWNER else owner_id


def answer_told(one: Review, house: House, speak: Words) -> str:
    """Return what was decided, "" while it is open."""
    if one.decision is None or one.decided_at is None:
        return ""
    decided = speak(f"control.decision.{one.decision}")
    return speak("control.decided", decision=decided, date=day(one.decided_at, house, speak), who=one.decided_by)


def span_told(content: Mapping[str, Any], house: House, speak: Words, sha256: str) -> str:
    """Return what a report looked at, and its mark."""
    start, end = (datetime.fromisoformat(content[name]) for name in ("start", "end"))
    return speak(
        "control.span", start=day(start, house, speak), end=f"{day(end, house, speak)}, {clock_time(end, house.zone)}",
        weeks=content["window_weeks"], before=content["baseline_weeks"], mark=sha256[:12],
    )  # fmt: skip


def day(at: datetime, house: House, speak: Words) -> str:
    """Return a day on the city's clock with its year."""
    return f"{short_day(at, house.zone, speak)} {at.astimezone(house.zone):%Y}"


def _number(form: Mapping[str, str]) -> int:
    text = form.get("id", "")
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise InvalidRecord("a review is named by its number")
    return int(text)
