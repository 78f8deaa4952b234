"""Times, ages, counts and ordinals in the reader's language. Dates come out in the city's time zone."""

from __future__ import annotations

from datetime import datetime, tzinfo

from components.texts import Words

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_THIN_SPACE = "\u202f"  # narrow no-break


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """Return "14:32"."""
    return moment.astimezone(zone).strftime("%H:%M")


def short_day(moment: datetime, zone: tzinfo, words: Words) -> str:
    """Return "sam. 14 nov." or "Sat 14 Nov"."""
    local = moment.astimezone(zone)
    day = words("date.days").split(",")[local.weekday()]
    month = words("date.months").split(",")[local.month - 1]
    return words("date.short", weekday=day, day=ordinal_day(local.day, words), month=month)


def ordinal_day(day: int, words: Words) -> str:
    """Return the day of a month: French says 1er for the first."""
    return f"{day}er" if day == 1 and words.lang == "fr" else str(day)


def short_time(moment: datetime, now: datetime, zone: tzinfo, words: Words) -> str:
    """Return the time of a moment of today, else its day and time."""
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        return clock_time(moment, zone)
    return words("date.time", date=short_day(moment, zone, words), time=clock_time(moment, zone))


def time_range(start: datetime | None, end: datetime | None, now: datetime, zone: tzinfo, words: Words) -> str:
    """Return "14:00 – 17:30", or "depuis …" and "jusqu’à …" when one side is open; empty without both."""
    if start and end:
        is_same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
        last = clock_time(end, zone) if is_same_day else short_time(end, now, zone, words)
        return f"{short_time(start, now, zone, words)} – {last}"
    if start:
        return words("ev.since", date=short_time(start, now, zone, words))
    if end:
        return words("list.until", date=short_time(end, now, zone, words))
    return ""


def span(seconds: float, words: Words) -> str:
    """Return a length of time in its largest unit: "8 s", "4 min", "47 h", "13 j"; scripts write ages alike."""
    total = max(0, int(seconds))
    if total < _MINUTE:
        return words("age.s", n=total)
    if total < _HOUR:
        return words("age.min", n=total // _MINUTE)
    if total < 2 * _DAY:
        return words("age.h", n=total // _HOUR)
    return words("age.d", n=total // _DAY)


def number(value: float, words: Words, *, decimals: int = 0) -> str:
    """Return a number with the language's separators: "1 900,5" or "1,900.5"."""
    text = f"{value:,.{decimals}f}"
    if words.lang != "fr":
        return text
    return text.replace(",", _THIN_SPACE).replace(".", ",")


def signed(value: float, words: Words) -> str:
    """Return a difference with its sign, a true minus; zero has none."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + number(abs(value), words)


def district(short: str, words: Words) -> str:
    """Return a district's number as an ordinal, "1er" or "2nd"; any other short name as it is."""
    if not short.isdigit():
        return short
    n = int(short)
    if words.lang == "fr":
        return f"{n}er" if n == 1 else f"{n}e"
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
