"""The body of a reply: decompressed within limits, hashed as it comes, in memory or in a file that has no name."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from datasources.wire import TooLarge

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEMORY_BYTES = 2**20
_SLICE = 2**18


class Damaged(Exception):
    """The compressed body is cut short or corrupt."""


def decoded(chunks: Iterable[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    """Yield the body in slices of bounded size, whatever the compression ratio; raise Damaged when it is not whole."""
    if not is_gzip:
        yield from chunks
        return
    inflater, has_input = zlib.decompressobj(31), False
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if inflater.eof:  # a file may be several gzip members in a row
                    inflater = zlib.decompressobj(31)
                has_input = True
                yield from _inflated(inflater, rest)
                rest = inflater.unused_data
    except zlib.error as error:
        raise Damaged from error
    if has_input and not inflater.eof:
        raise Damaged


def _inflated(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        piece = inflater.decompress(data, _SLICE)
        if piece:
            yield piece
        data = inflater.unconsumed_tail
        if inflater.eof or (not data and len(piece) < _SLICE):
            return


class Body:
    """Collects a body of at most `max_bytes`; beyond MEMORY_BYTES it moves to a temporary file.

    The file is unlinked as soon as it exists, so that not even a killed process leaves a document behind.
    """

    def __init__(self, max_bytes: int, memory_bytes: int = MEMORY_BYTES) -> None:
        self._max_bytes = max_bytes
        self._memory_bytes = memory_bytes
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes so far."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append a piece; raise TooLarge when the body passes its limit."""
        self.size += len(chunk)
        if self.size > self._max_bytes:
            raise TooLarge
        self._hash.update(chunk)
        if self._file is None and self.size > self._memory_bytes:
            self._file = tempfile.TemporaryFile(prefix="document-", buffering=0)  # noqa: SIM115 - close() ends it
            self._write_all(bytes(self._memory))
            self._memory.clear()
        if self._file is None:
            self._memory += chunk
        else:
            self._write_all(chunk)

    def content(self) -> bytes | Callable[[], BinaryIO]:
        """Return what a Document is made of: the bytes, or a function that opens a new stream over the file."""
        return bytes(self._memory) if self._file is None else self._open

    def close(self) -> None:
        """Forget the body; a file disappears."""
        self._memory.clear()
        if self._file is not None:
            self._file.close()

    def _open(self) -> BinaryIO:
        assert self._file is not None
        return io.BufferedReader(_Window(self._file, self.size))

    def _write_all(self, chunk: bytes) -> None:
        assert self._file is not None
        rest = memoryview(chunk)
        while rest:
            rest = rest[self._file.write(rest) :]


class _Window(io.RawIOBase):
    """A stream with its own position over a file that other streams read too."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        super().__init__()
        self._file = file
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        # fileno() fails once the body is closed: its number may by then be another file's.
        piece = os.pread(self._file.fileno(), len(target), self._position)
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
