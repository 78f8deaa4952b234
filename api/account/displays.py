"""`/mur?jeton=…`: a wall display shows its token once; from then on a cookie opens the wall, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from access.audit import REFUSED
from access.house import KIOSK_COOKIE, SECURE_PREFIX, Access
from api.account.pages import page, speaks
from api.house import House
from api.viewer import brings_token

PATH = "/mur"
LASTS_S = 400 * 86_400  # the longest that browsers keep a cookie; the token itself ends when it says


class TokenRoute(Route):
    """The address of the wall, only when it brings a token; else the screen's own page answers."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match a request that brings a token."""
        return super().matches(scope) if brings_token(scope, (PATH,)) else (Match.NONE, {})


async def answer_token(request: Request, house: House, access: Access) -> Response:
    """Take a token into a cookie and lead to the clean address of its scene; a wrong one opens nothing."""
    found = await asyncio.to_thread(access.devices.kiosk, request.query_params.get("jeton", ""))
    if found is None:
        await asyncio.to_thread(access.audit.note, None, "kiosk.open", outcome=REFUSED)
        speak = speaks(request)
        return await page(
            request, access, "notice", speak("wall.refused.title"), status=403, told=speak("wall.refused.text"),
            code="", back="/", label=speak("unknown.home"),
        )  # fmt: skip
    member, scene = found
    await asyncio.to_thread(access.audit.note, member, "kiosk.open")
    others: dict[str, Any] = {key: value for key, value in request.query_params.items() if key != "jeton"}
    answer = RedirectResponse(f"{PATH}?{urlencode({'scene': scene, **others})}", 303, {"Cache-Control": "no-store"})
    is_secure = house.is_https_only or request.url.scheme == "https"
    answer.set_cookie(
        SECURE_PREFIX + KIOSK_COOKIE if is_secure else KIOSK_COOKIE, request.query_params["jeton"],
        max_age=LASTS_S, path="/", secure=is_secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return answer
