"""Share of time in each state per road axis: of the time of its sections, as far as a state was known.

Time that nobody measured is told apart and in no share. No axis is ranked by danger: these are hours of traffic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from events.vocabulary import TrafficState

KNOWN = tuple(state.value for state in TrafficState if state is not TrafficState.UNKNOWN)


class SectionTime(Protocol):
    """A row of the store: seconds of one section in one state."""

    @property
    def road_id(self) -> str: ...
    @property
    def axis_id(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisShares:
    """Of one axis: the share of each known state (they sum to 1, empty when nothing was known), and the seconds behind them.

    `unknown` is the share of all its time in which no state was known: above some tenths the others are partial.
    """

    axis_id: str
    sections: int
    shares: dict[str, float]
    known_s: float
    unknown: float


def axis_shares(rows: Iterable[SectionTime]) -> tuple[AxisShares, ...]:
    """Return the shares of each axis, by the order of its id; sections on no axis are in none."""
    by_axis: dict[str, dict[str, float]] = {}
    sections: dict[str, set[str]] = {}
    for row in rows:
        if row.axis_id is None:
            continue
        times = by_axis.setdefault(row.axis_id, {})
        times[row.state] = times.get(row.state, 0.0) + row.seconds
        sections.setdefault(row.axis_id, set()).add(row.road_id)
    return tuple(_of_axis(axis_id, times, len(sections[axis_id])) for axis_id, times in sorted(by_axis.items()))


def _of_axis(axis_id: str, times: dict[str, float], sections: int) -> AxisShares:
    known = sum(times.get(state, 0.0) for state in KNOWN)
    whole = sum(times.values())
    return AxisShares(
        axis_id=axis_id,
        sections=sections,
        shares={state: times.get(state, 0.0) / known for state in KNOWN} if known else {},
        known_s=known,
        unknown=(whole - known) / whole if whole else 0.0,
    )
