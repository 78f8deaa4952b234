"""What the pages of accounts share: forms read, documents answered, ways back, moments written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.house import SECURE_PREFIX, SIGN_IN_COOKIE, Access
from access.members import Member
from api.failure_page import language_in
from api.house import House
from api.viewer import member_of
from components.documents import draw
from components.texts import Words, words

MOST_FIELDS = 40


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a posted form, the last of each name."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1].strip() for name, values in parse_qs(body, max_num_fields=MOST_FIELDS).items()}


def speaks(request: Request) -> Words:
    """Return the texts in the reader's language."""
    return words(language_in(request.scope))


def moment(at: datetime | None, house: House) -> str:
    """Return a moment on the city's clock, "" without one."""
    return "" if at is None else f"{at.astimezone(house.zone):%Y-%m-%d %H:%M}"


async def page(
    request: Request, access: Access, template: str, title: str, *, status: int = 200, **values: object
) -> Response:
    """Return a document of this request's reader; never kept by a browser."""
    member, lang = member_of(request), language_in(request.scope)
    who = "" if member is None else member.who
    body = await asyncio.to_thread(
        draw, template, lang, title=title, is_demo=access.is_demonstration, who=who, **values
    )
    return Response(body, status, {"Cache-Control": "no-store"}, "text/html")


def back(path: str, done: str, anchor: str = "") -> Response:
    """Lead back to a page that says what was done: reloading it does nothing twice."""
    return RedirectResponse(f"{path}?{urlencode({'fait': done})}{anchor and '#' + anchor}", 303)


def to_sign_in(path: str) -> Response:
    """Lead a visitor to the form and back."""
    return RedirectResponse(f"/connexion?{urlencode({'suite': path})}", 303)


def forget_sign_in(answer: Response) -> Response:
    """Take the cookie of a sign-in that ended out of the browser."""
    for name in (SIGN_IN_COOKIE, SECURE_PREFIX + SIGN_IN_COOKIE):
        answer.delete_cookie(name, path="/", secure=name.startswith(SECURE_PREFIX), httponly=True, samesite="lax")
    return answer


def home_of(house: House, member: Member, lang: str) -> str:
    """Return how the member's organisation is called."""
    return {one.id: one.name_in(lang) for one in house.said.organisation}.get(member.home, member.home)
