"""`GET /api/subscriptions.atom?jeton=…`: what an account subscribed to, for a reader of feeds.

The address opens without sign-in and is passed on easily: what is restricted is never in it, whoever asked for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from access.feed_keys import FeedKeys
from access.house import Access
from access.sealing import token_hash
from access.subscriptions import OUTAGE, Subscription, Subscriptions
from api.answers import Problem, is_known
from api.exports.answers import ATOM as MEDIA_TYPE
from api.exports.answers import setting_of
from api.exports.atom import A, feed_head
from api.exports.setting import Setting
from api.exports.xml import Element, document
from api.house import House
from api.notifier import outage_line
from api.parameters import check_keys
from components.boot import LANGUAGES
from events.audience import Viewer
from events.vocabulary import StoredStatus
from insight.transitions import transitions_of
from store import readers
from store.kept import KeptVersion
from store.outages import Outage

KEPT = timedelta(days=7)
MOST_READ = 5000
MOST = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One entry to be: when, a name of its own, and how it is written."""

    at: datetime
    name: str
    write: Callable[[Setting], Element]


async def answer_feed(request: Request, house: House, access: Access) -> Response:
    """Answer the address: the last hundred things of seven days that the account would be told; 304 when nothing is new."""
    keys = check_keys(request, ("jeton", "lang"))
    language = keys.get("lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise Problem(400, f"found {language[:20]!r}; allowed: {', '.join(LANGUAGES)}", "lang")
    secret = keys.get("jeton", "")
    account = await asyncio.to_thread(FeedKeys(house.database, access.audit, house.clock).account_of, secret)
    if account is None:
        await asyncio.to_thread(access.noted.refused, None, "feed.open", None, mark=token_hash(secret))
        raise Problem(401, "this address opens nothing, or no longer; make another one under Subscriptions", "jeton")
    found = await asyncio.to_thread(_told, house, account)
    seed = "\n".join([language, *(one.name for one in found)])
    tag = f'"{hashlib.blake2b(seed.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    setting = setting_of(request, house, language, {})
    setting = replace(setting, address=f"{setting.origin}{request.url.path}")  # the key stays with whoever has it
    body = await asyncio.to_thread(_document, found, setting)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _told(house: House, account: str) -> list[Told]:
    since = house.clock() - KEPT
    asked = [one for member, one in Subscriptions(house.database, house.clock).by("atom") if member.who == account]
    found = [*_events(house, asked, since), *_outages(house, asked, since)]
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)[:MOST]


def _events(house: House, asked: list[Subscription], since: datetime) -> Iterator[Told]:
    wanted = [one for one in asked if one.transitions - {OUTAGE}]
    if not wanted:
        return
    narrow = all(one.categories for one in wanted)
    categories = frozenset().union(*(one.opened() for one in wanted)) if narrow else frozenset()
    viewer = house.passing_on(Viewer(is_partner=True))
    versions = readers.recent_versions(
        house.database, viewer=viewer, since=since, limit=MOST_READ, categories=categories
    )
    for version in versions:
        event, made = version.event, transitions_of(version)
        if event.information_status.value != "real" or event.status is StoredStatus.DRAFT:
            continue
        if any(one.wants(made, frozenset(event.district_codes), event.category) for one in wanted):
            yield Told(version.recorded_at, f"{version.event_id}/{version.version}", _writes_event(version, made))


def _outages(house: House, asked: list[Subscription], since: datetime) -> Iterator[Told]:
    for one in readers.outages(house.database, since=since):
        if not any(each.wants_outage(one.source_id) for each in asked):
            continue
        if one.began_at > since:
            yield Told(one.began_at, f"outage/{one.id}", _writes_outage(house, one, is_over=False))
        if one.ended_at is not None:
            yield Told(one.ended_at, f"outage/{one.id}/end", _writes_outage(house, one, is_over=True))


def _writes_event(version: KeptVersion, made: frozenset[str]) -> Callable[[Setting], Element]:
    def write(setting: Setting) -> Element:
        event, speak = version.event, setting.words
        what = ", ".join(speak(f"sub.did.{one}") for one in ("created", "major", "closed") if one in made)
        lines = (what, speak(f"sev.{int(event.severity)}"), event.place or event.road_name, event.description)
        return _entry(
            setting, f"{version.event_id}/{version.version}", f"{event.headline} ({what})", version.recorded_at,
            f"{setting.origin}/evenements/{version.event_id}", [line for line in lines if line],
        )  # fmt: skip

    return write


def _writes_outage(house: House, one: Outage, *, is_over: bool) -> Callable[[Setting], Element]:
    def write(setting: Setting) -> Element:
        name, at = (f"outage/{one.id}/end", one.ended_at) if is_over else (f"outage/{one.id}", one.began_at)
        said = outage_line(house, one, is_over, setting.words.lang)
        return _entry(setting, name, said, at, f"{setting.origin}/sources/{one.source_id}", [said])

    return write


def _entry(setting: Setting, name: str, title: str, at: datetime | None, link: str, lines: list[str]) -> Element:
    mark = f"{setting.words('export.demo_mark')} " if setting.is_demo else ""
    moment = setting.local(at) or ""
    return A.entry(
        A.id(f"{setting.address}#{name}"),
        A.title(f"{mark}{title}"),
        A.updated(moment),
        A.published(moment),
        A.link(rel="alternate", href=link, type="text/html"),
        A.summary("\n".join(lines)),
    )


def _document(found: list[Told], setting: Setting) -> bytes:
    head = feed_head(setting, f"{setting.heading()}, {setting.words('sub.title')}")
    head.extend(one.write(setting) for one in found)
    return document(head)
