"""Conflicts, explained: which two sides meet under which rule, where and when. No score: a rule is broken or it is not.

A spatial index holds every side once; a change asks only for the sides around the changed one. Distances are on a plane
laid over the city, true to some centimetres over its width.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.city import METRES_PER_DEGREE
from events.records import Geometry
from events.validity import Period
from insight.conflict_rules import Rule
from insight.covers import FAR, bare_periods, end_of

_LEAST_LATE = 64  # sides beside the index before it is made anew
_COARSE_DECIMALS = 3  # some 100 m


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An event, or a fixed place (`is_place`: `kind` is its kind, always there): what may meet another.

    `kind` of an event is its category; `periods` are when it is in force, in order. Sides that share one of their
    `groups` belong together and are no conflict. The place of a conflict with an `is_coarse` side is told to 100 m.
    """

    id: str
    kind: str
    title: str
    organisation: str
    geometry: Geometry
    periods: tuple[Period, ...] = ()
    is_place: bool = False
    groups: frozenset[str] = frozenset()
    is_coarse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One broken rule: its sides (`b` None: nothing covers `a`), the place (longitude, latitude), windows and distance.

    `id` is the same as long as rule and sides are. `windows` are when both sides meet, in order; of a cover rule, when
    `a` is bare. `place_kind` is that of a fixed place on the other side. `distance_m` is None where it would tell a
    place that is shown to 100 m only.
    """

    id: str
    rule: str
    severity: int
    a: str
    b: str | None
    title_a: str
    title_b: str | None
    place_kind: str | None
    owner: str
    place: tuple[float, float]
    windows: tuple[Period, ...]
    distance_m: float | None
    measures: tuple[str, ...]


@dataclass(slots=True)
class Conflicts:
    """Every conflict between the sides it was given; `put` and `drop` look only around what changed."""

    rules: Sequence[Rule]
    latitude: float
    found: dict[str, Conflict] = field(default_factory=dict)
    _sides: dict[str, Side] = field(default_factory=dict)
    _figures: dict[str, BaseGeometry] = field(default_factory=dict)
    _of_side: dict[str, set[str]] = field(default_factory=dict)  # ids of conflicts
    _names: list[str] = field(default_factory=list)
    _tree: shapely.STRtree | None = None
    _late: set[str] = field(default_factory=set)  # put since the tree was built

    def put(self, sides: Iterable[Side]) -> frozenset[str]:
        """Take sides in, new or changed; return the ids of the conflicts that came, went or changed."""
        given = {side.id: side for side in sides}
        around = self._around(given)
        for side in given.values():
            self._sides[side.id] = side
            self._figures[side.id] = _flat(side.geometry, self.latitude)
        self._index(given)
        return self._settle(set(given), around | self._around(given))

    def drop(self, ids: Collection[str]) -> frozenset[str]:
        """Forget sides; return the ids of the conflicts that went or came (a cover that went leaves others bare)."""
        gone = set(ids) & self._sides.keys()
        around = self._around(gone) - gone
        for name in gone:
            del self._sides[name], self._figures[name]
        self._late -= gone
        return self._settle(gone, around)

    def _index(self, given: Collection[str]) -> None:
        self._late |= set(given)
        if self._tree is None or len(self._late) > max(_LEAST_LATE, len(self._sides) // 8):
            self._names = list(self._sides)
            self._tree = shapely.STRtree([self._figures[name] for name in self._names])
            self._late = set()

    def _near(self, name: str, metres: float) -> Iterator[str]:
        figure, listed = self._figures[name], list[int]()
        if self._tree is not None:
            listed = self._tree.query(figure, predicate="dwithin", distance=metres).tolist()
        for number in listed:
            other = self._names[number]
            if other != name and other in self._sides and other not in self._late:
                yield other
        for other in self._late - {name}:
            if shapely.dwithin(figure, self._figures[other], metres):
                yield other

    def _around(self, names: Collection[str]) -> set[str]:
        """Return the sides that a cover rule may settle anew when these change."""
        reach = max((rule.distance_m for rule in self.rules if rule.is_cover), default=0.0)
        known = [name for name in names if name in self._sides]
        return {other for name in known for other in self._near(name, reach)} if reach else set()

    def _settle(self, changed: set[str], around: set[str]) -> frozenset[str]:
        covers = {rule.id for rule in self.rules if rule.is_cover}
        before: dict[str, Conflict] = {}
        for name in changed | around:
            for conflict_id in tuple(self._of_side.get(name, ())):
                one = self.found[conflict_id]
                if name in changed or (one.rule in covers and one.a == name):
                    before[conflict_id] = one
                    self._forget(one)
        after: dict[str, Conflict] = {}
        for rule in (one for one in self.rules if one.is_active):
            names = (changed | around if rule.is_cover else changed) & self._sides.keys()
            after |= {one.id: one for name in sorted(names) for one in self._broken(rule, self._sides[name])}
        for one in after.values():
            self._keep(one)
        return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))

    def _keep(self, one: Conflict) -> None:
        self.found[one.id] = one
        for name in (one.a, one.b):
            if name is not None:
                self._of_side.setdefault(name, set()).add(one.id)

    def _forget(self, one: Conflict) -> None:
        del self.found[one.id]
        for name in (one.a, one.b):
            if name is not None:
                self._of_side[name].discard(one.id)

    def _broken(self, rule: Rule, side: Side) -> Iterator[Conflict]:
        is_a = not side.is_place and rule.takes(rule.a, side.kind)
        if rule.is_cover:
            if is_a and (bare := self._bare(rule, side)):
                yield self._conflict(rule, side, None, bare)
            return
        if not is_a and not (side.is_place and side.kind in rule.b_places) and not rule.takes(rule.b, side.kind):
            return
        for name in self._near(side.id, rule.distance_m):
            other = self._sides[name]
            for a, b in ((side, other), (other, side)):
                if _are_sides(rule, a, b) and (met := _meetings(a, b, timedelta(minutes=rule.margin_min))):
                    yield self._conflict(rule, a, b, met)
                    break

    def _bare(self, rule: Rule, side: Side) -> list[Period]:
        covers = [
            (self._figures[name], other.periods)
            for name in self._near(side.id, rule.distance_m)
            if not (other := self._sides[name]).is_place and rule.takes(rule.b, other.kind)
        ]
        return bare_periods(side.periods, self._figures[side.id], covers, rule.distance_m)

    def _conflict(self, rule: Rule, a: Side, b: Side | None, met: Sequence[Period]) -> Conflict:
        figure = self._figures[a.id]
        other = figure if b is None else self._figures[b.id]
        link = shapely.shortest_line(figure, other)
        middle = (
            link.interpolate(0.5, normalized=True)
            if link is not None and b is not None
            else figure.representative_point()
        )
        is_coarse = a.is_coarse or (b is not None and b.is_coarse)
        return Conflict(
            id=identity(rule.id, a.id, b.id if b else ""), rule=rule.id, severity=rule.severity, a=a.id,
            b=b.id if b else None, title_a=a.title, title_b=b.title if b else None, owner=a.organisation,
            place_kind=b.kind if b is not None and b.is_place else None, windows=tuple(met), measures=rule.measures,
            place=_position(middle, self.latitude, _COARSE_DECIMALS if is_coarse else 6),
            distance_m=None if is_coarse else 0.0 if b is None else round(float(shapely.distance(figure, other)), 1),
        )  # fmt: skip


def identity(*names: str) -> str:
    """Return an identifier that is the same for the same names."""
    return str(uuid.UUID(bytes=hashlib.blake2b("\n".join(names).encode(), digest_size=16).digest()))


def _are_sides(rule: Rule, a: Side, b: Side) -> bool:
    if a.is_place or not rule.takes(rule.a, a.kind) or a.groups & b.groups:
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
    over = 0  # periods of `b` that ended before this one of `a`, and so before all later ones
    for one in a.periods:
        while over < len(b.periods) and end_of(b.periods[over]) + margin <= one.start:
            over += 1
        for other in b.periods[over:]:
            if other.start >= end_of(one) + margin:
                break
            if one.start < end_of(other) + margin:
                start, end = max(one.start, other.start), min(end_of(one), end_of(other))
                if end < start:  # near in time only: the pause between them is the window
                    start, end = end, start
                met.append(Period(start, None if end >= FAR else end))
    return sorted(set(met), key=lambda period: (period.start, end_of(period)))


def _flat(geometry: Geometry, latitude: float) -> BaseGeometry:
    scale = np.array([METRES_PER_DEGREE * math.cos(math.radians(latitude)), METRES_PER_DEGREE])
    return shapely.transform(shape(dict(geometry)), lambda at: at * scale)


def _position(point: BaseGeometry, latitude: float, decimals: int) -> tuple[float, float]:
    x, y = shapely.get_coordinates(point)[0].tolist()
    lon, lat = x / (METRES_PER_DEGREE * math.cos(math.radians(latitude))), y / METRES_PER_DEGREE
    return round(lon, decimals), round(lat, decimals)
