"""What the operator does with the database as a whole: copy it, check it, extend its calendar."""

from __future__ import annotations

from pathlib import Path

from events.errors import ConfigurationError, StoreUnavailable
from store import sqlite
from store.database import Database
from store.writer.periods import extend_periods

__all__ = ["backup", "extend_periods", "integrity"]


def backup(database: Database, target: Path) -> None:
    """Copy the database to a new file while it is used; the file appears when it is whole.

    Raises ConfigurationError when the file exists already or the database is not a file.
    """
    if not database.is_sqlite:
        raise ConfigurationError(f"the database {database.label} is not a file: copy it with pg_dump")
    if target.exists():
        raise ConfigurationError(f"{target} exists already: name a new file, nothing was written")
    part = target.with_name(f"{target.name}.part")
    with database.read() as connection:
        try:
            sqlite.copy(connection.connection.driver_connection, part)
            part.replace(target)
        except (OSError, sqlite.Error):
            message = f"the copy {target} cannot be written: see that its folder exists and that its disk has room"
            raise StoreUnavailable(message) from None
        finally:
            part.unlink(missing_ok=True)


def integrity(database: Database) -> tuple[str, ...]:
    """Return what the database finds wrong with its own file, empty when all is well; reads only."""
    if not database.is_sqlite:
        return ()
    with database.read() as connection:
        return sqlite.integrity(connection.connection.driver_connection)
