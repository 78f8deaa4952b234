"""Which process polls: one of those that serve the same database, elected, heard, replaced when it is silent."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, select

from events.errors import StoreUnavailable
from store import postgresql, sqlite
from store.database import Database
from store.tables import leadership as table

Fence = Callable[[Connection], None]
Begin = Callable[[Fence], None]
End = Callable[[], None]
IsWell = Callable[[], bool]

# In heartbeats: followers look four times in one, and take over when the last one is this old. Together they stay
# under two.
SILENT_AFTER = 1.5
LOOK_EVERY = 0.25
REST = 2.0  # how long one that resigned because its polling was dead lets others stand alone
ALONE_LOOKS_EVERY_S = 5.0
_STATEMENT_S = postgresql.TURN_S + 2.0

_TAKE = (
    "UPDATE leadership SET term = term + 1, holder = %s, beat_at = clock_timestamp() WHERE role = 'polling' "
    "RETURNING term"
)
_BEAT = "UPDATE leadership SET beat_at = clock_timestamp() WHERE role = 'polling' AND term = %s"
_AGE = "SELECT extract(epoch FROM clock_timestamp() - beat_at)::float8 FROM leadership WHERE role = 'polling'"
# A process that was stopped (SIGSTOP) keeps its sessions, and with them the lock and perhaps the turn to write: all
# are ended. One that is at work just now, as when it waits for its turn after an election, is left alone.
_END_HOLDER = """
SELECT pg_terminate_backend(other.pid) FROM pg_stat_activity other
WHERE other.datname = current_database() AND other.pid <> pg_backend_pid() AND other.application_name IN (
  SELECT holder.application_name FROM pg_locks held JOIN pg_stat_activity holder USING (pid)
  WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND held.classid::bigint << 32 | held.objid::bigint = %s AND holder.state <> 'active')
"""

log = logging.getLogger(__name__)


def _always() -> bool:
    return True


class Leadership(Protocol):
    """Tells this process when to poll and when not to."""

    @property
    def is_leader(self) -> bool:
        """Tell whether this process polls."""

    @property
    def heartbeat_at(self) -> datetime | None:
        """When the process that polls was last heard, None when not yet."""

    def start(self, begin: Begin, end: End, is_well: IsWell = ...) -> None:
        """Begin to stand for election: `begin` is called when elected, `end` when it is over, never both at once.

        One whose polling is no longer well resigns, and stands again later.
        """

    def stop(self) -> None:
        """End what was begun and let another lead."""


def stand(database: Database, heartbeat_s: float) -> Leadership:
    """Return the leadership of a database; raise ConfigurationError when it is a file that another process serves."""
    return Alone(database) if database.is_sqlite else Election(database, heartbeat_s)


def fence(term: int) -> Fence:
    """Return what the writer asks inside its transaction: it raises StoreUnavailable once the term is over."""

    def confirm(connection: Connection) -> None:
        current = connection.execute(select(table.c.term).where(table.c.role == "polling")).scalar()
        if current != term:
            raise StoreUnavailable(
                "another process polls since this document was asked for; nothing of it was kept: "
                "the other process reads it itself"
            )

    return confirm


class Alone:
    """The only process of a database that is a file."""

    is_leader = True
    heartbeat_at: datetime | None = None

    def __init__(self, database: Database) -> None:
        assert database.file is not None
        self._release: End = sqlite.occupy(database.file)
        self._end: End = _nothing
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, begin: Begin, end: End, is_well: IsWell = _always) -> None:
        """Poll at once, and anew whenever the polling is no longer well."""
        self._end = end
        begin(_nothing)
        self._thread = threading.Thread(target=self._watch, args=(begin, end, is_well), name="leadership", daemon=True)
        self._thread.start()

    def _watch(self, begin: Begin, end: End, is_well: IsWell) -> None:
        while not self._is_stopping.wait(ALONE_LOOKS_EVERY_S):
            if not is_well():
                log.error("the polling stood still: it is begun anew")
                _told(end)
                _told(lambda: begin(_nothing))

    def stop(self) -> None:
        """End the polling and give the file free."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join()
        end, release = self._end, self._release
        self._end = self._release = _nothing
        end()
        release()


