"""`/connexion/fournisseur` and `/connexion/retour`: signing in through an identity provider, as a post of this house."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.house import SECURE_PREFIX, SIGN_IN_COOKIE, Access, token_in
from api.account.pages import page, speaks
from api.house import House
from api.identity_provider import Identity, IdentityProvider
from api.sign_in import after_of, set_sign_in
from events.errors import AccessDenied

PATH_OUT, PATH_BACK = "/connexion/fournisseur", "/connexion/retour"
COOKIE = "ob-provider"
HELD_S = 600
_WHO = "provider"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProviderSignIn:
    """The way through a provider; what must come back travels sealed in a cookie of ten minutes."""

    house: House
    access: Access
    provider: IdentityProvider

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider."""
        after = after_of(request.query_params.get("suite", ""))
        try:
            started = await asyncio.to_thread(self.provider.start, self._return_to(request))
        except AccessDenied as error:
            return await self._failed(request, error)
        held = orjson.dumps([started.state, started.nonce, started.verifier, after]).decode()
        answer = RedirectResponse(started.address, 303, {"Cache-Control": "no-store"})
        answer.set_cookie(
            self._cookie(request), self.access.seal.close_for(held, _WHO), max_age=HELD_S, path="/",
            secure=self._is_secure(request), httponly=True, samesite="lax",
        )  # fmt: skip
        return answer

    async def finish(self, request: Request) -> Response:
        """Take the provider's answer: a linked identity signs in, any other is told its reference."""
        held = self.access.seal.open_within(token_in(request.headers, COOKIE) or "", _WHO)
        try:
            nonce, verifier, after = _waited_for(held, request.query_params.get("state", ""))
            finish, code = self.provider.finish, request.query_params.get("code", "")
            identity = await asyncio.to_thread(finish, self._return_to(request), code, nonce, verifier)
        except AccessDenied as error:
            return self._forget(request, await self._failed(request, error))
        return self._forget(request, await self._open(request, identity, after))

    async def _open(self, request: Request, identity: Identity, after: str) -> Response:
        reference = self.access.identities.reference(identity.issuer, identity.subject, identity.siret)
        member = await asyncio.to_thread(self.access.identities.member, reference)
        if member is None:
            speak = speaks(request)
            return await page(
                request, self.access, "notice", speak("login.unlinked.title"), status=403,
                told=speak("login.unlinked.text"), code=reference, back="/connexion", label=speak("login.title"),
            )  # fmt: skip
        before = token_in(request.headers, SIGN_IN_COOKIE)
        if before is not None:
            await asyncio.to_thread(self.access.end, before)
        opens = partial(self.access.sign_ins.open, member, is_factor_proved=identity.is_factor_proved)
        token = await asyncio.to_thread(opens)
        answer = RedirectResponse(after, 303)
        set_sign_in(answer, request, self.house, token)
        return answer

    async def _failed(self, request: Request, error: AccessDenied) -> Response:
        log.warning("sign-in through the identity provider: %s", error)
        await asyncio.to_thread(self.access.noted.refused, None, "provider.open")
        speak = speaks(request)
        return await page(
            request, self.access, "notice", speak("login.provider_failed.title"), status=403,
            told=speak("login.provider_failed.text"), code="", back="/connexion", label=speak("login.title"),
        )  # fmt: skip

    def _return_to(self, request: Request) -> str:
        scheme = "https" if self._is_secure(request) else "http"
        return f"{scheme}://{request.headers.get('host', '')}{PATH_BACK}"

    def _is_secure(self, request: Request) -> bool:
        return self.house.is_https_only or request.url.scheme == "https"

    def _cookie(self, request: Request) -> str:
        return SECURE_PREFIX + COOKIE if self._is_secure(request) else COOKIE

    def _forget(self, request: Request, answer: Response) -> Response:
        answer.delete_cookie(
            self._cookie(request), path="/", secure=self._is_secure(request), httponly=True, samesite="lax"
        )
        return answer


def _waited_for(held: str | None, state: str) -> tuple[str, str, str]:
    """Return the nonce, the verifier and the way on of the sign-in that an answer belongs to; raise AccessDenied."""
    expected, nonce, verifier, after = orjson.loads(held) if held else ("", "", "", "/")
    if not expected or not hmac.compare_digest(expected.encode(), state.encode()):
        raise AccessDenied("this answer belongs to no sign-in of this browser; nothing was opened")
    return nonce, verifier, after


def provider_pages(way: ProviderSignIn) -> dict[str, Callable[[Request], Awaitable[Response]]]:
    """Return what answers the two addresses of a sign-in through a provider."""
    return {PATH_OUT: way.start, PATH_BACK: way.finish}
