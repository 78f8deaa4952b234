"""Several measures, one line each with a point per district, in a drawing without a script: what is out of its band is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, TOP, LEFT, RIGHT = 720, 44, 14, 250, 110
_APART = 26.0  # between two names over one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A district on a line; `value` None: nothing is drawn."""

    label: str
    value: float | None
    is_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measure: its name, its ends in words, its marks as places; `named` are those that are out, with their names."""

    name: str
    told: str
    y: float
    marks: tuple[tuple[float, bool], ...]
    named: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strips:
    """A drawing in a box of WIDTH by `height`; a line goes from `left` to `right`."""

    height: float
    lines: tuple[Line, ...]
    left: float = LEFT
    right: float = WIDTH - RIGHT


def strips(measures: Sequence[tuple[str, str, Sequence[Mark]]]) -> Strips:
    """Return where everything stands: each measure, its name and its ends in words, has a scale of its own from its least to its greatest value."""
    lines = tuple(
        _line(name, told, marks, TOP + number * ROW + ROW / 2) for number, (name, told, marks) in enumerate(measures)
    )
    return Strips(height=TOP + len(lines) * ROW, lines=lines)


def _line(name: str, told: str, marks: Sequence[Mark], y: float) -> Line:
    values = [one.value for one in marks if one.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)

    def at(value: float) -> float:
        part = (value - low) / (high - low) if high > low else 0.5
        return round(LEFT + 10 + part * (WIDTH - LEFT - RIGHT - 20), 1)

    placed = sorted((at(one.value), one.is_out, one.label) for one in marks if one.value is not None)
    named: list[tuple[float, str]] = []
    for x, is_out, label in placed:
        if is_out:
            named.append((max(x, named[-1][0] + _APART) if named else x, label))
    return Line(name=name, told=told, y=y, marks=tuple((x, is_out) for x, is_out, _ in placed), named=tuple(named))
