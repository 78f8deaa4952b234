"""Where one organisation tells most of the events of a category in a district: what is seen there is what that one sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insight.control.observed import Observed

MOST = 0.6  # of a category's events in a district
LEAST = 10  # events of the category in the district; fewer say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An organisation that tells more than MOST of a category's events in a district: `count` of `of`."""

    district: str
    category: str
    organisation: str
    count: int
    of: int


def voices(observed: Observed) -> tuple[Voice, ...]:
    """Return them by district, then by category, of the window; of cells with LEAST events."""
    told, total = observed.told_by, observed.placed
    cells = np.argwhere((told > MOST * total) & (total >= LEAST))  # more than half of them: one organisation a cell
    return tuple(
        Voice(
            district=observed.districts[place], category=observed.categories[what], organisation=observed.organisations[who],
            count=int(told[who, what, place]), of=int(total[what, place]),
        )
        for who, what, place in sorted(cells.tolist(), key=lambda cell: (cell[2], cell[1]))
    )  # fmt: skip


def has_enough(observed: Observed) -> bool:
    """Tell whether any category has LEAST events in a district."""
    return bool((observed.placed >= LEAST).any())
