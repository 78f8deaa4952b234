"""The timetable of a march: times filled by its pace, passages that were observed, and when each road of its way closes and opens.

Only what an authorised post tells is known: no device is ever followed. Times between checkpoints are linear in the
way done; the tail follows the head by a time that depends on the size class; a road is closed from some minutes before
the head to some minutes after the tail.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shapely.geometry import LineString, Point, shape
from shapely.ops import substring

from events.city import METRES_PER_DEGREE, Axis, MarchRules
from events.errors import InvalidRecord
from events.geometry import DECIMALS
from events.records import Checkpoint, Geometry
from events.vocabulary import CheckpointKind

PACE_KMH = 2.5
LEAST_SHARED_M = 60.0  # an axis that the way only crosses is not closed along it
BESIDE_M = 25.0
UNDERGROUND = "tunnel"  # a way over the ground does not close the road beneath it


@dataclass(frozen=True, slots=True)
class Passing:
    """What is expected at one checkpoint now: head and tail, observed or estimated from the delay, and the closing window.

    `is_beyond` when the head is expected, or was seen, farther from its planned time than the checkpoint's tolerance.
    """

    head_at: datetime | None
    tail_at: datetime | None
    closed_from: datetime | None
    open_again: datetime | None
    is_observed: bool
    is_beyond: bool = False


@dataclass(frozen=True, slots=True)
class Closure:
    """A road of the way: which part of the way it is (metres from the start), and when it closes and opens."""

    axis_id: str
    name: str
    from_m: float
    to_m: float
    closed_from: datetime
    open_again: datetime


def fill(points: Sequence[Checkpoint], departure: datetime, pace_kmh: float = PACE_KMH) -> tuple[Checkpoint, ...]:
    """Return the checkpoints with a planned time each: fixed ones stand, the others follow at the pace from the last one.

    After a halt of `halt_min` the rest leaves that much later. Raises InvalidRecord for a pace that is none, or for
    a point whose place on the way is not known.
    """
    if not (math.isfinite(pace_kmh) and 0.5 <= pace_kmh <= 12):
        raise InvalidRecord("the pace of a march is 0.5 to 12 km/h")
    filled: list[Checkpoint] = []
    at, done_m, halted = departure, 0.0, 0
    for index, point in enumerate(points):
        if point.planned_at is None or index == 0:
            if point.chainage_m is None:
                raise InvalidRecord(f"checkpoint {index + 1} has neither a time nor a place on the way")
            at += timedelta(hours=max(0.0, point.chainage_m - done_m) / 1000 / pace_kmh, minutes=halted)
            at = departure if index == 0 else at
        else:
            at = max(at, point.planned_at) if filled else point.planned_at
        done_m = point.chainage_m if point.chainage_m is not None else done_m
        halted = point.halt_min or 0
        filled.append(replace(point, planned_at=at))
    return tuple(filled)


def delay(points: Sequence[Checkpoint]) -> timedelta:
    """Return by how much the last observed passage was late; nothing observed is no delay."""
    late = timedelta()
    for point in points:
        if point.observed_at is not None and point.planned_at is not None:
            late = point.observed_at - point.planned_at
    return late


def passings(
    points: Sequence[Checkpoint], size_class: int | None, rules: MarchRules | None = None
) -> tuple[Passing, ...]:
    """Return what is expected at each checkpoint: what was observed shifts all that follows by its delay."""
    rules = rules or MarchRules()
    tail = timedelta(minutes=rules.tail_min[(size_class or 1) - 1])
    found, late = [], timedelta()
    for point in points:
        is_observed = point.observed_at is not None
        if point.observed_at is not None and point.planned_at is not None:
            late = point.observed_at - point.planned_at
        head = point.observed_at or (None if point.planned_at is None else point.planned_at + late)
        if head is None:
            found.append(Passing(None, None, None, None, is_observed=False))
            continue
        closed, opened = _window(head, head + tail, rules)
        is_beyond = point.tolerance_min is not None and abs(late) > timedelta(minutes=point.tolerance_min)
        found.append(Passing(head, head + tail, closed, opened, is_observed, is_beyond))
    return tuple(found)


def observe(points: Sequence[Checkpoint], index: int, at: datetime) -> tuple[Checkpoint, ...]:
    """Return the checkpoints after the head was seen at one of them; raise InvalidRecord when it cannot have been.

    A passage told again replaces the one before: a thumb slips.
    """
    if not 0 <= index < len(points):
        raise InvalidRecord(f"the way has {len(points)} checkpoints")
    before = [point.observed_at for point in points[:index] if point.observed_at is not None]
    after = [point.observed_at for point in points[index + 1 :] if point.observed_at is not None]
    if (before and at < before[-1]) or (after and at > after[0]):
        raise InvalidRecord(
            "the head passes the checkpoints in their order: look at the time, or correct the other passage"
        )
    return tuple(replace(point, observed_at=at) if number == index else point for number, point in enumerate(points))


def chainages(line: Geometry, positions: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return how far along a way each position is, in metres, never backwards: a way may cross itself."""
    way = _plane(line, _latitude(line))
    lengths, done = [], 0.0
    for position in positions:
        here = _point(position, _latitude(line))
        rest = _from(way, done)
        done += rest.project(here) if rest is not None else 0.0
        lengths.append(round(done, 1))
    return tuple(lengths)


