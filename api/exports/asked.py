"""What is asked of an export: which events, for whom, in which language; the same keys as `/api/events`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request

from access.members import Member
from access.roles import Right
from api.answers import Problem
from api.history import check_known_at
from api.house import House
from api.parameters import EVENT_KEYS, check_keys, event_query, read_moment
from api.viewer import NotAllowed, member_of, viewer_of
from components.boot import LANGUAGES
from events.audience import Viewer
from events.errors import AccessDenied
from events.vocabulary import Phase
from store.kept import EventQuery

RESTRICTED = "restreints"
COMPARE = "compare"
MOMENT = "moment"
"""The key of a report that names the moment it shows."""
KEYS = (*(key for key in EVENT_KEYS if key not in ("limit", "cursor")), "lang", RESTRICTED)
_RELATIVE = re.compile(r"^[+ -](\d{1,4})[hjd]$")
_LONGEST = timedelta(days=800)
_VIEW_KEYS = {
    "from": "du",
    "to": "au",
    "district": "arr",
    "category": "cat",
    "organisation": "org",
    "severity": "grav",
    "q": "q",
}
_VIEW_MOMENTS = {MOMENT: "t", "known_at": "connu"}
_VIEW_STATUS = {"ongoing": "en_cours", "planned": "prevu", "ended": "termine", "to_confirm": "a_confirmer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A checked question; `keys` are its parameters as given, `has_restricted` that restricted events are asked for."""

    query: EventQuery
    keys: Mapping[str, str]
    viewer: Viewer
    member: Member | None
    language: str
    has_restricted: bool


def read_asked(request: Request, house: House, allowed: Sequence[str] = KEYS) -> Asked:
    """Return what a request asks; raise Problem 400 for a parameter, AccessDenied or NotAllowed for a right."""
    keys, now = check_keys(request, allowed), house.clock()
    check_known_at(request, house, keys)
    viewer, member, has_restricted = who_asks(request, house, keys)
    language = keys.get("lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise Problem(400, f"found {language[:20]!r}; allowed: {', '.join(LANGUAGES)}", "lang")
    query = query_of_view(keys, house, now)
    return Asked(query=query, keys=keys, viewer=viewer, member=member, language=language, has_restricted=has_restricted)


def query_of_view(keys: Mapping[str, str], house: House, now: datetime | None = None) -> EventQuery:
    """Return the question that the keys of a view ask at a moment; raise Problem 400 for one that makes no sense."""
    at = now or house.clock()
    plain = {key: _moment(value, at) if key in ("from", "to") else value for key, value in keys.items() if key in KEYS}
    query = event_query(plain, house.city, house.organisations, at)
    if query.start is not None and query.end is not None and query.end - query.start > _LONGEST:
        raise Problem(400, f"a window of more than {_LONGEST.days} days; ask for it in parts", "to")
    return query


def keys_of_view(search: str) -> dict[str, str]:
    """Return the keys of an export for the query of a view's address; what is no filter is left out."""
    given = dict(parse_qsl(search.lstrip("?"), max_num_fields=40))
    names = {name: key for key, name in _VIEW_KEYS.items()}
    told = {names[name]: value for name, value in given.items() if name in names}
    phases = {name: key for key, name in _VIEW_STATUS.items()}
    statuses = [phases[one] for one in given.get("statut", "en_cours,prevu").split(",") if one in phases]
    told["status"] = ",".join(statuses or ("ongoing", "planned"))
    return told | ({COMPARE: "year"} if given.get("cmp") == "annee" else {})


def who_asks(request: Request, house: House, keys: Mapping[str, str]) -> tuple[Viewer, Member | None, bool]:
    """Return for whom events are chosen: without restricted ones, unless a member who may see them asks for them.

    Whoever asks: without what an agreement does not let pass on.
    """
    viewer, member = viewer_of(request), member_of(request)
    if member is not None and not member.may(Right.EXPORT):
        raise NotAllowed(Right.EXPORT)
    wanted = keys.get(RESTRICTED, "0")
    if wanted not in ("0", "1"):
        raise Problem(400, "allowed: 0 or 1", RESTRICTED)
    if wanted == "0":
        return house.passing_on(Viewer(is_partner=viewer.is_partner)), member, False
    if member is None:
        raise AccessDenied("restricted events leave only for somebody who signed in; leave 'restreints' out")
    if not (member.sees_restricted or member.organisation):
        raise Problem(
            403, "your role sees no restricted event; leave 'restreints' out; nothing was exported", RESTRICTED
        )
    return house.passing_on(viewer), member, True


def only_current(asked: Asked) -> Asked:
    """Return the question with planned and ongoing events when it names no status: what a calendar is for."""
    if "status" in asked.keys:
        return asked
    return replace(asked, query=replace(asked.query, phases=(Phase.ONGOING, Phase.PLANNED)))


def view_address(origin: str, keys: Mapping[str, str], zone: ZoneInfo) -> str:
    """Return the address of the same view on the screen."""
    told = {_VIEW_KEYS[key]: value for key, value in keys.items() if key in _VIEW_KEYS}
    for key, name in _VIEW_MOMENTS.items():
        if key in keys:
            told[name] = f"{read_moment(keys[key], key, zone).astimezone(zone):%Y-%m-%dT%H:%M}"
    phases = [_VIEW_STATUS[one] for one in keys.get("status", "").split(",") if one in _VIEW_STATUS]
    if phases:
        told["statut"] = ",".join(phases)
    return f"{origin}/?{urlencode(told, safe=',:')}" if told else f"{origin}/"


def _moment(value: str, now: datetime) -> str:
    """Return a bound that counts from now, such as `-24h` or `+7j`, as a moment; others as they are."""
    if not _RELATIVE.match(value):
        return value
    length = int(value[1:-1]) * (timedelta(hours=1) if value.endswith("h") else timedelta(days=1))
    return (now - length if value.startswith("-") else now + length).isoformat()
