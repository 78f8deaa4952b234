"""What the operator does with the database as a whole: copy it, put a copy back, check it, extend its calendar."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select

from events.errors import ConfigurationError, StoreUnavailable
from store import archive, chain, postgresql, sqlite
from store.database import Database, connect
from store.schema import migrate
from store.tables import change, counter, event
from store.writer.periods import extend_periods

__all__ = ["backup", "extend_periods", "faults", "integrity", "restore"]


def backup(database: Database, target: Path) -> None:
    """Copy the database to a new file while it is used; the file appears when it is whole.

    SQLite's is a database itself, PostgreSQL's is pg_dump's own format. Raises ConfigurationError when the file exists
    already.
    """
    if target.exists():
        raise ConfigurationError(f"{target} exists already: name a new file, nothing was written")
    part = target.with_name(f"{target.name}.part")
    unwritable = f"the copy {target} cannot be written: see that its folder exists and that its disk has room"
    try:
        if database.is_sqlite:
            _copy_file(database, part, unwritable)
        else:
            archive.dump(database.readers.url, database.label, part)
        part.replace(target)
    except OSError:
        raise StoreUnavailable(unwritable) from None
    finally:
        part.unlink(missing_ok=True)


def _copy_file(database: Database, part: Path, unwritable: str) -> None:
    with database.read() as connection:
        try:
            sqlite.copy(connection.connection.driver_connection, part)
        except sqlite.Error:
            raise StoreUnavailable(unwritable) from None


def restore(database: Database, source: Path, *, is_forced: bool = False) -> None:
    """Put a backup in the place of what the database holds: all of it, or nothing changes.

    It is brought to the schema of this version. Raises ConfigurationError when a process serves the database, when the
    file is no backup, and, unless `is_forced`, when the database holds events.
    """
    if not source.is_file():
        raise ConfigurationError(f"{source} is not a file: name a backup")
    if database.file is not None:
        _restore_file(database, database.file, source, is_forced=is_forced)
    else:
        _restore_server(database, source, is_forced=is_forced)
    migrate(database)


def faults(database: Database) -> tuple[str, ...]:
    """Return all that is wrong with a database, empty when every chain holds; reads only."""
    broken = (f"event {one.event_id}, version {one.version}: {one.reason}" for one in chain.verify(database).breaks)
    return (*broken, *integrity(database))


def integrity(database: Database) -> tuple[str, ...]:
    """Return what the database finds wrong with itself, and holes in the numbers; reads only."""
    with database.read() as connection:
        if database.is_sqlite:
            wrong = sqlite.integrity(connection.connection.driver_connection)
        else:
            wrong = postgresql.integrity(connection)
        return (*wrong, *_holes(connection))


def _holes(connection: Connection) -> tuple[str, ...]:
    last = connection.execute(select(counter.c.value).where(counter.c.name == "change")).scalar() or 0
    row = connection.execute(select(func.count(), func.min(change.c.seq), func.max(change.c.seq))).one()
    count, first, highest = row
    if count and (highest - first + 1 != count or highest != last):
        return (f"the changes {first} to {last} have holes: there are {count}",)
    return ()


def _restore_file(database: Database, target: Path, source: Path, *, is_forced: bool) -> None:
    release = sqlite.occupy(target)
    staged = target.with_name(f"{target.name}.restored")
    try:
        if target.exists():
            with database.read() as connection:
                _refuse_overwriting(connection, database.label, is_forced=is_forced)
        with closing(sqlite.open_copy(source)) as given:
            sqlite.copy(given, staged)
        _refuse_broken(staged, source)
        sqlite.put(staged, target)
    except sqlite.Error as error:
        raise StoreUnavailable(f"{sqlite.explain(error, str(source))}; {target} is as it was") from None
    finally:
        for companion in ("", "-wal", "-shm"):
            Path(f"{staged}{companion}").unlink(missing_ok=True)
        release()


def _refuse_broken(staged: Path, source: Path) -> None:
    copy = connect(f"sqlite:///{staged}")
    try:
        with copy.read() as connection:
            if not inspect(connection).has_table(event.name):
                raise ConfigurationError(f"{source} is not a backup of a database of this software")
        migrate(copy)
        wrong = faults(copy)
    finally:
        copy.close()
    if wrong:
        raise ConfigurationError(f"{source} does not hold, nothing was changed: {wrong[0]} ({len(wrong)} faults)")


def _restore_server(database: Database, source: Path, *, is_forced: bool) -> None:
    if not archive.holds_ours(source):
        raise ConfigurationError(f"{source} is not a whole backup of a PostgreSQL database of this software")
    with database.read() as connection:
        others = postgresql.others(connection, database.session)
        if others:
            raise ConfigurationError(
                f"the database {database.label} is in use by {others} processes of this software: stop them first"
            )
        _refuse_overwriting(connection, database.label, is_forced=is_forced)
    archive.load(database.writers.url, database.label, source)


def _refuse_overwriting(connection: Connection, label: str, *, is_forced: bool) -> None:
    if is_forced or not inspect(connection).has_table(event.name):
        return
    held = connection.execute(select(func.count()).select_from(event)).scalar_one()
    if held:
        raise ConfigurationError(
            f"the database {label} holds {held} events: nothing was changed; back it up, then say --force"
        )
