"""Counts and rates of an area and a period: their words as codes, and their periods."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from datasources.contract import Source
from datasources.readers.text import clean
from events.errors import InvalidRecord
from events.records import Tally

_LOST = re.compile('[@:;."“”«»°#|]')
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_CODE_CHARS = 64
_SLOT = re.compile(
    r"(\d{1,2})(?:\s*[h:]\s*(\d{2})?)?\s*(?:-|–|/|à|to)\s*(\d{1,2})(?:\s*[h:]\s*(\d{2})?)?", re.IGNORECASE
)
_WEEK = re.compile(r"(\d{4})-?[SW](\d{1,2})", re.IGNORECASE)


def code_of(value: object) -> str | None:
    """Return a text as the short code a count is named by: itself when it is one, else its letters without accents."""
    text = clean(value)
    if text is None or _CODE.fullmatch(text):
        return text
    # A sign that is lost on the way to a code may be what tells an address or a name: "nom : …", "…@…".
    if _LOST.search(text):
        raise InvalidRecord("a word of the count holds signs that a code has not: use a table of codes")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    code = "-".join(re.findall(r"[a-z0-9]+", plain))
    if not code or len(code) > _CODE_CHARS:
        raise InvalidRecord(
            f"a word of the count is no code of at most {_CODE_CHARS} letters and digits: use a table of codes"
        )
    return code


def local_period(first: date, begin: time, last: date, finish: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return in UTC the time between two local ones."""
    start, end = datetime.combine(first, begin, zone), datetime.combine(last, finish, zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def tally_of(  # noqa: PLR0913 - what a count is made of
    source: Source,
    external_id: str,
    measure: str,
    area: str,
    period: tuple[datetime, datetime],
    value: float | None,
    *,
    unit: str = "count",
    is_suppressed: bool = False,
) -> Tally:
    """Return a count of a source, for its organisation and its usual audience; `period` in UTC."""
    start, end = period
    return Tally(
        source_id=source.id,
        external_id=external_id,
        organisation=source.organisation,
        audience=source.default_audience,
        measure=measure,
        area_code=area,
        start=start,
        end=end,
        value=value,
        unit=unit,
        is_suppressed=is_suppressed,
    )


def slot_of(day: date, told: object, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the hours of a day written as `06-12`, `18h-24h` or `22:00-06:00`, which ends on the day after."""
    found = _SLOT.fullmatch(str(told).strip().removesuffix("h"))
    if found is None:
        raise InvalidRecord("the hours of the count are not written as '06-12' or '18:00-24:00'")
    begin_h, begin_m, end_h, end_m = (int(part or 0) for part in found.groups())
    if begin_h > 23 or max(begin_m, end_m) > 59 or (end_h, end_m) > (24, 0):
        raise InvalidRecord("the hours of the count are not between 00:00 and 24:00")
    begin, finish = time(begin_h, begin_m), time(end_h % 24, end_m)
    return local_period(day, begin, day if finish > begin else day + timedelta(days=1), finish, zone)


def week_of(label: object) -> date:
    """Return the Monday of an ISO week written as `2026-S39`; the first one may begin in the year before."""
    found = _WEEK.fullmatch(str(label).strip())
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else _no_week()
    except ValueError:
        return _no_week()


def _no_week() -> date:
    raise InvalidRecord("the week is not written as '2026-S39'")
