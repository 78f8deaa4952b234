"""The query keys of the addresses, checked: an unknown key or a value that makes no sense is named in the answer."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from api.answers import Problem
from events.city import City
from events.geometry import Area
from events.taxonomy import categories, in_family
from events.vocabulary import Phase, StoredStatus
from store.kept import MAX_PAGE, EventQuery

MAX_TEXT = 200
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
STATUSES: dict[str, Phase | StoredStatus] = {
    **{phase.value: phase for phase in Phase},
    **{status.value: status for status in (StoredStatus.DRAFT, StoredStatus.TO_CONFIRM)},
}
WINDOW_BEFORE = timedelta(hours=24)
WINDOW_AFTER = timedelta(days=7)
EVENT_KEYS = (
    "from", "to", "at", "known_at", "district", "category", "severity", "status", "organisation", "bbox",
    "q", "limit", "cursor",
)  # fmt: skip


def check_keys(request: Request, allowed: Collection[str]) -> Mapping[str, str]:
    """Return the query as single values; raise Problem 400 for a key that is not allowed or is given twice."""
    query: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key not in allowed:
            close = difflib.get_close_matches(key, allowed, 1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            known = ", ".join(allowed) if allowed else "none"
            raise Problem(400, f"this address has no such parameter{meant} (allowed: {known})", key[:80])
        if key in query:
            raise Problem(400, "given twice; separate several values by commas", key)
        query[key] = value
    return query


def read_moment(value: str, key: str, zone: ZoneInfo) -> datetime:
    """Return a moment given as epoch seconds or ISO 8601 (without offset: the city's clock), in UTC."""
    allowed = "ISO 8601 such as 2026-11-14T14:30 or 2026-11-14T13:30:00Z, or epoch seconds, between 2000 and 2100"
    try:
        if value.isascii() and value.isdigit() and len(value) != 8:
            moment = datetime.fromtimestamp(int(value), UTC)
        else:
            # A '+' that was not encoded arrives as a space.
            given = datetime.fromisoformat(value.strip().replace(" ", "+") if "T" in value else value)
            moment = (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Problem(400, f"found {value[:60]!r}; allowed: {allowed}", key) from None
    if not _EARLIEST <= moment <= _LATEST:
        raise Problem(400, f"found {value[:60]!r}; allowed: {allowed}", key)
    return moment


def read_whole(query: Mapping[str, str], key: str, least: int, most: int) -> int | None:
    """Return a whole number between `least` and `most`, None when the key is absent."""
    if key not in query:
        return None
    value = query[key]
    if not (value.isascii() and value.isdigit()) or len(value) > 18 or not least <= int(value) <= most:
        raise Problem(400, f"found {value[:60]!r}; allowed: a whole number from {least} to {most}", key)
    return int(value)


def read_list(query: Mapping[str, str], key: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the values of a comma-separated key; each must be known."""
    values = tuple(part.strip() for part in query.get(key, "").split(",") if part.strip())
    for value in values:
        if value not in known:
            close = difflib.get_close_matches(value, known, 1)
            shown = f"; did you mean {close[0]!r}?" if close else ""
            raise Problem(400, f"{value[:60]!r} is not known{shown} (allowed: {', '.join(sorted(known))})", key)
    return values


def read_districts(query: Mapping[str, str], city: City) -> tuple[str, ...]:
    """Return INSEE codes from `district`, which takes codes and short numbers."""
    codes = {district.code: district.code for district in city.districts}
    codes |= {district.short: district.code for district in city.districts}
    return tuple(codes[value] for value in read_list(query, "district", codes))


def read_categories(query: Mapping[str, str]) -> tuple[str, ...]:
    """Return category ids from `category`, which takes ids of categories and of families."""
    families = {item.family for item in categories().values()}
    chosen: list[str] = []
    for value in read_list(query, "category", {*categories(), *families}):
        chosen.extend(sorted(in_family(value)) if value in families else [value])
    return tuple(dict.fromkeys(chosen))


def read_bbox(query: Mapping[str, str]) -> Area | None:
    """Return west, south, east, north in degrees."""
    if "bbox" not in query:
        return None
    try:
        west, south, east, north = (float(part) for part in query["bbox"].split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem(400, "allowed: west,south,east,north in degrees, such as 5.30,43.25,5.45,43.35", "bbox")
    return west, south, east, north


def read_window(query: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Return [from, to]; without them from 24 h ago to 7 days ahead."""
    start = read_moment(query["from"], "from", zone) if "from" in query else now - WINDOW_BEFORE
    end = read_moment(query["to"], "to", zone) if "to" in query else max(now, start) + WINDOW_AFTER
    if end < start:
        raise Problem(400, "'to' is before 'from'", "to")
    return start, end


def event_query(query: Mapping[str, str], city: City, organisations: Collection[str], now: datetime) -> EventQuery:
    """Return the question that the query of `/api/events` asks."""
    zone = ZoneInfo(city.timezone)

    def moment(key: str) -> datetime | None:
        return read_moment(query[key], key, zone) if key in query else None

    at = moment("at")
    if at is not None and ("from" in query or "to" in query):
        raise Problem(400, "'at' asks for one moment: leave 'from' and 'to' out", "at")
    start, end = (None, None) if at is not None else read_window(query, zone, now)
    if len(query.get("q", "")) > MAX_TEXT:
        raise Problem(400, f"longer than {MAX_TEXT} characters", "q")
    phases = tuple(STATUSES[name] for name in read_list(query, "status", STATUSES))
    return EventQuery(
        start=start,
        end=end,
        at=at,
        known_at=moment("known_at"),
        now=now,
        districts=read_districts(query, city),
        categories=read_categories(query),
        severity=read_whole(query, "severity", 0, 4),
        phases=phases,
        organisations=read_list(query, "organisation", organisations),
        bbox=read_bbox(query),
        text=query.get("q") or None,
        limit=read_whole(query, "limit", 1, MAX_PAGE) or 1000,
        cursor=query.get("cursor") or None,
    )
