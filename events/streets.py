"""Ways along the city's axes: from one point to another, the shortest that its streets give.

The city knows its main axes only, as centre lines: where none leads, the answer is none, and whoever draws says so.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import networkx as nx
from shapely import STRtree
from shapely.geometry import LineString, Point, shape
from shapely.ops import substring

from events.city import METRES_PER_DEGREE, Axis, City
from events.geometry import DECIMALS

SNAP_M = 80.0  # a point this close to an axis is on it: the lines are schematic
JOIN_M = 150.0  # an axis that ends this close to another one meets it: between two centre lines lies a whole square
NAMED_M = 40.0  # of a shorter piece the name is not told
FAR_COST = 3.0  # metres of way that a metre beside the axis is worth
MOST_DETOUR = 2.5  # a way so many times longer than the straight line is not the one that was meant
LEAST_DETOUR_M = 250.0
NOT_WALKED = frozenset({"motorway", "tunnel"})

Position = tuple[float, float]
_Node = tuple[int, float]  # an axis by its number, and a distance along it in metres


@dataclass(frozen=True, slots=True)
class StreetWay:
    """The course between two points, both left out (longitude, latitude), and the names of the axes it takes."""

    course: tuple[Position, ...]
    names: tuple[str, ...]


class Streets:
    """The axes of one city as a graph; reading it changes nothing, so that every thread may."""

    def __init__(self, city: City) -> None:
        """Axes that nobody walks along are left out."""
        self._across = math.cos(math.radians((city.area[1] + city.area[3]) / 2)) * METRES_PER_DEGREE
        self._axes: Sequence[Axis] = [one for one in city.axes if one.road_class not in NOT_WALKED]
        self._lines = [self._plane(one) for one in self._axes]
        self._tree = STRtree(self._lines)
        self._stops: dict[int, list[float]] = defaultdict(list)
        self._graph = nx.Graph()
        self._lay()

    def way(self, start: Position, end: Position) -> StreetWay | None:
        """Return the way along the axes between two points, None where no axis leads from one to the other."""
        ends = [Point(x * self._across, y * METRES_PER_DEGREE) for x, y in (start, end)]
        graph = self._graph.copy()
        reached = [self._enter(graph, name, point) for name, point in zip(("start", "end"), ends, strict=True)]
        self._shortcut(graph, *reached)
        try:
            metres, path = nx.single_source_dijkstra(graph, "start", "end")
        except nx.NetworkXNoPath:
            return None
        straight = ends[0].distance(ends[1])
        if straight == 0 or metres > max(MOST_DETOUR * straight, straight + LEAST_DETOUR_M):
            return None
        return self._course(path[1:-1])

    def crossing(self, one_id: str, other_id: str) -> Position | None:
        """Return where two axes meet, the first place along the first one; None when they do not."""
        numbers = {axis.id: number for number, axis in enumerate(self._axes)}
        if one_id not in numbers or other_id not in numbers:
            return None
        one, other = numbers[one_id], numbers[other_id]
        met = sorted(at for at, _beside in self._meetings(one, other))
        return self._position(self._lines[one].interpolate(met[0])) if met else None

    def _lay(self) -> None:
        """Make the graph: a node where axes meet and where they end, an edge for each piece between."""
        joins = []
        for one, other in itertools.combinations(range(len(self._lines)), 2):
            for at, beside in self._meetings(one, other):
                joins.append(((one, at), (other, beside)))
                self._stops[one].append(at)
                self._stops[other].append(beside)
        for number, line in enumerate(self._lines):
            self._stops[number] = sorted({0.0, line.length, *self._stops[number]})
            for before, after in itertools.pairwise(self._stops[number]):
                self._graph.add_edge((number, before), (number, after), weight=after - before)
        for one_node, other_node in joins:
            gap = self._at(one_node).distance(self._at(other_node))
            self._graph.add_edge(one_node, other_node, weight=gap)

    def _meetings(self, one: int, other: int) -> Iterator[tuple[float, float]]:
        """Yield where two axes meet, as distances along each: where they cross, else where one ends at the other."""
        first, second = self._lines[one], self._lines[other]
        crossed = [part.centroid for part in _parts(first.intersection(second))]
        if not crossed and first.distance(second) <= JOIN_M:
            tips = [Point(line.coords[index]) for line in (first, second) for index in (0, -1)]
            crossed = [tip for tip in tips if max(first.distance(tip), second.distance(tip)) <= JOIN_M]
        for point in crossed:
            yield round(first.project(point), 1), round(second.project(point), 1)

    def _enter(self, graph: nx.Graph, name: str, point: Point) -> list[_Node]:
        """Put a point into a graph: on every axis close to it, each at the price of its distance."""
        reached = []
        graph.add_node(name)
        for number in self._tree.query(point.buffer(SNAP_M)).tolist():
            line = self._lines[number]
            beside = line.distance(point)
            if beside > SNAP_M:
                continue
            node: _Node = (number, round(line.project(point), 1))
            graph.add_edge(name, node, weight=FAR_COST * beside)
            for stop in _around(self._stops[number], node[1]):
                graph.add_edge(node, (number, stop), weight=abs(stop - node[1]))
            reached.append(node)
        return reached

    def _shortcut(self, graph: nx.Graph, starts: Iterable[_Node], ends: Iterable[_Node]) -> None:
        """Join two points of one piece of an axis directly: no stop lies between them."""
        for start, end in itertools.product(starts, ends):
            if start[0] == end[0]:
                graph.add_edge(start, end, weight=abs(start[1] - end[1]))

    def _course(self, nodes: Sequence[_Node]) -> StreetWay:
        course: list[Position] = []
        names: list[str] = []
        for node in nodes:
            _append(course, self._position(self._at(node)))
        if len(nodes) > 1:
            course = []
        for one, other in itertools.pairwise(nodes):
            if one[0] == other[0]:
                piece = substring(self._lines[one[0]], one[1], other[1])
                for pair in piece.coords:
                    _append(course, self._position(Point(pair)))
                if abs(one[1] - other[1]) > NAMED_M and self._axes[one[0]].name not in names[-1:]:
                    names.append(self._axes[one[0]].name)
            else:
                _append(course, self._position(self._at(other)))
        return StreetWay(tuple(course), tuple(names))

    def _at(self, node: _Node) -> Point:
        return self._lines[node[0]].interpolate(node[1])

    def _position(self, point: Point) -> Position:
        return round(point.x / self._across, DECIMALS), round(point.y / METRES_PER_DEGREE, DECIMALS)

    def _plane(self, axis: Axis) -> LineString:
        figure = shape(dict(axis.geometry))
        parts = getattr(figure, "geoms", [figure])
        return LineString([(x * self._across, y * METRES_PER_DEGREE) for part in parts for x, y, *_ in part.coords])


def _around(stops: Sequence[float], at: float) -> list[float]:
    before = [stop for stop in stops if stop <= at]
    after = [stop for stop in stops if stop >= at]
    return [*before[-1:], *after[:1]]


def _parts(figure: object) -> list[Point | LineString]:
    parts = getattr(figure, "geoms", [figure])
    return [part for part in parts if isinstance(part, Point | LineString) and not part.is_empty]


def _append(course: list[Position], position: Position) -> None:
    if not course or max(abs(course[-1][0] - position[0]), abs(course[-1][1] - position[1])) > 2e-6:
        course.append(position)
