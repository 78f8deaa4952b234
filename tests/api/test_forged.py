"""What a request forges shows nothing more, and the attempt is in the audit."""

from __future__ import annotations

import pytest

from access.audit import REFUSED
from components import ids
from tests.api.test_sign_in import Browser
from tests.api.town import WORD, Town, open_town, words_in


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


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