def closures(
    line: Geometry,
    points: Sequence[Checkpoint],
    axes: Sequence[Axis],
    size_class: int | None,
    rules: MarchRules | None = None,
) -> tuple[Closure, ...]:
    """Return the axes that the way follows, in its order, with the window in which each is closed.

    An axis counts when at least LEAST_SHARED_M of the way lie within BESIDE_M of it. Windows are of whole minutes, as they
    are read and announced.
    """
    rules = rules or MarchRules()
    latitude = _latitude(line)
    way = _plane(line, latitude)
    known = [(one.chainage_m, one) for one in points if one.chainage_m is not None]
    times = passings([one for _m, one in known], size_class, rules)
    stops = [(m, time.head_at) for (m, _one), time in zip(known, times, strict=True) if time.head_at is not None]
    if len(stops) < 2:
        return ()
    tail = timedelta(minutes=rules.tail_min[(size_class or 1) - 1])
    found = []
    for axis in axes:
        if axis.road_class == UNDERGROUND:
            continue
        shared = way.intersection(_plane(axis.geometry, latitude).buffer(BESIDE_M, cap_style="flat"))
        if shared.is_empty or shared.length < LEAST_SHARED_M:
            continue
        ends = [way.project(Point(pair)) for part in _parts(shared) for pair in (part.coords[0], part.coords[-1])]
        first, last = min(ends), max(ends)
        closed, opened = _window(_head_at(stops, first), _head_at(stops, last) + tail, rules)
        found.append(
            Closure(axis.id, axis.name, round(first, 1), round(last, 1), _minute_before(closed), _minute_after(opened))
        )
    return tuple(sorted(found, key=lambda one: (one.from_m, one.axis_id)))


def part_of(line: Geometry, from_m: float, to_m: float) -> Geometry:
    """Return the part of a way between two distances from its start, in metres."""
    latitude = _latitude(line)
    found = substring(_plane(line, latitude), from_m, to_m)
    across = math.cos(math.radians(latitude)) * METRES_PER_DEGREE
    pairs = [[round(x / across, DECIMALS), round(y / METRES_PER_DEGREE, DECIMALS)] for x, y, *_ in found.coords]
    return {"type": "LineString" if len(pairs) > 1 else "Point", "coordinates": pairs if len(pairs) > 1 else pairs[0]}


def dispersed_at(
    points: Sequence[Checkpoint], size_class: int | None, rules: MarchRules | None = None
) -> datetime | None:
    """Return when the tail is expected at the end, None when no time is known there."""
    expected = passings(points, size_class, rules)
    is_end = bool(points) and points[-1].kind in (CheckpointKind.DISPERSAL, CheckpointKind.PASS, CheckpointKind.HALT)
    return expected[-1].tail_at if is_end else None


def _window(head: datetime, tail: datetime, rules: MarchRules) -> tuple[datetime, datetime]:
    return head - timedelta(minutes=rules.close_before_min), tail + timedelta(minutes=rules.open_after_min)


def _minute_before(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _minute_after(at: datetime) -> datetime:
    return _minute_before(at + timedelta(minutes=1) - timedelta(microseconds=1))


def _head_at(stops: Sequence[tuple[float, datetime]], metres: float) -> datetime:
    """Return when the head is at a distance: linear between the checkpoints, their ends beyond them."""
    if metres <= stops[0][0]:
        return stops[0][1]
    for (from_m, start), (to_m, end) in itertools.pairwise(stops):
        if metres <= to_m:
            share = (metres - from_m) / (to_m - from_m) if to_m > from_m else 1.0
            return start + (end - start) * share
    return stops[-1][1]


def _latitude(line: Geometry) -> float:
    figure = shape(dict(line))
    if not isinstance(figure, LineString):
        raise InvalidRecord("the way of a march is one line")
    return float(figure.centroid.y)


def _plane(line: Geometry, latitude: float) -> LineString:
    """Return a line in metres: at a city's size this plane is off by less than 0.1 %."""
    figure = shape(dict(line))
    scale = math.cos(math.radians(latitude)) * METRES_PER_DEGREE
    parts = getattr(figure, "geoms", [figure])
    pairs = [(x * scale, y * METRES_PER_DEGREE) for part in parts for x, y, *_ in part.coords]
    return LineString(pairs)


def _point(position: tuple[float, float], latitude: float) -> Point:
    scale = math.cos(math.radians(latitude)) * METRES_PER_DEGREE
    return Point(position[0] * scale, position[1] * METRES_PER_DEGREE)


def _from(way: LineString, done: float) -> LineString | None:
    rest = substring(way, done, way.length)
    return rest if isinstance(rest, LineString) and rest.length > 0 else None


def _parts(shared: object) -> list[LineString]:
    parts = getattr(shared, "geoms", [shared])
    return [part for part in parts if isinstance(part, LineString) and part.length > 0]
