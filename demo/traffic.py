"""The state of every axis at a played minute: free, save for the day's spans and the streets a march closes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shapely.geometry import LineString
from shapely.ops import substring

from demo.clock import DAY_MINUTES
from demo.day import Day, Span
from demo.formats.traficolor import Measure, Section
from demo.happening import Happening, Stop, steady_number
from demo.streets import Street, Streets

CLOSED_BEFORE_HEAD = 15
CLOSED_AFTER_TAIL = 20
TAIL_MINUTES = (5, 10, 15, 40, 90)
"""Minutes between the head and the tail of a march, by size class 1 to 5."""

ON_AXIS_M = 60
_WORST_FIRST = ("closed", "congested", "slow")
_SPEED_SHARE = {"free": 0.92, "slow": 0.55, "congested": 0.24}
_LANE_FLOW = {"free": 900, "slow": 1150, "congested": 620}
SECTION_M = 400


@dataclass(frozen=True, slots=True)
class Crossing:
    """When the head of a march is on one axis."""

    axis: str
    head_enters: float
    head_leaves: float


def head_at(stops: Sequence[Stop], chainage_m: float) -> float:
    """Return the played minute the head passes a point: observed times where the day has them, else planned ones."""
    times = [(stop.chainage_m, stop.planned if stop.observed is None else stop.observed) for stop in stops]
    for (start_m, start), (end_m, end) in pairwise(times):
        if start_m <= chainage_m <= end_m and end_m > start_m:
            return start + (end - start) * (chainage_m - start_m) / (end_m - start_m)
    return times[0][1] if chainage_m < times[0][0] else times[-1][1]


def crossings(happening: Happening, streets: Streets) -> Iterator[Crossing]:
    """Yield the axes a moving event closes, in the order of its effects."""
    if not happening.stops or happening.geometry is None:
        return
    line: Any = happening.geometry["coordinates"]
    for effect in happening.effects:
        if effect.axis is None or effect.state != "closed":
            continue
        axis = streets.plane(streets.axis(effect.axis).line)
        shared = streets.metres(line).intersection(axis.buffer(ON_AXIS_M, cap_style="flat"))
        if shared.is_empty:
            continue
        walked = [streets.metres(line).project(corner) for corner in shared.boundary.geoms]
        yield Crossing(effect.axis, head_at(happening.stops, min(walked)), head_at(happening.stops, max(walked)))


class Traffic:
    """Knows the state of each axis at any played minute of the day."""

    def __init__(self, day: Day, streets: Streets) -> None:
        self._unknown = day.unknown_axes
        self._streets = streets
        self._spans = tuple(sorted((*day.spans, *_closures(day, streets)), key=lambda span: _rank(span.state)))

    def state(self, axis_id: str, minute: float) -> str:
        """Return one of our traffic states in words of `events.vocabulary`."""
        if axis_id in self._unknown:
            return "unknown"
        for span in self._spans:
            if axis_id in span.axes and span.start <= minute < span.end:
                return span.state
        return "free"

    def measures(self, minute: float, classes: frozenset[str], lifted: str | None = None) -> list[Measure]:
        """Return what is measured on the axes of some classes; `lifted` names an axis whose state is turned over."""
        return [
            self._measure(street, minute, is_lifted=lifted == street.id)
            for street in self._streets.axes.values()
            if street.road_class in classes
        ]

    def sections(self, classes: frozenset[str]) -> list[Section]:
        """Return where the sites of some classes are: on each axis, its straightest stretch."""
        streets = self._streets
        return [self._section(street) for street in streets.axes.values() if street.road_class in classes]

    def _measure(self, street: Street, minute: float, *, is_lifted: bool) -> Measure:
        state = self.state(street.id, minute)
        if is_lifted:
            state = "free" if state == "congested" else "congested"
        wobble = steady_number(street.id, int(minute)) % 11 - 5
        share, flow = _SPEED_SHARE.get(state), _LANE_FLOW.get(state)
        return Measure(
            site=site_of(street),
            state=state,
            inputs=0 if state == "unknown" else 240 + 12 * wobble,
            speed_kmh=None if share is None else round(street.free_flow_kmh * share * (1 + wobble / 100), 1),
            flow_vph=None if flow is None else flow + 12 * wobble,
        )

    def _section(self, street: Street) -> Section:
        length = self._streets.plane(street.line).length
        share = min(1.0, SECTION_M / length)
        starts = [(1 - share) * step / 8 for step in range(9)]
        line = min((substring(street.line, one, one + share, normalized=True) for one in starts), key=self._bend)
        first, last = line.coords[0], line.coords[-1]
        return Section(site_of(street), street.name, (first[0], first[1]), (last[0], last[1]), length * share)

    def _bend(self, line: LineString) -> float:
        """Return how far a stretch strays from the straight line between its ends, metres."""
        drawn = self._streets.plane(line)
        return float(drawn.hausdorff_distance(LineString([drawn.coords[0], drawn.coords[-1]])))


def site_of(street: Street) -> str:
    """Return the identifier of the site that measures an axis."""
    return f"XM{steady_number(street.id) % 900 + 100}.{street.id}"


def _closures(day: Day, streets: Streets) -> Iterator[Span]:
    for happening in day.happenings:
        if happening.start >= day.loop_start + DAY_MINUTES:
            continue
        tail = TAIL_MINUTES[(happening.size or 1) - 1]
        for crossing in crossings(happening, streets):
            start = int(crossing.head_enters) - CLOSED_BEFORE_HEAD
            end = int(crossing.head_leaves) + tail + CLOSED_AFTER_TAIL
            yield Span((crossing.axis,), "closed", start, end)


def _rank(state: str) -> int:
    return _WORST_FIRST.index(state) if state in _WORST_FIRST else len(_WORST_FIRST)
