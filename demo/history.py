"""A year that could have been: events and states of road axes, always the same ones for a number.

Made for measurements: a city of the demonstration with a past as long as the statistics look back.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

SEED = 7525
# Category, how often, who tells it, usual severity, usual hours.
_KINDS = (
    ("chantier", 26, "voirie", 1, 60), ("fermeture", 9, "voirie", 2, 30), ("restriction", 7, "direction-routes", 1, 24),
    ("accident", 15, "marins-pompiers", 2, 2), ("panne", 8, "direction-routes", 1, 1), ("obstacle", 4, "voirie", 1, 2),
    ("manifestation", 3, "prefecture", 2, 4), ("rassemblement", 4, "prefecture", 1, 3), ("match", 1, "ville-evenementiel", 2, 4),
    ("spectacle", 4, "ville-evenementiel", 1, 5), ("concert", 2, "ville-evenementiel", 1, 4), ("metro", 5, "exploitant-transport", 2, 2),
    ("tram", 4, "exploitant-transport", 1, 2), ("bus", 6, "exploitant-transport", 1, 8), ("incendie", 2, "marins-pompiers", 3, 3),
    ("secours", 5, "marins-pompiers", 2, 1), ("vent", 1, "meteo", 2, 20), ("eau", 3, "reseau-eau", 1, 10),
    ("electricite", 2, "reseau-electrique", 2, 5), ("marche", 6, "ville-evenementiel", 0, 6), ("tournage", 2, "ville-evenementiel", 0, 10),
)  # fmt: skip
_STATES = ("free", "slow", "congested", "closed", "unknown")
_DAY_S = 86_400.0
_TRIES = 20
_CENTRE = 3.0  # how much more happens where the city is dense


class Made(NamedTuple):
    """One event: where and when, what and whose; `told_s` is how long after its start it was first told."""

    number: int
    category: str
    organisation: str
    severity: int
    districts: tuple[str, ...]
    start: datetime
    until: datetime
    told_s: int
    is_public: bool


class Turn(NamedTuple):
    """One change of state of one section of an axis."""

    section: str
    axis: str
    state: str
    at: datetime


def events(count: int, end: datetime, districts: Sequence[str], *, days: int = 365) -> Iterator[Made]:
    """Yield `count` events of the days before `end`, more by day than by night, more in the first districts."""
    chance = random.Random(SEED)
    kinds, weights = list(_KINDS), [kind[1] for kind in _KINDS]
    dense = [1.0 + _CENTRE / (1 + place) for place in range(len(districts))]
    for number in range(count):
        category, _, organisation, severity, hours = chance.choices(kinds, weights)[0]
        hour = min(23.99, max(0.0, chance.gauss(13, 5)))
        start = (end - timedelta(days=chance.randrange(1, days + 1))).replace(minute=0, second=0, microsecond=0)
        start = start.replace(hour=0) + timedelta(hours=hour)
        length = timedelta(minutes=max(15, int(chance.expovariate(1 / (hours * 60)))))
        there = tuple(dict.fromkeys(chance.choices(districts, dense, k=2 if chance.random() < 0.05 else 1)))
        graver = severity + (chance.random() < 0.15) + (chance.random() < 0.03)
        yield Made(
            number=number, category=category, organisation=organisation, severity=min(4, graver), districts=there,
            start=start, until=start + length, told_s=int(chance.expovariate(1 / 420)) - 60,
            is_public=chance.random() < 0.9,
        )  # fmt: skip


def turns(count: int, end: datetime, axes: Sequence[str], *, days: int = 365, sections: int = 2) -> Iterator[Turn]:
    """Yield about `count` changes of state of the days before `end`, in order of time within each day.

    Each axis has so many sections. Rush hours of working days are slow, nights free; some axes are worse than others.
    """
    chance = random.Random(SEED + 1)
    names = [(f"{axis}-{part}", axis, place * 37 % 100 / 100) for place, axis in enumerate(axes) for part in range(sections)]  # fmt: skip
    each = max(1, round(count / (days * len(names) * 2)))
    for day in range(days):
        begun = (end - timedelta(days=days - day)).replace(hour=0, minute=0, second=0, microsecond=0)
        made: list[Turn] = []
        for name, axis, weight in names:
            for second, free_at, state in _hindrances(chance, each, begun.weekday(), weight):
                made.append(Turn(name, axis, state, begun + timedelta(seconds=second)))
                made.append(Turn(name, axis, _STATES[0], begun + timedelta(seconds=free_at)))
        yield from sorted(made, key=lambda one: one.at)


def _hindrances(chance: random.Random, count: int, weekday: int, weight: float) -> list[tuple[float, float, str]]:
    """Return so many hindrances of one section on one day that do not touch each other: from, until, state."""
    found: list[tuple[float, float, str]] = []
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        second = _second(chance, weekday)
        state = chance.choices(_STATES[1:], (6.0, 3.0 + 3 * weight, 0.3, 0.2))[0]
        free_at = second + chance.expovariate(1 / (400 + 700 * weight)) * (6 if state == "closed" else 1)
        place = bisect_left(found, (second,))
        is_free = (place == 0 or found[place - 1][1] < second) and (place == len(found) or free_at < found[place][0])
        if is_free and free_at < _DAY_S:
            found.insert(place, (second, free_at, state))
    return found


def _second(chance: random.Random, weekday: int) -> float:
    """Return a second of the day at which something begins: in rush hours, on Saturdays in the afternoon."""
    if chance.random() < 0.25:
        hour = chance.uniform(0, 24)
    elif weekday < 5:
        hour = chance.gauss(8.2, 1.1) if chance.random() < 0.4 else chance.gauss(17.5, 1.7)
    else:
        hour = chance.gauss(15.8, 2.4) if weekday == 5 else chance.gauss(11, 2)
    return min(23.8, max(0.0, hour)) * 3600
