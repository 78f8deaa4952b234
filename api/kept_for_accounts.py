"""What a browser asks and says of shared views, subscriptions and the last look of an account; errors are keys of the catalogue of texts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from access.feed_keys import FeedKeys
from access.house import Access
from access.last_look import LastLook
from access.members import Member
from access.notices import Notices
from access.roles import Right
from access.saved_views import SavedViews, scopes_of
from access.subscriptions import OUTAGE, Subscription, Subscriptions, read_subscription
from api.answers import JSON, Problem, encode
from api.house import House
from api.parameters import WINDOW_AFTER, WINDOW_BEFORE
from api.rows import event_row, seconds
from api.viewer import FEED, member_of, viewer_of
from events.errors import AccessDenied, InvalidRecord
from insight.transitions import per_day, transitions_of
from store import readers


class Kind(NamedTuple):
    """What is kept for accounts: how the audit names an attempt, and the texts of two refusals."""

    action: str
    sign_in: str
    unknown: str


VIEW = Kind("view.keep", "view.saved.sign_in", "view.saved.unknown")
SUBSCRIPTION = Kind("subscription.keep", "sub.error.sign_in", "sub.error.unknown")
LOOK = Kind("look.keep", "news.sign_in", "news.unknown")
MOST_REPLACED = 2000
MONTH = timedelta(days=28)
MOST_COUNTED = 5000
_SHOWN = ("transitions", "districts", "categories", "sources", "channels")


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
        return await _done(request, house, VIEW, lambda member: views.drop(member, str(said.get("id", ""))))
    name, query, scope = (str(said.get(key, "")) for key in ("name", "query", "scope"))
    return await _done(request, house, VIEW, lambda member: views.save(member, name, query, scope))


async def answer_subscriptions(request: Request, house: House) -> Response:
    """Return the subscriptions of who signed in, their feed, what was sent, and whether their organisation has a mailbox."""
    member = member_of(request)
    told: dict[str, object] = {"subscriptions": [], "sent": [], "feed": None}
    if member is not None:
        told = await asyncio.to_thread(_kept_of, house, member)
    has_post = member is not None and house.mail is not None and member.home in house.mail.mailboxes
    return _json({**told, "signed_in": member is not None, "post": has_post})


def _kept_of(house: House, member: Member) -> dict[str, object]:
    kept = _subscriptions(house).of(member)
    feed = None if house.access is None else _feeds(house, house.access).of(member)
    return {
        "subscriptions": [{"id": one.id} | {key: sorted(getattr(one, key)) for key in _SHOWN} for one in kept],
        "sent": [
            {"at": seconds(one.at), "events": one.events, "outcome": one.outcome}
            for one in Notices(house.database, house.clock).log(member)
        ],
        "feed": feed and {"since": seconds(feed.created_at), "read": seconds(feed.used_at)},
    }


async def answer_subscribing(request: Request, house: House, access: Access) -> Response:
    """Keep or end a subscription or the address of the feed, or tell how many messages a day one would have brought."""
    said = await _said(request)
    kept, feeds = _subscriptions(house), _feeds(house, access)
    what = said.get("what")
    if what == "delete":
        return await _done(request, house, SUBSCRIPTION, lambda member: kept.drop(member, str(said.get("id", ""))))
    if what == "feed":
        return await _done(request, house, SUBSCRIPTION, lambda member: f"{FEED}?jeton={feeds.make(member)}", "address")
    if what == "feed-end":
        return await _done(request, house, SUBSCRIPTION, feeds.end)
    try:
        wanted = read_subscription(said, [source.id for source in house.sources])
    except InvalidRecord as error:
        return _json({"error": str(error)}, 422)
    if what == "estimate":
        return _json({"per_day": await asyncio.to_thread(_volume, request, house, wanted)})
    return await _done(request, house, SUBSCRIPTION, lambda member: kept.keep(member, wanted))


def _volume(request: Request, house: House, wanted: Subscription) -> float:
    """Return how many messages a day the last 28 days would have brought, as far as the records reach.

    Beyond the newest MOST_COUNTED versions it is told from the days that these cover.
    """
    now, viewer = house.clock(), viewer_of(request)
    told, first = 0, now
    if wanted.transitions - {OUTAGE}:
        versions = readers.recent_versions(
            house.database, viewer=viewer, since=now - MONTH, limit=MOST_COUNTED, categories=wanted.opened()
        )
        told = sum(
            one.event.information_status.value == "real"
            and wanted.wants(transitions_of(one), frozenset(one.event.district_codes), one.event.category)
            for one in versions
        )
        first = min((one.recorded_at for one in versions), default=now)
    found = [one for one in readers.outages(house.database, since=now - MONTH) if wanted.wants_outage(one.source_id)]
    told += sum(1 if one.ended_at is None else 2 for one in found)
    first = min([first, *(one.began_at for one in found)])
    return per_day(told, min(MONTH, now - first) / timedelta(days=1))


async def answer_look(request: Request, house: House) -> Response:
    """Return when the account of who asks last went through what changed, and what changed since, as it was then."""
    member = member_of(request)
    if member is None or not member.may(Right.SAVE_VIEWS):
        return _json({"at": None, "rows": []})
    return _json(await asyncio.to_thread(_since_look, house, member))


def _since_look(house: House, member: Member) -> dict[str, object]:
    at, now = _looks(house).of(member), house.clock()
    if at is None:
        return {"at": None, "rows": []}
    present = (now - WINDOW_BEFORE, now + WINDOW_AFTER)
    rows = []
    for kept in readers.replaced(house.database, viewer=member, since=at, limit=MOST_REPLACED):
        # An event that recurs has its next times in both pictures; one that does not, all there was of it.
        window = present if kept.event.validity.recurrences else (min(at - WINDOW_BEFORE, present[0]), present[1])
        if house.shows(kept):
            rows.append(event_row(kept, window))
    return {"at": seconds(at), "rows": rows}


async def answer_looking(request: Request, house: House) -> Response:
    """Keep that the account of who asks has seen everything up to the change its screen last heard of."""
    said = await _said(request)
    return await _done(request, house, LOOK, lambda member: seconds(_looks(house).mark(member, said.get("seq"))), "at")


def _looks(house: House) -> LastLook:
    return LastLook(house.database, house.clock)


def _views(house: House) -> SavedViews:
    return SavedViews(house.database, house.clear, house.clock)


def _subscriptions(house: House) -> Subscriptions:
    return Subscriptions(house.database, house.clock)


def _feeds(house: House, access: Access) -> FeedKeys:
    return FeedKeys(house.database, access.audit, house.clock)


async def _said(request: Request) -> dict[str, object]:
    try:
        said = json.loads(await request.body())
    except ValueError as error:
        raise Problem(400, "the body is not JSON; nothing was done") from error
    if not isinstance(said, dict):
        raise Problem(400, "the body is not a JSON object; nothing was done")
    return said


async def _done(
    request: Request, house: House, kind: Kind, act: Callable[[Member], object], name: str = "id"
) -> Response:
    member = member_of(request)
    if member is None:
        return _json({"error": kind.sign_in}, 401)
    try:
        made = await asyncio.to_thread(_act, member, kind, act)
    except (AccessDenied, InvalidRecord) as error:
        is_denied = isinstance(error, AccessDenied)
        if house.access is not None and (is_denied or str(error) == kind.unknown):
            await asyncio.to_thread(house.access.noted.refused, member, kind.action)
        return _json({"error": str(error)}, 403 if is_denied else 422)
    return _json({name: made})


def _act(member: Member, kind: Kind, act: Callable[[Member], object]) -> object:
    if not member.may(Right.SAVE_VIEWS):  # a program or a display: nothing is kept for it
        raise AccessDenied(kind.sign_in)
    return act(member)


def _json(content: object, status: int = 200) -> Response:
    return Response(encode(content), status, media_type=JSON, headers={"Cache-Control": "no-store"})
