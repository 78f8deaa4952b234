"""What somebody types of a place, found without a network: a name, a street with a number, two streets that meet."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import MultiPoint
from shapely.ops import nearest_points

from events.addresses import Addresses
from events.city import METRES_PER_DEGREE
from events.place_names import MOST, Place, PlaceNames
from events.streets import Streets

CORNER_M = 60.0  # numbers of two streets this close together stand at their corner
_NUMBERED = re.compile(r"^\s*(\d{1,4})\s*(bis|ter|quater|[a-d])?\b[\s,]*(\S.*)$", re.IGNORECASE)
_NUMBER_LAST = re.compile(r"^(.*\D)[\s,]+(\d{1,4})\s*(bis|ter|quater|[a-d])?\s*$", re.IGNORECASE)
_MEET = re.compile(r"\s*(?:/|×|&|\bangle(?:\s+de)?\b|\bcroisement\b|\bcorner\b)\s*", re.IGNORECASE)
_SUFFIXES = {"b": "bis", "t": "ter", "q": "quater"}


@dataclass(frozen=True, slots=True)
class Found:
    """A place found; `kind` address, crossing, street, axis, landmark or district. `is_rough`: the street, not the number."""

    name: str
    kind: str
    position: tuple[float, float]
    is_rough: bool = False


class PlaceSearch:
    """Over the city's names, its axes, and the address base where the city has loaded it."""

    def __init__(self, places: PlaceNames, streets: Streets, addresses: Addresses) -> None:
        self._places, self._streets, self._addresses = places, streets, addresses

    def find(self, text: str, most: int = MOST) -> tuple[Found, ...]:
        """Return the places a text means, the closest first; empty when nothing of the city is called so."""
        corner = [part for part in _MEET.split(text) if part.strip()]
        if len(corner) == 2:
            return self._corners(*corner)[:most]
        whole = [_found(place) for place in self._places.find(text, most)]
        return tuple([*whole, *self._numbered(text)][:most])

    def _numbered(self, text: str) -> list[Found]:
        first, last = _NUMBERED.match(text), _NUMBER_LAST.match(text)
        if first:
            number, suffix, name = first.groups()
        elif last:
            name, number, suffix = last.groups()
        else:
            return []
        mark = (suffix or "").lower()
        exact, rough = [], []
        for place in self._places.find(name):
            if place.kind not in ("street", "axis"):
                continue
            at = None if place.ref is None else self._house(place.ref, int(number), mark)
            if at is None:
                rough.append(Found(place.name, place.kind, place.position, is_rough=True))
            else:
                exact.append(Found(" ".join(part for part in (number, mark, place.name) if part), "address", at))
        return exact or rough

    def _house(self, street: int, number: int, mark: str) -> tuple[float, float] | None:
        marks = (mark, _SUFFIXES.get(mark, mark), *(short for short, long in _SUFFIXES.items() if long == mark))
        return next((at for one in marks if (at := self._addresses.house(street, number, one)) is not None), None)

    def _corners(self, one: str, other: str) -> tuple[Found, ...]:
        found: list[Found] = []
        for first in self._places.find(one):
            for second in self._places.find(other):
                at = self._corner(first, second) if first.name != second.name else None
                name = f"{first.name} / {second.name}"
                if at is not None and all(known.name != name for known in found):
                    found.append(Found(name, "crossing", at))
        return tuple(found)

    def _corner(self, first: Place, second: Place) -> tuple[float, float] | None:
        if first.axis_id is not None and second.axis_id is not None:
            return self._streets.crossing(first.axis_id, second.axis_id)
        if first.ref is None or second.ref is None:
            return None
        sides: Sequence[list[tuple[float, float]]] = [
            self._addresses.houses(one.ref) for one in (first, second) if one.ref
        ]
        if not all(sides):
            return None
        across = math.cos(math.radians(sides[0][0][1])) * METRES_PER_DEGREE
        flat = [MultiPoint([(x * across, y * METRES_PER_DEGREE) for x, y in side]) for side in sides]
        if flat[0].distance(flat[1]) > CORNER_M:
            return None
        a, b = nearest_points(*flat)
        return round((a.x + b.x) / 2 / across, 6), round((a.y + b.y) / 2 / METRES_PER_DEGREE, 6)


def _found(place: Place) -> Found:
    return Found(place.name, place.kind, place.position)
