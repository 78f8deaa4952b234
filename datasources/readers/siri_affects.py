"""What a SIRI situation affects: lines, stops, modes, names and the few places the message itself gives."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from google.transit import gtfs_realtime_pb2 as realtime

from datasources.readers.gtfs_places import Selection, select
from datasources.readers.gtfs_static import NAME_CHARS, Network, Position
from datasources.readers.places import point_of
from datasources.readers.text import clean
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord
from events.geometry import Area, is_inside

MAX_NAMED = 5000
_LINES = frozenset({"AffectedLine", "AffectedVehicleJourney"})
_STOPS = frozenset({"AffectedStopPoint", "AffectedStopPlace", "AffectedPlace"})
_STOP_REFS = frozenset({"StopPointRef", "StopPlaceRef", "PlaceRef"})
_NAMES = frozenset({"StopPointName", "PlaceName"})
# Codespace, type and technical id of a French or Nordic reference; a fourth part repeats LOC.
_PARTS = 3


@dataclass(slots=True)
class Affected:
    """References and names in the publisher's order; `places` are its own longitudes and latitudes."""

    lines: dict[str, str | None] = field(default_factory=dict)
    crossed: dict[str, str | None] = field(default_factory=dict)  # lines of which only some stops are affected
    stops: dict[str, str | None] = field(default_factory=dict)
    told_names: dict[str, None] = field(default_factory=dict)
    modes: dict[str, None] = field(default_factory=dict)
    networks: int = 0
    places: list[Position] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether the message names nothing at all."""
        return not (self.lines or self.crossed or self.stops or self.told_names or self.networks or self.places)

    def selection(self, network: Network, area: Area) -> Selection:
        """Return what is affected, placed by the message itself and by the timetable; nothing is guessed."""
        selectors = [realtime.EntitySelector(route_id=_known(one, network.routes)) for one in self.lines]
        selectors += [realtime.EntitySelector(stop_id=_known(one, network.stops)) for one in self.stops]
        found = select(selectors, network)
        for reference in self.crossed:
            route = network.routes.get(_known(reference, network.routes))
            if route is not None:
                found.line_names.update({route.name: None} if route.name else {})
                found.route_types.update({route.route_type: None} if route.route_type is not None else {})
        if not found.line_names:
            named = (*self.lines.values(), *self.crossed.values())
            found.line_names.update(dict.fromkeys(name for name in named if name))
        if not found.stop_names:
            found.stop_names.update(dict.fromkeys(name for name in self.stops.values() if name))
            found.stop_names.update(self.told_names)
        found.wide += self.networks if not (self.lines or self.crossed) else 0
        for place in self.places:
            if is_inside(place, area):
                found.points[place] = None
            else:
                found.outside += 1
        return found


def read_affects(element: Element) -> Affected:
    """Return what an `Affects` element names; raise InvalidRecord for a bad position or for far too many names."""
    affected = Affected()
    for part in element.iter("{*}*"):
        name = local(part)
        if name in _LINES:
            _line(part, affected)
        elif name in _STOPS:
            _stop(part, affected)
        elif name == "VehicleMode":
            affected.modes[text_of(part)] = None
        elif name == "AffectedNetwork":
            affected.networks += 1
        if len(affected.lines) + len(affected.crossed) + len(affected.stops) + len(affected.places) > MAX_NAMED:
            raise InvalidRecord(f"the situation names more than {MAX_NAMED} lines and stops")
    return affected


def _line(element: Element, affected: Affected) -> None:
    told = dict(_told(element, frozenset({"LineRef", "PublishedLineName"})))
    reference = told.get("LineRef", "")
    if reference and len(reference) <= NAME_CHARS:
        is_crossed = next(element.iter("{*}AffectedStopPoint"), None) is not None
        lines = affected.crossed if is_crossed else affected.lines
        lines[reference] = clean(told.get("PublishedLineName"), NAME_CHARS) or lines.get(reference)


def _stop(element: Element, affected: Affected) -> None:
    told = dict(_told(element, _STOP_REFS | _NAMES))
    name = next((words for key in _NAMES if (words := clean(told.get(key), NAME_CHARS))), None)
    places = [place for location in element.iterchildren("{*}Location") if (place := _position(location))]
    affected.places.extend(places)
    reference = next((told[key] for key in sorted(_STOP_REFS & set(told)) if told[key]), "")
    if reference and len(reference) <= NAME_CHARS and not places:
        affected.stops[reference] = name or affected.stops.get(reference)
    elif name:
        affected.told_names[name] = None


def _position(element: Element) -> Position | None:
    told = dict(_told(element, frozenset({"Longitude", "Latitude"})))
    return point_of(told.get("Longitude"), told.get("Latitude"))


def _told(element: Element, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for part in element.iterchildren():
        if local(part) in names:
            yield local(part), text_of(part)


def _known(reference: str, table: Container[str]) -> str:
    """Return the timetable's own id for a reference: the same, else its technical part when the table holds that."""
    parts = reference.split(":")
    technical = parts[_PARTS - 1] if len(parts) >= _PARTS else ""
    return technical if technical in table and reference not in table else reference
