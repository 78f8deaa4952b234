"""What a rubric of `/transparence` shows: cards of sentences, figures and tables, in the words of the catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from components.formats import number
from components.texts import Words

Row = Sequence[str]
_BAR = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card; each part stands where there is any. `figures` and `said` are a name and a value, `bars` name, width, words."""

    name: str
    title: str
    texts: Sequence[str] = ()
    figures: Sequence[tuple[str, str]] = ()
    never: Sequence[tuple[str, str]] = ()
    said: Sequence[tuple[str, str]] = ()
    items: Sequence[str] = ()
    bars: Sequence[tuple[str, float, str]] = ()
    heads: Row = ()
    rows: Sequence[Row] = ()
    is_wide: bool = False


def counted(value: int, least: int, speak: Words) -> str:
    """Return a count that anyone may read: 0, fewer than `least`, or between which two of 10, 50, 100, 500… it lies.

    Two exact counts a minute apart would tell what happened in between. `least` 0: the number itself.
    """
    if value == 0 or least == 0:
        return number(value, speak)
    if value < least:
        return speak("transparency.small", k=least)
    low, above = least, 10
    while above <= value:
        low, above = max(least, above), above * (5 if str(above)[0] == "1" else 2)
    return speak("transparency.class", low=number(low, speak), high=number(above - 1, speak))


def bar(days: int, most: int) -> float:
    """Return how wide a number of days is drawn: its square root, so that short times are seen beside long ones."""
    return round(max(10.0, math.sqrt(days / most) * _BAR), 1)


def kept_for(days: int, speak: Words) -> str:
    """Return a length of keeping in its largest whole unit."""
    if days % 365 == 0 or days >= 730:
        return speak.count("transparency.years", round(days / 365))
    return speak("transparency.days", days=days)
