"""The districts as shapes of a small map: drawn once for a city, filled by classes of one hue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shapely import simplify, total_bounds
from shapely.geometry import shape

from events.city import City

WIDTH = 500.0
_TOLERANCE = 0.0004  # degrees: a third of a pixel at this size
_SHARES = (0.15, 0.25, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Outline:
    """One district: `path` in units of the drawing, `x` and `y` where its number stands."""

    code: str
    short: str
    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """The shapes of all districts and the size of the drawing."""

    width: float
    height: float
    outlines: tuple[Outline, ...]


def sheet(city: City) -> Sheet:
    """Return the shapes of a city's districts, north at the top; drawn once, when the page is joined to the city."""
    figures = [shape(dict(one.geometry)) for one in city.districts]
    west, south, east, north = total_bounds(figures)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def place(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    outlines = []
    for one, figure in zip(city.districts, figures, strict=True):
        inner = figure.representative_point()
        x, y = place((inner.x, inner.y))
        outlines.append(Outline(one.code, one.short, one.name, _path(simplify(figure, _TOLERANCE), place), x, y))
    return Sheet(WIDTH, round((north - south) * scale, 1), tuple(outlines))


def _path(figure: Any, place: Any) -> str:
    parts = getattr(figure, "geoms", [figure])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join("M" + "L".join(f"{x} {y}" for x, y in map(place, ring.coords)) + "Z" for ring in rings)


def breaks_of(values: Sequence[float], *, step: float) -> tuple[float, ...]:
    """Return the upper bounds of the five lower classes of six, multiples of `step` that rise.

    Wider towards the top, where few districts are: the many small counts stay apart.
    """
    top = max(values, default=0.0)
    bounds: list[float] = []
    for share in _SHARES:
        least = bounds[-1] + step if bounds else step
        bounds.append(max(least, round(top * share / step) * step))
    return tuple(round(bound, 6) for bound in bounds)


def class_of(value: float, breaks: Sequence[float]) -> int:
    """Return the class of a value, 1 to 6."""
    return 1 + sum(1 for bound in breaks if value > bound)
