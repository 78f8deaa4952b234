"""One database: how to reach it, read it, write it in turn, and what to say when it is away."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, ProgrammingError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from events.errors import AppError, ConfigurationError, StoreUnavailable
from store import postgresql, sqlite
from store.writing import Writing

_READERS = 8
_MORE_READERS = 24


@dataclass(frozen=True, slots=True)
class Database:
    """A reachable database; `label` names its file or host and never holds a password.

    `session` names the connections of this process on a PostgreSQL server.
    """

    label: str
    readers: Engine = field(repr=False)
    writers: Engine = field(repr=False)
    session: str = ""
    writing: Writing = field(default_factory=Writing, repr=False)
    # One writer path in the process: threads queue here and not in the database's own lock, which gives up.
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is one file."""
        return self.readers.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database; raise StoreUnavailable when it is away."""
        with self._explained(), self.readers.begin() as connection:
            yield connection

    @property
    def file(self) -> Path | None:
        """The file it is, None when it is on a server."""
        return Path(self.label) if self.is_sqlite else None

    @contextmanager
    def write(
        self, *, is_durable: bool = False, is_patient: bool = False, is_probe: bool = False, is_upkeep: bool = False
    ) -> Iterator[Connection]:
        """Give the one writing connection; all is kept when the block ends, nothing when it raises.

        One writes at a time, of all processes. With `is_durable` what was kept survives a power failure too
        (contributions); with `is_patient` it may wait and work for minutes (migrations). A write that leaves nothing
        says `is_probe`; one that makes room, `is_upkeep`, is the only kind let in while the disk is full.
        """
        if not is_upkeep:
            self.writing.admit()
        with self._turn, self._explained(is_writing=True), self.writers.connect() as connection:
            if self.is_sqlite:
                driver = connection.connection.driver_connection
                sqlite.set_durability(driver, is_durable=is_durable)
            with connection.begin():
                if not self.is_sqlite:
                    postgresql.take_turn(connection, is_durable=is_durable, is_patient=is_patient)
                yield connection
        self.writing.worked(is_probe=is_probe)

    def lay_ballast(self, size: int) -> None:
        """Keep `size` bytes beside a database that is a file, to be given up when its disk is full; 0: none."""
        if self.file is not None and size:
            self.writing.lay_ballast(Path(f"{self.file}.ballast"), size)

    def close(self) -> None:
        """Close every connection that no one is using."""
        self.readers.dispose()
        self.writers.dispose()

    @contextmanager
    def _explained(self, *, is_writing: bool = False) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            message = f"the database {self.label} has too many readers at once; nothing was lost, try again"
            raise StoreUnavailable(message) from error
        except DatabaseError as error:
            raise self._noted(self._told(error), is_writing=is_writing) from None
        except StatementError as error:
            if isinstance(error.orig, AppError):  # a column refused a value; its own words name the column only
                raise error.orig from None
            raise
        except (sqlite.Error, postgresql.Error) as error:  # while a connection is opened, the driver's own come through
            raise self._noted(self._meaning(error) or error, is_writing=is_writing) from None

    def _noted(self, told: Exception, *, is_writing: bool) -> Exception:
        if is_writing and isinstance(told, StoreUnavailable):
            self.writing.failed(told)
        return told

    def _told(self, error: DatabaseError) -> Exception:
        if self.is_sqlite and isinstance(error, IntegrityError | ProgrammingError):
            return error  # a mistake of ours, not an absence of the database
        return self._meaning(error.orig or error) or error

    def _meaning(self, cause: BaseException) -> Exception | None:
        if self.is_sqlite:
            return sqlite.meaning(cause, self.label)
        return postgresql.meaning(cause, self.label)


def connect(url: str) -> Database:
    """Return the database at `url`; nothing is opened yet. Raise ConfigurationError for a url that cannot be one."""
    try:
        place = make_url(url)
        dialect = place.get_backend_name()
    except ArgumentError:
        raise ConfigurationError(
            "DATABASE_URL is not a database address: write sqlite:////path/to/file.db or postgresql://host/name"
        ) from None
    if dialect not in ("sqlite", "postgresql"):
        raise ConfigurationError(f"DATABASE_URL names {dialect!r}: sqlite and postgresql are understood")
    if dialect == "sqlite":
        return _file(place)
    session = f"observatory-{secrets.token_hex(4)}"
    return Database(postgresql.label(place), *postgresql.engines(place, session), session)


def _file(place: URL) -> Database:
    if not place.database or ":memory:" in place.database:
        raise ConfigurationError("DATABASE_URL names no file: write sqlite:////path/to/file.db")
    readers = create_engine(place, hide_parameters=True, pool_size=_READERS, max_overflow=_MORE_READERS)
    writers = create_engine(place, hide_parameters=True, pool_size=1, max_overflow=0)
    sqlite.tune(readers, is_writer=False)
    sqlite.tune(writers, is_writer=True)
    return Database(str(Path(place.database.removeprefix("file:"))), readers, writers)