class Election:
    """Holds or seeks one advisory lock of the server on a connection of its own, and writes its sign of life.

    The lock elects at once when a process dies; the sign of life replaces one that stands still; the term, which each
    election raises, keeps out what an earlier leader still brings.
    """

    def __init__(self, database: Database, heartbeat_s: float) -> None:
        self._database = database
        self._heartbeat_s = heartbeat_s
        self._term: int | None = None
        self._heard_at: datetime | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._begin: Begin = _nothing
        self._end: End = _nothing
        self._is_well: IsWell = _always
        self._rests_until = 0.0
        self._is_stopping = threading.Event()
        # Beginning and ending take a while; the sign of life must not wait for them.
        self._moves = ThreadPoolExecutor(1, thread_name_prefix="leadership-moves")
        self._last_move: Future[None] | None = None
        self._thread = threading.Thread(target=self._run, name="leadership", daemon=True)

    @property
    def is_leader(self) -> bool:
        """Tell whether this process polls."""
        return self._term is not None

    @property
    def heartbeat_at(self) -> datetime | None:
        """When the process that polls was last heard, by this process's clock."""
        return self._heard_at

    def start(self, begin: Begin, end: End, is_well: IsWell = _always) -> None:
        """Stand for election from now on."""
        self._begin, self._end, self._is_well = begin, end, is_well
        self._thread.start()

    def stop(self) -> None:
        """End the polling, then give the lock back: another process is elected within a quarter of a heartbeat."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._moves.shutdown()

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            try:
                pause = self._step(self._connected())
            except psycopg.Error as error:
                self._lose(postgresql.meaning(error, self._database.label))
                self._disconnect()
                pause = self._look_in()
            self._is_stopping.wait(pause)
        self._resign()
        self._disconnect()

    def _resign(self) -> None:
        """End the polling; this process leads on until its last batch is in."""
        term, self._term = self._term, None
        if term is not None:
            self._move(self._end)
        while self._last_move is not None:
            try:
                self._last_move.result(self._heartbeat_s)
            except TimeoutError:
                with suppress(psycopg.Error):
                    self._connected().execute(_BEAT, [term])
            else:
                return

    def _step(self, connection: psycopg.Connection[Any]) -> float:
        if self._term is not None and not self._is_well():
            self._lose("its polling stood still")
            self._disconnect()  # which gives the lock to another at its next look
            self._rests_until = time.monotonic() + REST * self._heartbeat_s
        elif self._term is not None:
            if connection.execute(_BEAT, [self._term]).rowcount == 1:
                self._heard_at = _now()
                return self._heartbeat_s
            self._lose("another process was elected meanwhile")
            self._disconnect()
        elif time.monotonic() >= self._rests_until and self._is_elected(connection):
            term = self._take(connection)
            self._heard_at = _now()
            log.info("this process polls from now on (term %d)", term)
            confirm, self._term = fence(term), term
            self._move(lambda: self._begin(confirm))
            return self._heartbeat_s
        else:
            self._listen(connection)
        return self._look_in()

    def _is_elected(self, connection: psycopg.Connection[Any]) -> bool:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [postgresql.LEADER_LOCK]).fetchone()
        return row is not None and bool(row[0])

    def _take(self, connection: psycopg.Connection[Any]) -> int:
        """Raise the term between two writes, never during one: what is being written is of the term before."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [postgresql.TURN_LOCK])
            row = connection.execute(_TAKE, [self._database.session]).fetchone()
        if row is None:
            raise psycopg.errors.UndefinedTable  # no row: not the schema of this version
        return int(row[0])

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        """Note when the leader was last heard; end its sessions when that is too long ago."""
        row = connection.execute(_AGE).fetchone()
        if row is None or row[0] is None:
            return
        self._heard_at = _now() - timedelta(seconds=row[0])
        if row[0] > SILENT_AFTER * self._heartbeat_s:
            ended = connection.execute(_END_HOLDER, [postgresql.LEADER_LOCK]).fetchall()
            if ended:
                log.warning(
                    "the process that polls was silent for %.1f s; its %d sessions were ended", row[0], len(ended)
                )

    def _lose(self, reason: object) -> None:
        if self._term is None:
            return
        log.warning("this process polls no more: %s", reason)
        self._term = None
        self._move(self._end)

    def _move(self, what: End) -> None:
        self._last_move = self._moves.submit(_told, what)

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            database = self._database
            self._connection = postgresql.dedicated(database.writers, database.session, _STATEMENT_S)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _look_in(self) -> float:
        return self._heartbeat_s * LOOK_EVERY * random.uniform(0.7, 1.0)  # noqa: S311 - so that not all ask at once


def _told(what: End) -> None:
    try:
        what()
    except Exception:
        log.exception("the polling could not be begun or ended")


def _nothing(*_: object) -> None:
    """Do nothing."""


def _now() -> datetime:
    return datetime.now(UTC)
