"""The lines of a network that run on streets: what closes a street stops them."""

from __future__ import annotations

from datasources.readers.gtfs_codes import mode_of
from datasources.readers.gtfs_static import Network
from events.records import Line

_ON_STREETS = frozenset({"bus", "tram"})


def lines_on_streets(network: Network, source_id: str) -> tuple[Line, ...]:
    """Return buses and trams whose way inside the area is known; a route that tells no mode is a bus."""
    return tuple(
        Line(
            source_id=source_id, external_id=name, title=route.name or name,
            geometry={"type": "MultiLineString", "coordinates": [[list(at) for at in path] for path in route.paths]},
        )
        for name, route in sorted(network.routes.items())
        if route.paths and (route.route_type is None or mode_of(route.route_type) in _ON_STREETS)
    )  # fmt: skip
