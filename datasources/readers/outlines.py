"""Outlines of districts, as a table that tells in which one a position lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasources.contract import Document, Source
from datasources.readers.features import MAX_ITEMS, properties_of, read_container, unreadable
from datasources.readers.places import WGS84, geometry_of, turner
from datasources.readers.text import identifier
from events.errors import InvalidRecord


class Outlines:
    """Polygons and their codes."""

    def __init__(self, codes: list[str], polygons: list[Any]) -> None:
        from shapely import STRtree

        self._codes = codes
        self._tree = STRtree(polygons)

    def at(self, lon: float, lat: float) -> str | None:
        """Return the code of the outline a position lies in; None when it lies in none."""
        from shapely import Point

        found = self._tree.query(Point(lon, lat), predicate="intersects")
        return self._codes[int(min(found))] if len(found) else None


def read_outlines(document: Document, source: Source, code: str) -> Outlines:
    """Return the polygons of a FeatureCollection named by a property; raise DocumentUnreadable when one is none."""
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    content = read_container(document, source)
    items = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        raise unreadable(source, "it holds no outlines of districts")
    codes, polygons = [], []
    for item in items:
        try:
            told = item if isinstance(item, Mapping) else {}
            codes.append(identifier(properties_of(told, "").get(code)))
            polygons.append(shape(geometry_of(told.get("geometry"), turner(WGS84))))
        except (InvalidRecord, ShapelyError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(source, f"a district has no outline, or no property {code!r}") from error
    if not all(polygon.geom_type in ("Polygon", "MultiPolygon") for polygon in polygons):
        raise unreadable(source, "an outline of a district is no polygon")
    return Outlines(codes, polygons)
