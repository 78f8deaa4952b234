"""Who sees what, where: role x organisation x audience x address, and that nothing a request forges changes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from starlette.types import ASGIApp

import callbacks
from access.audit import REFUSED
from access.house import Access, open_access
from access.members import account_member
from access.organisations import Organisation
from access.roles import OF_ACCOUNTS, Role
from api.application import Parts, application
from api.exports.answers import FORMATS as EXPORTS
from api.house import EVERYTHING
from api.screen import draw_screen
from api.snapshots import Snapshots
from callbacks.request import language_of
from components import ids
from datasources.contract import Reading
from events.audience import PARTNERS, PUBLIC, Audience, AudienceLevel, listed
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store import readers
from store.kept import EventQuery
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
WORD = {
    name: f"Rassemblement {word}"
    for name, word in zip(LEVELS, ("alpha", "beta", "gamma", "delta", "omega"), strict=True)
}
JSON = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Who:
    """Somebody who asks: an account, a key, a display, or nobody."""

    name: str
    headers: Mapping[str, str]
    sees: frozenset[str]


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
    ids: Mapping[str, str]
    known: Mapping[str, Any]

    def ask(self, who: Who, path: str, method: str = "GET", **more: Any) -> Any:
        headers = {**dict(more.pop("headers", {})), **who.headers}
        return Browser(self.app).ask(method, path, headers=headers, **more)

    def callback(self, who: Who, output: str, value: object) -> Any:
        name = next(one for one in self.known if output in one)
        told = self.known[name]
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


@pytest.fixture
def town(served: Served, files) -> Town:
    gazetteer = city_gazetteer(CITY)
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(gazetteer))
    for one in (*HOMES, "marins-pompiers"):
        access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
    told = tuple(event(name, audience=level, headline=WORD[name]) for name, level in LEVELS.items())
    served.admit(reading=Reading(events=told))
    house = replace(served.house, access=access, viewer_rule=access.viewer)
    made = draw_screen(house, files, ROOT / "assets", is_demo=False, language_of=language_of)
    callbacks.register(made, made.services)
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=made.server,
        script_hashes=tuple(made.csp_hashes()),
    )  # fmt: skip
    found = readers.events(house.database, viewer=EVERYTHING, query=EventQuery(text="Rassemblement"))
    known = {one.event.external_id: one.id for one in found.events}
    return Town(
        application(parts),
        access,
        served,
        tuple(_people(access)),
        {name: known[name] for name in LEVELS},
        made.callback_map,
    )


def _people(access: Access) -> Iterator[Who]:
    for home in HOMES:
        for role in OF_ACCOUNTS:
            account = f"{home}-{role.value}-1"
            access.accounts.create(account, home, role, None, None)
            secret = access.accounts.new_second_factor(account)
            access.accounts.confirm_second_factor(account, secret, pyotp.TOTP(secret).now(), None)
            token = access.sign_ins.open(account_member(account, home, role))
            yield Who(account, {"Cookie": f"ob-session={token}"}, expected(role, home))
        for level in AudienceLevel:
            seen = {"public"} if level is AudienceLevel.PUBLIC else {"public", "partners"}
            if level is AudienceLevel.LISTED:
                seen |= expected(Role.CONTRIBUTOR, home)
            key = access.devices.new_key(home, ["read"], by=None, audience=level, source_id=f"{level.value}-{home}")
            yield Who(f"key of {home}, {level.value}", {"Authorization": f"Bearer {key}"}, frozenset(seen))


def words_in(text: str) -> frozenset[str]:
    return frozenset(name for name, word in WORD.items() if word in text)


def names_of(town: Town, ids_seen: object) -> frozenset[str]:
    return frozenset(name for name, one in town.ids.items() if one in str(ids_seen))


def test_every_address_shows_what_role_organisation_and_audience_allow_and_nothing_else(town: Town) -> None:
    assert len(town.people) == 16
    assert len({who.sees for who in town.people}) == 5
    unknown = "0190b5a0-0000-7000-8000-000000000000"
    for who in town.people:
        listed_here = town.ask(who, "/api/events?limit=100")
        assert words_in(listed_here.text) == who.sees, who.name
        snapshot = town.ask(who, "/api/snapshot")
        assert (words_in(snapshot.text), names_of(town, snapshot.text)) == (who.sees, who.sees), who.name
        assert names_of(town, town.ask(who, "/api/changes?since=0").text) == who.sees, who.name
        assert stream_of(town, who) == who.sees, who.name
        nothing = town.ask(who, f"/api/events/{unknown}")
        for name, word in WORD.items():
            may = name in who.sees
            one = town.ask(who, f"/api/events/{town.ids[name]}")
            assert (one.status_code, word in one.text) == ((200, True) if may else (404, False)), (who.name, name)
            assert may or one.content == nothing.content, "a refusal tells nothing of what there is"
            versions = town.ask(who, f"/api/events/{town.ids[name]}/versions")
            assert (versions.status_code == 200) is may, (who.name, name)
            searched = town.ask(who, "/api/events?q=" + word.rpartition(" ")[2])
            assert words_in(searched.text) == ({name} if may else frozenset()), (who.name, name)
            panel = town.callback(who, ids.DETAIL_BODY, {"id": town.ids[name]})
            assert (word in panel.text) is may, (who.name, name)


def stream_of(town: Town, who: Who) -> frozenset[str]:
    viewer = town.access.viewer({name.lower(): value for name, value in who.headers.items()})
    assert viewer is not None

    async def missed() -> bytes:
        reader, channel, frames = await town.served.hub.subscribe(viewer, 0, None)
        town.served.hub.leave(reader, channel)
        return b"".join(frames)

    told = asyncio.run(missed()).decode()
    assert names_of(town, told) == words_in(told), who.name
    return words_in(told)


def test_what_goes_out_shows_no_more_than_the_screen(town: Town) -> None:
    start = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    addresses = (
        f"/api/past?from={start:.0f}",
        *(f"/api/exports/{name}" for name in EXPORTS),
        "/ogc/collections/events/items",
    )
    told: dict[str, int] = {}
    for path in addresses:
        for who in town.people:
            for asked in (path, path + ("&" if "?" in path else "?") + "restreints=1"):
                answer = town.ask(who, asked)
                shown = words_in(answer.text) | names_of(town, answer.text)
                assert shown <= who.sees, (who.name, asked)
                told[path] = told.get(path, 0) + len(shown)
    silent = {path.partition("?")[0] for path, count in told.items() if not count}
    assert silent <= {"/api/past", "/api/exports/cifs.xml", "/api/exports/warnings.atom"}, "these hold no march"


def test_pages_and_layouts_hold_no_event_at_all(town: Town) -> None:
    for who in town.people:
        if "Cookie" in who.headers:
            for path in ("/", "/analyse", "/sources", "/compte", "/_dash-layout", "/_dash-dependencies"):
                answer = town.ask(who, path, headers={"Accept": "text/html"})
                assert words_in(answer.text) == frozenset(), (who.name, path)


def test_the_tag_of_one_viewer_never_says_unchanged_to_another_who_sees_something_else(town: Town) -> None:
    now = datetime.now(UTC)
    window = f"from={(now - timedelta(days=1)).timestamp():.0f}&to={(now + timedelta(days=1)).timestamp():.0f}"
    asked = 0
    for path in (f"/api/events?limit=100&{window}", "/api/snapshot", "/api/changes?since=0"):
        tags = {who.name: town.ask(who, path).headers["etag"] for who in town.people}
        for one in town.people:
            for other in town.people:
                if one.sees != other.sees:
                    asked += 1
                    answer = town.ask(other, path, headers={"If-None-Match": tags[one.name]})
                    assert answer.status_code == 200, (path, one.name, other.name)
    assert asked > 400
    who = town.people[0]
    tag = town.ask(who, "/api/changes?since=0").headers["etag"]
    assert town.ask(who, "/api/changes?since=0", headers={"If-None-Match": tag}).status_code == 304


FORGED = (
    "audience=public", "audience=all", "role=supervisor", "organisation=marins-pompiers&role=administrator", "viewer=all",
    "sees_restricted=1", "restricted=1", "restreints=1", "as=ville-1",
)  # fmt: skip
HEADERS = (
    {"X-Role": "supervisor"}, {"X-Organisation": "marins-pompiers"}, {"X-Audience": "listed"}, {"X-Forwarded-User": "ville-1"},
    {"Remote-User": "ville-1"}, {"X-Original-URL": "/api/events"}, {"Forwarded": "for=127.0.0.1;role=supervisor"},
)  # fmt: skip


def test_a_forged_audience_role_or_organisation_shows_no_more(town: Town) -> None:
    for who in town.people[:8]:
        for query in FORGED:
            answer = town.ask(who, f"/api/events?limit=100&{query}")
            assert answer.status_code == 400 or words_in(answer.text) <= who.sees, (who.name, query)
        for headers in HEADERS:
            answer = town.ask(who, "/api/events?limit=100", headers=headers)
            assert words_in(answer.text) == who.sees, (who.name, headers)
        for value in (
            {"id": town.ids["pompiers"], "role": "supervisor"},
            {"id": [town.ids["pompiers"]]},
            {"id": f"{town.ids['pompiers']}' or 1=1"},
        ):
            may = "pompiers" in who.sees and isinstance(value["id"], str) and "'" not in value["id"]
            assert (WORD["pompiers"] in town.callback(who, ids.DETAIL_BODY, value).text) is may, (who.name, value)


def test_a_forged_event_id_is_refused_like_an_unknown_one_and_is_in_the_audit(town: Town) -> None:
    who = next(one for one in town.people if one.name == "voirie-contributor-1")
    assert town.ask(who, f"/api/events/{town.ids['pompiers']}").status_code == 404
    row = town.access.audit.rows()[0]
    assert (row.who, row.action, row.object_id, row.outcome) == (who.name, "event.read", town.ids["pompiers"], REFUSED)
    assert town.access.audit.verify().broken_at is None


def test_restricted_readings_are_in_the_audit_once_for_a_while(town: Town) -> None:
    who = next(one for one in town.people if one.name == "prefecture-supervisor-1")
    before = len(town.access.audit.rows(1000))
    for _ in range(3):
        town.ask(who, f"/api/events/{town.ids['pompiers']}")
        town.ask(who, "/api/events?limit=100")
        town.ask(who, "/api/snapshot")
        town.ask(who, f"/api/events/{town.ids['public']}")
    told = [(row.who, row.action, row.object_id) for row in town.access.audit.rows(1000)[:-before]]
    assert sorted(told, key=str) == [
        (who.name, "event.read", town.ids["pompiers"]), (who.name, "events.read", None), (who.name, "snapshot.read", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "action"),
    [
        ({"Cookie": "ob-session=forged"}, "ob-session.open"), ({"Cookie": "__Host-ob-session=forged"}, "ob-session.open"),
        ({"Cookie": "ob-kiosk=obk_a_b"}, "ob-kiosk.open"), ({"Authorization": "Bearer obs_bcdfghjkmnpq_forged"}, "key.open"),
        ({"Authorization": "Bearer"}, None), ({"Authorization": "bearer ' or 1=1 --"}, "key.open"),
    ],
)  # fmt: skip
def test_a_forged_session_key_or_display_opens_nothing_and_is_in_the_audit(
    town: Town, headers: dict[str, str], action: str | None
) -> None:
    before = len(town.access.audit.rows(1000))
    for path in (
        "/api/events",
        "/api/snapshot",
        "/api/changes",
        "/api/stream",
        f"/api/events/{town.ids['public']}",
        "/api/tallies",
    ):
        answer = Browser(town.app).ask("GET", path, headers=headers)
        assert answer.status_code == 401, path
        assert words_in(answer.text) == frozenset()
    rows = town.access.audit.rows(1000)[:-before]
    assert [(row.who, row.action, row.outcome) for row in rows] == ([("nobody", action, REFUSED)] if action else [])


def test_a_sign_in_that_is_over_is_no_forgery(town: Town) -> None:
    who = town.people[0]
    town.access.end(who.headers["Cookie"].partition("=")[2])
    before = town.access.audit.anchor()
    assert (town.ask(who, "/api/events").status_code, town.access.audit.anchor()) == (401, before)
