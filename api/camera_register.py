"""`/cameras`: the register of cameras and what they cover, as a page and as a table; members read every field, a visitor the public ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from access.members import Member
from access.roles import Right
from api.account.pages import back, read_form
from api.answers import Problem, pack, packed_answer
from api.camera_fields import PUBLIC, STAFF, cell, heads_of, state_of, today_of, values_of
from api.camera_tasks import answers, keep_answer, told
from api.exports.asked import who_asks
from api.failure_page import language_in
from api.house import House
from api.parameters import check_keys
from api.source_tables import table_answer
from api.viewer import member_of, require, viewer_of
from components.clear import Card
from components.control_cells import nearly
from components.documents import draw
from components.formats import number
from components.reasons import say_reason
from components.texts import Words, words
from events.audience import AudienceLevel, Viewer
from events.errors import InvalidRecord
from insight.coverage import ASSUMED_OPENING_DEG, Covered, axis_km, covered
from store import readers
from store.kept import KeptCamera

PATH, TABLE = "/cameras", "/cameras.csv"
_NONE, _DONE = "–", "reponse"
_KEPT_COVERAGES = 8  # of different sets of cameras: one for each audience


@dataclass(frozen=True)
class CameraRegister:
    """The register of one city; what a set of cameras covers is computed once for all who see that set."""

    house: House
    _covered: dict[tuple[tuple[str, datetime], ...], Mapping[str, Covered]] = field(default_factory=dict, repr=False)

    @cached_property
    def axis_km(self) -> Mapping[str, float]:
        """The kilometres of axis in each district; a city's axes stay where they are."""
        return axis_km(self.house.city)

    async def answer(self, request: Request) -> Response:
        """Answer `GET /cameras`: coverage by district, authorisations that are over, and every camera this viewer may see."""
        asked = check_keys(request, ("lang", "theme", "fait"))
        viewer, lang, member = viewer_of(request), language_in(request.scope), member_of(request)
        if self.house.access is not None and member is not None:
            await asyncio.to_thread(self._note_restricted, viewer)
        who, done = "" if member is None else member.who, asked.get("fait", "") == _DONE
        body = await asyncio.to_thread(self.drawn, viewer, lang, who, done=done)
        return Response(body, media_type="text/html", headers={"Cache-Control": "no-store"})

    async def answer_task(self, request: Request) -> Response:
        """Answer `POST /cameras/tache` {id, answer, finding}: 303 back to the page, 403 for a task of others, 400 with why on the page."""
        member, form = require(request.scope, Right.CAMERA_TASKS), await read_form(request)
        assert self.house.access is not None
        try:
            is_theirs = await asyncio.to_thread(keep_answer, self.house, self.house.access, member, form)
        except InvalidRecord as error:
            body = await asyncio.to_thread(
                self.drawn, member, language_in(request.scope), member.who, problem=str(error)
            )
            return Response(body, 400, {"Cache-Control": "no-store"}, "text/html")
        if not is_theirs:
            raise Problem(403, "this camera is of another organisation; nothing was done", "id")
        return back(PATH, _DONE, "taches")

    async def answer_table(self, request: Request) -> Response:
        """Answer `GET /cameras.csv`: without restricted cameras unless a member who may see them asks; the audit notes a member."""
        keys = check_keys(request, ("lang", "restreints"))
        viewer, member, has_restricted = who_asks(request, self.house, keys)
        speak = words(language_in(request.scope))
        names = STAFF if member is not None else PUBLIC
        kept = await asyncio.to_thread(self.kept, viewer)
        if self.house.access is not None and member is not None:
            action = "export.restricted.cameras.csv" if has_restricted else "export.cameras.csv"
            await asyncio.to_thread(self.house.access.audit.note, member, action)
        lines = values_of([one.camera for one in kept], names, self.house, speak)
        table = table_answer(heads_of(names, speak), lines, f"{self.house.city.id}-cameras")
        answer = packed_answer(request, pack(bytes(table.body), "text/csv; charset=utf-8"))
        answer.headers["Content-Disposition"] = table.headers["Content-Disposition"]
        return answer

    def kept(self, viewer: Viewer) -> tuple[KeptCamera, ...]:
        """Return the cameras that somebody may see."""
        return readers.cameras(self.house.database, viewer=viewer)

    def drawn(self, viewer: Viewer, lang: str, who: str, *, done: bool = False, problem: str = "") -> bytes:
        """Return the page of a viewer; `who` is their account, "" for a visitor, who reads public fields only.

        `done`: an answer was just kept; `problem`: why one was not.
        """
        speak, kept = words(lang), self.kept(viewer)
        names = STAFF if who else PUBLIC
        today = today_of(self.house)
        over = [one for one in kept if state_of(one.camera, today) == "expired"]
        is_demo = self.house.access is not None and self.house.access.is_demonstration
        cards = [
            self._summary(kept, over, speak), self._coverage(kept, speak),
            self._table("expired", over, names, speak), self._table("register", kept, names, speak),
        ]  # fmt: skip
        said = say_reason(problem, speak)
        tasks = told(self.house, viewer, kept, speak) if isinstance(viewer, Member) else None
        return draw(
            "cameras", lang, title=speak("register.title"), is_demo=is_demo, who=who, city=self.house.said.name, cards=cards, table=TABLE,
            tasks=tasks,
            answers=answers(speak), done=speak("camera.task.kept") if done and not problem else "",
            problem=f"{speak('camera.task.problem')} {said.text if said.lang is None else ''}" if problem else "",
            detail=said.text if said.lang else "",
        )  # fmt: skip

    def coverage(self, kept: Sequence[KeptCamera]) -> Mapping[str, Covered]:
        """Return what these cameras cover of every district, computed again only when one of them changed."""
        mark = tuple((one.id, one.changed_at) for one in kept)
        found = self._covered.get(mark)
        if found is None:
            found = covered([one.camera for one in kept], self.house.city)
            if len(self._covered) >= _KEPT_COVERAGES:
                self._covered.clear()
            self._covered[mark] = found
        return found

    def _summary(self, kept: Sequence[KeptCamera], over: Sequence[KeptCamera], speak: Words) -> Card:
        verified = sum(one.camera.is_coverage_verified for one in kept)
        figures = [
            (speak(f"register.count.{name}"), number(count, speak))
            for name, count in (("all", len(kept)), ("expired", len(over)), ("verified", verified))
        ]
        return Card(
            name="summary", title=speak("register.summary"), figures=figures, texts=[speak("cam.note")], is_wide=True
        )

    def _coverage(self, kept: Sequence[KeptCamera], speak: Words) -> Card:
        found, km = self.coverage(kept), self.axis_km
        heads = [speak(f"control.head.{one}") for one in ("district", "cameras", "area", "axes", "residents")]
        rows = [
            [
                one.name, number(found[one.code].cameras, speak), _part(found[one.code].area, speak),
                _length(found[one.code].axes, km[one.code], speak), nearly(found[one.code].residents, speak),
            ]
            for one in self.house.city.districts
        ]  # fmt: skip
        texts = [speak("control.cameras.lead"), speak("control.cameras.says"), speak("register.residents")]
        texts.append(speak("register.assumed", n=number(ASSUMED_OPENING_DEG, speak)))
        return Card(
            name="coverage", title=speak("register.coverage"), texts=texts, heads=heads, rows=rows, is_wide=True
        )

    def _table(self, name: str, kept: Sequence[KeptCamera], names: Sequence[str], speak: Words) -> Card:
        lines = values_of([one.camera for one in kept], names, self.house, speak)
        rows = [[cell(value, speak) for value in line] for line in lines]
        texts = [] if rows else [speak(f"register.no.{name}")]
        title, heads = speak(f"register.{name}"), heads_of(names, speak)
        return Card(name=name, title=title, texts=texts, heads=heads, rows=rows, is_wide=True)

    def _note_restricted(self, viewer: Viewer) -> None:
        assert self.house.access is not None
        if any(one.camera.audience.level is AudienceLevel.LISTED for one in self.kept(viewer)):
            self.house.access.noted.read(viewer, "cameras.read")


def register_addresses(house: House) -> dict[str, Callable[[Request], Awaitable[Response]]]:
    """Return what answers at the addresses of the register."""
    register = CameraRegister(house)
    return {PATH: register.answer, TABLE: register.answer_table}


def _part(part: float | None, speak: Words) -> str:
    return _NONE if part is None else speak("register.part", n=number(100 * part, speak, decimals=1))


def _length(part: float | None, km: float, speak: Words) -> str:
    """Return the part of the axes and their covered length in kilometres."""
    if part is None:
        return _NONE
    return speak("register.length", n=number(100 * part, speak, decimals=1), km=number(part * km, speak, decimals=2))
