"""`/transparence`: open to everyone, without a script: what is held, by which rules, how evenly, and what the controls did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem
from api.failure_page import language_in
from api.house import House
from api.reports.press import Press
from api.transparency import rubrics
from api.transparency.evenness import evenness
from api.transparency.files import FILES, write_file
from api.transparency.remembered import Awaited, Remembered
from api.transparency.shown import Shown
from api.viewer import member_of
from components.documents import draw
from components.formats import clock_time, short_day
from components.texts import Words, words

PATH = "/transparence"
DRAWN: Mapping[str, tuple[str, Callable[[House, Words, datetime], Shown]]] = {
    "equite": ("scales", evenness),
    "donnees": ("table", rubrics.held),
    "conservation": ("hourglass", rubrics.kept),
    "regles": ("list", rubrics.rules),
    "cameras": ("video", rubrics.cameras),
    "journal": ("lock", rubrics.journal),
    "droits": ("user", rubrics.rights),
    "accessibilite": ("eye", rubrics.accessibility),
    "code": ("external", rubrics.code),
}
RUBRICS = tuple(DRAWN)
FIRST = "donnees"  # what is never held is on the first screen
_PAGE_GOOD_FOR = timedelta(minutes=1)
_FILE_GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A rubric as it was computed at a moment, and its document for a visitor who is nobody."""

    shown: Shown
    at: datetime
    body: bytes


class Transparency:
    """The rubrics of one city, each computed at most once a minute, and their files, each at most once an hour, however many ask."""

    def __init__(self, house: House, press: Press) -> None:
        self.house = house
        self._press = press
        self._rubrics: Remembered[tuple[str, str], Made] = Remembered(_PAGE_GOOD_FOR, house.clock)
        self._files: Awaited[tuple[str, str], bytes] = Awaited(_FILE_GOOD_FOR, house.clock)

    async def answer(self, request: Request) -> Response:
        """Draw one rubric, or give one of its files; without one, what is held and what never is."""
        rubric, lang = request.path_params.get("rubric", FIRST), language_in(request.scope)
        if rubric in FILES:
            body = await self.file(rubric, lang)
            return Response(body, media_type=FILES[rubric].media_type, headers=FILES[rubric].headers(rubric))
        if rubric not in DRAWN:
            raise Problem(404, f"there is no such rubric; allowed: {', '.join((*RUBRICS, *FILES))}")
        member = member_of(request)
        body = await asyncio.to_thread(self.page, rubric, lang, "" if member is None else member.who)
        return Response(body, media_type="text/html", headers={"Cache-Control": "no-store"})

    def page(self, rubric: str, lang: str, who: str = "") -> bytes:
        """Return the document of a rubric, with the account that reads it in its bar; raises StoreUnavailable."""
        made = self._rubrics.take((rubric, lang), lambda: make_rubric(self.house, rubric, lang))
        return draw_rubric(self.house, rubric, lang, made.shown, made.at, who) if who else made.body

    async def file(self, name: str, lang: str) -> bytes:
        """Return a file; raises StoreUnavailable, Problem(404) for one that cannot be written yet, (503) printed in time."""
        return await self._files.take((name, lang), lambda: write_file(self.house, self._press, name, words(lang)))


def make_rubric(house: House, rubric: str, lang: str) -> Made:
    """Compute a rubric in a language now."""
    now = house.clock()
    shown = DRAWN[rubric][1](house, words(lang), now)
    return Made(shown, now, draw_rubric(house, rubric, lang, shown, now))


def draw_rubric(house: House, rubric: str, lang: str, shown: Shown, at: datetime, who: str = "") -> bytes:
    """Return the document of what a rubric shows, computed at a moment; `who` is the account that reads it."""
    speak = words(lang)
    moment = f"{short_day(at, house.zone, speak)} {at.astimezone(house.zone):%Y}, {clock_time(at, house.zone)}"
    values: dict[str, Any] = {
        "rubric": rubric, "rubrics": [(name, icon) for name, (icon, _) in DRAWN.items()], "cards": shown.cards,
        "panels": shown.panels, "dated": shown.dated, "computed": speak("transparency.computed", time=moment),
        "contact": house.said.contact or speak("transparency.no_contact"), "current": "transparence",
        "downloads": [(f"{PATH}/{name}", speak(f"transparency.file.{name}")) for name in shown.files],
    }  # fmt: skip
    is_demo = house.access is not None and house.access.is_demonstration
    return draw(
        "transparency", lang, title=speak("nav.transparence"), is_demo=is_demo, who=who, city=house.said.name, **values
    )
