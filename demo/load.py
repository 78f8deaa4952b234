"""As many synthetic events as one asks for: every category, every district, always the same ones for a number."""

from __future__ import annotations

import random
from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from demo.clock import DAY_MINUTES
from demo.happening import Happening
from demo.streets import Position, Streets
from events.taxonomy import UNKNOWN_CATEGORY, categories

SEED = 7525
SOURCE = "demo-load"


def synthetic(count: int, streets: Streets, now: int) -> tuple[Happening, ...]:
    """Return `count` happenings: 55 % in force at the played minute `now`, 35 % planned, 10 % over."""
    chance = random.Random(SEED)
    areas = [(code, _places(area, chance)) for code, area in streets.districts.items()]
    kinds = [category for category in categories().values() if category.id != UNKNOWN_CATEGORY]
    made: list[Happening] = []
    for number in range(count):
        code, places = areas[number % len(areas)]
        # 43 categories and 16 districts share no divisor: every pair comes round.
        category = kinds[number % len(kinds)]
        start, end = _window(chance, now)
        made.append(
            Happening(
                source=SOURCE,
                id=f"CHARGE-{number + 1:06d}",
                category=category.id,
                severity=min(int(category.default_severity), 3),
                headline=f"{category.name('fr')}, charge {number + 1}",
                place=f"Point d'essai {number + 1}, {code}",
                start=start,
                end=end,
                updated=min(start, now) - chance.randrange(5, 600),
                geometry={"type": "Point", "coordinates": list(next(places))},
            )
        )
    return tuple(made)


def _window(chance: random.Random, now: int) -> tuple[int, int]:
    share = chance.random()
    length = chance.randrange(60, 3 * DAY_MINUTES)
    if share < 0.55:
        # Still in force a played day later: the count of those on screen does not melt during a measurement.
        return now - chance.randrange(1, DAY_MINUTES), now + DAY_MINUTES + length
    if share < 0.90:
        start = now + DAY_MINUTES + chance.randrange(0, 5 * DAY_MINUTES)
        return start, start + length
    end = now - chance.randrange(1, DAY_MINUTES - 60)
    return end - length, end


def _places(area: BaseGeometry, chance: random.Random) -> Iterator[Position]:
    shapely.prepare(area)
    west, south, east, north = area.bounds
    while True:
        position = (round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6))
        if shapely.contains_xy(area, *position):
            yield position
