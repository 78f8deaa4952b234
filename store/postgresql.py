"""All that is particular to PostgreSQL: connections, how a write takes its turn, and what its errors mean."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import IntegrityError

from events.errors import AppError, ConfigurationError, InvalidRecord, StoreFull, StoreUnavailable

Error = psycopg.Error

CONNECT_S = 5
STATEMENT_S = 60
TURN_S = 10
IDLE_S = 30
# A process keeps 19 connections at most (16 readers, 1 writer, one to lead and one to listen), so that
# four of them stay under PostgreSQL's usual limit of 100.
_READERS = 4
_MORE_READERS = 12

# Advisory locks are numbers that only this software knows: "obs" and what is locked.
TURN_LOCK = 0x6F6273_01
LEADER_LOCK = 0x6F6273_02
CHANNEL = "observatory"


def label(place: URL) -> str:
    """Return the host (or socket) and the name of the database; never the password."""
    host = place.host or place.query.get("host") or "localhost"
    return f"{host if isinstance(host, str) else host[0]}/{place.database or ''}"


def engines(place: URL, session: str) -> tuple[Engine, Engine]:
    """Return the engines for reading and for writing; `session` names this process's connections on the server.

    Every read transaction sees one moment of the database and cannot write.
    """
    place = place.set(drivername="postgresql+psycopg")
    reading = {"default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on"}
    common: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True, "pool_timeout": TURN_S}
    readers = create_engine(
        place, pool_size=_READERS, max_overflow=_MORE_READERS, connect_args=_chosen(place, session, reading), **common
    )
    writers = create_engine(place, pool_size=1, max_overflow=0, connect_args=_chosen(place, session, {}), **common)
    return readers, writers


def dedicated(engine: Engine, session: str, timeout_s: float) -> psycopg.Connection[Any]:
    """Return a connection of its own that commits each statement, for what holds a session: locks, notices.

    A statement that takes longer than `timeout_s` fails. Raises `Error`.
    """
    place = engine.url
    _, arguments = engine.dialect.create_connect_args(place)
    patience = {"statement_timeout": f"{round(timeout_s * 1000)}", "idle_in_transaction_session_timeout": "0"}
    return psycopg.connect(**{**arguments, **_chosen(place, session, patience)}, autocommit=True)


def take_turn(connection: Connection, *, is_durable: bool, is_patient: bool) -> None:
    """Wait for the turn to write: one transaction of all processes at a time, so that numbers follow commits.

    It ends with the transaction. A patient one (migrations, restores) waits and works for as long as it takes.
    """
    if is_durable:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    if is_patient:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN_LOCK})")


def check_encoding(connection: Connection, name: str) -> None:
    """Raise ConfigurationError when the database cannot hold every character."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"the database {name} keeps its texts in {encoding}: create it with ENCODING 'UTF8' TEMPLATE template0"
        )


def others(connection: Connection, session: str) -> int:
    """Return how many other processes of this software have connections to the database."""
    query = (
        "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'observatory-%%' AND application_name <> %s"
    )
    return int(connection.exec_driver_sql(query, (session,)).scalar_one())


def integrity(connection: Connection) -> tuple[str, ...]:
    """Return what PostgreSQL itself knows to be wrong: indexes that are not valid, pages that failed their checksum."""
    invalid = connection.exec_driver_sql(
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT (i.indisvalid AND i.indisready) AND n.nspname = current_schema()"
    ).scalars()
    failures = connection.exec_driver_sql(
        "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
    ).scalar_one()
    wrong = [f"the index {name} is not valid: REINDEX it" for name in invalid]
    if failures:
        wrong.append(f"{failures} pages of its files failed their checksum: restore a backup on another disk")
    return tuple(wrong)


def meaning(error: BaseException, name: str) -> AppError | IntegrityError | None:
    """Return what an error of the driver means for the database `name`, and what to do; never its own text.

    None is a mistake of ours that must be seen. A broken constraint keeps its name, not the values that broke it.
    """
    state = getattr(error, "sqlstate", None) or ""
    for prefix, sentence in _STATES:
        if state.startswith(prefix):
            return (StoreFull if sentence is _FULL else StoreUnavailable)(f"the database {name} {sentence}")
    if state.startswith("23"):
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None) or "a constraint"
        return IntegrityError(None, None, psycopg.IntegrityError(f"{constraint} does not hold"), hide_parameters=True)
    if isinstance(error, psycopg.DataError):
        return InvalidRecord("a text or a number is one that the database cannot hold")
    if isinstance(error, psycopg.ProgrammingError | psycopg.NotSupportedError):
        return None
    text = str(error).lower()
    for sign, sentence in _SIGNS:
        if sign in text:
            return StoreUnavailable(f"the database {name} {sentence}")
    return StoreUnavailable(
        f"the database {name} does not answer ({type(error).__name__}); what was being written may not be kept: "
        "see that PostgreSQL runs; it is tried again"
    )


