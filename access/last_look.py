"""When an account last went through what changed: on the server, so that each of its browsers knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from access.members import Member
from events.errors import InvalidRecord
from store.access_tables import account
from store.changes import first_after
from store.database import Database

LATEST = timedelta(minutes=1)  # a screen that lags behind by more says so itself


@dataclass(frozen=True)
class LastLook:
    """The last looks of the accounts of an installation."""

    database: Database
    clock: Callable[[], datetime]

    def of(self, member: Member) -> datetime | None:
        """Return the moment up to which an account has seen everything, None when it never said so."""
        with self.database.read() as connection:
            return connection.execute(select(account.c.looked_at).where(account.c.id == member.who)).scalar()

    def mark(self, member: Member, seq: object) -> datetime:
        """Keep that an account saw everything up to change number `seq`; return the moment that this is.

        What came after that number, on its way to the screen just then, is not seen. Raises InvalidRecord for no number.
        """
        if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**63:
            raise InvalidRecord("news.unknown")
        with self.database.write() as connection:
            now, first = self.clock(), first_after(connection, viewer=member, seq=seq)
            at = now if first is None else max(now - LATEST, min(now, first - timedelta(microseconds=1)))
            before = connection.execute(select(account.c.looked_at).where(account.c.id == member.who)).scalar()
            at = at if before is None else max(at, before)
            connection.execute(update(account).where(account.c.id == member.who).values(looked_at=at))
        return at
