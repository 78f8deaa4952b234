"""Conflicts, explained: which two sides meet under which rule, where and when. No score: a rule is broken or it is not.

A spatial index holds every side once; a change asks only for the sides around the changed one. Distances are on a plane
laid over the city, true to some centimetres over its width.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.city import METRES_PER_DEGREE
from events.records import Geometry
from events.validity import Period
from insight.conflict_rules import Rule

_FAR = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An event, or a fixed place (`is_place`: `kind` is its kind, always there): what may meet another.

    `kind` of an event is its category; `periods` are when it is in force, in order.
    """

    id: str
    kind: str
    title: str
    organisation: str
    geometry: Geometry
    periods: tuple[Period, ...] = ()
    is_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One broken rule: its sides (`b` None: nothing covers `a`), the place (longitude, latitude), windows and distance.

    `id` is the same as long as rule and sides are. `start`, `end` (None: open) is the first window, `windows` how many.
    """

    id: str
    rule: str
    severity: int
    a: str
    b: str | None
    title_a: str
    title_b: str | None
    owner: str
    place: tuple[float, float]
    start: datetime
    end: datetime | None
    windows: int
    distance_m: float
    measures: tuple[str, ...]


@dataclass(slots=True)
class Conflicts:
    """Every conflict between the sides it was given; `put` and `drop` look only around what changed."""

    rules: Sequence[Rule]
    latitude: float
    found: dict[str, Conflict] = field(default_factory=dict)
    _sides: dict[str, Side] = field(default_factory=dict)
    _figures: dict[str, BaseGeometry] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _tree: shapely.STRtree | None = None
    _late: set[str] = field(default_factory=set)  # put since the tree was built

    def put(self, sides: Iterable[Side]) -> frozenset[str]:
        """Take sides in, new or changed; return the ids of the conflicts that came, went or changed."""
        given = {side.id: side for side in sides}
        before = dict(self.found)
        around = self._around(given)
        for side in given.values():
            self._sides[side.id] = side
            self._figures[side.id] = _flat(side.geometry, self.latitude)
        self._index(given)
        self._settle(set(given), around | self._around(given))
        return _differing(before, self.found)

    def drop(self, ids: Collection[str]) -> frozenset[str]:
        """Forget sides; return the ids of the conflicts that went or came (a cover that went leaves others bare)."""
        gone, before = set(ids) & self._sides.keys(), dict(self.found)
        around = self._around(gone) - gone
        for name in gone:
            del self._sides[name], self._figures[name]
        self._late -= gone
        self._settle(gone, around)
        return _differing(before, self.found)

    def _index(self, given: Collection[str]) -> None:
        self._late |= set(given)
        if self._tree is None or len(self._late) > max(64, len(self._sides) // 8):
            self._names = list(self._sides)
            self._tree = shapely.STRtree([self._figures[name] for name in self._names])
            self._late = set()

    def _near(self, name: str, metres: float) -> Iterator[str]:
        figure = self._figures[name]
        listed = () if self._tree is None else self._tree.query(shapely.box(*_wider(figure, metres)))
        candidates = {self._names[int(number)] for number in listed} | self._late
        for other in candidates & self._sides.keys() - {name}:
            if shapely.dwithin(figure, self._figures[other], metres):
                yield other

    def _around(self, names: Collection[str]) -> set[str]:
        """Return the sides that a cover rule may settle anew when these change."""
        reach = max((rule.distance_m for rule in self.rules if rule.is_cover), default=0.0)
        known = [name for name in names if name in self._sides]
        return {other for name in known for other in self._near(name, reach)} if reach else set()

    def _settle(self, changed: set[str], around: set[str]) -> None:
        covers = {rule.id for rule in self.rules if rule.is_cover}
        stale = [
            one.id
            for one in self.found.values()
            if one.a in changed or one.b in changed or (one.rule in covers and one.a in around)
        ]
        for conflict_id in stale:
            del self.found[conflict_id]
        for rule in self.rules:
            for name in sorted(
                (changed | around) & self._sides.keys() if rule.is_cover else changed & self._sides.keys()
            ):
                for one in self._broken(rule, self._sides[name]):
                    self.found[one.id] = one

    def _broken(self, rule: Rule, side: Side) -> Iterator[Conflict]:
        is_a = not side.is_place and rule.takes(rule.a, side.kind)
        if rule.is_cover:
            if is_a and (bare := self._bare(rule, side)):
                yield self._conflict(rule, side, None, bare)
            return
        for name in self._near(side.id, rule.distance_m):
            other = self._sides[name]
            for a, b in ((side, other), (other, side)):
                if _are_sides(rule, a, b) and (met := _meetings(a, b, timedelta(minutes=rule.margin_min))):
                    yield self._conflict(rule, a, b, met)
                    break

    def _bare(self, rule: Rule, side: Side) -> list[Period]:
        """Return the periods of a side that no event of the other side covers whole."""
        covers = [
            period
            for name in self._near(side.id, rule.distance_m)
            if not (other := self._sides[name]).is_place and rule.takes(rule.b, other.kind)
            for period in other.periods
        ]
        return [
            one
            for one in side.periods
            if not any(cover.start <= one.start and _end(cover) >= _end(one) for cover in covers)
        ]

    def _conflict(self, rule: Rule, a: Side, b: Side | None, met: Sequence[Period]) -> Conflict:
        first, figure = met[0], self._figures[a.id]
        other = figure if b is None else self._figures[b.id]
        link = shapely.shortest_line(figure, other)
        middle = (
            link.interpolate(0.5, normalized=True)
            if link is not None and b is not None
            else figure.representative_point()
        )
        names = f"{rule.id}\n{a.id}\n{b.id if b else ''}"
        return Conflict(
            id=hashlib.blake2b(names.encode(), digest_size=8).hexdigest(), rule=rule.id, severity=rule.severity, a=a.id,
            b=b.id if b else None, title_a=a.title, title_b=b.title if b else None, owner=a.organisation,
            place=_position(middle, self.latitude), start=first.start, end=first.end, windows=len(met),
            distance_m=0.0 if b is None else round(float(shapely.distance(figure, other)), 1), measures=rule.measures,
        )  # fmt: skip


def _are_sides(rule: Rule, a: Side, b: Side) -> bool:
    if a.is_place or not rule.takes(rule.a, a.kind):
        return False
    if rule.b_places:
        return b.is_place and b.kind in rule.b_places
    if b.is_place or not rule.takes(rule.b, b.kind):
        return False
    # Where each could be either side, the pair is told once.
    return a.id < b.id or not (rule.takes(rule.a, b.kind) and rule.takes(rule.b, a.kind))


def _meetings(a: Side, b: Side, margin: timedelta) -> list[Period]:
    """Return when both sides are in force, `margin` apart at most: from the later start to the earlier end, in order."""
    if b.is_place:
        return list(a.periods)
    met: list[Period] = []
    for one in a.periods:
        for other in b.periods:
            if one.start < _end(other) + margin and other.start < _end(one) + margin:
                start, end = max(one.start, other.start), min(_end(one), _end(other))
                if end < start:  # near in time only: the pause between them is the window
                    start, end = end, start
                met.append(Period(start, None if end >= _FAR else end))
    return sorted(met)


def _end(period: Period) -> datetime:
    return _FAR if period.end is None else period.end


def _flat(geometry: Geometry, latitude: float) -> BaseGeometry:
    scale = np.array([METRES_PER_DEGREE * math.cos(math.radians(latitude)), METRES_PER_DEGREE])
    return shapely.transform(shape(dict(geometry)), lambda at: at * scale)


def _position(point: BaseGeometry, latitude: float) -> tuple[float, float]:
    x, y = shapely.get_coordinates(point)[0].tolist()
    return round(x / (METRES_PER_DEGREE * math.cos(math.radians(latitude))), 6), round(y / METRES_PER_DEGREE, 6)


def _wider(figure: BaseGeometry, metres: float) -> tuple[float, float, float, float]:
    west, south, east, north = figure.bounds
    return west - metres, south - metres, east + metres, north + metres


def _differing(before: Mapping[str, Conflict], after: Mapping[str, Conflict]) -> frozenset[str]:
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
