"""What the `informed_entity` of an alert selects: lines, stops, modes, names, and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from google.transit import gtfs_realtime_pb2 as realtime

from datasources.readers.gtfs_static import Network, Path, Position
from datasources.readers.text import SHORT_CHARS, bounded
from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES
from events.vocabulary import GeometryPrecision

MAX_SELECTORS = 5000  # far more than a map can say
MAX_LINES = 60  # a whole network drawn line by line says less than its name
MAX_POINTS = 400
_NAMED = 3


@dataclass(slots=True)
class Selection:
    """Everything an alert selects; dictionaries keep the publisher's order, each thing once."""

    route_types: dict[int, None] = field(default_factory=dict)
    line_names: dict[str, None] = field(default_factory=dict)
    stop_names: dict[str, None] = field(default_factory=dict)
    paths: dict[Path, None] = field(default_factory=dict)
    points: dict[Position, None] = field(default_factory=dict)
    wide: int = 0  # selectors of an agency or a mode: the whole network of it
    outside: int = 0
    unplaced: int = 0

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether everything selected is known to lie outside the area."""
        return self.outside > 0 and not (self.paths or self.points or self.wide or self.unplaced)

    @property
    def lines(self) -> str | None:
        """The names of the lines."""
        return _joined(self.line_names)

    @property
    def place(self) -> str | None:
        """The names of the stops, else of the lines."""
        return _joined(self.stop_names) or self.lines

    def geometry(self) -> tuple[dict[str, object] | None, GeometryPrecision]:
        """Return stops and lines as one GeoJSON geometry; None when nothing selected has a place, or too much has."""
        lines, points = list(self.paths), list(self.points)
        vertices = sum(len(line) for line in lines) + len(points)
        if len(lines) > MAX_LINES or len(points) > MAX_POINTS or vertices > MAX_VERTICES:
            return None, GeometryPrecision.CITY
        parts = [part for part in (_figure("LineString", lines), _figure("Point", points)) if part is not None]
        if not parts:
            return None, GeometryPrecision.CITY if self.wide else GeometryPrecision.NONE
        if len(parts) == 1:
            return parts[0], GeometryPrecision.EXACT
        return {"type": "GeometryCollection", "geometries": parts}, GeometryPrecision.EXACT


def select(selectors: Sequence[realtime.EntitySelector], network: Network) -> Selection:
    """Return what the selectors of an alert name, placed as far as the network knows it.

    Raises InvalidRecord when they are more than any alert needs.
    """
    if len(selectors) > MAX_SELECTORS:
        raise InvalidRecord(f"the alert names more than {MAX_SELECTORS} lines and stops")
    selection = Selection()
    for selector in selectors:
        _add(selector, selection, network)
    return selection


def _add(selector: realtime.EntitySelector, selection: Selection, network: Network) -> None:
    if selector.HasField("route_type"):
        selection.route_types[selector.route_type] = None
    trip = selector.trip
    route_id = selector.route_id or trip.route_id or network.trips.get(trip.trip_id, "")
    route = network.routes.get(route_id)
    if route is not None:
        selection.line_names.update({route.name: None} if route.name else {})
        selection.route_types.update({route.route_type: None} if route.route_type is not None else {})
    if selector.stop_id:  # with a route: that stop of that route, not the whole line
        stop = network.stops.get(selector.stop_id)
        selection.stop_names.update({stop.name: None} if stop and stop.name else {})
        _place(selection, (), (stop.position,) if stop and stop.position else (), bool(stop and stop.is_outside))
    elif route is not None:
        _place(selection, route.paths, route.stops, route.is_outside)
    elif route_id or trip.trip_id:
        selection.unplaced += 1
    elif selector.agency_id or selector.HasField("route_type"):
        selection.wide += 1


def _place(selection: Selection, paths: Iterable[Path], points: Iterable[Position], is_outside: bool) -> None:
    before = len(selection.paths) + len(selection.points)
    selection.paths.update(dict.fromkeys(paths))
    selection.points.update(dict.fromkeys(points))
    if is_outside:
        selection.outside += 1
    elif len(selection.paths) + len(selection.points) == before:
        selection.unplaced += 1


def _figure(kind: str, parts: Sequence[Path] | Sequence[Position]) -> dict[str, object] | None:
    if not parts:
        return None
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    return {"type": f"Multi{kind}", "coordinates": parts}


def _joined(names: Iterable[str]) -> str | None:
    every = list(names)
    text = ", ".join(every[:_NAMED]) + (f" (+{len(every) - _NAMED})" if len(every) > _NAMED else "")
    return bounded(text, SHORT_CHARS) or None
