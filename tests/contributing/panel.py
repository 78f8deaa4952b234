"""The screen of one post over the real desk, and the march it publishes."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plotly.utils import PlotlyJSONEncoder

from access.members import Member
from access.roles import Role
from callbacks.contribution import answer
from callbacks.event_page import body_of
from components.boot import Boot, OrganisationName
from components.texts import words
from events.addresses import Addresses
from events.audience import Viewer
from events.city import City
from events.city_file import read_features
from events.place_names import PlaceNames
from events.place_search import PlaceSearch
from events.streets import Streets
from insight.linking import Rule
from privacy.advice import Advice, Say, advise
from privacy.gazetteer import city_gazetteer
from store import readers
from store.kept import EventQuery, KeptEvent
from tests.api.served import CITY
from tests.contributing.conftest import Desk

FR = words("fr")
ZONE = ZoneInfo("Europe/Paris")
LANDMARKS = read_features(Path(__file__).resolve().parents[2] / "cities" / "marseille" / "landmarks.geojson")
PLACES = PlaceNames(CITY, LANDMARKS)
STREETS = Streets(CITY)
SEARCH = PlaceSearch(PLACES, STREETS, Addresses())
GAZETTEER = city_gazetteer(CITY)
MARCH = [
    [5.3745, 43.2955],
    [5.3795, 43.2970],
    [5.3805, 43.2925],
    [5.3820, 43.2885],
    [5.3835, 43.2862],
    [5.3870, 43.2790],
]


@dataclass
class Panel:
    """The screen's services for one post; `who` None is a visitor."""

    kept: Desk
    who: Member | None
    city: City = CITY
    places: PlaceNames = PLACES
    streets: Streets = STREETS
    search: PlaceSearch = SEARCH
    geocoder: Any = None

    @property
    def desk(self) -> Desk:
        return self.kept

    def media_of(self, event_id: str) -> tuple[()]:
        return ()

    def join_media(self, event_id: str, ids: Sequence[str]) -> int:
        return 0

    def member(self) -> Member | None:
        return self.who

    def links(self, event_id: str) -> tuple[()]:
        return ()

    def conflicts(self, event_id: str) -> tuple[()]:
        return ()

    def may_link(self) -> bool:
        return False

    def clock(self) -> datetime:
        return self.kept.clock()

    def boot(self, lang: str) -> Boot:
        return Boot(
            city_name="Marseille", timezone="Europe/Paris", center=(5.4, 43.3), zoom=13.0, districts=(), is_demo=True,
            organisations=(OrganisationName("prefecture", "Préfecture"), OrganisationName("voirie", "Voirie")),
        )  # fmt: skip

    def advise(self, text: str, say: Say) -> Advice:
        return advise(text, say, GAZETTEER)

    def events(self, query: EventQuery) -> Sequence[KeptEvent]:
        viewer = self.who or Viewer()
        return readers.events(self.kept.database, viewer=viewer, query=query).events

    sources: Sequence[Any] = ()
    nearness = Rule()

    def event(self, event_id: str) -> KeptEvent | None:
        return readers.event(self.kept.database, event_id, viewer=self.who or Viewer())

    def versions(self, event_id: str) -> Sequence[Any]:
        return readers.versions(self.kept.database, event_id, viewer=self.who or Viewer())

    def related(self, event: KeptEvent) -> Sequence[KeptEvent]:
        return ()

    def page(self, event_id: str) -> str:
        return json.dumps(body_of(self, event_id, FR), cls=PlotlyJSONEncoder, ensure_ascii=False)  # type: ignore[arg-type] # as above

    def ask(self, what: str, **facts: Any) -> dict[str, Any]:
        return answer(self, {"what": what, **facts}, FR)  # type: ignore[arg-type] # what the callback needs of it


def march(**changes: Any) -> dict[str, Any]:
    points = [{"p": pair, "pass": True} for pair in MARCH]
    form = {
        "category": "manifestation", "severity": 3, "kind": "route", "points": points, "pace": 2.5,
        "start": "2026-11-21T14:00", "end": "", "check_at": "", "audience": "partners", "organisations": [],
    }  # fmt: skip
    return copy.deepcopy(form | changes)


def post(desk: Desk, organisation: str = "prefecture", role: Role = Role.CONTRIBUTOR, number: int = 1) -> Panel:
    return Panel(desk, desk.post(organisation, role, number))


def event_of(desk: Desk, event_id: str) -> KeptEvent:
    found = readers.event(desk.database, event_id, viewer=Viewer(sees_restricted=True))
    assert found is not None
    return found
