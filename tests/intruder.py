"""Who changes the database behind the software's back: first takes away the guards that would refuse it."""

from __future__ import annotations

from sqlalchemy import Connection

_FOUND = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal",
}


def guards_of(connection: Connection) -> dict[str, str]:
    """Return the triggers of a database, each with its table."""
    rows = connection.exec_driver_sql(_FOUND[connection.dialect.name])
    return {row[0]: row[1] for row in rows}


def lift_guards(connection: Connection) -> None:
    """Drop every trigger, inside the caller's transaction."""
    for name, table in guards_of(connection).items():
        where = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{where}")
