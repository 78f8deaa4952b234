"""The places that measurements name: Bison Futé's table of sections, DATEX II site tables and predefined locations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datasources.contract import Document, Source
from datasources.readers.datex2_location import Location, Position, read_location
from datasources.readers.places import point_of, turner
from datasources.readers.text import clean
from datasources.readers.xml import Element, chosen, empty, in_any_encoding, local, stream_elements
from events.errors import DocumentUnreadable, InvalidRecord
from events.geometry import check_geometry
from events.records import Geometry

LAMBERT_93 = 2154
MAX_SITES = 200_000
PLACES = frozenset(
    {
        "measurementSiteRecord",
        "measurementSite",
        "predefinedLocationContainer",
        "predefinedLocationReference",
        "predefinedLocation",
    }
)
_LOCATIONS = frozenset({"measurementSiteLocation", "location"})
_NAMES = frozenset({"measurementSiteName", "predefinedLocationName"})
# Read from the end: the header names 20 columns, the rows hold 19, `code_insee_commune` being absent (FEEDS 2).
_ROAD, _DIRECTION, _COORDINATES = -16, -10, slice(-5, -1)
_WIDTHS = (19, 20)


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a table: what to call it and where it is; `problem` says why a geometry that was given is not used."""

    name: str | None = None
    geometry: Geometry | None = None
    problem: str | None = None


def read_sites(document: Document, source: Source) -> dict[str, Site]:
    """Return the places of a table by identifier, case kept: `MM313.h1` is not `MM313.H1`.

    A place without usable coordinates is there without geometry. Raises DocumentUnreadable when the document is no
    such table or holds no place at all.
    """
    with document.open() as stream:
        is_xml = stream.read(64).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    sites = _from_document(document, source) if is_xml else dict(_from_table(document.read(), source))
    if not sites:
        raise DocumentUnreadable(source.id, "the table of sites holds no site; the one known before is used")
    return sites


def line_of(location: Location) -> dict[str, object] | None:
    """Return where a measured stretch is: its line, else the line from its start to its end, else its point.

    A start that is its end, and coordinates of zero, are no geometry. Raises InvalidRecord for a bad position.
    """
    if location.lines:
        one = len(location.lines) == 1
        kind, lines = ("LineString", location.lines[0]) if one else ("MultiLineString", location.lines)
        return {"type": kind, "coordinates": [list(point) for point in lines] if one else lines}
    if location.ends:
        return _between(location.ends[0], location.ends[-1])
    point = location.points[0] if location.points else location.drawn()
    return {"type": "Point", "coordinates": list(point)} if point else None


def placed(geometry: dict[str, object] | None, name: str | None, source: Source) -> Site:
    """Return a site with its geometry checked against the source's area."""
    if geometry is None:
        return Site(name)
    try:
        return Site(name, check_geometry(geometry, source.area))
    except InvalidRecord as error:
        return Site(name, problem=str(error))


def _between(start: Position | None, end: Position | None) -> dict[str, object] | None:
    if start is None or end is None or start == end:
        return None
    return {"type": "LineString", "coordinates": [list(start), list(end)]}


def _from_table(body: bytes, source: Source) -> Iterator[tuple[str, Site]]:
    rows = csv.reader(io.StringIO(_decoded(body), newline=""), delimiter=";")
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        if len(header) not in _WIDTHS or header[0] != "code_pme" or header[_COORDINATES.start] != "x_deb":
            raise DocumentUnreadable(
                source.id, "not a table of sites: its header is not that of refDir.csv; the one known before is used"
            )
        for count, row in enumerate(rows):
            if count >= MAX_SITES:
                raise DocumentUnreadable(source.id, f"the table of sites holds more than {MAX_SITES} rows")
            name = clean(row[0]) if row else None
            if name is not None and len(row) in _WIDTHS:
                yield name, _of_row(row, source)
    except csv.Error as error:
        raise DocumentUnreadable(source.id, f"the table of sites breaks after line {rows.line_num}") from error


def _of_row(row: Sequence[str], source: Source) -> Site:
    road, direction = clean(row[_ROAD]), clean(row[_DIRECTION])
    if road and direction:
        road = f"{road} {direction.replace('_', '-').lower()}"
    x_start, y_start, x_end, y_end = row[_COORDINATES]
    try:
        line = _between(_lambert(x_start, y_start), _lambert(x_end, y_end))
    except InvalidRecord as error:
        return Site(road, problem=str(error))
    return placed(line, road, source)


def _lambert(x: str, y: str) -> Position | None:
    point = point_of(x, y)
    return None if point is None or 0 in point else turner(LAMBERT_93)(*point)


def _from_document(document: Document, source: Source) -> dict[str, Site]:
    return in_any_encoding(lambda encoding: dict(_from_xml(document, source, encoding)))


def _from_xml(document: Document, source: Source, encoding: str | None) -> Iterator[tuple[str, Site]]:
    for event, element in stream_elements(document.open, sorted(PLACES), source.id, encoding):
        name = clean(element.get("id")) if event == "end" and is_place(element) else None
        if name is not None:
            yield name, _of_element(element, source)
            empty(element)


def is_place(element: Element) -> bool:
    """Tell whether an element describes a place instead of naming one described elsewhere."""
    return any(local(child) in _LOCATIONS for child in element)


def _of_element(element: Element, source: Source) -> Site:
    found, name = Location(), None
    try:
        for child in element:
            if local(child) in _NAMES:
                name = clean(chosen(child)[0])
            elif local(child) in _LOCATIONS:
                read_location(child, found)
        line = line_of(found)
    except InvalidRecord as error:
        return Site(name, problem=str(error))
    return placed(line, name or clean(found.road()), source)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")
