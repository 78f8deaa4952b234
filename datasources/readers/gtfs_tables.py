"""The tables of a GTFS archive, streamed row by row within limits; nothing is ever unpacked to a disk."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from events.errors import DocumentUnreadable

MAX_MEMBERS = 200
MAX_TABLE_BYTES = 2**30  # unpacked; only stop_times.txt of a whole country comes near
MAX_RATIO = 100
MAX_ROWS = 10_000_000
_MAX_LINE = 2**16
_MAX_DIRECTORY = 2**18
_END_BYTES = 22
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class GtfsTables:
    """The tables of one archive by name (`stops.txt`), at its root or in its one folder."""

    def __init__(self, archive: zipfile.ZipFile, source_id: str) -> None:
        self._archive = archive
        self._source_id = source_id
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise DocumentUnreadable(source_id, f"the archive holds more than {MAX_MEMBERS} files")
        for member in members:
            _check(member, source_id)
        self._members = {member.filename.rpartition("/")[2]: member for member in members if not member.is_dir()}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def rows(self, name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield the cells of these columns, row by row; a column or a table that is not there gives empty cells or no row.

        Raises DocumentUnreadable for a table that is damaged or beyond the limits.
        """
        member = self._members.get(name)
        if member is None:
            return
        try:
            with self._archive.open(member) as stream:
                yield from self._rows(stream, name, columns)
        except (csv.Error, *_BROKEN) as error:
            raise DocumentUnreadable(
                self._source_id, f"{name} of the archive is damaged; what was kept stays"
            ) from error

    def _rows(self, stream: IO[bytes], name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.reader(self._lines(text, name))
        header = [cell.strip() for cell in next(reader, [])]
        places = [header.index(column) if column in header else -1 for column in columns]
        for number, row in enumerate(reader):
            if number >= MAX_ROWS:
                raise DocumentUnreadable(self._source_id, f"{name} of the archive has more than {MAX_ROWS} rows")
            yield tuple(row[place].strip() if 0 <= place < len(row) else "" for place in places)

    def _lines(self, text: io.TextIOWrapper, name: str) -> Iterator[str]:
        # A table without line ends would otherwise be held in memory as one line.
        while line := text.readline(_MAX_LINE):
            if len(line) == _MAX_LINE and not line.endswith("\n"):
                raise DocumentUnreadable(
                    self._source_id, f"{name} of the archive has a line over {_MAX_LINE} characters"
                )
            yield line


@contextmanager
def gtfs_tables(stream: BinaryIO, source_id: str) -> Iterator[GtfsTables]:
    """Open the archive in a stream; raise DocumentUnreadable for what is no archive or is beyond the limits."""
    _check_end(stream, source_id)
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise DocumentUnreadable(source_id, "the archive is damaged; what was kept stays") from error
    with archive:
        yield GtfsTables(archive, source_id)


def _check_end(stream: BinaryIO, source_id: str) -> None:
    """Refuse a directory too long to be listed before it is listed: half a million names are half a gigabyte."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 2**16 - _END_BYTES))
    tail = stream.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise DocumentUnreadable(source_id, "not a ZIP archive, or cut short; check the address; what was kept stays")
    directory = int.from_bytes(tail[place + 12 : place + 16], "little")
    if directory > _MAX_DIRECTORY or _END_64 in tail[max(0, place - 20) : place]:
        raise DocumentUnreadable(source_id, f"the archive holds more than {MAX_MEMBERS} files")
    stream.seek(0)


def _check(member: zipfile.ZipInfo, source_id: str) -> None:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or len(parts) > 3:
        raise DocumentUnreadable(source_id, "the archive names a file outside itself")
    if member.file_size > MAX_TABLE_BYTES:
        raise DocumentUnreadable(source_id, f"a file of the archive is longer than {MAX_TABLE_BYTES} bytes")
    if member.file_size > MAX_RATIO * max(member.compress_size, 2**10):
        raise DocumentUnreadable(source_id, f"a file of the archive is packed more than {MAX_RATIO} times")
