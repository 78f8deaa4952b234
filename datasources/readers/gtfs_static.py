"""The network of a GTFS archive: where its stops and lines are, for alerts that only name them.

Memory is that of the stops, of one or two thinned lines per route and of the trips of routes in the area.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice

from shapely.geometry import LineString

from datasources.contract import Document
from datasources.readers.gtfs_tables import GtfsTables, gtfs_tables
from datasources.readers.text import clean
from events.errors import DocumentUnreadable
from events.geometry import DECIMALS, Area, is_inside

MAX_STOPS = 200_000
MAX_ROUTES = 20_000
MAX_TRIPS = 100_000
MAX_SHAPE_POINTS = 2_000_000
SAMPLED_TRIPS = 8  # of a route without shapes: their stops are its stops
TOLERANCE = 0.00005  # degrees, some five metres: a line on a city map needs no more
NAME_CHARS = 60

Position = tuple[float, float]
Path = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop; `position` is None when it has none or lies outside the area."""

    name: str | None
    position: Position | None
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class TransitRoute:
    """A route: `paths` inside the area, else the `stops` of its trips there."""

    name: str | None
    route_type: int | None
    paths: tuple[Path, ...] = ()
    stops: tuple[Position, ...] = ()
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Stops and routes by id; `trips` leads from a trip to its route."""

    stops: Mapping[str, Stop] = field(default_factory=dict)
    routes: Mapping[str, TransitRoute] = field(default_factory=dict)
    trips: Mapping[str, str] = field(default_factory=dict)


NO_NETWORK = Network()


@dataclass(slots=True)
class _Journeys:
    """What trips.txt says of one route: how often each shape serves each direction, and a few of its trips."""

    shapes: dict[str, Counter[str]] = field(default_factory=dict)
    sample: list[str] = field(default_factory=list)

    def chosen(self) -> list[str]:
        """Return the most used shape of each direction."""
        return [shapes.most_common(1)[0][0] for _, shapes in sorted(self.shapes.items())]


def read_network(document: Document, area: Area, source_id: str) -> Network:
    """Return the network of a GTFS archive as far as it lies in `area`; raise DocumentUnreadable when it holds none.

    Only stops.txt or routes.txt must be there. A row that cannot be used is left out: what it names has no place.
    """
    with document.open() as stream, gtfs_tables(stream, source_id) as tables:
        if "stops.txt" not in tables and "routes.txt" not in tables:
            raise DocumentUnreadable(source_id, "the archive holds neither stops.txt nor routes.txt; check the address")
        stops = _read_stops(tables, area)
        journeys = _read_journeys(tables)
        paths, known = _read_paths(tables, journeys, area)
        served = _read_served(tables, {name: one for name, one in journeys.items() if name not in known})
        routes = {
            name: _route(words, paths.get(name, ()), served.get(name, ()), stops, is_traced=name in known)
            for name, words in islice(_read_routes(tables), MAX_ROUTES)
        }
        return Network(stops, routes, dict(islice(_read_trips(tables, routes), MAX_TRIPS)))


def _read_stops(tables: GtfsTables, area: Area) -> dict[str, Stop]:
    columns = ("stop_id", "stop_name", "stop_lat", "stop_lon", "parent_station")
    stops: dict[str, Stop] = {}
    placeless: dict[str, str] = {}
    for name, title, lat, lon, parent in tables.rows("stops.txt", columns):
        if not name or len(stops) >= MAX_STOPS:
            continue
        position = _position(lat, lon)
        is_in = position is not None and is_inside(position, area)
        stops[name] = Stop(clean(title, NAME_CHARS), position if is_in else None, position is not None and not is_in)
        if position is None and parent:
            placeless[name] = parent
    for name, parent in placeless.items():
        if (station := stops.get(parent)) is not None:
            stops[name] = Stop(stops[name].name or station.name, station.position, station.is_outside)
    return stops


def _read_routes(tables: GtfsTables) -> Iterator[tuple[str, tuple[str | None, int | None]]]:
    for name, short, long, kind in tables.rows(
        "routes.txt", ("route_id", "route_short_name", "route_long_name", "route_type")
    ):
        if name:
            route_type = int(kind) if kind.isascii() and kind.isdigit() and len(kind) < 6 else None
            yield name, (clean(short, NAME_CHARS) or clean(long, NAME_CHARS), route_type)


def _read_journeys(tables: GtfsTables) -> dict[str, _Journeys]:
    journeys: dict[str, _Journeys] = {}
    columns = ("route_id", "trip_id", "shape_id", "direction_id")
    for route, trip, shape, direction in tables.rows("trips.txt", columns):
        if route not in journeys and len(journeys) >= MAX_ROUTES:
            continue
        known = journeys.setdefault(route, _Journeys())
        if len(known.sample) < SAMPLED_TRIPS:
            known.sample.append(trip)
        if shape:
            known.shapes.setdefault("1" if direction == "1" else "0", Counter())[shape] += 1
    return journeys


def _read_paths(
    tables: GtfsTables, journeys: Mapping[str, _Journeys], area: Area
) -> tuple[dict[str, tuple[Path, ...]], frozenset[str]]:
    """Return the lines of each route inside the area, and the routes that have any line at all."""
    chosen = {route: one.chosen() for route, one in journeys.items()}
    points = _read_points(tables, frozenset(shape for shapes in chosen.values() for shape in shapes))
    traced = frozenset(route for route, shapes in chosen.items() if any(shape in points for shape in shapes))
    inside: dict[str, tuple[Path, ...]] = {}
    while points:
        shape, values = points.popitem()
        inside[shape] = tuple(_paths(values, area))
    return {
        route: tuple(dict.fromkeys(_forward(path) for shape in chosen[route] for path in inside.get(shape, ())))
        for route in traced
    }, traced


def _read_points(tables: GtfsTables, wanted: frozenset[str]) -> dict[str, array[float]]:
    points: dict[str, array[float]] = {}
    budget = MAX_SHAPE_POINTS
    columns = ("shape_id", "shape_pt_sequence", "shape_pt_lat", "shape_pt_lon")
    for shape, number, lat, lon in tables.rows("shapes.txt", columns):
        if shape not in wanted or (position := _position(lat, lon)) is None or not number.isdecimal():
            continue
        if budget == 0:
            break
        budget -= 1
        points.setdefault(shape, array("d")).extend((float(number[:15]), *position))
    return points


def _paths(values: array[float], area: Area) -> Iterator[Path]:
    """Yield the parts of a shape that lie inside the area, thinned."""
    ordered = sorted(zip(values[::3], values[1::3], values[2::3], strict=True))
    for is_in, run in groupby(((lon, lat) for _, lon, lat in ordered), key=lambda place: is_inside(place, area)):
        places = list(run)
        if is_in and len(set(places)) > 1:
            thin = LineString(places).simplify(TOLERANCE)
            yield tuple((round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in thin.coords)


def _forward(path: Path) -> Path:
    return min(path, path[::-1])  # both directions on the same street are one line


def _read_served(tables: GtfsTables, journeys: Mapping[str, _Journeys]) -> dict[str, tuple[str, ...]]:
    """Return the stops of routes that no shape describes, in the order of their trips."""
    routes = {trip: route for route, one in journeys.items() for trip in one.sample}
    served: dict[str, dict[str, None]] = {}
    if routes:
        for trip, stop in tables.rows("stop_times.txt", ("trip_id", "stop_id")):
            if (route := routes.get(trip)) is not None:
                served.setdefault(route, {})[stop] = None
    return {route: tuple(stops) for route, stops in served.items()}


def _route(
    words: tuple[str | None, int | None],
    paths: tuple[Path, ...],
    served: tuple[str, ...],
    stops: Mapping[str, Stop],
    *,
    is_traced: bool,
) -> TransitRoute:
    known = [stop for name in served if (stop := stops.get(name)) is not None]
    positions = tuple(dict.fromkeys(stop.position for stop in known if stop.position is not None))
    is_elsewhere = is_traced or any(stop.is_outside for stop in known)
    return TransitRoute(*words, paths, positions, is_outside=is_elsewhere and not paths and not positions)


def _read_trips(tables: GtfsTables, routes: Mapping[str, TransitRoute]) -> Iterator[tuple[str, str]]:
    same = {name: name for name in routes}
    for trip, route in tables.rows("trips.txt", ("trip_id", "route_id")):
        if (known := same.get(route)) is not None:
            yield trip, known


def _position(lat: str, lon: str) -> Position | None:
    try:
        position = (float(lon), float(lat))
    except ValueError:
        return None
    is_placed = position != (0, 0) and abs(position[0]) <= 180 and abs(position[1]) <= 90  # not a number is neither
    return position if is_placed else None
