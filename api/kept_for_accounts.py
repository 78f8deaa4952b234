"""What a browser asks and says of shared views and subscriptions; errors are keys of the catalogue of texts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from access.members import Member
from access.saved_views import SavedViews, scopes_of
from access.subscriptions import Subscription, Subscriptions, read_subscription
from api.answers import JSON, Problem, encode
from api.house import House
from api.viewer import member_of, viewer_of
from events.errors import AccessDenied, InvalidRecord
from insight.transitions import per_day
from store import readers
from store.kept import EventQuery

MONTH = timedelta(days=28)
MOST_COUNTED = 1000


async def answer_views(request: Request, house: House) -> Response:
    """Return the views shared with who asks, and with whom they may share theirs."""
    member = member_of(request)
    views = await asyncio.to_thread(_views(house).of, member)
    rows = [{"id": v.id, "name": v.name, "query": v.query, "scope": v.scope, "mine": v.is_own} for v in views]
    return _json({"views": rows, "scopes": list(scopes_of(member))})


async def answer_saving(request: Request, house: House) -> Response:
    """Save or delete a shared view."""
    said = await _said(request)
    views = _views(house)
    if said.get("what") == "delete":
        return await _done(request, "view.saved.sign_in", lambda member: views.drop(member, str(said.get("id", ""))))
    name, query, scope = (str(said.get(key, "")) for key in ("name", "query", "scope"))
    return await _done(request, "view.saved.sign_in", lambda member: views.save(member, name, query, scope))


async def answer_subscriptions(request: Request, house: House) -> Response:
    """Return the subscriptions of who signed in, and whether their organisation has a mailbox."""
    member = member_of(request)
    kept = () if member is None else await asyncio.to_thread(_subscriptions(house).of, member)
    rows = [
        {"id": one.id}
        | {key: sorted(getattr(one, key)) for key in ("transitions", "districts", "categories", "channels")}
        for one in kept
    ]
    has_post = member is not None and house.mail is not None and member.home in house.mail.mailboxes
    return _json({"subscriptions": rows, "signed_in": member is not None, "post": has_post})


async def answer_subscribing(request: Request, house: House) -> Response:
    """Keep or end a subscription, or tell how many messages a day one would have brought."""
    said = await _said(request)
    kept = _subscriptions(house)
    if said.get("what") == "delete":
        return await _done(request, "sub.error.sign_in", lambda member: kept.drop(member, str(said.get("id", ""))))
    try:
        wanted = read_subscription(said)
    except InvalidRecord as error:
        return _json({"error": str(error)}, 422)
    if said.get("what") == "estimate":
        return _json({"per_day": await asyncio.to_thread(_volume, request, house, wanted)})
    return await _done(request, "sub.error.sign_in", lambda member: kept.keep(member, wanted))


def _volume(request: Request, house: House, wanted: Subscription) -> float:
    """Return how many messages a day the last 28 days would have brought, as far as the records reach."""
    now, viewer = house.clock(), viewer_of(request)
    query = EventQuery(
        start=now - MONTH, end=now, districts=tuple(wanted.districts), categories=tuple(wanted.opened()),
        severity=0 if wanted.transitions & {"created", "closed"} else 3, limit=MOST_COUNTED,
    )  # fmt: skip
    found = [one for one in readers.events(house.database, viewer=viewer, query=query).events if house.shows(one)]
    since = now - MONTH
    born = [one for one in found if one.recorded_at >= since]
    told = sum(
        ("created" in wanted.transitions)
        or ("major" in wanted.transitions and one.event.severity >= 3)
        for one in born
    )  # fmt: skip
    if "closed" in wanted.transitions:
        told += sum(one.withdrawn_at is not None for one in found)
    first = min((one.recorded_at for one in found), default=now)
    return per_day(told, min(MONTH, now - first) / timedelta(days=1))


def _views(house: House) -> SavedViews:
    return SavedViews(house.database, house.clear, house.clock)


def _subscriptions(house: House) -> Subscriptions:
    return Subscriptions(house.database, house.clock)


async def _said(request: Request) -> dict[str, object]:
    try:
        said = json.loads(await request.body())
    except ValueError as error:
        raise Problem(400, "the body is not JSON; nothing was done") from error
    if not isinstance(said, dict):
        raise Problem(400, "the body is not a JSON object; nothing was done")
    return said


async def _done(request: Request, sign_in: str, act: Callable[[Member], str | None]) -> Response:
    member = member_of(request)
    if member is None:
        return _json({"error": sign_in}, 401)
    try:
        made = await asyncio.to_thread(act, member)
    except AccessDenied as error:
        return _json({"error": str(error)}, 403)
    except InvalidRecord as error:
        return _json({"error": str(error)}, 422)
    return _json({"id": made})


def _json(content: object, status: int = 200) -> Response:
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})
