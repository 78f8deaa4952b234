"""Brings a database to the schema of this version, and tells whether it is ready."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert

from events.errors import StoreUnavailable
from store import postgresql
from store.database import Database
from store.tables import counter

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Bring the schema up to date; raise StoreUnavailable, changing nothing, when a newer version wrote it.

    Processes that start together take turns: the first migrates, the others find nothing to do.
    """
    config = _config()
    with database.write(is_patient=True) as connection:
        if not database.is_sqlite:
            postgresql.check_encoding(connection, database.label)
        _refuse_newer(connection, database.label)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(database: Database) -> None:
    """Write and take back one row: raise StoreUnavailable when the database cannot be written or is not of this version.

    Leaves nothing behind.
    """
    with database.write(is_probe=True) as connection:
        _refuse_others(connection, database.label)
        with connection.begin_nested() as probe:
            connection.execute(insert(counter).values(name="probe", value=0))
            probe.rollback()


def check_version(database: Database) -> None:
    """Raise StoreUnavailable when the database is not of this version; reads only, on a full disk too."""
    with database.read() as connection:
        _refuse_others(connection, database.label)


def _refuse_others(connection: Connection, label: str) -> None:
    current = _refuse_newer(connection, label)
    if current != ScriptDirectory.from_config(_config()).get_current_head():
        raise StoreUnavailable(f"the database {label} is of an older version: run the migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection, label: str) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise StoreUnavailable(
            f"the database {label} was written by a newer version of this software (schema {current}); "
            "nothing was changed: start that version, or restore a backup made before it"
        )
    return current
