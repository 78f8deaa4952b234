"""Wall displays over HTTP: a token shown once, a cookie that opens the wall and nothing else, until it is revoked."""

from __future__ import annotations

import pytest

from access.audit import REFUSED
from events.audience import AudienceLevel
from tests.api.test_account_pages import ADMIN, Town, post
from tests.api.test_sign_in import Browser
from tests.tables import written_out


@pytest.fixture
def town(served, files) -> Town:
    return Town(served, files)


def display(town: Town, audience: AudienceLevel = AudienceLevel.PUBLIC) -> str:
    return town.access.devices.new_kiosk("ville", "Mur", "situation", by=None, audience=audience)


def test_a_token_in_the_address_becomes_a_cookie_and_a_clean_address(town: Town) -> None:
    token, browser = display(town), Browser(town.app)
    answer = browser.ask("GET", f"/mur?jeton={token}&theme=clair", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/mur?scene=situation&theme=clair")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.ask("GET", "/api/snapshot").status_code == 200
    secure = Browser(town.app, "https://127.0.0.1").ask("GET", f"/mur?jeton={token}")
    assert secure.headers["set-cookie"].startswith("__Host-ob-kiosk=")


def test_a_display_opens_the_wall_and_nothing_else(town: Town) -> None:
    browser = Browser(town.app)
    browser.ask("GET", f"/mur?jeton={display(town)}")
    for path in ("/", "/api/events", "/api/tallies", "/compte", "/administration", "/sources", "/analyse"):
        assert browser.ask("GET", path, headers={"Accept": "text/html"}).status_code in (303, 403), path
    assert browser.ask("POST", "/administration/cle", data={"organisation": "ville", "read": "1"}).status_code == 403


def test_revocation_ends_a_display(town: Town) -> None:
    browser, admin, token = Browser(town.app), town.browser(ADMIN), display(town)
    browser.ask("GET", f"/mur?jeton={token}")
    assert browser.ask("GET", "/api/snapshot").status_code == 200
    assert post(admin, "/administration/revoquer", id=token.split("_")[1]).status_code == 303
    assert browser.ask("GET", "/api/snapshot", headers={}).status_code == 401
    assert Browser(town.app).ask("GET", f"/mur?jeton={token}").status_code == 403


@pytest.mark.parametrize("token", ["", "x", "obk_a_b", "obs_a_b", "obk__", "%00", "a" * 3000])
def test_a_forged_token_opens_nothing_and_is_in_the_audit(town: Town, token: str) -> None:
    browser = Browser(town.app)
    answer = browser.ask("GET", f"/mur?jeton={token}", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    row = town.access.audit.rows()[0]
    assert (row.who, row.action, row.outcome) == ("nobody", "kiosk.open", REFUSED)


def test_a_display_sees_what_is_public_or_for_partners_and_never_what_is_restricted(town: Town) -> None:
    seen = {}
    for audience in (AudienceLevel.PUBLIC, AudienceLevel.PARTNERS):
        browser = Browser(town.app)
        browser.ask("GET", f"/mur?jeton={display(town, audience)}")
        seen[audience] = set(written_out(browser.ask("GET", "/api/snapshot").json()["events"])["au"])
    assert seen == {AudienceLevel.PUBLIC: {"public"}, AudienceLevel.PARTNERS: {"public", "partners"}}
