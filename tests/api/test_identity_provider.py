"""Signing in through an identity provider, against one on this machine that keeps every rule and breaks each once."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from access.audit import REFUSED
from access.house import Access, open_access
from access.organisations import Organisation
from access.roles import Role
from api.application import Parts, application
from api.identity_provider import IdentityProvider, Provider
from api.snapshots import Snapshots
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from tests.api.served import CITY, Still, screen
from tests.api.test_sign_in import Browser

CLIENT, SECRET = "observatory", "secret of the tests"


@dataclass
class FakeProvider:
    """An OpenID Connect provider; `wrong` changes claims, `is_signed` is how ProConnect gives userinfo."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signing: RSAKey | None = None
    issuer: str = ""
    is_signed: bool = True
    algorithm: str = "RS256"
    wrong: dict[str, Any] = field(default_factory=dict)
    wrong_userinfo: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def authorise(self, address: str) -> str:
        """Play the person who signs in there; return the query of the way back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(query)
        self.codes["code-1"] = query
        return f"code=code-1&state={query['state']}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        query = self.codes.pop(form.get("code", ""), None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_right = (
            query is not None and query["code_challenge"] == challenge and query["code_challenge_method"] == "S256"
        )
        if not is_right or query is None or form["redirect_uri"] != query["redirect_uri"] or basic not in authorization:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "person-1",
            "nonce": query["nonce"],
            "iat": now,
            "exp": now + 60,
        }
        return {"access_token": "access", "token_type": "Bearer", "id_token": self.sign({**claims, **self.wrong})}

    def sign(self, claims: dict[str, Any]) -> str:
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, kept, self.signing or self.key)

    def userinfo(self) -> tuple[str, bytes]:
        told = {"sub": "person-1", "uid": "u-77", "siret": "21130055300016", **self.wrong_userinfo}
        if not self.is_signed:
            return "application/json", json.dumps(told).encode()
        return "application/jwt", self.sign({"iss": self.issuer, "aud": CLIENT, **told}).encode()

    def described(self) -> dict[str, Any]:
        names = ("authorization", "token", "userinfo")
        told = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in names}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **told, **self.configuration}


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.endswith("openid-configuration"):
                self._answer(json.dumps(provider.described()).encode())
            elif path == "/jwks":
                self._answer(json.dumps({"keys": [provider.key.as_dict(private=False)]}).encode())
            elif path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
                kind, body = provider.userinfo()
                self._answer(body, kind)
            else:
                self._answer(b"{}", status=401)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told = provider.token(
                {name: values[0] for name, values in form.items()}, self.headers.get("Authorization", "")
            )
            self._answer(json.dumps(told or {"error": "invalid_grant"}).encode(), status=200 if told else 400)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@dataclass
class Town:
    app: Any
    access: Access
    fake: FakeProvider

    def sign_in(self, browser: Browser, after: str = "/analyse") -> Any:
        gone = browser.ask("GET", f"/connexion/fournisseur?suite={after}")
        assert gone.status_code == 303, gone.text
        assert gone.headers["location"].startswith(f"{self.fake.issuer}/authorization?")
        return browser.ask("GET", f"/connexion/retour?{self.fake.authorise(gone.headers['location'])}")


def opened(served, files, fake: FakeProvider, **changes: Any) -> Town:
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(city_gazetteer(CITY)))
    access.organisations.put(Organisation(id="voirie", title="Service voirie"), None)
    access.accounts.create("voirie-1", "voirie", Role.CONTRIBUTOR, None, None)
    made = {
        "issuer": fake.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "name": "ProConnect",
        "networks": ("127.0.0.1/32",),
    }
    provider = IdentityProvider(Provider(**{**made, **changes}))
    house = replace(served.house, access=access, viewer_rule=access.viewer, provider=provider)
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    return Town(application(parts), access, fake)


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
