"""GeoJSON read through a field map (docs/add-a-source.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.features import add_members, at, is_whole, read_container, time_of, unreadable
from datasources.readers.fieldmap import PLACE, FieldMap, read_field_map
from datasources.readers.options import text_option
from datasources.readers.places import WGS84, epsg_of, turner
from events.errors import ConfigurationError

OPTIONS = frozenset({"document_time"})


class GeoJsonAdapter(Adapter):
    """Reads a feature collection, or a bare list of features."""

    kind: ClassVar[str] = "geojson"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        self._document_time = text_option(source, "document_time", "")

    def read(self, document: Document) -> Reading:
        """Return every member of the list as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        items = content.get("features") if isinstance(content, Mapping) else content
        collected, count = add_members(self._projected(content), items, "features", "", document.retrieved_at)
        return collected.reading(published_at=self._time(content), is_complete=is_whole(content, count))

    def _projected(self, content: object) -> FieldMap:
        """Return the map with the system that an older GeoJSON names, when the source itself names none.

        A feature's own geometry is read when the map names no place field.
        """
        fields = self._fields
        if not fields.fields.keys() & PLACE:
            fields = replace(fields, fields={**fields.fields, "geometry": ("$.geometry",)})
        declared = at(content, "$.crs.properties.name") if isinstance(content, Mapping) else None
        epsg = epsg_of(declared) if isinstance(declared, str) else None
        if fields.has_crs or epsg in (None, WGS84):
            return fields
        try:
            return replace(fields, turn=turner(epsg or WGS84))
        except ConfigurationError as error:
            raise unreadable(self.source, "it names a coordinate system we do not know") from error

    def _time(self, content: object) -> datetime | None:
        return time_of(content, self._document_time, self._fields.times)
