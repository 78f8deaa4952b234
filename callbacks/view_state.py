"""The filters of an address, read on the server as `ob-15-url.js` reads them in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from events.city import City
from events.taxonomy import categories, in_family

_RELATIVE = re.compile(r"^([+-])(\d{1,4})(h|j)$")
_ABSOLUTE = re.compile(r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$")
_LONGEST = timedelta(days=800)
_MANY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewState:
    """What an address asks for: districts by INSEE code, categories with their families opened out.

    `is_impossible` is true when a filter names only what does not exist: nothing matches, as in the browser.
    """

    start: datetime
    end: datetime
    districts: tuple[str, ...]
    categories: tuple[str, ...]
    organisations: tuple[str, ...]
    severity: int
    text: str
    comparison: str
    is_impossible: bool = False


def read_view(search: str | None, city: City, now: datetime, *, start: str, end: str) -> ViewState:
    """Return the state of a query string; `start` and `end` are the page's defaults, unknown values give them too."""
    query = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?"), keep_blank_values=True).items()}
    zone = ZoneInfo(city.timezone)
    since = _moment(query.get("du"), now, zone) or _moment(start, now, zone) or now
    until = _moment(query.get("au"), now, zone) or _moment(end, now, zone) or now
    if until < since:
        since, until = until, since
    codes, kinds = _districts(_list(query.get("arr")), city), _categories(_list(query.get("cat")))
    return ViewState(
        start=max(since, until - _LONGEST),
        end=until,
        districts=codes,
        categories=kinds,
        organisations=_list(query.get("org")),
        severity=int(query["grav"]) if re.fullmatch("[0-4]", query.get("grav", "")) else 0,
        text=query.get("q", "").strip()[:200],
        comparison="annee" if query.get("cmp") == "annee" else "precedente",
        is_impossible=bool((_list(query.get("arr")) and not codes) or (_list(query.get("cat")) and not kinds)),
    )


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(part for part in (piece.strip() for piece in (value or "").split(",")) if part)[:_MANY]


def _moment(value: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    text = (value or "").strip()
    relative = _RELATIVE.match("+" + text if text[:1].isdigit() and text[-1:] in "hj" else text)
    if relative:
        sign = 1 if relative.group(1) == "+" else -1
        unit = timedelta(hours=1) if relative.group(3) == "h" else timedelta(days=1)
        return now + sign * int(relative.group(2)) * unit
    if not _ABSOLUTE.match(text):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _districts(shorts: Iterable[str], city: City) -> tuple[str, ...]:
    by_short = {item.short: item.code for item in city.districts}
    by_code = {item.code for item in city.districts}
    found = (by_short.get(short) or (short if short in by_code else None) for short in shorts)
    return tuple(dict.fromkeys(code for code in found if code))


def _categories(chosen: Iterable[str]) -> tuple[str, ...]:
    known = categories()
    found: list[str] = []
    for name in chosen:
        found += [name] if name in known else sorted(in_family(name))
    return tuple(dict.fromkeys(found))
