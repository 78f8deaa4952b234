"""Where an entry of a feed takes place: GeoRSS simple and GML, W3C geo. Latitude comes first in all of them.

Namespaces are not compared: publishers write `https://` for `http://`, and leave GeoRSS in the feed's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from datasources.readers.places import WGS84, epsg_of, number_of
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES

PLACES = frozenset(
    {"point", "line", "polygon", "box", "where", "Point", "lat", "long", "lon", "LineString", "Polygon", "Envelope"}
)  # in the lists of names that lie directly under an entry
_SEPARATOR = re.compile(r"[\s,]+")
_KINDS = {"point": "Point", "line": "LineString", "polygon": "Polygon", "box": "Polygon"}
_LEAST = {"Point": 1, "LineString": 2, "Polygon": 4}
_GML = {"Point": "Point", "LineString": "LineString", "Polygon": "Polygon", "Envelope": "Polygon"}
_MAX_FIGURES = 50
_MAX_TEXT = 40 * MAX_VERTICES
_LON_FIRST = "CRS84"

Positions = list[list[float]]


def place_of(entry: Element) -> tuple[dict[str, object] | None, tuple[str, ...]]:
    """Return the place an entry tells, longitude first, and the names of the places of it that cannot be drawn.

    Several figures become one geometry. A polygon of too few points, a line of one and an empty point are no place.
    """
    return _place_of(_figures(entry))


def gml_of(element: Element) -> tuple[dict[str, object] | None, tuple[str, ...]]:
    """Return the place that GML inside an element tells, as `place_of` does."""
    return _place_of(_in_gml(element))


def _place_of(
    told: Iterator[tuple[str, str, list[Sequence[float | None]]]],
) -> tuple[dict[str, object] | None, tuple[str, ...]]:
    figures: list[tuple[str, object]] = []
    unplaced: list[str] = []
    for name, kind, values in told:
        if len(figures) >= _MAX_FIGURES:
            raise InvalidRecord(f"the entry tells more than {_MAX_FIGURES} places")
        try:
            drawn = _drawn(kind, values, is_box=name in ("box", "Envelope"))
        except (InvalidRecord, ValueError):
            drawn = None
        if drawn is None:
            unplaced.append(name)
        else:
            figures.append((kind, drawn))
    return _joined(figures), tuple(unplaced)


def _figures(entry: Element) -> Iterator[tuple[str, str, list[Sequence[float | None]]]]:
    """Yield name, kind and the numbers of each ring of every place, one sequence of latitude, longitude, ... a ring."""
    for child in entry:
        name = local(child)
        if name in _KINDS:
            yield name, _KINDS[name], [_numbers(text_of(child))]
        elif name == "where":
            yield from _in_gml(child)
        elif name == "Point":  # W3C geo; GML stands under `where`
            yield "geo", "Point", [_named(child)]
    if any(local(child) == "lat" for child in entry):
        yield "geo", "Point", [_named(entry)]


def _in_gml(where: Element) -> Iterator[tuple[str, str, list[Sequence[float | None]]]]:
    for element in where.iter("{*}Point", "{*}LineString", "{*}Polygon", "{*}Envelope"):
        rings: list[Sequence[float | None]] = []
        for part in element.iter("{*}pos", "{*}posList", "{*}lowerCorner", "{*}upperCorner"):
            numbers = _located(part, _numbers(text_of(part)))
            is_next = local(part) == "posList" or not rings or local(element) == "Point"
            rings = [*rings, numbers] if is_next else [*rings[:-1], [*rings[-1], *numbers]]
        yield local(element), _GML[local(element)], rings


def _located(part: Element, numbers: Sequence[float | None]) -> Sequence[float | None]:
    """Return latitude, longitude, ... of a GML list, without heights; nothing in a system that is not in degrees."""
    named = (part, *part.iterancestors())
    system = next((name for one in named if (name := one.get("srsName"))), None)
    size = next((name for one in named if (name := one.get("srsDimension"))), "2")
    if size == "3":
        numbers = [number for index, number in enumerate(numbers) if index % 3 < 2]
    if system and _LON_FIRST in system:
        return [number for pair in zip(numbers[1::2], numbers[::2], strict=False) for number in pair]
    return [] if system and epsg_of(system) not in (None, WGS84) else numbers


def _named(element: Element) -> list[float | None]:
    told = {local(child): text_of(child) for child in element if local(child) in ("lat", "long", "lon")}
    return _numbers(f"{told.get('lat', '')} {told.get('long') or told.get('lon', '')}")


def _numbers(text: str) -> list[float | None]:
    if len(text) > _MAX_TEXT:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    try:
        return [number_of(part) for part in _SEPARATOR.split(text) if part]
    except InvalidRecord:
        return []  # what is no number is no place; the entry itself may still be read


def _drawn(kind: str, rings: Sequence[Sequence[float | None]], *, is_box: bool) -> object | None:
    if not rings or any(not ring or len(ring) % 2 for ring in rings):
        return None
    pairs = [
        [[lon, lat] for lat, lon in zip(ring[::2], ring[1::2], strict=True) if lat is not None and lon is not None]
        for ring in rings
    ]
    if is_box:
        pairs = [_around(pairs[0])]
    if kind == "Polygon":
        pairs = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in pairs]
    if any(len(ring) < _LEAST[kind] for ring in pairs) or pairs[0] == [[0.0, 0.0]]:
        return None
    if kind == "Point":
        return pairs[0][0]
    return pairs if kind == "Polygon" else pairs[0]


def _around(corners: Positions) -> Positions:
    if len(corners) != 2:
        return corners
    (west, south), (east, north) = corners
    return [[west, south], [east, south], [east, north], [west, north]]


def _joined(figures: list[tuple[str, object]]) -> dict[str, object] | None:
    kinds = {kind for kind, _ in figures}
    if not figures:
        return None
    if len(figures) == 1:
        return {"type": figures[0][0], "coordinates": figures[0][1]}
    if len(kinds) == 1:
        return {"type": f"Multi{figures[0][0]}", "coordinates": [drawn for _, drawn in figures]}
    return {
        "type": "GeometryCollection",
        "geometries": [{"type": kind, "coordinates": drawn} for kind, drawn in figures],
    }
