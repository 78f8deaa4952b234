"""A way told as a list of streets, one a line or separated by commas: each looked up, a passage where one meets the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from events.place_search import Found, PlaceSearch

_BETWEEN = re.compile(r"[\n\r,;]+")
_NUMBER = re.compile(r"^\d{1,4}\s*(bis|ter|quater|[a-d])?$", re.IGNORECASE)
_STREETS = frozenset({"axis", "street"})
_CLOSE = 2e-6  # degrees: the same place, told twice


@dataclass(frozen=True, slots=True)
class ListedWay:
    """The passages of a list in its order, and the entries that name nothing in the city, as they were typed."""

    passages: tuple[Found, ...]
    unknown: tuple[str, ...]


def entries(text: str) -> tuple[str, ...]:
    """Return the places of a typed list; a house number that stands alone ("12, rue de Rome") goes with what follows it."""
    told: list[str] = []
    number = ""
    for part in (one.strip() for one in _BETWEEN.split(text)):
        if _NUMBER.match(part):
            number = part
        elif part:
            told.append(f"{number} {part}".strip())
            number = ""
    return tuple(told)


def way_by_streets(told: Sequence[str], search: PlaceSearch) -> ListedWay:
    """Return the passages that a list of places means; what the city does not know is left out and told by its name.

    A street between two others that it meets is passed at both corners; one that meets neither, where its name stands.
    """
    found = [(one, next(iter(search.find(one, 1)), None)) for one in told]
    known = [place for _text, place in found if place is not None]
    passages: list[Found] = []
    for number, place in enumerate(known):
        before = _corner(known[number - 1], place, search) if number else None
        after = _corner(place, known[number + 1], search) if number + 1 < len(known) else None
        if number in (0, len(known) - 1) or (before is None and after is None):
            passages.append(place)
        if after is not None:
            passages.append(after)
    return ListedWay(
        passages=tuple(one for n, one in enumerate(passages) if not n or not _is_same(one, passages[n - 1])),
        unknown=tuple(text for text, place in found if place is None),
    )


def _corner(one: Found, other: Found, search: PlaceSearch) -> Found | None:
    if not {one.kind, other.kind} <= _STREETS:
        return None
    return next(iter(search.find(f"{one.name} / {other.name}", 1)), None)


def _is_same(one: Found, other: Found) -> bool:
    pairs = zip(one.position, other.position, strict=True)
    return all(abs(a - b) < _CLOSE for a, b in pairs)
