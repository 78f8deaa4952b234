"""Delimited tables as people export them: byte-order marks, Windows encodings, semicolons, ragged rows."""

from __future__ import annotations

import csv
import io
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from events.errors import DocumentUnreadable

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
# A GeoJSON of a long road is one cell.
_MAX_CELL = 4 * 2**20
_MAX_COLUMNS = 1000
_MAX_HEADER = 200_000
_MAX_LINE = 2 * _MAX_CELL
_MAX_LINES = 250_000  # a cell may hold several
MAX_ROWS = 100_000
_PIECE = 2**16
_REMARK = "# "  # lines above the header that say where the table comes from
_NO_TABLE = "the document is not a table: a web page or another format came instead"


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
    if body.count(b"\n") > _MAX_LINES:
        raise DocumentUnreadable(
            source_id, f"it has more than {_MAX_LINES} lines; nothing was read; see whether it is whole"
        )
    lines = _text_lines(body, _encoding_of(body, source_id, encoding), source_id)
    header = next((line for line in lines if line.strip("\r\n") and not line.startswith(_REMARK)), "")
    head = header.lstrip()[:200].lower()
    if not head:
        raise DocumentUnreadable(source_id, "the document is empty, without even a header; what was kept stays")
    if head.startswith(("<!doctype", "<html", "<?xml", "{", "[")):
        raise DocumentUnreadable(source_id, _NO_TABLE)
    if len(header) > _MAX_HEADER:
        raise DocumentUnreadable(source_id, "the header of the table is longer than any; what was kept stays")
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(chain((header,), lines), delimiter=delimiter or max(DELIMITERS, key=header.count))
    try:
        columns = tuple(name.strip() for name in next(reader))
    except (csv.Error, StopIteration) as error:
        raise DocumentUnreadable(source_id, "the header of the table cannot be read; what was kept stays") from error
    if not any(columns) or len(columns) > _MAX_COLUMNS:
        raise DocumentUnreadable(source_id, f"the header names no column, or more than {_MAX_COLUMNS}")
    return Table(columns, _lines(reader, columns, source_id))


def _lines(reader: Reader, columns: tuple[str, ...], source_id: str) -> Iterator[Line]:
    count = 0
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
        count += 1
        if count > MAX_ROWS:
            raise DocumentUnreadable(source_id, f"it has more than {MAX_ROWS} rows; what was kept stays")
        problem = None
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            problem = f"the row has {len(cells)} cells, the header {len(columns)}"
        yield Line(reader.line_num, dict(zip(columns, cells, strict=False)), problem)


def _encoding_of(body: bytes, source_id: str, encoding: str | None) -> str:
    """Return the encoding the whole document is in; it is never held as one text, which may take four times its size."""
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        chosen = "utf-8-sig" if name == "utf-8" else name
        decoder = getincrementaldecoder(chosen)()
        try:
            for start in range(0, len(body), _PIECE):
                piece = decoder.decode(body[start : start + _PIECE], final=start + _PIECE >= len(body))
                if "\x00" in piece:
                    raise DocumentUnreadable(source_id, _NO_TABLE)
        except UnicodeDecodeError:
            continue
        return chosen
    raise DocumentUnreadable(source_id, f"the bytes are not {encoding or 'UTF-8 or Windows-1252'}; what was kept stays")


def _text_lines(body: bytes, encoding: str, source_id: str) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(body), encoding=encoding, newline="")
    while line := stream.readline(_MAX_LINE):
        if len(line) == _MAX_LINE:
            raise DocumentUnreadable(
                source_id, f"it holds a line of more than {_MAX_LINE} characters; what was kept stays"
            )
        yield line
