"""An identity provider on this machine, and a house that it signs posts in to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

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


@contextmanager
def serve_provider() -> Iterator[FakeProvider]:
    """Serve one on this machine until the end."""
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
    try:
        yield provider
    finally:
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
