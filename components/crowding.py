"""Pictograms that crowd on a printed map: grouped, or moved aside, by the rules of the screen (`ob-42-clusters.js`)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

CELL = 60.0
FEW, MANY = 6, 160
NEVER_GROUPED = 4
_DIRECTIONS = (0, 4, 2, 6, 1, 5, 3, 7)
_RINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One pictogram in units of the drawing; `dx` and `dy` say how far it was moved from its place."""

    id: str
    severity: int
    x: float
    y: float
    size: float
    dx: float = 0.0
    dy: float = 0.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Several pictograms as one: where it stands, the highest severity in it, and its members."""

    x: float
    y: float
    severity: int
    members: tuple[Spot, ...]


def crowded(spots: Sequence[Spot], cell: float = CELL) -> tuple[list[Spot], list[Crowd]]:
    """Return the pictograms drawn one by one, most severe first and moved apart, and those that are grouped.

    Criticals are never grouped.
    """
    alone = [one for one in spots if one.severity >= NEVER_GROUPED]
    others = [one for one in spots if one.severity < NEVER_GROUPED]
    singles, crowds = _in_cells(others, cell) if len(spots) > MANY else _in_circles(others, cell / 2)
    return spread([*alone, *singles]), _merged(crowds, cell * 0.7)


def spread(spots: Sequence[Spot]) -> list[Spot]:
    """Return the pictograms with the less severe of two that hide one another by more than 40 % moved to a free place."""
    placed: list[Spot] = []
    for one in sorted(spots, key=lambda spot: (-spot.severity, spot.id)):
        dx, dy = (0.0, 0.0) if _is_free(one, 0.0, 0.0, placed) else _free_place(one, placed)
        placed.append(replace(one, dx=dx, dy=dy))
    return placed


def _in_cells(spots: Sequence[Spot], size: float) -> tuple[list[Spot], list[Crowd]]:
    cells: defaultdict[tuple[int, int], list[Spot]] = defaultdict(list)
    for one in spots:
        cells[math.floor(one.x / size), math.floor(one.y / size)].append(one)
    singles = [members[0] for members in cells.values() if len(members) == 1]
    return singles, [_crowd(members) for members in cells.values() if len(members) > 1]


def _in_circles(spots: Sequence[Spot], radius: float) -> tuple[list[Spot], list[Crowd]]:
    """Group the fullest circle around a pictogram first, until none holds more than FEW."""
    near = {one: [other for other in spots if math.hypot(other.x - one.x, other.y - one.y) <= radius] for one in spots}
    crowds = []
    while near:
        fullest = min(near, key=lambda one: (-len(near[one]), one.id))
        members = near[fullest]
        if len(members) <= FEW:
            break
        crowds.append(_crowd(members))
        taken = set(members)
        near = {
            one: [other for other in others if other not in taken] for one, others in near.items() if one not in taken
        }
    return list(near), crowds


def _crowd(members: Sequence[Spot]) -> Crowd:
    count = len(members)
    return Crowd(
        sum(one.x for one in members) / count,
        sum(one.y for one in members) / count,
        max(one.severity for one in members),
        tuple(members),
    )


def _merged(crowds: Sequence[Crowd], distance: float) -> list[Crowd]:
    """Return the groups with a smaller one that would overlap a larger one joined to it; the larger keeps its place."""
    kept: list[Crowd] = []
    for one in sorted(crowds, key=lambda crowd: (-len(crowd.members), crowd.x, crowd.y)):
        at = next((i for i, host in enumerate(kept) if math.hypot(host.x - one.x, host.y - one.y) < distance), None)
        if at is None:
            kept.append(one)
            continue
        host = kept[at]
        kept[at] = Crowd(host.x, host.y, max(host.severity, one.severity), host.members + one.members)
    return kept


def _is_free(one: Spot, dx: float, dy: float, placed: Sequence[Spot]) -> bool:
    def hides(other: Spot) -> bool:
        reach = 0.6 * (one.size + other.size) / 2
        return abs(one.x + dx - other.x - other.dx) < reach and abs(one.y + dy - other.y - other.dy) < reach

    return not any(hides(other) for other in placed)


def _free_place(one: Spot, placed: Sequence[Spot]) -> tuple[float, float]:
    for ring in range(1, _RINGS + 1):
        radius = one.size * (0.6 + 0.45 * ring)
        for direction in _DIRECTIONS:
            angle = direction * math.pi / 4
            dx, dy = (math.floor(radius * part + 0.5) for part in (math.cos(angle), math.sin(angle)))
            if _is_free(one, dx, dy, placed):
                return float(dx), float(dy)
    return 0.0, 0.0
