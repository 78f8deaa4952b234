"""CSV read through a map of its columns (docs/add-a-source.md): events, road states, cameras, counts."""

from __future__ import annotations

from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected
from datasources.readers.fieldmap import Row, read_field_map
from datasources.readers.fieldrecords import add_record
from datasources.readers.table import DELIMITERS, ENCODINGS, read_table
from events.errors import ConfigurationError, DocumentUnreadable

OPTIONS = frozenset({"delimiter", "encoding"})


class CsvAdapter(Adapter):
    """Reads a table with a header, one record a row."""

    kind: ClassVar[str] = "csv"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        if self._fields.lists:
            raise ConfigurationError(f"source {source.id!r}, options: a table holds no lists (route, periods, effects)")
        self._delimiter = _choice(source, "delimiter", DELIMITERS)
        self._encoding = _choice(source, "encoding", ENCODINGS)

    def read(self, document: Document) -> Reading:
        """Return every row as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        with document.open() as stream:
            body = stream.read(self.source.max_bytes + 1)
        if len(body) > self.source.max_bytes:
            raise DocumentUnreadable(self.source.id, f"it is longer than {self.source.max_bytes} bytes")
        table = read_table(body, self.source.id, delimiter=self._delimiter, encoding=self._encoding)
        known = self._fields.paths()
        if not known.intersection(table.columns):
            raise DocumentUnreadable(
                self.source.id, "the header holds none of the columns of the map; check it; what was kept stays"
            )
        collected = Collected()
        collected.drop_fields(name for name in table.columns if name and name not in known)
        for line in table.lines:
            where = f"line {line.number}"
            if line.problem is not None:
                collected.reject(where, line.problem)
            else:
                add_record(self._fields, Row(line.cells, line.cells), where, collected, document.retrieved_at)
        return collected.reading()


def _choice(source: Source, key: str, allowed: tuple[str, ...]) -> str | None:
    value = source.options.get(key)
    if value is not None and value not in allowed:
        raise ConfigurationError(f"source {source.id!r}, options.{key}: found {value!r}; allowed: {allowed}")
    return value if isinstance(value, str) else None
