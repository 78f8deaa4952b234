"""What a form, an order or a question of the screen forges changes nothing, and the attempt is in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.audit import REFUSED
from access.drafts import Draft
from access.members import Member
from access.recurring import Recurring, RecurringReports
from access.saved_views import SavedViews
from access.subscriptions import Subscription, Subscriptions
from api.routes import routes
from callbacks.contribution import DOORS
from components import ids
from events.audience import listed
from events.vocabulary import Severity
from store.metadata import metadata
from tests.api.test_sign_in import OURS
from tests.api.town import Town, Who, displays, open_town


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


# What each address that is posted to is sent by somebody who claims another post, organisation, role, audience or record.
CLAIMS = {"organisation": "prefecture", "role": "supervisor", "audience": "listed", "account": "prefecture-supervisor-1",
          "who": "prefecture-supervisor-1", "viewer": "all"}  # fmt: skip
ADMINISTERED: Mapping[str, dict[str, str]] = {
    "/administration/organisme": {"id": "port", "name": "Port", "territory": "all", "categories": "all"},
    "/administration/organisme/retirer": {"id": "voirie"},
    "/administration/organisme/retablir": {"id": "voirie"},
    "/administration/compte": {"id": "voirie-9", "organisation": "voirie", "role": "administrator"},
    "/administration/compte/fermer": {"id": "prefecture-manager-1"},
    "/administration/compte/rouvrir": {"id": "prefecture-manager-1"},
    "/administration/compte/mot-de-passe": {"id": "prefecture-manager-1"},
    "/administration/compte/facteur": {"id": "prefecture-manager-1"},
    "/administration/compte/lien": {"id": "prefecture-manager-1", "reference": "a" * 64},
    "/administration/cle": {"organisation": "prefecture", "read": "1", "source": "", "audience": "listed", "days": "30"},
    "/administration/ecran": {"organisation": "prefecture", "name": "Mur", "scene": "situation", "audience": "partners", "days": "9"},
    "/administration/revoquer": {"id": "KEY"},
}  # fmt: skip
OF_ACCOUNTS: Mapping[str, dict[str, str]] = {
    "/connexion": {"account": "prefecture-supervisor-9", "password": "x", "code": "000000"},
    "/compte/mot-de-passe": {"password": "x", "new": "un mot de passe bien long 42", "code": "000000"},
    "/compte/facteur": {"password": "x", "code": "000000"},
    "/compte/rapports": {"what": "delete", "id": "REPORT"},
    "/compte/facteur/confirmer": {"sealed": "forged", "code": "000000"},
}
SAID: Mapping[str, dict[str, object]] = {
    "/compte/vues": {"what": "delete", "id": "VIEW"},
    "/compte/abonnements": {"what": "delete", "id": "SUBSCRIPTION"},
    "/compte/vu": {"seq": "1"},
}
ENDS_ONES_OWN = {"/deconnexion", "/compte/seance"}  # of whoever the cookie is: nothing in them names another
CONTROLLED: Mapping[str, dict[str, str]] = {
    "/controle/calculer": {}, "/controle/prendre": {"id": "1"}, "/controle/repondre": {"id": "1", "answer": "explained"},
}  # fmt: skip
ELSEWHERE = {
    "/api/push/{source}",
    "/cameras/finalite",
    "/agenda/conflits",
    "/agenda/regles/enregistrer",
    "/agenda/regles/origine",
    "/cameras/tache",
}  # test_push, test_camera_purpose, test_conflicts_told, test_camera_tasks


def kept(town: Town) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that is kept but the audit, and but when something was last seen."""
    with town.house.database.read() as connection:
        return {
            table.name: sorted(connection.execute(select(*(one for one in table.c if one.name not in ("seen_at", "used_at", "beat_at")))).all(), key=repr)
            for table in metadata.sorted_tables
            if table.name != "audit"
        }  # fmt: skip


def refusals(town: Town) -> list[tuple[str, str]]:
    return [(row.who, row.action) for row in town.access.audit.rows(5000) if row.outcome == REFUSED]


def person(town: Town, name: str) -> Who:
    return next(who for who in (*town.people, *displays(town.access)) if who.name == name)


def post(town: Town, who: Who, path: str, sent: Mapping[str, object]) -> int:
    if path in SAID:
        return int(
            town.ask(who, path, "POST", json=sent, headers={**OURS, "Content-Type": "application/json"}).status_code
        )
    return int(town.ask(who, path, "POST", data=sent, headers=OURS).status_code)


