"""Records of a table read through a field map, one a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datasources.contract import Document, Reading
from datasources.readers.collect import Collected
from datasources.readers.fieldmap import FieldMap
from datasources.readers.fieldrecords import add_record
from datasources.readers.paths import Row
from datasources.readers.table import read_table
from events.errors import ConfigurationError, DocumentUnreadable


def check_table_map(fields: FieldMap) -> None:
    """Raise ConfigurationError when a map asks a table for what it cannot hold."""
    if fields.lists:
        raise ConfigurationError(
            f"source {fields.source.id!r}, options: a table holds no lists ({', '.join(fields.lists)})"
        )


def read_rows(
    fields: FieldMap,
    document: Document,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    complete: Callable[[FieldMap, Sequence[str]], FieldMap] | None = None,
) -> Reading:
    """Return every row as a record, a withdrawal or a reject; raise DocumentUnreadable when it is no table of the map.

    `complete` may add to the map what it finds in the header.
    """
    source = fields.source
    with document.open() as stream:
        body = stream.read(source.max_bytes + 1)
    if len(body) > source.max_bytes:
        raise DocumentUnreadable(source.id, f"it is longer than {source.max_bytes} bytes")
    table = read_table(body, source.id, delimiter=delimiter, encoding=encoding)
    known = fields.paths()
    if not known.intersection(table.columns):
        raise DocumentUnreadable(
            source.id, "the header holds none of the columns of the map; check it; what was kept stays"
        )
    if complete is not None:
        fields = complete(fields, table.columns)
        known = fields.paths()
    collected = Collected()
    collected.drop_fields(name for name in table.columns if name and name not in known)
    for line in table.lines:
        where = f"line {line.number}"
        if line.problem is not None:
            collected.reject(where, line.problem)
        else:
            add_record(fields, Row(line.cells, line.cells), where, collected, document.retrieved_at)
    return collected.reading()
