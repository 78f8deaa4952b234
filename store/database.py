"""One database: how to reach it, read it, write it in turn, and what to say when it is away."""

from __future__ import annotations

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
from store import sqlite

_READERS = 8
_MORE_READERS = 24


@dataclass(frozen=True, slots=True)
class Database:
    """A reachable database; `label` names its file or host and never holds a password."""

    label: str
    readers: Engine = field(repr=False)
    writers: Engine = field(repr=False)
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

    @contextmanager
    def write(self, *, is_durable: bool = False) -> Iterator[Connection]:
        """Give the one writing connection; all is kept when the block ends, nothing when it raises.

        With `is_durable` what was kept survives a power failure too (contributions).
        """
        with self._turn, self._explained(), self.writers.connect() as connection:
            if self.is_sqlite:
                driver = connection.connection.driver_connection
                sqlite.set_durability(driver, is_durable=is_durable)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection that no one is using."""
        self.readers.dispose()
        self.writers.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            message = f"the database {self.label} has too many readers at once; nothing was lost, try again"
            raise StoreUnavailable(message) from error
        except (IntegrityError, ProgrammingError):
            raise  # a mistake of ours, not an absence of the database
        except DatabaseError as error:
            raise StoreUnavailable(self._meaning(error.orig or error)) from None
        except StatementError as error:
            if isinstance(error.orig, AppError):  # a column refused a value; its own words name the column only
                raise error.orig from None
            raise
        except sqlite.Error as error:  # while a connection is opened, the driver's own errors come through
            raise StoreUnavailable(self._meaning(error)) from None

    def _meaning(self, cause: BaseException) -> str:
        if self.is_sqlite:
            return sqlite.explain(cause, self.label)
        return f"the database {self.label} does not answer ({type(cause).__name__}); nothing was written, try again"


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
    options = {"hide_parameters": True, "pool_pre_ping": True}
    readers = create_engine(place, pool_size=_READERS, max_overflow=_MORE_READERS, **options)
    writers = create_engine(place, pool_size=1, max_overflow=0, **options)
    return Database(f"{place.host or 'localhost'}/{place.database or ''}", readers, writers)


def _file(place: URL) -> Database:
    if not place.database or ":memory:" in place.database:
        raise ConfigurationError("DATABASE_URL names no file: write sqlite:////path/to/file.db")
    readers = create_engine(place, hide_parameters=True, pool_size=_READERS, max_overflow=_MORE_READERS)
    writers = create_engine(place, hide_parameters=True, pool_size=1, max_overflow=0)
    sqlite.tune(readers, is_writer=False)
    sqlite.tune(writers, is_writer=True)
    return Database(str(Path(place.database.removeprefix("file:"))), readers, writers)
