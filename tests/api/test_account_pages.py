"""The account, the administration and the journal over HTTP: who may, what is shown once, what ends what."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest

from access.audit import REFUSED
from access.house import Access, open_access
from access.organisations import Organisation
from access.roles import Role
from api.application import Parts, application
from api.snapshots import Snapshots
from events.audience import CITY_READER
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from tests.api.served import CITY, Still, screen
from tests.api.test_sign_in import OURS, PASSWORD, Browser

ADMIN = "ville-administration-1"
FORMS = [
    ("organisme", {"id": "port", "name": "Port", "territory": "all", "categories": "all"}),
    ("organisme/retirer", {"id": "voirie"}),
    ("compte", {"id": "voirie-2", "organisation": "voirie", "role": "reader"}),
    ("compte/fermer", {"id": "voirie-1"}),
    ("compte/mot-de-passe", {"id": "voirie-1"}),
    ("compte/facteur", {"id": "voirie-1"}),
    ("compte/lien", {"id": "voirie-1", "reference": "a" * 64}),
    ("cle", {"organisation": "voirie", "read": "1", "source": "", "audience": "public", "days": "30"}),
    ("ecran", {"organisation": "voirie", "name": "Mur", "scene": "situation", "audience": "public", "days": "30"}),
]


class Clock:
    at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


class Town:
    def __init__(self, served, files, *, is_demo: bool = False) -> None:
        clear = clearer(city_gazetteer(CITY))
        self.access: Access = open_access(
            served.house.database, b"0" * 32, lambda: datetime.now(UTC), clear, CITY_READER if is_demo else None
        )
        for one in ("ville", "voirie"):
            self.access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
        for account, role in (
            (ADMIN, Role.ADMINISTRATOR),
            ("voirie-1", Role.CONTRIBUTOR),
            ("ville-1", Role.SUPERVISOR),
        ):
            self.access.accounts.create(account, account.split("-")[0], role, PASSWORD, None)
        self.house = replace(served.house, access=self.access, viewer_rule=self.access.viewer)
        parts = Parts(
            house=self.house, files=files, hub=served.hub, snapshots=Snapshots(self.house), rhythm=Still(), screen=screen(),
            script_hashes=("'sha256-abc='",),
        )  # fmt: skip
        self.app = application(parts)
        self.secrets: dict[str, str] = {}

    def enrol(self, account: str) -> None:
        self.secrets[account] = secret = self.access.accounts.new_second_factor(account)
        self.access.accounts.confirm_second_factor(account, secret, pyotp.TOTP(secret).now(), None)

    def browser(self, account: str) -> Browser:
        """Return a browser of an account that has proved all its role asks for."""
        if account != "voirie-1" and account not in self.secrets:
            self.enrol(account)
        browser = Browser(self.app)
        member = next(one for one in self.access.accounts.all() if one.id == account)
        from access.members import account_member

        token = self.access.sign_ins.open(account_member(account, member.organisation, member.role))
        browser.cookies.set("ob-session", token, domain="127.0.0.1")
        return browser

    def counts(self) -> tuple[int, ...]:
        devices = self.access.devices
        return (
            len(self.access.organisations.all()), len(self.access.accounts.all()), len(devices.keys()), len(devices.kiosks()),
            sum(one.disabled_at is not None for one in self.access.accounts.all()), len(self.access.identities.linked()),
        )  # fmt: skip


@pytest.fixture
def town(served, files) -> Town:
    return Town(served, files)


def post(browser: Browser, path: str, **form: str):
    return browser.ask("POST", path, data=form)


def shown(answer) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", answer.text))


def secret_in(answer) -> str:
    found = re.search(r'<code class="ob-secret"[^>]*>([^<]+)</code>', answer.text)
    assert found, answer.text
    return html.unescape(found.group(1))


def test_my_account_says_who_i_am_and_ends_one_sign_in(town: Town) -> None:
    first, second = town.browser("voirie-1"), town.browser("voirie-1")
    page = first.ask("GET", "/compte")
    assert page.status_code == 200
    assert {"voirie-1", "Contributeur"} <= set(shown(page).split())
    assert page.headers["cache-control"] == "no-store"
    other = next(
        one.mark for one in town.access.sign_ins.of("voirie-1") if one.mark in page.text and _is_not(first, one.mark)
    )
    assert post(first, "/compte/seance", mark=other).status_code == 303
    assert second.ask("GET", "/compte", headers={"Accept": "application/json"}).status_code == 401
    assert first.ask("GET", "/compte").status_code == 200
    assert post(first, "/compte/seance", mark="all").status_code == 303
    assert first.ask("GET", "/api/events", headers={}).status_code == 401


def _is_not(browser: Browser, mark: str) -> bool:
    from access.sealing import token_hash

    return not token_hash(browser.cookies["ob-session"]).startswith(mark)


def test_nobody_ends_the_sign_in_of_another_account(town: Town) -> None:
    mine, theirs = town.browser("voirie-1"), town.browser(ADMIN)
    for mark in (town.access.sign_ins.of(ADMIN)[0].mark, "", "%", "_" * 12):
        post(mine, "/compte/seance", mark=mark)
    assert theirs.ask("GET", "/compte").status_code == 200
    assert mine.ask("GET", "/compte").status_code == 200, "an empty or odd mark ends nothing"


def test_a_password_changes_only_with_the_present_one_and_ends_every_sign_in(town: Town) -> None:
    browser, new = town.browser("voirie-1"), "cinq autres mots : quai, sel, vague, tram"
    assert post(browser, "/compte/mot-de-passe", password="faux", new=new).status_code == 400
    weak = post(browser, "/compte/mot-de-passe", password=PASSWORD, new="court")
    assert (weak.status_code, "quatre mots" in shown(weak)) == (400, True)
    assert post(browser, "/compte/mot-de-passe", password=PASSWORD, new=new).status_code == 303
    assert browser.ask("GET", "/api/events", headers={}).status_code == 401
    assert town.access.accounts.check("voirie-1", new).who == "voirie-1"


def test_a_second_factor_is_set_up_from_the_page_and_lifts_read_only(town: Town) -> None:
    browser = Browser(town.app)
    assert post(browser, "/connexion", account=ADMIN, password=PASSWORD).status_code == 303
    assert "lit et ne fait rien d’autre" in shown(browser.ask("GET", "/compte"))
    assert browser.ask("GET", "/administration").status_code == 403
    assert post(browser, "/compte/facteur", password="faux").status_code == 400
    page = post(browser, "/compte/facteur", password=PASSWORD)
    secret, sealed = secret_in(page), re.search(r'name="sealed" value="([^"]+)"', page.text).group(1)
    assert "data:image/svg+xml" in page.text
    assert not town.access.accounts.get(ADMIN).has_second_factor
    wrong = post(browser, "/compte/facteur/confirmer", sealed=sealed, code="000000")
    assert wrong.status_code == 400
    assert not town.access.accounts.get(ADMIN).has_second_factor
    assert post(browser, "/compte/facteur/confirmer", sealed=sealed, code=pyotp.TOTP(secret).now()).status_code == 303
    assert town.access.accounts.get(ADMIN).has_second_factor
    assert browser.ask("GET", "/api/events", headers={}).status_code == 401
    assert post(browser, "/connexion", account=ADMIN, password=PASSWORD).status_code == 401
    assert (
        post(browser, "/connexion", account=ADMIN, password=PASSWORD, code=pyotp.TOTP(secret).now()).status_code == 303
    )
    assert browser.ask("GET", "/administration").status_code == 200


def test_a_sealed_secret_serves_its_own_account_only(town: Town) -> None:
    theirs = town.access.seal.close_for("A" * 32, ADMIN)
    mine = town.browser("voirie-1")
    code = pyotp.TOTP("A" * 32).now()
    for sealed in (theirs, "", "x", town.access.seal.close("voirie-1\0" + "A" * 32)[:-4]):
        assert post(mine, "/compte/facteur/confirmer", sealed=sealed, code=code).status_code == 400
    assert not town.access.accounts.get("voirie-1").has_second_factor


def test_a_key_or_a_display_has_no_account_page(town: Town) -> None:
    key = town.access.devices.new_key("voirie", ["read"], by=None)
    answer = Browser(town.app).ask(
        "POST", "/compte/seance", headers={**OURS, "Authorization": f"Bearer {key}"}, data={"mark": "all"}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("account", ["voirie-1", "ville-1"])
@pytest.mark.parametrize(("path", "form"), FORMS)
def test_only_an_administrator_administers(town: Town, account: str, path: str, form: dict[str, str]) -> None:
    browser, before = town.browser(account), town.counts()
    assert browser.ask("GET", "/administration", headers={"Accept": "text/html"}).status_code == 403
    assert post(browser, f"/administration/{path}", **form).status_code == 403
    assert town.counts() == before
    assert (account, REFUSED) in [(row.who, row.outcome) for row in town.access.audit.rows()]
    assert post(Browser(town.app), f"/administration/{path}", **form).status_code in (303, 401)
    assert town.counts() == before


@pytest.mark.parametrize(("path", "form"), FORMS)
def test_another_site_administers_nothing(town: Town, path: str, form: dict[str, str]) -> None:
    browser, before = town.browser(ADMIN), town.counts()
    foreign = {**OURS, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert browser.ask("POST", f"/administration/{path}", headers=foreign, data=form).status_code == 403
    assert town.counts() == before


@pytest.mark.parametrize(("path", "form"), FORMS)
def test_each_form_does_what_it_says_and_is_in_the_audit(town: Town, path: str, form: dict[str, str]) -> None:
    browser, before = town.browser(ADMIN), len(town.access.audit.rows())
    answer = post(browser, f"/administration/{path}", **form)
    assert answer.status_code in (200, 303), answer.text
    row = town.access.audit.rows()[0]
    assert (row.who, row.outcome, len(town.access.audit.rows())) == (ADMIN, "done", before + 1)
    assert browser.ask("GET", "/administration?fait=oui").status_code == 200
    if answer.status_code == 200:
        secret = secret_in(answer)
        assert secret not in browser.ask("GET", "/administration").text
        assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("organisme", {"id": "Jean"}), ("organisme", {"name": "Madame Jeanne Martin"}), ("organisme", {"territory": "x"}),
        ("organisme", {"categories": ""}), ("organisme/retirer", {"id": "ville"}), ("organisme/retirer", {"id": "x"}),
        ("compte", {"role": "wall"}), ("compte", {"role": "king"}), ("compte", {"organisation": "x"}), ("compte", {"id": ADMIN}),
        ("compte/fermer", {"id": ADMIN}), ("compte/fermer", {"id": "x"}), ("compte/lien", {"reference": "x"}),
        ("cle", {"read": None}), ("cle", {"source": "prefecture-manifestations"}), ("cle", {"days": "0"}),
        ("cle", {"audience": "all"}), ("ecran", {"audience": "listed"}), ("ecran", {"name": "Jeanne Martin"}),
        ("ecran", {"scene": "<b>"}), ("ecran", {"days": "9" * 30}), ("revoquer", {"id": "x"}),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_taken_says_why_and_changes_nothing(
    town: Town, path: str, changed: dict[str, str | None]
) -> None:
    browser, before = town.browser(ADMIN), town.counts()
    form = {name: value for name, value in {**dict(FORMS).get(path, {}), **changed}.items() if value is not None}
    answer = post(browser, f"/administration/{path}", **form)
    assert answer.status_code == 400
    assert "Rien n’a changé" in shown(answer)
    assert 'role="alert"' in answer.text
    assert town.counts() == before
    assert "Jeanne" not in answer.text


def test_what_people_wrote_is_shown_as_letters(town: Town) -> None:
    browser = town.browser(ADMIN)
    post(
        browser,
        "/administration/organisme",
        id="port",
        name="<script>alert(1)</script>",
        territory="all",
        categories="all",
    )
    page = browser.ask("GET", "/administration")
    assert "<script>alert" not in page.text
    assert page.text.count("<script") == 1


def test_a_closed_account_and_a_retired_organisation_open_nothing_any_more(town: Town) -> None:
    admin, voirie = town.browser(ADMIN), town.browser("voirie-1")
    key = town.access.devices.new_key("voirie", ["read"], by=None)
    asked = {"Authorization": f"Bearer {key}"}
    assert Browser(town.app).ask("GET", "/api/events", headers=asked).status_code == 200
    assert voirie.ask("GET", "/api/events").status_code == 200
    post(admin, "/administration/organisme/retirer", id="voirie")
    assert voirie.ask("GET", "/api/events", headers={}).status_code == 401
    assert Browser(town.app).ask("GET", "/api/events", headers=asked).status_code == 401
    post(admin, "/administration/organisme/retablir", id="voirie")
    assert Browser(town.app).ask("GET", "/api/events", headers=asked).status_code == 200


def test_the_journal_is_read_by_who_may_and_reading_it_is_in_it(town: Town) -> None:
    assert town.browser("voirie-1").ask("GET", "/administration/journal").status_code == 403
    for account in (ADMIN, "ville-1"):
        answer = town.browser(account).ask("GET", "/administration/journal")
        assert answer.status_code == 200
        assert (town.access.audit.rows()[0].who, town.access.audit.rows()[0].action) == (account, "audit.read")
    assert f"Ancre : {town.access.audit.anchor().told}" in shown(answer)
    assert town.browser(ADMIN).ask("GET", "/administration/journal?before=x").status_code == 400