_AWAY = "does not answer at its address; nothing was written: see that PostgreSQL runs; it is tried again"
_RESTARTING = "is being stopped or started; nothing was written, it is tried again by itself"
_REFUSED = "refuses the user or the password of DATABASE_URL; nothing was written: see the role and pg_hba.conf"
_CROWDED = "has no connection left; nothing was lost: raise max_connections or serve with fewer processes"
_MISSING = "does not exist on its server: create it, as docs/operations.md shows"
_FULL = "has no room left on its disk; nothing was written, reading goes on: free some space"
_READ_ONLY = (
    "is read-only, as a standby is; reading goes on, nothing was written: let DATABASE_URL name the primary server"
)
_SCHEMA = "lacks a table or a column of this version: run the migrations"

# By SQLSTATE, the first that begins alike.
_STATES = (
    ("57P01", _RESTARTING),
    ("57P02", _RESTARTING),
    ("57P03", _RESTARTING),
    ("57014", f"took longer than {STATEMENT_S} s over one statement; nothing was written: see what else it is doing"),
    ("25P03", f"ended a write that stood still for {IDLE_S} s; nothing of it was kept"),
    ("25006", _READ_ONLY),
    ("53100", _FULL),
    ("53300", _CROWDED),
    ("53", "has not enough memory or room; nothing was written: see its server"),
    ("55P03", f"is being written by another process (waited {TURN_S} s); nothing was written, try again"),
    ("40", "was asked the same by two at once; nothing was written, try again"),
    ("28", _REFUSED),
    ("3D000", _MISSING),
    ("42501", "does not give this user the right to its tables: see who owns them"),
    ("42P01", _SCHEMA),
    ("42703", _SCHEMA),
    ("58", "cannot read or write its files: see its server's disk and log"),
    ("XX", "is damaged or met a fault of its own: see its server's log, restore a backup if needed"),
)

# A connection that fails has no SQLSTATE; a French server says it in French.
_SIGNS = (
    ("connection refused", _AWAY),
    ("no such file", _AWAY),
    ("timeout expired", _AWAY),
    ("timed out", _AWAY),
    ("unreachable", _AWAY),
    ("starting up", _RESTARTING),
    ("shutting down", _RESTARTING),
    ("recovery", _RESTARTING),
    ("démarrage", _RESTARTING),
    ("arrêt", _RESTARTING),
    ("too many clients", _CROWDED),
    ("connection slots", _CROWDED),
    ("too many connections", _CROWDED),
    ("trop de", _CROWDED),
    ("authentication failed", _REFUSED),
    ("authentification", _REFUSED),
    ("no password supplied", _REFUSED),
    ("pg_hba.conf", _REFUSED),
    ("role ", _REFUSED),
    ("rôle", _REFUSED),
    ("does not exist", _MISSING),
    ("existe pas", _MISSING),
    ("translate host name", "has an address that no name server knows: see DATABASE_URL"),
    ("certificate", "cannot be trusted: its certificate was refused (sslmode of DATABASE_URL)"),
)


def _chosen(place: URL, session: str, settings: dict[str, str]) -> dict[str, Any]:
    """Return the arguments of a connection: what DATABASE_URL says itself is kept."""
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    arguments = {name: value for name, value in arguments.items() if name not in place.query}
    told = {
        "timezone": "UTC",
        "jit": "off",  # our questions are short: compiling them takes longer than answering
        "statement_timeout": f"{STATEMENT_S * 1000}",
        "lock_timeout": f"{TURN_S * 1000}",
        "idle_in_transaction_session_timeout": f"{IDLE_S * 1000}",
    } | settings
    own = place.query.get("options", "")
    options = [own if isinstance(own, str) else " ".join(own), *(f"-c {name}={value}" for name, value in told.items())]
    return arguments | {"application_name": session, "options": " ".join(options).strip()}
