"""Which events may be the same, of several sources or while one is written: near or along one way, at one time, of one family.

Pure: figures in, links with each reason out. `Nearby` finds the candidates of one event among ten thousand by a grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.city import METRES_PER_DEGREE
from events.records import Geometry
from events.taxonomy import category
from events.validity import Period
from events.vocabulary import GeometryPrecision, InformationStatus, StoredStatus
from store.kept import KeptEvent
from store.links import Link, Pair, pair_of

CELL_M = 500.0
WIDEST_CELLS = 400  # what covers more is no place where one thing happens
_PRECISE = (GeometryPrecision.EXACT, GeometryPrecision.ENDPOINTS)
_LINES = ("LineString", "MultiLineString")


@dataclass(frozen=True, slots=True)
class Rule:
    """How near is near: metres, and shares (0 to 1) of the shorter line and of the shorter window."""

    distance_m: float = 150.0
    shared_line: float = 0.5
    shared_time: float = 0.5
    beside_m: float = 30.0


@dataclass(frozen=True, slots=True)
class Figure:
    """What counts of one event: its place in metres on a plane, when it is in force, its kind and its source."""

    event_id: str
    source_id: str
    category: str
    family: str
    information_status: InformationStatus
    place: BaseGeometry
    periods: tuple[Period, ...]  # in order, apart from each other

    @property
    def end(self) -> datetime | None:
        """When the last period ends, None when it is open."""
        return self.periods[-1].end


def figure_of(kept: KeptEvent, latitude: float) -> Figure | None:
    """Return what counts of an event, on a plane that is true near `latitude`; None when it can be no other's double.

    Without a place of its own (a district's, the city's, none), a draft, cancelled or withdrawn: not compared.
    """
    told = kept.event
    if told.geometry is None or told.geometry_precision not in _PRECISE or not kept.periods:
        return None
    if kept.withdrawn_at is not None or told.status in (StoredStatus.DRAFT, StoredStatus.CANCELLED):
        return None
    return Figure(
        event_id=kept.id,
        source_id=told.source_id,
        category=told.category,
        family=category(told.category).family,
        information_status=told.information_status,
        place=_plane(told.geometry, latitude),
        periods=kept.periods,
    )


def figure_of_draft(category_id: str, geometry: Geometry, period: Period, latitude: float) -> Figure:
    """Return what counts of an event that is being written; it is of no source yet, so that any may tell it already."""
    return Figure(
        event_id="",
        source_id="",
        category=category_id,
        family=category(category_id).family,
        information_status=InformationStatus.REAL,
        place=_plane(geometry, latitude),
        periods=(period,),
    )


def already_told(draft: Figure, kept: Iterable[KeptEvent], rule: Rule, latitude: float) -> list[tuple[KeptEvent, Link]]:
    """Return the kept events that a draft may tell again and why, the closest first."""
    found: list[tuple[KeptEvent, Link]] = []
    for one in kept:
        figure = figure_of(one, latitude)
        link = None if figure is None else compare(draft, figure, rule)
        if link is not None:
            found.append((one, link))
    return sorted(found, key=lambda item: (item[1].distance_m, -(item[1].shared_line or 0)))


def compare(one: Figure, other: Figure, rule: Rule) -> Link | None:
    """Return why two events may be the same, None when they are not candidates."""
    is_kind = one.family == other.family and one.information_status is other.information_status
    if one.source_id == other.source_id or not is_kind:
        return None
    shared_time = _shared_time(one, other)
    if shared_time <= rule.shared_time or not shapely.dwithin(one.place, other.place, rule.distance_m):
        return None
    shared_line = _shared_line(one.place, other.place, rule.beside_m)
    if shared_line is not None and shared_line <= rule.shared_line:
        return None
    return Link(
        pair=pair_of(one.event_id, other.event_id),
        distance_m=float(one.place.distance(other.place)),
        shared_line=shared_line,
        shared_time=shared_time,
        is_same_category=one.category == other.category,
    )


def likeness(link: Link, rule: Rule) -> float:
    """Return how alike two linked events are, 0 to 1: the mean of place, time and kind.

    Place: 1 at the same spot, 0 at the limit; of two lines the part in common. Kind: 1 of one category, else a half.
    """
    place = link.shared_line
    if place is None:
        place = 1.0 - min(1.0, link.distance_m / rule.distance_m) if rule.distance_m else 1.0
    return (place + link.shared_time + (1.0 if link.is_same_category else 0.5)) / 3


@dataclass
class Nearby:
    """The figures of a city in cells: what is near one is found without asking the others."""

    rule: Rule = field(default_factory=Rule)
    _figures: dict[str, Figure] = field(default_factory=dict)
    _cells: dict[tuple[str, int, int], set[str]] = field(default_factory=dict)

    def put(self, figure: Figure) -> None:
        """Take a figure in, or its newer form."""
        self.drop(figure.event_id)
        cells = list(_cells_of(figure, 0.0))
        if len(cells) > WIDEST_CELLS:
            return
        self._figures[figure.event_id] = figure
        for cell in cells:
            self._cells.setdefault(cell, set()).add(figure.event_id)

    def drop(self, event_id: str) -> None:
        """Forget a figure."""
        figure = self._figures.pop(event_id, None)
        for cell in _cells_of(figure, 0.0) if figure is not None else ():
            self._cells[cell].discard(event_id)
            if not self._cells[cell]:
                del self._cells[cell]

    def ended_before(self, moment: datetime) -> list[str]:
        """Return the ids of the figures whose window was over at a moment."""
        return [one.event_id for one in self._figures.values() if one.end is not None and one.end < moment]

    def links(self, ids: Iterable[str]) -> dict[Pair, Link]:
        """Return the links of these events with any others; those that are not held have none."""
        found: dict[Pair, Link] = {}
        for event_id in ids:
            figure = self._figures.get(event_id)
            if figure is None:
                continue
            names = {name for cell in _cells_of(figure, self.rule.distance_m) for name in self._cells.get(cell, ())}
            for name in names - {event_id}:
                pair = pair_of(event_id, name)
                link = None if pair in found else compare(figure, self._figures[name], self.rule)
                if link is not None:
                    found[pair] = link
        return found

    def __len__(self) -> int:
        return len(self._figures)


def _cells_of(figure: Figure, margin_m: float) -> Iterator[tuple[str, int, int]]:
    west, south, east, north = figure.place.bounds
    for column in range(_cell(west - margin_m), _cell(east + margin_m) + 1):
        for row in range(_cell(south - margin_m), _cell(north + margin_m) + 1):
            yield figure.family, column, row


def _cell(metres: float) -> int:
    return math.floor(metres / CELL_M)


def _shared_time(one: Figure, other: Figure) -> float:
    """Return the most that two of their periods share."""
    best, mine, theirs = 0.0, list(one.periods), list(other.periods)
    while mine and theirs and best < 1.0:
        best = max(best, _shared_period(mine[-1], theirs[-1]))
        (mine if mine[-1].start >= theirs[-1].start else theirs).pop()
    return best


def _shared_period(one: Period, other: Period) -> float:
    """Return the part of the shorter period that lies in the other; an open end lasts as long as the other needs."""
    begins = max(one.start, other.start)
    if one.end is None and other.end is None:
        return 1.0
    ends = min(end for end in (one.end, other.end) if end is not None)
    shorter = min(end - item.start for item in (one, other) if (end := item.end) is not None)
    if shorter <= timedelta():
        return 1.0 if begins <= ends else 0.0
    return max(0.0, min(1.0, (ends - begins) / shorter))


def _shared_line(one: BaseGeometry, other: BaseGeometry, beside_m: float) -> float | None:
    if one.geom_type not in _LINES or other.geom_type not in _LINES:
        return None
    shorter, longer = sorted((one, other), key=lambda line: line.length)
    if not shorter.length:
        return None
    return float(shorter.intersection(longer.buffer(beside_m)).length / shorter.length)


def _plane(geometry: Geometry, latitude: float) -> BaseGeometry:
    scale = np.array([math.cos(math.radians(latitude)) * METRES_PER_DEGREE, METRES_PER_DEGREE])
    return shapely.transform(shape(dict(geometry)), lambda points: points * scale)
