"""Moments as publishers write them, read into aware UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from events.errors import ConfigurationError, InvalidRecord

ISO = "iso"
EPOCH_S = "epoch_s"
EPOCH_MS = "epoch_ms"

# Publishers write "no end" as the last year of their database; before 1900 nothing we show was in force.
_FIRST_YEAR = 1900
_LAST_YEAR = 2200
_REMEMBERED = 1024
_DATE_CHARS = 10
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_MIDNIGHT_24 = re.compile(r"[T ]24:00(:00(\.0+)?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?")


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone; raise ConfigurationError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(f"time zone {name!r} does not exist; use an IANA name such as Europe/Paris") from error


class Times:
    """Reads the moments of one source; a time without offset is the wall clock of `timezone`.

    `formats`: `iso`, `epoch_s`, `epoch_ms` or strptime patterns, tried in order. `is_offset_false` drops the offset
    of publishers who write local midnights as UTC.
    """

    def __init__(self, timezone: str, formats: Sequence[str] = (ISO,), *, is_offset_false: bool = False) -> None:
        self.zone = zone_named(timezone)
        self._formats = tuple(formats)
        self._is_offset_false = is_offset_false
        self._is_usual = self._formats == (ISO,) and not is_offset_false
        # A record repeats its own times, and its neighbours repeat them: equal ones are one object, read once.
        self._starts: dict[object, datetime | None] = {}
        self._ends: dict[object, datetime | None] = {}

    def moment(self, value: object, *, is_end: bool = False) -> datetime | None:
        """Return the moment in UTC; None when the publisher gave none.

        A date alone is local midnight, for an end the midnight that follows: the day is included. An end beyond the
        year 2200 means no end. Raises InvalidRecord, without quoting, for what is no moment.
        """
        if not isinstance(value, str):
            return None if value is None else self._moment(value, is_end=is_end)
        known = self._ends if is_end else self._starts
        if value not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[value] = self._usual(value) or (self._moment(value, is_end=is_end) if value.strip() else None)
        return known[value]

    def _usual(self, value: str) -> datetime | None:
        """Return what nearly every publisher writes, date, clock and offset; None when it is anything else."""
        if not self._is_usual or len(value) <= _DATE_CHARS:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment.astimezone(UTC) if moment.tzinfo and _FIRST_YEAR < moment.year < _LAST_YEAR else None

    def _moment(self, value: object, *, is_end: bool) -> datetime | None:
        for pattern in self._formats:
            read = self._read(value, pattern)
            if read is None:
                continue
            moment, is_date = read
            return self._placed(moment, is_date=is_date, is_end=is_end)
        raise InvalidRecord("a time is not in a format this source declares")

    def _placed(self, moment: datetime, *, is_date: bool, is_end: bool) -> datetime | None:
        if moment.year > _LAST_YEAR and is_end:
            return None
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise InvalidRecord("a time lies outside the years 1900 to 2200")
        if is_date and is_end:
            moment += timedelta(days=1)
        if moment.tzinfo is None or self._is_offset_false:
            moment = moment.replace(tzinfo=self.zone)
        return moment.astimezone(UTC)

    def _read(self, value: object, pattern: str) -> tuple[datetime, bool] | None:
        try:
            if pattern in (EPOCH_S, EPOCH_MS):
                return _from_epoch(value, 1000.0 if pattern == EPOCH_MS else 1.0)
            text = str(value).strip()
            if pattern == ISO:
                return _from_iso(text)
            has_clock = any(code in pattern for code in ("%H", "%I", "%X", "%c", "%T"))
            return datetime.strptime(text, pattern), not has_clock  # noqa: DTZ007 - the zone is added by _placed
        except (ValueError, OverflowError, OSError):
            return None


def clock_time(value: str | None) -> time | None:
    """Return a time of day as the wall clock it is printed as: an offset after it is ignored (FEEDS 3)."""
    found = _CLOCK.match((value or "").strip())
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    if (hour, minute, second) == (24, 0, 0):
        return time(0)
    if hour > 23 or minute > 59 or second > 59:
        raise InvalidRecord("a time of day is not between 00:00 and 24:00")
    return time(hour, minute, second)


def local_day(value: object, formats: Sequence[str]) -> date | None:
    """Return a calendar day written in one of the formats; None when there is none."""
    read = Times("UTC", formats).moment(value)
    return read.date() if read else None


def _from_epoch(value: object, divisor: float) -> tuple[datetime, bool] | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return datetime.fromtimestamp(float(value) / divisor, UTC), False


def _from_iso(text: str) -> tuple[datetime, bool]:
    if len(text) <= _DATE_CHARS and _DATE.fullmatch(text):
        return datetime.fromisoformat(text), True
    later = timedelta(0)
    if "24:00" in text and _MIDNIGHT_24.search(text):
        text, later = _MIDNIGHT_24.sub("T00:00:00", text), timedelta(days=1)
    return datetime.fromisoformat(text) + later, False
