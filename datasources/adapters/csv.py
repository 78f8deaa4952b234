"""CSV read through a map of its columns (docs/add-a-source.md): events, road states, cameras, counts."""

from __future__ import annotations

from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.fieldmap import read_field_map
from datasources.readers.table import DELIMITERS, ENCODINGS
from datasources.readers.tablerows import check_table_map, read_rows
from events.errors import ConfigurationError

OPTIONS = frozenset({"delimiter", "encoding"})


class CsvAdapter(Adapter):
    """Reads a table with a header, one record a row."""

    kind: ClassVar[str] = "csv"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        check_table_map(self._fields)
        self._delimiter = _choice(source, "delimiter", DELIMITERS)
        self._encoding = _choice(source, "encoding", ENCODINGS)

    def read(self, document: Document) -> Reading:
        """Return every row as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        return read_rows(self._fields, document, delimiter=self._delimiter, encoding=self._encoding)


def _choice(source: Source, key: str, allowed: tuple[str, ...]) -> str | None:
    value = source.options.get(key)
    if value is not None and value not in allowed:
        raise ConfigurationError(f"source {source.id!r}, options.{key}: found {value!r}; allowed: {allowed}")
    return value if isinstance(value, str) else None
