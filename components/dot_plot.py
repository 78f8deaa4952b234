"""A value with its interval per district, on one scale: places of dots, bars and marks for a drawing without a script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM = 720, 54, 190, 20, 26, 28
_NOTE_LEFT = 170.0
_TICKS = 4
_STEPS = (1, 2, 5, 10)
_ALMOST = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One line: `told` is its value in words; `kind` is `in` the band, `out` of it or `few` records; no value: nothing drawn."""

    label: str
    told: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    kind: str = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDot:
    """A line of the drawing: where its dot and the two ends of its bar are."""

    label: str
    told: str
    kind: str
    y: float
    x: float | None
    x0: float | None
    x1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DotPlot:
    """A drawing in a box of WIDTH by `height`; `band` is from and to, `ticks` are places and their numbers."""

    height: float
    dots: tuple[PlacedDot, ...]
    band: tuple[float, float] | None
    middle: float | None
    ticks: tuple[tuple[float, float], ...]
    floor: float
    note: float  # where the words over the band stand


def place(dots: Sequence[Dot], *, band: tuple[float, float] | None = None, middle: float | None = None) -> DotPlot:
    """Return where everything stands; the scale begins at 0 and a bar longer than it ends at its edge."""
    values = [one.value for one in dots if one.value is not None] + list(band or ())
    highs = [min(one.high, 2 * (one.value or one.high)) for one in dots if one.high is not None]
    step = _step(max([*values, *highs, 1e-9]))
    most = step * _TICKS

    def at(value: float) -> float:
        return round(LEFT + min(value, most) / most * (WIDTH - LEFT - RIGHT), 1)

    placed = tuple(
        PlacedDot(
            label=one.label, told=one.told, kind=one.kind, y=TOP + number * ROW + ROW / 2,
            x=None if one.value is None else at(one.value), x0=None if one.low is None else at(one.low),
            x1=None if one.high is None else at(one.high),
        )
        for number, one in enumerate(dots)
    )  # fmt: skip
    return DotPlot(
        height=TOP + len(dots) * ROW + BOTTOM, floor=TOP + len(dots) * ROW, dots=placed,
        note=0.0 if band is None else max(_NOTE_LEFT, (at(band[0]) + at(band[1])) / 2),
        band=None if band is None else (at(band[0]), at(band[1])), middle=None if middle is None else at(middle),
        ticks=tuple((at(step * number), step * number) for number in range(_TICKS + 1)),
    )  # fmt: skip


def _step(most: float) -> float:
    """Return a round step of which _TICKS reach `most`."""
    power = 10.0 ** math.floor(math.log10(most / _TICKS))
    return next(round(power * step, 9) for step in _STEPS if power * step * _TICKS >= most * _ALMOST)
