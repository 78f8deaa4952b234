"""One measured line, whatever was measured: what it cost here, what the least conceivable way costs, and the limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

UNMEASURED = "non mesuré"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table.

    `ours` and `floor` are medians (or the percentile that `what` names) in `unit`, taken alternately in one run;
    `beside` says what the floor is. A limit is a ratio to the floor (`most_ratio`), a figure in `unit` (`most`), both
    or none. `ours` None means that it could not be measured, and `note` says why.
    """

    what: str
    ours: float | None
    unit: str
    beside: str = ""
    floor: float | None = None
    most_ratio: float | None = None
    most: float | None = None
    repetitions: int = 1
    note: str = ""

    def __post_init__(self) -> None:
        if self.ours is None and not self.note:
            raise ValueError(f"{self.what}: a figure that is not measured says why")
        if (self.floor is None) != (not self.beside):
            raise ValueError(f"{self.what}: a floor has a name, and a name has a floor")

    @property
    def ratio(self) -> float | None:
        """Ours over the floor; None when one of them was not measured."""
        return None if self.ours is None or not self.floor else self.ours / self.floor

    @property
    def holds(self) -> bool | None:
        """Tell whether every limit is kept; None without a limit or without a figure."""
        ratio, kept = self.ratio, []
        if self.most_ratio is not None and ratio is not None:
            kept.append(ratio <= self.most_ratio)
        if self.most is not None and self.ours is not None:
            kept.append(self.ours <= self.most)
        return all(kept) if kept else None


Measure = Callable[[bool], Sequence[Row]]
"""What each module offers as `measure(quick)`: its rows; `quick` means sizes that take a second or two in all."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, ceil(share * len(ordered)) - 1))]


def alternate(ways: Sequence[Callable[[], float]], repetitions: int) -> list[float]:
    """Run each way in turn, `repetitions` times round, and return the median of what each one returned."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(repetitions):
        for way, values in zip(ways, taken, strict=True):
            values.append(way())
    return [median(values) for values in taken]
