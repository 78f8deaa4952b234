"""Who sees which piece of an event, and who opens the pages of control and review: role x organisation x audience x state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select
from uuid6 import uuid7

from access.audit import REFUSED
from access.roles import OF_ACCOUNTS, RIGHTS, Right, Role
from api.application import Parts, application
from api.control.making import Controls
from api.media.desk import open_media
from api.snapshots import Snapshots
from store import media as kept
from store.access_tables import audit
from store.control_reports import reports
from store.developed import Developed
from tests.api.served import Still, screen
from tests.api.test_sign_in import Browser
from tests.api.town import JSON, LEVELS, Town, Who, displays, open_town

UNKNOWN = "0190b5a0-0000-7000-8000-000000000000"
PARTS = ("", "/poster", "/state")
CONTROLLERS = {Role.SUPERVISOR, Role.ADMINISTRATOR}
FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


def with_its_event(who: Who) -> frozenset[str]:
    """A published piece is seen by whoever sees its event."""
    return who.sees


def by_its_own(who: Who) -> frozenset[str]:
    """What waits is seen by who contributes for the organisation that sent it, and by who reviews."""
    is_own = who.name.startswith("voirie-") and who.role in (Role.CONTRIBUTOR, Role.SUPERVISOR)
    return frozenset(LEVELS) if is_own or who.role is Role.SUPERVISOR else frozenset()


def nobody(_: Who) -> frozenset[str]:
    return frozenset()


# Which organisation sent it and how it stands, and who must see it.
PIECES: dict[tuple[str, str], Callable[[Who], frozenset[str]]] = {
    ("marins-pompiers", kept.PUBLISHED): with_its_event,
    ("voirie", kept.WAITING): by_its_own,
    ("voirie", kept.HIDDEN): by_its_own,
    ("marins-pompiers", kept.WITHDRAWN): nobody,
}


@pytest.fixture
def town(served, files) -> Iterator[Town]:
    made, closing = open_town(served, files), []
    desk = open_media(made.house.database, made.access, made.house.clock, b"0" * 32, "clips", closing.append)
    house = replace(made.house, media=desk)
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    yield replace(made, app=application(parts), house=house)
    for close in closing:
        close()


def piece(town: Town, level: str, organisation: str, state: str) -> str:
    """Keep a clip of the march of an audience; its pixels name the audience."""
    media_id = str(uuid7())
    with town.house.database.write() as connection:
        kept.put(connection, {
            "id": media_id, "event_id": town.ids[level], "organisation_id": organisation, "account_id": f"{organisation}-9",
            "kind": kept.CLIP, "state": state, "created_at": town.house.clock(), "faces": 0, "masks": 0, "seconds": 1.0,
            "content": Developed(f"clip of {level}".encode()), "poster": Developed(f"poster of {level}".encode()),
        })  # fmt: skip
    return media_id


@pytest.mark.parametrize(("organisation", "state"), list(PIECES))
def test_a_piece_is_shown_to_those_of_its_event_and_state_and_for_others_there_is_none(
    town: Town, organisation: str, state: str
) -> None:
    made = {level: piece(town, level, organisation, state) for level in LEVELS}
    told = 0
    for who in (*town.people, *displays(town.access)):
        seen = PIECES[organisation, state](who)
        for level, media_id in made.items():
            listed = town.ask(who, f"/api/events/{town.ids[level]}/media")
            answers = [town.ask(who, f"/api/media/{media_id}{part}") for part in PARTS]
            unknown = [town.ask(who, f"/api/media/{UNKNOWN}{part}") for part in PARTS]
            where = (who.name, level, state)
            if who.role is Role.WALL:
                assert {one.status_code for one in (listed, *answers)} == {403}, where
            elif level in seen:
                assert [one.status_code for one in answers] == [200] * 3, where
                assert [one.content.decode() for one in answers[:2]] == [f"clip of {level}", f"poster of {level}"], (
                    where
                )
                told += 1
            else:
                assert [one.status_code for one in answers] == [404] * 3, where
                assert [one.content for one in answers] == [one.content for one in unknown], where
            # Who contributes for its organisation is told of its piece even where the event is not shown to them.
            if who.role is not Role.WALL:
                assert [one["id"] for one in listed.json()["media"]] == ([media_id] if level in seen else []), where
    assert (told > 0) == (state != kept.WITHDRAWN)


def test_a_piece_without_sign_in_is_not_there_and_a_range_of_it_is_neither(town: Town) -> None:
    media_id = piece(town, "public", "marins-pompiers", kept.PUBLISHED)
    for part in PARTS:
        assert Browser(town.app).ask("GET", f"/api/media/{media_id}{part}", headers={}).status_code == 401
    hidden = piece(town, "pompiers", "marins-pompiers", kept.PUBLISHED)
    for who in (one for one in town.people if "pompiers" not in one.sees):
        answer = town.ask(who, f"/api/media/{hidden}", headers={"Range": "bytes=0-3"})
        assert (answer.status_code, b"clip" in answer.content) == (404, False), who.name


def everybody(town: Town) -> list[Who]:
    return [*town.people, *displays(town.access)]


@pytest.mark.parametrize(("path", "right"), [("/controle", Right.CONTROL), ("/pieces", Right.MODERATE)])
def test_a_page_of_control_opens_by_its_right_alone(town: Town, path: str, right: Right) -> None:
    by_hand = CONTROLLERS if right is Right.CONTROL else {Role.SUPERVISOR}
    assert {role for role in Role if right in RIGHTS[role]} == by_hand
    opened = set()
    for who in everybody(town):
        status = town.ask(who, path, headers={"Accept": "text/html"}).status_code
        assert status == (200 if who.role in by_hand else 403), (who.name, path)
        opened |= {who.role} if status == 200 else set()
    assert opened == by_hand
    assert Browser(town.app).ask("GET", path, headers={"Accept": "application/json"}).status_code == 401


def lines_of(town: Town, who: str) -> int:
    with town.house.database.read() as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(audit).where(audit.c.who == who, audit.c.outcome == REFUSED)
            ).scalar_one()
        )


def test_forms_of_the_control_change_nothing_for_roles_without_the_right_and_the_audit_has_it(town: Town) -> None:
    database = town.house.database
    Controls(database, town.house.city, town.house.sources, town.house.clock).make()
    for who in everybody(town):
        for path in ("calculer", "prendre", "repondre"):
            before = len(reports(database))
            answer: httpx.Response = town.ask(
                who, f"/controle/{path}", "POST", content="id=1&finding=vu&decision=explained", headers=FORM
            )
            if who.role in CONTROLLERS:
                assert answer.status_code in (303, 400), (who.name, path)
                continue
            assert answer.status_code == 403, (who.name, path)
            assert len(reports(database)) == before, (who.name, path)
            if who.role in OF_ACCOUNTS:
                assert lines_of(town, who.name) == 1, "noted once in a while, not at each try"


def test_acts_on_a_piece_are_refused_by_role_and_leave_it_as_it_was(town: Town) -> None:
    media_id = piece(town, "public", "marins-pompiers", kept.PUBLISHED)
    for who in everybody(town):
        if who.role is not Role.SUPERVISOR:
            answer = town.ask(who, f"/pieces/{media_id}/retirer", "POST", content="{}", headers=JSON)
            assert answer.status_code == 403, who.name
            with town.house.database.read() as connection:
                one = kept.get(connection, media_id)
            assert one is not None
            assert one.state == kept.PUBLISHED, who.name
    supervisor = next(who for who in town.people if who.role is Role.SUPERVISOR)
    assert town.ask(supervisor, f"/pieces/{media_id}/retirer", "POST", content="{}", headers=JSON).status_code < 400
