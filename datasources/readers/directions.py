"""Where a camera looks and what it never shows: directions in degrees from north, clockwise, and outlines.

In a table a direction is `azimuth/opening` or `azimuth/opening/range` (90/60/80), several are divided by ` | ` or a semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from datasources.readers.mapped import Mapped
from datasources.readers.places import geometry_of, number_of
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Outline, Sector

MAX_DIRECTIONS = 16
MAX_RANGE_M = 5000
MAX_CORNERS = 500
_BETWEEN = re.compile(r"\s*[|;\n]\s*")
_NOT_A_DIRECTION = "a direction is azimuth/opening or azimuth/opening/range, in degrees and metres"


def sectors_of(mapped: Mapped, name: str, *, has_range: bool) -> tuple[Sector, ...]:
    """Return the directions a record gives under `name`, as text or as a list; raise InvalidRecord for one that is none.

    `has_range`: whether a direction may say how far it reaches. A mask hides the whole way.
    """
    found = [
        one for one in (*_listed(mapped, name), *_told(mapped, name)) if any(part not in (None, "") for part in one)
    ]
    if len(found) > MAX_DIRECTIONS:
        raise InvalidRecord(f"{name} has more than {MAX_DIRECTIONS} members")
    return tuple(_sector(one, mapped.fields.decimal, has_range=has_range) for one in found)


def outlines_of(mapped: Mapped, name: str) -> tuple[Outline, ...]:
    """Return the polygons of a geometry (GeoJSON or WKT, in the map's coordinate system); raise InvalidRecord for any other."""
    fields = mapped.fields
    raw = geometry_of(mapped.value(name), fields.turn, fields.pair_order, fields.decimal)
    if raw is None:
        return ()
    geometry = check_geometry(raw, fields.source.area)
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise InvalidRecord("a masked area is a polygon")
    coordinates = geometry["coordinates"]
    assert isinstance(coordinates, Sequence)
    parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
    outlines = tuple(tuple(tuple((x, y) for x, y in ring) for ring in part) for part in parts)
    if sum(len(ring) for outline in outlines for ring in outline) > MAX_CORNERS:
        raise InvalidRecord(f"the masked areas have more than {MAX_CORNERS} corners")
    return outlines


def _listed(mapped: Mapped, name: str) -> Iterable[Sequence[object]]:
    names = ("azimuth_deg", "field_of_view_deg", "range_m")
    for member in mapped.fields.members(mapped.row, name):
        yield [mapped.fields.member_value(member, name, one) for one in names]


def _told(mapped: Mapped, name: str) -> Iterable[Sequence[object]]:
    told = mapped.value(name)
    if isinstance(told, str):
        told = _BETWEEN.split(told.strip())
    if told is None:
        return
    if not isinstance(told, Sequence) or isinstance(told, str):
        raise InvalidRecord(_NOT_A_DIRECTION)
    for one in told:
        if isinstance(one, str):
            yield one.split("/") if one else ()
        elif isinstance(one, Sequence) and not isinstance(one, Mapping):
            yield one
        else:
            raise InvalidRecord(_NOT_A_DIRECTION)


def _sector(parts: Sequence[object], decimal: str, *, has_range: bool) -> Sector:
    numbers = [number_of(one, decimal) for one in parts]
    if not 2 <= len(numbers) <= 3 or numbers[0] is None or numbers[1] is None:
        raise InvalidRecord(_NOT_A_DIRECTION)
    reach = numbers[2] if len(numbers) == 3 else None
    if reach is not None and not has_range:
        raise InvalidRecord("a mask is azimuth/opening: it hides the whole way")
    for name, number, most in (
        ("azimuth_deg", numbers[0], 360),
        ("field_of_view_deg", numbers[1], 360),
        ("range_m", reach, MAX_RANGE_M),
    ):
        if number is not None and not 0 <= number <= most:
            raise InvalidRecord(f"{name} is not between 0 and {most}")
    if not numbers[1]:
        raise InvalidRecord("a direction has no opening")
    return Sector(azimuth_deg=numbers[0] % 360, field_of_view_deg=numbers[1], range_m=reach)
