"""Tables of an Opendatasoft portal through a field map: exports as JSON, GeoJSON or CSV, and pages of records.

What is particular: places are in `geo_shape` and `geo_point_2d` unless the map says otherwise, midnights written as UTC
are local days unless `dates` says otherwise, and pages are followed to the last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.features import add_members, read_container
from datasources.readers.fieldmap import ROAD_STATE, read_field_map
from datasources.readers.opendatasoft import in_records, next_page, records_of, with_places
from datasources.readers.tablerows import check_table_map, read_rows

LOCAL_DAYS = ("%Y-%m-%dT00:00:00+00:00", "iso")
_BOM = b"\xef\xbb\xbf"


class OpendatasoftAdapter(Adapter):
    """Reads what a portal exports, one record a row."""

    kind: ClassVar[str] = "opendatasoft"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        # Only what is measured at every hour of the day may truly be of midnight UTC.
        usual = {} if source.options.get("record") == ROAD_STATE else {"dates": list(LOCAL_DAYS)}
        self._fields = read_field_map(replace(source, options={**usual, **source.options}), frozenset())

    def read(self, document: Document) -> Reading:
        """Return every record of the page or export; raise only DocumentUnreadable.

        A page that is not the last asks for the next one.
        """
        with document.open() as stream:
            start = stream.read(256).removeprefix(_BOM).lstrip()[:1]
        if start not in (b"{", b"["):
            return self._read_table(document)
        content = read_container(document, self.source)
        records = records_of(content, self.source)
        following = next_page(records, document.url, self.source)
        fields = in_records(self._fields, records)
        collected, _ = add_members(fields, records.items, records.name, records.properties, document.retrieved_at)
        return replace(collected.reading(), next_requests=(following,) if following else ())

    def _read_table(self, document: Document) -> Reading:
        check_table_map(self._fields)
        return read_rows(self._fields, document, complete=with_places)
