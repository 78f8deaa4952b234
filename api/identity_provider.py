"""Another house that signs people in: OpenID Connect, code flow with PKCE. Asked for an identity and its body, for no name.

What ProConnect does its own way is understood: `userinfo` as a signed token. Every answer comes from the host of the
issuer, over the guarded connection of partners' documents.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from datasources.addresses import read_networks
from datasources.wire import AddressForbidden, Budget, GuardedBackend, TooLarge, system_resolver
from events.errors import AccessDenied

with warnings.catch_warnings():  # it speaks of the next release of httpx, at each start
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import OAuth2Client

WITHIN_S = 10.0
MOST_BYTES = 2**20
LEEWAY_S = 60
FRESH = timedelta(hours=1)
_SECRET_LENGTH = 48  # ProConnect wants 32 or more
_FAILURES = (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, AddressForbidden,
             TooLarge, OAuthError, JoseError, ValueError, KeyError, TypeError)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What the operator says of a provider; `networks` are private ones that it may be on, and plain http there only."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    scope: str = "openid siret uid"
    algorithm: str = "RS256"
    networks: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = ()  # values of `acr` that mean one, and are asked for; `amr` may say `mfa` beside


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in on its way: where to go, and what must come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is: `subject` is its own identifier, `siret` the body; neither is kept as it is.

    `is_factor_proved`: its signed token says that a second factor was used.
    """

    issuer: str
    subject: str
    siret: str
    is_factor_proved: bool = False


class IdentityProvider:
    """Speaks with one provider; blocks, so that it is called off the loop."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._known: tuple[float, Mapping[str, str]] | None = None

    def start(self, return_to: str) -> Started:
        """Return where a browser goes to sign in; raise AccessDenied when the provider cannot be asked."""
        state, nonce, verifier = (generate_token(_SECRET_LENGTH) for _ in range(3))
        try:
            with self._client(return_to) as client:
                endpoint = self._endpoints(client)["authorization_endpoint"]
                wanted = {"acr_values": " ".join(self.provider.second_factor)} if self.provider.second_factor else {}
                made = client.create_authorization_url(
                    endpoint, state=state, nonce=nonce, code_verifier=verifier, **wanted
                )
        except _FAILURES as error:
            raise _failed(error) from None
        return Started(made[0], state, nonce, verifier)

    def finish(self, return_to: str, code: str, nonce: str, verifier: str) -> Identity:
        """Return who signed in; raise AccessDenied unless every signature, audience, issuer, time and nonce is right."""
        try:
            with self._client(return_to) as client:
                endpoints = self._endpoints(client)
                token = client.fetch_token(endpoints["token_endpoint"], code=code, code_verifier=verifier)
                keys = KeySet.import_key_set(_json(client.request("GET", endpoints["jwks_uri"], withhold_token=True)))  # type: ignore[arg-type] # checked by the import itself
                claims = self._claims(str(token["id_token"]), keys, nonce)
                told = self._userinfo(client, endpoints, keys)
        except _FAILURES as error:
            raise _failed(error) from None
        if told.get("sub") != claims["sub"]:
            raise AccessDenied("the provider speaks of two identities; nothing was opened")
        subject, siret = str(told.get("uid") or claims["sub"]), str(told.get("siret") or "")
        return Identity(self.provider.issuer, subject, siret, self._proves_factor(claims))

    def _proves_factor(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether a signed token says that a second factor was used: `acr` as agreed, or `mfa` (RFC 8176) in `amr`."""
        methods = claims.get("amr")
        return claims.get("acr") in self.provider.second_factor or (isinstance(methods, list) and "mfa" in methods)

    def _claims(self, id_token: str, keys: KeySet, nonce: str) -> Mapping[str, Any]:
        read = jwt.decode(id_token, keys, algorithms=[self.provider.algorithm])
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(read.claims)
        return read.claims

    def _userinfo(self, client: OAuth2Client, endpoints: Mapping[str, str], keys: KeySet) -> Mapping[str, Any]:
        if "userinfo_endpoint" not in endpoints:
            return {}
        answer = client.get(endpoints["userinfo_endpoint"])
        if answer.headers.get("content-type", "").partition(";")[0].strip() != "application/jwt":
            return _json(answer)
        answer.raise_for_status()
        read = jwt.decode(answer.text.strip(), keys, algorithms=[self.provider.algorithm])
        told = {"iss": {"essential": True, "value": self.provider.issuer}, "aud": {"value": self.provider.client_id}}
        jwt.JWTClaimsRegistry(leeway=LEEWAY_S, **told).validate(read.claims)  # type: ignore[arg-type] # its own shape
        return read.claims

    def _endpoints(self, client: OAuth2Client) -> Mapping[str, str]:
        if self._known is None or time.monotonic() - self._known[0] > FRESH.total_seconds():
            address = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            told = _json(client.request("GET", address, withhold_token=True))
            if told.get("issuer") != self.provider.issuer:
                raise ValueError("the configuration is of another issuer")
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
            found = {name: str(told[name]) for name in names if name in told}
            if any(_origin(one) != _origin(self.provider.issuer) for one in found.values()):
                raise ValueError("an endpoint is not on the issuer's host")
            self._known = (time.monotonic(), found)
        return self._known[1]

    def _client(self, return_to: str) -> OAuth2Client:
        provider = self.provider
        return OAuth2Client(
            provider.client_id, provider.client_secret, scope=provider.scope, redirect_uri=return_to,
            code_challenge_method="S256", transport=_Guarded(provider.networks), trust_env=False, follow_redirects=False,
        )  # fmt: skip


def provider_of(said: Provider | None) -> IdentityProvider | None:
    """Return what speaks with the provider that the settings name, None without one."""
    return None if said is None else IdentityProvider(said)


class _Guarded(httpx.BaseTransport):
    """One connection each request, to an address that was checked, within one time and number of bytes."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks = read_networks(networks)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        budget = Budget(time.monotonic() + WITHIN_S, MOST_BYTES)
        is_plain = request.url.scheme != "https"
        backend = GuardedBackend(budget, system_resolver, self._networks, only_allowed=is_plain)
        tls = httpx.create_ssl_context(trust_env=False)
        with httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool:
            answer = pool.request(request.method, str(request.url), headers=request.headers.raw, content=request.read())
        return httpx.Response(answer.status, headers=answer.headers, content=answer.content, request=request)


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    answer.raise_for_status()
    told = answer.json()
    if answer.is_redirect or not isinstance(told, dict):
        raise ValueError("not an object")
    return told


def _origin(address: str) -> tuple[str, str]:
    split = urlsplit(address)
    return split.scheme, split.netloc


def _failed(error: Exception) -> AccessDenied:
    # Its own words may hold a token.
    return AccessDenied(f"the identity provider did not answer as it must ({type(error).__name__}); nothing was opened")
