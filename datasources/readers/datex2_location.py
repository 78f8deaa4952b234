"""Where a DATEX II record is: every way the three versions have of saying so, as GeoJSON and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import orjson
from shapely import count_coordinates, from_geojson, get_coordinates, get_parts
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from datasources.readers.datex2_codes import DIRECTIONS
from datasources.readers.places import WGS84, epsg_of, is_degrees, number_of, point_of, turner
from datasources.readers.xml import ByTag, Element, chosen, local, text_of
from events.errors import ConfigurationError, InvalidRecord
from events.geometry import MAX_VERTICES
from events.vocabulary import GeometryPrecision

Position = tuple[float, float]
_EXACT = GeometryPrecision.EXACT  # named once a record, found once
_MAX_GEOJSON = 2_000_000


@dataclass(slots=True)
class Location:
    """What the location elements of one record say, sorted by how exactly they say it.

    `words` by what they name: road, road_number, road_name, description, town, area, landmark. `display` is where the
    publisher would draw the record: looked at only when nothing else says where it is.
    """

    polygons: list[list[list[Position]]] = field(default_factory=list)
    lines: list[list[Position]] = field(default_factory=list)
    points: list[Position] = field(default_factory=list)
    ends: list[Position] = field(default_factory=list)
    display: list[Element] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)
    direction: str | None = None

    def geometry(self) -> tuple[dict[str, object] | None, GeometryPrecision]:
        """Return the best geometry there is and how far it may be trusted.

        Two ends are two points: the chord between them is not the road. Two ends in one place are no geometry.
        """
        exact = _figure("Polygon", self.polygons) or _figure("LineString", self.lines) or _figure("Point", self.points)
        if exact is not None:
            return exact, _EXACT
        ends = list(dict.fromkeys(self.ends))
        if len(ends) > 1 or len(self.ends) == 1:
            return _figure("Point", ends), GeometryPrecision.ENDPOINTS
        drawn = self.drawn()
        if drawn is not None:
            return _figure("Point", [drawn]), GeometryPrecision.ENDPOINTS
        return None, GeometryPrecision.NONE

    def drawn(self) -> Position | None:
        """Return where the publisher would draw it; raise InvalidRecord for a bad position."""
        return next((point for element in self.display if (point := _point(element)) is not None), None)

    def road(self) -> str | None:
        """Return number and name of the road, as far as they are given."""
        numbers = self.words.get("road") or self.words.get("road_number", [])
        names = self.words.get("road_name")
        if not names:
            return numbers[0] if numbers else None
        return " ".join(dict.fromkeys([*numbers[:1], names[0]]))

    def place(self, descriptors: Iterable[str]) -> str | None:
        """Return words for the place: a description, else towns, areas, landmarks of a location table."""
        for described in (*self.words.get("description", []), *descriptors):
            return described
        names = self.words.get("town") or self.words.get("area") or self.words.get("landmark")
        return " – ".join(dict.fromkeys(names)) if names else None


def read_location(element: Element, found: Location) -> None:
    """Add what a `groupOfLocations` or `locationReference` says to `found`; raise InvalidRecord for a bad position."""
    for child in element:
        _READERS[child.tag](child, found)


def _figure(
    kind: str, parts: list[list[list[Position]]] | list[list[Position]] | list[Position]
) -> dict[str, object] | None:
    if not parts:
        return None
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    unique: list[object] = []
    for part in parts:
        if part not in unique[-64:]:  # the same place is often told twice, one after the other
            unique.append(part)
    if len(unique) == 1:
        return {"type": kind, "coordinates": unique[0]}
    return {"type": f"Multi{kind}", "coordinates": unique}


def _point(element: Element) -> Position | None:
    latitude = longitude = None
    for child in element:
        name = local(child)
        if name == "latitude":
            latitude = text_of(child)
        elif name == "longitude":
            longitude = text_of(child)
        elif name == "pointCoordinates":
            return _point(child)
    if latitude is None or longitude is None:
        return None
    return point_of(longitude, latitude)


def _read_point(element: Element, found: Location) -> None:
    _extend(found.points, _point(element))


def _read_display(element: Element, found: Location) -> None:
    found.display.append(element)


def _read_end(element: Element, found: Location) -> None:
    _extend(found.ends, _point(element))


def _read_tpeg_point(element: Element, found: Location) -> None:
    for child in element:
        name = local(child)
        if name in ("point", "framedPoint"):
            _read_named_point(child, found.points, found)
        elif name == "tpegDirection":
            _read_direction(child, found)


def _read_tpeg_line(element: Element, found: Location) -> None:
    # `to` comes before `from` in the document (FEEDS 1); we keep the direction of travel.
    parts = {local(child): child for child in element}
    for name in ("from", "to"):
        if name in parts:
            _read_named_point(parts[name], found.ends, found)
    if "tpegDirection" in parts:
        _read_direction(parts["tpegDirection"], found)


def _read_named_point(element: Element, into: list[Position], found: Location) -> None:
    for child in element:
        name = local(child)
        if name == "pointCoordinates":
            _extend(into, _point(child))
        elif name == "name":
            _read_name(child, found)


def _read_name(element: Element, found: Location) -> None:
    kind, text = "landmark", ""
    for part in element:
        name = local(part)
        if name == "descriptor":
            text = chosen(part)[0]
        elif name.endswith("DescriptorType"):
            kind = _DESCRIPTORS.get(text_of(part), kind)
    _say(found, kind, text)


def _read_direction(element: Element, found: Location) -> None:
    found.direction = found.direction or DIRECTIONS.get(text_of(element))


def _read_direction_name(element: Element, found: Location) -> None:
    found.direction = found.direction or chosen(element)[0] or None


def _words(name: str) -> Callable[[Element, Location], None]:
    def read(element: Element, found: Location) -> None:
        _say(found, name, chosen(element)[0])

    return read


def _say(found: Location, name: str, text: str) -> None:
    if text:
        found.words.setdefault(name, []).append(text)


def _extend(into: list[Position], position: Position | None) -> None:
    if position is not None:
        into.append(position)


def _read_line(element: Element, found: Location) -> None:
    for ring in _rings(element):
        if len(ring) > 1:
            found.lines.append(ring)
        else:
            found.points.extend(ring)


def _read_area(element: Element, found: Location) -> None:
    for part in element.iter("{*}exterior", "{*}interior"):
        for ring in _rings(part):
            if local(part) == "exterior":
                found.polygons.append([ring])
            elif found.polygons:
                found.polygons[-1].append(ring)


def _read_geojson(element: Element, found: Location) -> None:
    """Add a geometry written as GeoJSON inside the XML (DiaLog): longitude first, unlike GML."""
    text = text_of(element)
    if not text:
        return
    if len(text) > _MAX_GEOJSON:
        raise InvalidRecord("a geometry is too long to be read")
    try:
        orjson.loads(text)  # refuses what is nested so deep that GEOS would run out of its stack
        figure = from_geojson(text)
    except (orjson.JSONDecodeError, ShapelyError) as error:
        raise InvalidRecord("a geometry is not valid GeoJSON") from error
    if figure is None or count_coordinates(figure) > MAX_VERTICES:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions, or none")
    _add_figure(figure, found)


def _add_figure(figure: BaseGeometry, found: Location) -> None:
    for part in get_parts(figure).tolist():
        if part.geom_type == "Polygon":
            found.polygons.append([_pairs(part.exterior), *[_pairs(ring) for ring in part.interiors]])
        elif part.geom_type == "LineString":
            found.lines.append(_pairs(part))
        elif part.geom_type == "Point":
            found.points.extend(_pairs(part))
        elif part.geom_type.startswith(("Multi", "Geometry")):
            _add_figure(part, found)


def _pairs(figure: BaseGeometry) -> list[Position]:
    return [(x, y) for x, y in get_coordinates(figure).tolist()]


def _rings(element: Element) -> Iterable[list[Position]]:
    single: list[Position] = []
    for part in element.iter("{*}posList", "{*}pos", "{*}coordinates"):
        ring = _positions(part)
        if local(part) == "pos":
            single.extend(ring)
        else:
            yield ring
    if single:
        yield single


def _positions(element: Element) -> list[Position]:
    """Return the positions of a GML list: latitude first in systems of degrees, easting first in plane ones."""
    words = (element.text or "").replace(",", " ").split()
    size = 3 if _inherited(element, "srsDimension") == "3" else 2
    if len(words) % size or not words:
        raise InvalidRecord("a list of positions is cut short")
    if len(words) > MAX_VERTICES * size:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    numbers = [number_of(word) or 0.0 for word in words]
    name = _inherited(element, "srsName")
    pairs = list(zip(numbers[::size], numbers[1::size], strict=True))
    epsg = epsg_of(name) or WGS84
    if is_degrees(epsg):
        return pairs if name and "CRS84" in name else [(second, first) for first, second in pairs]
    try:
        turn = turner(epsg)
    except ConfigurationError as error:
        raise InvalidRecord("the geometry names a coordinate system we do not know") from error
    return [turn(x, y) for x, y in pairs]


def _inherited(element: Element, attribute: str) -> str | None:
    node: Element | None = element
    for _ in range(6):
        if node is None:
            return None
        value = node.get(attribute)
        if value:
            return value
        node = node.getparent()
    return None


_DESCRIPTORS = {"linkName": "road", "townName": "town"}
_NAMED: dict[str, Callable[[Element, Location], None]] = {
    "pointByCoordinates": _read_point,
    "tpegPointLocation": _read_tpeg_point,
    "tpegLinearLocation": _read_tpeg_line,
    "linearCoordinatesStartPoint": _read_end,
    "linearCoordinatesEndPoint": _read_end,
    "locationForDisplay": _read_display,
    "coordinatesForDisplay": _read_display,
    "gmlLineString": _read_line,
    "geoJsonGeometry": _read_geojson,
    "gmlMultiPolygon": _read_area,
    "gmlPolygon": _read_area,
    "roadNumber": _words("road_number"),
    "roadName": _words("road_name"),
    "locationDescription": _words("description"),
    "areaName": _words("area"),
    "alertCLocationName": _words("landmark"),
    "alertCDirectionNamed": _read_direction_name,
    "tpegDirection": _read_direction,
    "externalReferencing": lambda *_: None,
}
_READERS = ByTag(_NAMED, lambda _: read_location)
