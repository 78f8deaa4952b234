"""Signing in through an identity provider, against one on this machine that keeps every rule and breaks each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from joserfc.jwk import RSAKey

from access.audit import REFUSED
from access.house import open_access
from access.roles import Role
from api.application import Parts, application
from api.identity_provider import IdentityProvider, Provider
from api.snapshots import Snapshots
from tests.api.provider import CLIENT, SECRET, FakeProvider, Town, opened, serve_provider
from tests.api.served import Still, screen
from tests.api.test_sign_in import Browser


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with serve_provider() as provider:
        yield provider


@pytest.fixture
def town(served, files, fake) -> Town:
    made = opened(served, files, fake)
    made.access.identities.link(
        made.access.identities.reference(fake.issuer, "u-77", "21130055300016"), "voirie-1", None
    )
    return made


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_linked_identity_signs_in_as_its_post(town: Town, is_signed: bool) -> None:
    town.fake.is_signed = is_signed
    browser = Browser(town.app)
    answer = town.sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/analyse")
    assert browser.ask("GET", "/api/events").status_code == 200
    assert (town.access.audit.rows()[0].who, town.access.audit.rows()[0].action) == ("voirie-1", "sign-in")
    asked = town.fake.asked[0]
    assert asked["scope"] == "openid siret uid"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    assert asked["code_challenge_method"] == "S256"


def test_the_form_offers_the_provider_beside_the_password(town: Town) -> None:
    page = Browser(town.app).ask("GET", "/connexion?suite=/analyse").text
    assert 'href="/connexion/fournisseur?suite=%2Fanalyse"' in page
    assert "ProConnect" in page
    assert 'type="password"' in page


def test_an_unknown_identity_is_told_its_reference_and_an_administrator_links_it(served, files, fake) -> None:
    town, browser = opened(served, files, fake), None
    browser = Browser(town.app)
    answer = town.sign_in(browser)
    assert answer.status_code == 403
    reference = answer.text.partition('tabindex="0">')[2].partition("<")[0]
    reference = (
        reference if len(reference) == 64 else answer.text.partition('<code class="ob-secret" tabindex="0">')[2][:64]
    )
    assert "u-77" not in answer.text
    assert "ob-session" not in str(answer.headers)
    town.access.identities.link(reference, "voirie-1", None)
    assert town.sign_in(browser).headers["location"] == "/analyse"
    town.access.identities.unlink("voirie-1", None)
    assert town.sign_in(browser).status_code == 403


def test_nothing_of_what_the_provider_told_is_kept(town: Town, served) -> None:
    town.sign_in(Browser(town.app))
    from sqlalchemy import select

    from store.tables import metadata

    with served.house.database.read() as connection:
        kept = " ".join(str(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))
    assert not {"person-1", "u-77", "21130055300016"} & set(kept.replace("'", " ").replace(",", " ").split())


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1},
        {"exp": None}, {"sub": None}, {"sub": "person-2"},
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_opens_nothing(town: Town, wrong: dict[str, Any]) -> None:
    town.fake.wrong = wrong
    refused(town)


@pytest.mark.parametrize("is_signed", [True, False])
def test_userinfo_of_another_identity_opens_nothing(town: Town, is_signed: bool) -> None:
    town.fake.is_signed, town.fake.wrong_userinfo = is_signed, {"sub": "person-2"}
    refused(town)


def test_userinfo_signed_for_another_issuer_opens_nothing(town: Town) -> None:
    town.fake.wrong_userinfo = {"iss": "https://evil.example"}
    refused(town)


def test_a_token_of_another_key_opens_nothing(town: Town) -> None:
    town.fake.signing = RSAKey.generate_key(2048, {"kid": "one"})
    refused(town)


def test_a_token_of_another_algorithm_opens_nothing(town: Town) -> None:
    town.fake.algorithm = "RS512"
    refused(town)


def test_a_configuration_of_another_issuer_or_host_is_not_followed(served, files, fake) -> None:
    for changed in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://127.0.0.2:9/token"}):
        fake.configuration = changed
        answer = Browser(opened_again(served, files, fake).app).ask("GET", "/connexion/fournisseur")
        assert answer.status_code == 403


def opened_again(served, files, fake: FakeProvider) -> Town:
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), str)
    if access.accounts.get("voirie-1") is not None:
        provider = IdentityProvider(
            Provider(issuer=fake.issuer, client_id=CLIENT, client_secret=SECRET, name="x", networks=("127.0.0.1/32",))
        )
        house = replace(served.house, access=access, viewer_rule=access.viewer, provider=provider)
        parts = Parts(house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
                      script_hashes=("'sha256-abc='",))  # fmt: skip
        return Town(application(parts), access, fake)
    return opened(served, files, fake)


def test_a_provider_on_an_address_that_no_network_allows_is_never_asked(served, files, fake) -> None:
    town = opened(served, files, fake, networks=())
    assert Browser(town.app).ask("GET", "/connexion/fournisseur").status_code == 403
    assert fake.asked == []


def test_an_answer_that_no_sign_in_of_this_browser_waits_for_opens_nothing(town: Town) -> None:
    other, mine = Browser(town.app), Browser(town.app)
    gone = other.ask("GET", "/connexion/fournisseur")
    back = town.fake.authorise(gone.headers["location"])
    assert mine.ask("GET", f"/connexion/retour?{back}").status_code == 403
    assert other.ask("GET", "/connexion/retour?code=code-1&state=forged").status_code == 403
    assert other.ask("GET", f"/connexion/retour?{back}").status_code == 403, "its cookie was taken with the forged one"
    assert mine.ask("GET", "/connexion/retour").status_code == 403
    assert ("nobody", "provider.open", REFUSED) in [
        (row.who, row.action, row.outcome) for row in town.access.audit.rows()
    ]


def test_nobody_is_led_to_another_site_after_the_provider(town: Town) -> None:
    assert town.sign_in(Browser(town.app), after="//evil.example").headers["location"] == "/"


def refused(town: Town) -> None:
    browser = Browser(town.app)
    answer = town.sign_in(browser)
    assert answer.status_code == 403
    assert browser.ask("GET", "/api/events", headers={}).status_code == 401
    assert town.access.audit.rows()[0].outcome == REFUSED


@pytest.mark.parametrize(
    ("told", "does"),
    [
        ({}, False), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False), ({"acr": "eidas1"}, False), ({"acr": None}, False),
        ({"acr": ["eidas2"]}, False), ({"amr": ["pwd", "mfa"]}, True), ({"acr": "eidas2"}, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("has_one_here", [False, True])
def test_a_supervisor_whom_a_provider_signs_in_does_more_than_read_when_it_proves_a_second_factor(
    served, files, fake, told: dict[str, Any], *, does: bool, has_one_here: bool
) -> None:
    """One that is kept here was not asked for, so that it proves nothing."""
    town = opened(served, files, fake, second_factor=("eidas2", "eidas3"))
    town.access.accounts.create("voirie-supervision-1", "voirie", Role.SUPERVISOR, None, None)
    if has_one_here:
        secret = town.access.accounts.new_second_factor("voirie-supervision-1")
        town.access.accounts.confirm_second_factor("voirie-supervision-1", secret, pyotp.TOTP(secret).now(), None)
    reference = town.access.identities.reference(fake.issuer, "u-77", "21130055300016")
    town.access.identities.link(reference, "voirie-supervision-1", None)
    fake.wrong = told
    browser = Browser(town.app)
    assert town.sign_in(browser).status_code == 303
    assert fake.asked[0]["acr_values"] == "eidas2 eidas3"
    assert browser.ask("GET", "/administration/journal").status_code == (200 if does else 403)
    assert "fournisseur d’identité" in browser.ask("GET", "/compte").text