def test_every_address_that_is_posted_to_is_tried(town: Town, files) -> None:
    posted = {one.path for one in routes(town.house, files, None, town.served.hub) if "POST" in one.methods}  # type: ignore[arg-type]
    assert posted - ELSEWHERE == {*ADMINISTERED, *OF_ACCOUNTS, *SAID, *CONTROLLED, *ENDS_ONES_OWN}


@pytest.mark.parametrize(
    "name",
    ["voirie-contributor-1", "voirie-manager-1", "prefecture-supervisor-1", "wall, partners", "key of voirie, listed"],
)
def test_a_forged_form_changes_nothing_and_is_in_the_audit(town: Town, name: str) -> None:
    """A contributor, a manager, a supervisor, a display and a key, none of whom administers."""
    who = person(town, name)
    owner = member_of(town, person(town, "prefecture-manager-1"))
    views = SavedViews(town.house.database, town.house.clear, town.house.clock)
    view = views.save(owner, "Centre", "arr=1", "organisation")
    wanted = Subscription(transitions=frozenset({"created"}), channels=frozenset({"app"}))
    subscription = Subscriptions(town.house.database, town.house.clock).keep(owner, wanted)
    again = Recurring(title="Matin", query="", kind="situation", lang="fr", weekday=None, minute=420, is_sent=False)
    report = RecurringReports(town.house.database, town.house.clear, town.house.clock).keep(owner, again)
    ours = {"REPORT": report, "VIEW": view, "SUBSCRIPTION": subscription, "KEY": town.access.devices.keys()[0].id}
    before = kept(town)
    for path, form in {**ADMINISTERED, **OF_ACCOUNTS, **SAID, **CONTROLLED}.items():
        if path in {"/compte/vues", *CONTROLLED} and "supervisor" in name:
            continue  # supervision looks after every view, and controls
        town.access.noted._last.clear()  # each attempt is noted once a minute
        told = len(refusals(town))
        sent = {**CLAIMS, **{key: ours.get(str(value), value) for key, value in form.items()}}
        status = post(town, who, path, sent)
        assert 400 <= status < 500, (path, status)
        assert len(refusals(town)) == told + 1, path
    after = kept(town)
    for table in before:
        if table != "account":  # a wrong password counts against its own account
            assert after[table] == before[table], table
    assert town.access.audit.verify().broken_at is None


def member_of(town: Town, who: Who) -> Member:
    member = town.access.viewer({name.lower(): value for name, value in who.headers.items()})
    assert isinstance(member, Member)
    return member


@pytest.mark.parametrize("name", ["voirie-reader-1", "voirie-contributor-1"])
def test_a_forged_question_of_the_panel_changes_nothing_and_is_in_the_audit(town: Town, name: str) -> None:
    """Every door of the contribution panel, with the event of an organisation that keeps it to itself."""
    who = person(town, name)
    event_id = keep_one(town)
    before = kept(town)
    form = {"category": "rassemblement", "headline": "Autre", "severity": 4, "start": "2026-11-30T10:00", "kind": "point",
            "geometry": {"type": "Point", "coordinates": [5.38, 43.29]}, "audience": "public", "reason": "Non",
            "ended": "2026-11-30T10:00", "organisations": ["voirie"]}  # fmt: skip
    for door in set(DOORS) - {
        "publish",
        "import",
        "look",
        "find",
        "follow",
        "streets",
    }:  # the last four ask of no event
        town.access.noted._last.clear()
        told = len(refusals(town))
        asked = {
            **CLAIMS,
            "what": door,
            "event": event_id,
            "version": 1,
            "form": {**form, **CLAIMS, "audience": "public"},
        }
        answer = town.callback(who, ids.FORM_ANSWER, asked)
        assert answer.status_code == 200, door
        assert "saved" not in answer.text, door
        assert "prefecture-contributor-1" not in answer.text, door
        assert len(refusals(town)) > told, door
        assert kept(town) == before, door


def test_who_may_not_contribute_publishes_and_imports_nothing_whatever_is_claimed(town: Town) -> None:
    who = person(town, "voirie-reader-1")
    before = kept(town)
    for door in ("publish", "import", "look", "find"):
        told = len(refusals(town))
        answer = town.callback(who, ids.FORM_ANSWER, {**CLAIMS, "what": door, "form": CLAIMS, "member": CLAIMS})
        assert "saved" not in answer.text
        assert len(refusals(town)) == told + 1, door
        assert kept(town) == before


