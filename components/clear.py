"""What a rubric of `/transparence` shows: cards of sentences, figures and tables, in the words of the catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from components.formats import number
from components.texts import Words
from events.small_counts import Class, class_of

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
    """Return a count that anyone may read, by its class; `least` 0: the number itself."""
    return number(value, speak) if least == 0 else in_class(class_of(value, least), speak)


def in_class(bounds: Class, speak: Words) -> str:
    """Return the class of a count in words."""
    low, high = bounds
    if high == 0:
        return number(0, speak)
    if low == 1:
        return speak("transparency.small", k=high + 1)
    return speak("transparency.class", low=number(low, speak), high=number(high, speak))


def bar(days: int, most: int) -> float:
    """Return how wide a number of days is drawn: its square root, so that short times are seen beside long ones."""
    return round(max(10.0, math.sqrt(days / most) * _BAR), 1)


def kept_for(days: int, speak: Words) -> str:
    """Return a length of keeping in its largest whole unit."""
    if days % 365 == 0 or days >= 730:
        return speak.count("transparency.years", round(days / 365))
    return speak("transparency.days", days=days)
