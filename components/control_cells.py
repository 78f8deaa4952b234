"""Figures of a control report as its tables write them; "–" is what was not measured."""

from __future__ import annotations

from collections.abc import Sequence

from components.clear import in_class
from components.formats import number
from components.texts import Words

MINUTE = 60.0
NONE = "–"


def ends(interval: Sequence[float] | None) -> dict[str, float | None]:
    """Return value, low and high of an interval by name."""
    return dict(zip(("value", "low", "high"), interval or (None, None, None), strict=True))


def value(interval: Sequence[float] | None, speak: Words, *, minutes: bool = False) -> str:
    """Return the value alone: its interval is drawn beside it and written in the table."""
    if interval is None:
        return NONE
    return (
        speak("control.min", n=number(interval[0] / MINUTE, speak, decimals=1))
        if minutes
        else number(interval[0], speak, decimals=2)
    )


def said(interval: Sequence[float] | None, speak: Words) -> str:
    """Return a ratio or a rate with its interval."""
    if interval is None:
        return NONE
    value, low, high = (number(one, speak, decimals=2) for one in interval)
    return speak("control.interval", value=value, low=low, high=high)


def minutes(interval: Sequence[float] | None, speak: Words) -> str:
    """Return seconds as minutes, with their interval."""
    if interval is None:
        return NONE
    value, low, high = (number(one / MINUTE, speak, decimals=1) for one in interval)
    return speak("control.minutes", value=value, low=low, high=high)


def percent(share: Sequence[float | None] | None, speak: Words, decimals: int = 1) -> str:
    """Return the first of some parts in per cent."""
    if not share or share[0] is None:
        return NONE
    return speak("control.percent", n=number(100 * share[0], speak, decimals=decimals))


def part(interval: Sequence[float] | None, speak: Words) -> str:
    """Return a part with its interval, in per cent."""
    if interval is None:
        return NONE
    value, low, high = (number(100 * one, speak) for one in (round(one, 2) for one in interval))
    return speak("control.percent_interval", value=value, low=low, high=high)


def share(counts: Sequence[int | None] | None, speak: Words) -> str:
    """Return a part of a whole, two counts, in per cent; NONE where one is hidden or there is no whole."""
    part, whole = counts or (None, None)
    return NONE if part is None or not whole else percent([part / whole], speak)


def count(found: int | Sequence[int] | None, speak: Words) -> str:
    """Return a whole number, or the class of one, in words; NONE for a hidden one."""
    if found is None:
        return NONE
    return number(found, speak) if isinstance(found, int) else in_class((found[0], found[1]), speak)


def nearly(people: float | None, speak: Words) -> str:
    """Return an estimated number of people, to the ten: more figures would say more than is known."""
    return NONE if people is None else speak("register.about", n=number(round(people, -1), speak))