def test_what_is_published_is_of_the_organisation_of_its_post_whatever_is_claimed(town: Town) -> None:
    who = person(town, "voirie-contributor-1")
    claimed = {
        **CLAIMS,
        "organisation_id": "prefecture",
        "state": "published",
        "alert_confirmed_by": "prefecture-contributor-1",
    }
    start = f"{town.house.clock() + timedelta(hours=1):%Y-%m-%dT%H:%M}Z"
    form = {"category": "chantier", "headline": "Chantier de la rue", "severity": 2, "start": start, "kind": "point",
            "check_at": f"{town.house.clock() + timedelta(hours=2):%Y-%m-%dT%H:%M}Z", "geometry": {"type": "Point", "coordinates": [5.38, 43.29]}, **claimed,
            "audience": "restricted", "organisations": ["marins-pompiers"]}  # fmt: skip
    answer = town.callback(who, ids.FORM_ANSWER, {"what": "publish", "form": form, **claimed}).json()
    event_id = answer["response"]["form-answer"]["data"]["saved"]["id"]
    found = town.house.desk.contributions.find(member_of(town, who), event_id)  # type: ignore[union-attr]
    assert found is not None
    assert (found[0].organisation_id, found[0].account_id) == ("voirie", who.name)
    assert found[1].event.organisation == "voirie"
    assert found[1].event.audience == listed(["voirie", "marins-pompiers"])


@pytest.mark.parametrize(
    ("output", "asked"),
    [
        (ids.LINK_ANSWER, {"action": action, "event": "MINE", "other": "THEIRS"}) for action in ("confirm", "refuse", "separate")
    ]
    + [
        (ids.SOURCES_ANSWER, {"what": what, "source": "prefecture-manifestations", "told": "x", "field": "y", "reference": "z"})
        for what in ("pause", "resume", "relaunch", "note", "allow")
    ],
)  # fmt: skip
def test_a_forged_order_of_the_screen_changes_nothing_and_is_in_the_audit(
    town: Town, output: str, asked: dict[str, str]
) -> None:
    who = person(town, "voirie-contributor-1")
    before, told = kept(town), len(refusals(town))
    named = {"MINE": town.ids["public"], "THEIRS": town.ids["pompiers"]}
    answer = town.callback(who, output, {**CLAIMS, **{key: named.get(value, value) for key, value in asked.items()}})
    assert answer.status_code == 200
    assert kept(town) == before
    assert len(refusals(town)) == told + 1


def test_an_order_to_a_source_and_its_line_in_the_audit_are_kept_together(town: Town) -> None:
    who = person(town, "prefecture-supervisor-1")
    town.callback(who, ids.SOURCES_ANSWER, {"what": "pause", "source": "prefecture-manifestations"})
    row = town.access.audit.rows()[0]
    assert (row.who, row.action, row.object_id) == (who.name, "source.pause", "prefecture-manifestations")


def test_a_request_of_another_site_is_in_the_audit(town: Town) -> None:
    who = person(town, "prefecture-administrator-1")
    foreign = {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"}
    answer = town.ask(who, "/administration/organisme/retirer", "POST", data={"id": "voirie"}, headers=foreign)
    assert answer.status_code == 403
    assert refusals(town) == [(who.name, "site.other")]


def test_a_key_that_reads_keeps_nothing_for_itself(town: Town) -> None:
    who = person(town, "key of voirie, listed")
    before = kept(town)
    for what in ("keep", "feed", "feed-end"):
        sent = {"what": what, "transitions": ["created"], "channels": ["app"]}
        assert post(town, who, "/compte/abonnements", sent) == 403
    assert kept(town) == before


def keep_one(town: Town) -> str:
    """Publish an event of the prefecture for itself alone; return its id."""
    desk = town.house.desk
    assert desk is not None
    now = town.house.clock()
    draft = Draft(
        category="rassemblement", severity=Severity.MODERATE, headline="Rassemblement discret", start=now, end=now + timedelta(hours=2),
        geometry={"type": "Point", "coordinates": [5.3835, 43.2862]}, audience=listed(["prefecture"]),
    )  # fmt: skip
    member = member_of(town, person(town, "prefecture-contributor-1"))
    saved = desk.contributions.publish(member, draft)
    desk.editing.begin(member, saved.event_id)
    return saved.event_id
