"""`/transparence`: open to everyone, without a script: what is held, by which rules, how evenly, and what the controls did."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem
from api.failure_page import language_in
from api.house import House
from api.transparency import rubrics
from api.transparency.files import FILES, write_file
from api.viewer import member_of
from components.documents import draw
from components.formats import clock_time, short_day
from components.texts import Words, words

PATH = "/transparence"
DRAWN: Mapping[str, tuple[str, Callable[[House, Words, datetime], rubrics.Shown]]] = {
    "equite": ("scales", rubrics.evenness),
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
_FRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Transparency:
    """The rubrics of one city, and their files, each written at most once in an hour however many ask."""

    house: House
    _written: dict[tuple[str, str], tuple[datetime, bytes]] = field(default_factory=dict, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    async def answer(self, request: Request) -> Response:
        """Draw one rubric, or give one of its files; without one, what is held and what never is."""
        rubric, lang = request.path_params.get("rubric", FIRST), language_in(request.scope)
        if rubric in FILES:
            body = await asyncio.to_thread(self.file, rubric, lang)
            return Response(body, media_type=FILES[rubric].media_type, headers=FILES[rubric].headers(rubric))
        if rubric not in DRAWN:
            raise Problem(404, f"there is no such rubric; allowed: {', '.join((*RUBRICS, *FILES))}")
        member = member_of(request)
        body = await asyncio.to_thread(
            draw_transparency, self.house, rubric, lang, "" if member is None else member.who
        )
        return Response(body, media_type="text/html", headers={"Cache-Control": "no-store"})

    def file(self, name: str, lang: str) -> bytes:
        """Return a file; raises StoreUnavailable, and Problem(404) for one that cannot be written yet."""
        with self._turn:
            now, known = self.house.clock(), self._written.get((name, lang))
            if known is None or now - known[0] > _FRESH:
                self._written[name, lang] = known = (now, write_file(self.house, name, words(lang)))
            return known[1]


def draw_transparency(house: House, rubric: str, lang: str, who: str = "") -> bytes:
    """Return the document of a rubric in a language."""
    speak, now = words(lang), house.clock()
    shown = DRAWN[rubric][1](house, speak, now)
    moment = f"{short_day(now, house.zone, speak)} {now.astimezone(house.zone):%Y}, {clock_time(now, house.zone)}"
    values: dict[str, Any] = {
        "rubric": rubric, "rubrics": [(name, icon) for name, (icon, _) in DRAWN.items()], "cards": shown.cards,
        "panels": shown.panels, "dated": shown.dated, "computed": speak("transparency.computed", time=moment),
        "contact": house.said.contact or speak("transparency.no_contact"), "current": "transparence",
        "downloads": [(f"{PATH}/{name}", speak(f"transparency.file.{name}")) for name in shown.files],
    }  # fmt: skip
    is_demo = house.access is not None and house.access.is_demonstration
    return draw("transparency", lang, title=speak("nav.transparence"), is_demo=is_demo, who=who, **values)
