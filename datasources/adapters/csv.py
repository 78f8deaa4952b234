"""CSV read through a map of its columns (docs/add-a-source.md): events, road states, cameras, counts."""

from __future__ import annotations

from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.fieldmap import read_field_map
from datasources.readers.options import choice
from datasources.readers.table import DELIMITERS, ENCODINGS
from datasources.readers.tablerows import check_table_map, read_rows

OPTIONS = frozenset({"delimiter", "encoding"})


class CsvAdapter(Adapter):
    """Reads a table with a header, one record a row."""

    kind: ClassVar[str] = "csv"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        check_table_map(self._fields)
        self._delimiter = choice(source, "delimiter", DELIMITERS)
        self._encoding = choice(source, "encoding", ENCODINGS)

    def read(self, document: Document) -> Reading:
        """Return every row as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        return read_rows(self._fields, document, delimiter=self._delimiter, encoding=self._encoding)
