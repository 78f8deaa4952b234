"""The way in and out over HTTP: what a browser is asked, given and refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from starlette.types import ASGIApp

from access.house import Access, open_access
from access.organisations import Organisation
from access.roles import Role
from api.application import Parts, application
from api.snapshots import Snapshots
from events.audience import CITY_READER
from tests.api.served import Still, screen

PASSWORD = "quatre mots sans lien : tuile, banc, orgue"
OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


def opened(served, files, visitor=None) -> tuple[ASGIApp, Access]:
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), _clear, visitor)
    access.organisations.put(Organisation(id="prefecture", title=_clear("Préfecture")), None)
    access.accounts.create("prefecture-1", "prefecture", Role.CONTRIBUTOR, PASSWORD, None)
    house = replace(served.house, access=access, viewer_rule=access.viewer)
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    return application(parts), access


def _clear(label: str) -> str:
    from store.admitted import Cleared

    return Cleared(label)


class Browser:
    """Keeps cookies, follows nothing by itself."""

    def __init__(self, app: ASGIApp, base: str = "http://127.0.0.1") -> None:
        self.app, self.base, self.cookies = app, base, httpx.Cookies()

    def ask(self, method: str, path: str, headers: Mapping[str, str] = OURS, **more: object) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                answer = await client.request(method, path, headers=dict(headers), **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(asked())


@pytest.fixture
def house_with_access(served, files):
    return opened(served, files)


def sign_in(browser: Browser, **form: str) -> httpx.Response:
    return browser.ask("POST", "/connexion", data={"account": "prefecture-1", "password": PASSWORD, **form})


def test_a_page_leads_to_the_form_and_back(house_with_access) -> None:
    browser = Browser(house_with_access[0])
    asked = browser.ask("GET", "/analyse?arr=1", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/connexion?suite=/analyse%3Farr%3D1")
    form = browser.ask("GET", asked.headers["location"], headers={"Accept": "text/html"})
    assert form.status_code == 200
    assert 'name="suite" value="/analyse?arr=1"' in form.text
    assert "no-store" in form.headers["cache-control"]
    done = sign_in(browser, suite="/analyse?arr=1")
    assert (done.status_code, done.headers["location"]) == (303, "/analyse?arr=1")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.ask("GET", "/", headers={"Accept": "text/html"}).status_code == 200
    assert browser.ask("GET", "/api/events").status_code == 200


def test_programs_are_told_401_and_not_led_anywhere(house_with_access) -> None:
    answer = Browser(house_with_access[0]).ask("GET", "/api/events", headers={})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]


def test_over_https_the_cookie_is_bound_to_the_host(served, files) -> None:
    app, _ = opened(served, files)
    done = sign_in(Browser(app, "https://127.0.0.1"))
    assert done.headers["set-cookie"].startswith("__Host-ob-session=")
    assert "secure" in done.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "suite",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/connexion", "/a\r\nb"],
)
def test_nobody_is_led_to_another_site(house_with_access, suite: str) -> None:
    done = sign_in(Browser(house_with_access[0]), suite=suite)
    assert done.headers["location"] == "/"


def test_a_wrong_password_says_so_keeps_no_cookie_and_is_in_the_audit(house_with_access) -> None:
    app, access = house_with_access
    browser = Browser(app)
    answer = sign_in(browser, password="faux")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers
    assert access.audit.rows()[0].outcome == "refused"


def test_another_site_cannot_sign_in_nor_out(house_with_access) -> None:
    browser = Browser(house_with_access[0])
    sign_in(browser)
    for path in ("/connexion", "/deconnexion"):
        assert browser.ask("POST", path, headers={**OURS, "Sec-Fetch-Site": "cross-site"}, data={}).status_code == 403
    assert browser.ask("GET", "/api/events").status_code == 200


def test_signing_out_ends_it_on_the_server(house_with_access) -> None:
    browser = Browser(house_with_access[0])
    sign_in(browser)
    kept = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    assert browser.ask("POST", "/deconnexion", data={}).status_code == 303
    assert Browser(house_with_access[0]).ask("GET", "/api/events", headers=kept).status_code == 401


def test_signing_in_again_ends_the_sign_in_of_before(house_with_access) -> None:
    app, access = house_with_access
    browser = Browser(app)
    sign_in(browser)
    sign_in(browser)
    assert len(access.sign_ins.of("prefecture-1")) == 1


def test_posts_are_taken_without_a_password_in_the_demonstration_only(served, files) -> None:
    app, _ = opened(served, files)
    assert Browser(app).ask("POST", "/connexion", data={"post": "prefecture-1"}).status_code == 401
    assert "prefecture-1" not in Browser(app).ask("GET", "/connexion").text


def test_the_demonstration_offers_its_posts(served, files) -> None:
    app, access = opened(served, files, CITY_READER)
    browser = Browser(app)
    assert "prefecture-1" in browser.ask("GET", "/connexion").text
    assert browser.ask("POST", "/connexion", data={"post": "nobody-1"}).status_code == 401
    assert browser.ask("POST", "/connexion", data={"post": "prefecture-1"}).status_code == 303
    assert len(access.sign_ins.of("prefecture-1")) == 1


def test_the_stream_of_an_ended_sign_in_ends(house_with_access) -> None:
    app, access = house_with_access
    browser = Browser(app)
    sign_in(browser)
    token = browser.cookies["ob-session"]
    headers = {"cookie": f"ob-session={token}"}
    assert access.viewer(headers) is not None
    access.end(token)
    assert access.viewer(headers) is None
