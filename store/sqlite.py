"""All that is particular to SQLite: pragmas, how a write begins, file copies, and what its errors mean."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Engine, event

from events.errors import ConfigurationError, StoreFull, StoreUnavailable

Error = sqlite3.Error
BUSY_MS = 5000


def tune(engine: Engine, *, is_writer: bool) -> None:
    """Set the pragmas of each new connection; a writer takes the lock when it begins, a reader cannot write."""

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if is_writer:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: retention means it
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def on_begin(connection: Any) -> None:
        # A write that begins as a read fails at once when another program wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def set_durability(connection: Any, *, is_durable: bool) -> None:
    """Make the next commit of this driver connection survive a power failure, or only a crash of the process."""
    connection.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")


def meaning(error: BaseException, label: str) -> StoreUnavailable:
    """Return an error of the driver as the one of ours that says what to do."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code == sqlite3.SQLITE_FULL or (code & 0xFF == sqlite3.SQLITE_IOERR and _has_no_room(label)):
        return StoreFull(f"the database {label} {_FULL}")
    return StoreUnavailable(explain(error, label))


def _has_no_room(label: str) -> bool:
    try:
        return shutil.disk_usage(Path(label).parent).free < _LEAST_ROOM
    except OSError:
        return False


def explain(error: BaseException, label: str) -> str:
    """Return what an error of the driver means for the file `label`, and what to do; never its own text."""
    text = str(error).lower()
    for sign, meaning in _MEANINGS:
        if sign in text:
            return f"the database {label} {meaning}"
    return f"the database {label} cannot be used ({type(error).__name__}); see that the disk is well, then start again"


_FULL = "has no room left on its disk; nothing was written, reading goes on: free some space"
_LEAST_ROOM = 1 << 20  # bytes; with less, what the disk refuses it refuses for want of room
_MEANINGS = (
    ("locked", f"is locked by another program (waited {BUSY_MS // 1000} s); nothing was written, try again"),
    ("busy", f"is locked by another program (waited {BUSY_MS // 1000} s); nothing was written, try again"),
    ("readonly", "is read-only; reading goes on, nothing was written: give the process the right to write it"),
    ("read-only", "is read-only; reading goes on, nothing was written: give the process the right to write it"),
    ("unable to open", "cannot be opened: see that its folder exists and that the process may write there"),
    ("is full", _FULL),
    ("disk i/o", "cannot be read or written by its disk: see the disk, then restore a backup if needed"),
    ("malformed", "is damaged: stop, keep the file, and restore the last backup"),
    ("not a database", "is not a database of this software: see DATABASE_URL or restore a backup"),
    ("no such", "lacks a table or a column of this version: run the migrations"),
)


def copy(connection: Any, target: Path) -> None:
    """Copy the database of a driver connection to a new file while others go on reading and writing."""
    with sqlite3.connect(target) as copied:
        connection.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")  # one file, no companion to forget
    copied.close()


def open_copy(file: Path) -> Any:
    """Return a driver connection to a file that is only read."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def put(file: Path, target: Path) -> None:
    """Put the content of a file in the place of another database's, in one transaction of that one."""
    with closing(sqlite3.connect(file)) as given, closing(sqlite3.connect(target, timeout=BUSY_MS / 1000)) as kept:
        given.backup(kept)


def checkpoint(connection: Any) -> bool:
    """Bring what was written into the file itself and empty its log; False when a reader or a writer was in the way."""
    row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return row is not None and row[0] == 0


def occupy(file: Path) -> Callable[[], None]:
    """Say that this process works on the file, until the answer is called or the process ends, however it ends.

    Raises ConfigurationError when another process said so.
    """
    unreachable = (
        f"the database {file} cannot be opened: see that its folder exists and that the process may write there"
    )
    if not file.parent.is_dir():
        raise StoreUnavailable(unreachable)
    lock = FileLock(f"{file}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise ConfigurationError(
            f"the database {file} is in use by another process of this software: stop that one first "
            "(several processes share a PostgreSQL database, not a file)"
        ) from None
    except OSError:
        raise StoreUnavailable(unreachable) from None
    return lock.release


def integrity(connection: Any) -> tuple[str, ...]:
    """Return what SQLite finds wrong with the file, empty when all is well."""
    rows = connection.execute("PRAGMA integrity_check").fetchall()
    return tuple(str(row[0]) for row in rows if row[0] != "ok")
