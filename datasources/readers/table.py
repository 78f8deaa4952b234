"""Delimited tables as people export them: byte-order marks, Windows encodings, semicolons, ragged rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.errors import DocumentUnreadable

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
# A GeoJSON of a long road is one cell.
_MAX_CELL = 4 * 2**20
_MAX_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line of the document it ends on, its cells by column, and what is wrong with it."""

    number: int
    cells: dict[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows under it."""

    columns: tuple[str, ...]
    lines: Iterator[Line]


def read_table(body: bytes, source_id: str, *, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """Return the table in a document; raise DocumentUnreadable when it holds none.

    Without `encoding`: UTF-8 with or without mark, else Windows-1252. Without `delimiter`: the one that the header
    holds most of. A row shorter than the header lacks its last cells; a longer one is a problem.
    """
    text = _decoded(body, source_id, encoding)
    head = text.lstrip()[:200].lower()
    if not head:
        raise DocumentUnreadable(source_id, "the document is empty, without even a header; what was kept stays")
    if head.startswith(("<!doctype", "<html", "<?xml", "{", "[")) or "\x00" in text:
        raise DocumentUnreadable(source_id, "the document is not a table: a web page or another format came instead")
    csv.field_size_limit(_MAX_CELL)
    header = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter or max(DELIMITERS, key=header.count)
    )
    try:
        columns = tuple(name.strip() for name in next(reader))
    except (csv.Error, StopIteration) as error:
        raise DocumentUnreadable(source_id, "the header of the table cannot be read; what was kept stays") from error
    if not any(columns) or len(columns) > _MAX_COLUMNS:
        raise DocumentUnreadable(source_id, f"the header names no column, or more than {_MAX_COLUMNS}")
    return Table(columns, _lines(reader, columns, source_id))


def _lines(reader: Reader, columns: tuple[str, ...], source_id: str) -> Iterator[Line]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DocumentUnreadable(
                source_id, f"the table breaks after line {reader.line_num}: a cell never ends"
            ) from error
        if not any(cell.strip() for cell in cells):
            continue
        problem = None
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            problem = f"the row has {len(cells)} cells, the header {len(columns)}"
        yield Line(reader.line_num, dict(zip(columns, cells, strict=False)), problem)


def _decoded(body: bytes, source_id: str, encoding: str | None) -> str:
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return body.decode("utf-8-sig" if name == "utf-8" else name)
        except UnicodeDecodeError:
            continue
    raise DocumentUnreadable(source_id, f"the bytes are not {encoding or 'UTF-8 or Windows-1252'}; what was kept stays")
