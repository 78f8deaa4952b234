"""A town of two organisations, every role, key and display of them, and records of every kind for every audience."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from starlette.types import ASGIApp

import callbacks
from access.house import Access, open_access
from access.members import account_member
from access.organisations import Organisation
from access.roles import OF_ACCOUNTS, Role
from api.application import Parts, application
from api.conflict_watch import ConflictWatch, watched_of
from api.contributing.desk import open_desk
from api.files import Files
from api.house import EVERYTHING, House
from api.screen import draw_screen
from api.snapshots import Snapshots
from callbacks.request import language_of
from datasources.contract import Reading
from events.audience import PARTNERS, PUBLIC, Audience, AudienceLevel, listed
from events.records import Camera, Event, RoadState, Tally
from events.vocabulary import CameraKind, Severity, TrafficState
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store import readers
from store.kept import EventQuery
from store.writer import Writer
from tests.api.served import CITY, ROOT, Served, Still, event
from tests.api.test_sign_in import Browser

HOMES = ("prefecture", "voirie")
LEVELS: Mapping[str, Audience] = {
    "public": PUBLIC,
    "partners": PARTNERS,
    "prefecture": listed(["prefecture"]),
    "both": listed(["prefecture", "voirie"]),
    "pompiers": listed(["marins-pompiers"]),
}
MARKS = dict(zip(LEVELS, ("basalte", "calcaire", "dolomie", "granite", "schiste"), strict=True))
WORD = {name: f"Rassemblement {mark}" for name, mark in MARKS.items()}
EVENTS = ("{}", "works-{}", "flood-{}", "gone-{}")
JSON = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Who:
    """Somebody who asks: an account, a key or a display, and the audiences that it is in."""

    name: str
    headers: Mapping[str, str]
    sees: frozenset[str]
    role: Role


def expected(role: Role, home: str) -> frozenset[str]:
    """Return what the table of roles of the design lets a role of an organisation see, written out by hand."""
    wide = {"public", "partners"}
    if role is Role.SUPERVISOR:
        return frozenset(LEVELS)
    if role in (Role.MANAGER, Role.CONTRIBUTOR):
        return frozenset(wide | ({"prefecture", "both"} if home == "prefecture" else {"both"}))
    return frozenset(wide)


@dataclass
class Town:
    app: ASGIApp
    access: Access
    served: Served
    people: tuple[Who, ...]
    ids: Mapping[str, str]  # of the march of each audience
    known: Mapping[str, str]  # of every event, by the identifier of its publisher
    asked: Mapping[str, Any]  # the callbacks of the screen
    house: House
    files: Files

    def ask(self, who: Who, path: str, method: str = "GET", **more: Any) -> Any:
        headers = {**dict(more.pop("headers", {})), **who.headers}
        return Browser(self.app).ask(method, path, headers=headers, **more)

    def callback(self, who: Who, output: str, value: object) -> Any:
        name = next(one for one in self.asked if output in one)
        told = self.asked[name]
        parts = [one.rpartition(".") for one in name.removeprefix("..").removesuffix("..").split("...")]
        outputs = [{"id": left, "property": right} for left, _, right in parts]
        body = {
            "output": name, "outputs": outputs if name.startswith("..") else outputs[0],
            "inputs": [{**one, "value": value} for one in _named(told["inputs"])],
            "state": [{**one, "value": None} for one in _named(told["state"])],
            "changedPropIds": [f"{told['inputs'][0]['id']}.{told['inputs'][0]['property']}"],
        }  # fmt: skip
        return self.ask(who, "/_dash-update-component", "POST", content=json.dumps(body), headers=JSON)


def _named(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": one["id"], "property": one["property"]} for one in parts]


def open_town(served: Served, files: Files) -> Town:
    """Fill a served city, screen included; what is withdrawn was told before."""
    gazetteer = city_gazetteer(CITY)
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(gazetteer))
    for one in (*HOMES, "marins-pompiers"):
        access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
    told = records_for_each()
    served.admit(reading=told)
    served.admit(reading=Reading(withdrawn=tuple(f"gone-{name}" for name in LEVELS)))
    house = replace(
        served.house, access=access, viewer_rule=access.viewer, clear=clearer(gazetteer),
        desk=open_desk(
            served.house.database, CITY, access,
            lambda fence: Gate(Writer(served.house.database, CITY, served.house.clock, fence), gazetteer, served.house.clock, key=b"0" * 32),
            clearer(gazetteer), served.house.clock, served.hub.wake,
        ),
    )  # fmt: skip
    ConflictWatch(watched_of(house, dict)).look()
    made = draw_screen(house, files, ROOT / "assets", is_demo=False, language_of=language_of)
    callbacks.register(made, made.services)
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=made.server,
        script_hashes=tuple(made.csp_hashes()),
    )  # fmt: skip
    query = EventQuery(include_withdrawn=True, limit=1000)
    found = readers.events(house.database, viewer=EVERYTHING, query=query, is_joined=False).events
    known = {str(one.event.external_id): one.id for one in found}
    ids = {name: known[name] for name in LEVELS}
    return Town(application(parts), access, served, tuple(_people(access)), ids, known, made.callback_map, house, files)


def records_for_each() -> Reading:
    """Return, for each audience, a march, works on it, a flood, an event that goes away, a road, a camera and counts."""
    now = datetime.now(UTC).replace(microsecond=0)
    line = {"type": "LineString", "coordinates": [[5.37, 43.2959], [5.3702, 43.2961], [5.371, 43.297]]}
    common = {"source_id": "prefecture-manifestations", "organisation": "prefecture"}
    events: list[Event] = []
    roads, cameras, tallies = [], [], []
    for number, (name, audience) in enumerate(LEVELS.items()):
        mark = MARKS[name]
        events += [
            event(name, audience=audience, headline=WORD[name]),
            event(f"works-{name}", audience=audience, category="chantier", headline=f"Chantier {mark}", geometry=line),
            event(f"flood-{name}", audience=audience, category="inondation", headline=f"Inondation {mark}",
                  severity=Severity.MAJOR, geometry=line, place="Quai du Port"),
            event(f"gone-{name}", audience=audience, category="concert", headline=f"Concert {mark}"),
        ]  # fmt: skip
        roads.append(
            RoadState(**common, segment_id=f"road-{mark}", state=TrafficState.SLOW, observed_at=now, audience=audience,
                      name=f"Voie {mark}", geometry=line)
        )  # fmt: skip
        cameras.append(
            Camera(**common, external_id=f"camera-{mark}", audience=audience, position=(5.37 + number / 1000, 43.29),
                   kind=CameraKind.DOME, range_m=80, label=f"Place {mark}")
        )  # fmt: skip
        tallies.append(
            Tally(**common, external_id=f"tally-{mark}", audience=audience, measure=f"counted-{mark}", area_code="13201",
                  start=now - timedelta(days=9), end=now - timedelta(days=2), value=12)
        )  # fmt: skip
    return Reading(events=tuple(events), road_states=tuple(roads), cameras=tuple(cameras), tallies=tuple(tallies))


def _people(access: Access) -> Iterator[Who]:
    for home in HOMES:
        for role in OF_ACCOUNTS:
            account = f"{home}-{role.value}-1"
            access.accounts.create(account, home, role, None, None)
            secret = access.accounts.new_second_factor(account)
            access.accounts.confirm_second_factor(account, secret, pyotp.TOTP(secret).now(), None)
            token = access.sign_ins.open(account_member(account, home, role))
            yield Who(account, {"Cookie": f"ob-session={token}"}, expected(role, home), role)
        for level in AudienceLevel:
            seen = {"public"} if level is AudienceLevel.PUBLIC else {"public", "partners"}
            if level is AudienceLevel.LISTED:
                seen |= expected(Role.CONTRIBUTOR, home)
            key = access.devices.new_key(home, ["read"], by=None, audience=level, source_id=f"{level.value}-{home}")
            yield Who(
                f"key of {home}, {level.value}", {"Authorization": f"Bearer {key}"}, frozenset(seen), Role.PROGRAM
            )


def words_in(text: str) -> frozenset[str]:
    """Return the audiences whose march a text names."""
    return frozenset(name for name, word in WORD.items() if word in text)


def marks_in(text: str) -> frozenset[str]:
    """Return the audiences of which a text names any record at all."""
    return frozenset(name for name, mark in MARKS.items() if re.search(rf"\b{mark}\b", text))


def displays(access: Access) -> Iterator[Who]:
    """Yield a wall display of each audience that one may have."""
    for level, seen in ((AudienceLevel.PUBLIC, {"public"}), (AudienceLevel.PARTNERS, {"public", "partners"})):
        token = access.devices.new_kiosk(HOMES[0], f"Mur {level.value}", "situation", by=None, audience=level)
        yield Who(f"wall, {level.value}", {"Cookie": f"ob-kiosk={token}"}, frozenset(seen), Role.WALL)


def ids_in(town: Town, text: str) -> frozenset[str]:
    """Return the audiences of which a text holds the identifier of any event."""
    return frozenset(name for name in LEVELS for key in _keys(name) if town.known[key] in text)


def _keys(name: str) -> tuple[str, ...]:
    return tuple(one.format(name) for one in EVENTS)


def stream_of(town: Town, who: Who) -> str:
    """Return what a stream that was opened before everything was told tells somebody first."""
    viewer = town.house.who({name.lower(): value for name, value in who.headers.items()})
    assert viewer is not None

    async def missed() -> bytes:
        reader, channel, frames = await town.served.hub.subscribe(viewer, 0, None)
        town.served.hub.leave(reader, channel)
        return b"".join(frames)

    return asyncio.run(missed()).decode()
