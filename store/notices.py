"""How processes that share a database hear of each other's writes: a notice with each commit, no content in it."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from store import postgresql
from store.database import Database

LOOK_S = 0.5  # how soon a stop is noticed
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

log = logging.getLogger(__name__)


def tell(connection: Connection) -> None:
    """Let every process know, when this transaction is kept, that there is something new."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {postgresql.CHANNEL}")


class Listener:
    """Calls `wake` after each write of any process, from a thread of its own; on a file there is nobody else to hear.

    A lost connection is opened again, later each time; then `wake` is called once, because notices may have been
    missed. The numbers of the changes are in the database: whoever wakes reads on from his own.
    """

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._is_stopping = threading.Event()
        self._pause_s = FIRST_PAUSE_S
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        if not self._database.is_sqlite:
            self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        is_lost = False
        while not self._is_stopping.is_set():
            try:
                self._listen()
            except postgresql.Error as error:
                if not is_lost:
                    reason = postgresql.meaning(error, self._database.label)
                    log.warning("changes of other processes are not heard just now: %s", reason)
                is_lost = self._pause_s > FIRST_PAUSE_S
                self._is_stopping.wait(self._pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - not all at once
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _listen(self) -> None:
        database = self._database
        with postgresql.dedicated(database.readers, database.session, postgresql.TURN_S) as connection:
            connection.execute(f"LISTEN {postgresql.CHANNEL}")
            self._pause_s = FIRST_PAUSE_S
            self._wake()
            while not self._is_stopping.is_set():
                for _notice in connection.notifies(timeout=LOOK_S, stop_after=1):
                    self._wake()
