"""Messages to mailboxes: what waits to be told to which post, and the log of what was sent: when and how much, never what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from access.members import Member
from store.database import Database
from store.screen_tables import notice, waiting

AN_HOUR = timedelta(hours=1)
SHOWN = 10
SENT, FAILED = "sent", "failed"


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """Something to be told: a version of an event, or the begin or end of an outage (`version` 0)."""

    kind: str
    object_id: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """One line of the log: of how many events a message told, and whether the mail server took it."""

    at: datetime
    events: int
    outcome: str


@dataclass(frozen=True)
class Notices:
    """The queue and the log of an installation."""

    database: Database
    clock: Callable[[], datetime]

    def put(self, connection: Connection, told: Iterable[tuple[str, Item]]) -> None:
        """Let items wait for accounts, inside the caller's transaction."""
        rows = [{"account_id": account, "at": self.clock(), **asdict(item)} for account, item in told]
        if rows:
            connection.execute(insert(waiting), rows)

    def waiting(self) -> Mapping[str, tuple[tuple[int, Item], ...]]:
        """Return what waits per account, with its number, oldest first."""
        found: dict[str, list[tuple[int, Item]]] = {}
        with self.database.read() as connection:
            for row in connection.execute(select(waiting).order_by(waiting.c.id)):
                found.setdefault(row.account_id, []).append((row.id, Item(row.kind, row.object_id, row.version)))
        return {account: tuple(rows) for account, rows in found.items()}

    def done(self, account: str, numbers: Iterable[int], events: int, outcome: str) -> None:
        """Write into the log what became of a message of so many events; these numbers wait no longer."""
        told = {"account_id": account, "at": self.clock(), "events": events, "outcome": outcome}
        with self.database.write() as connection:
            connection.execute(delete(waiting).where(waiting.c.id.in_(list(numbers))))
            if events:
                connection.execute(insert(notice), told)

    def count(self, account: str, outcome: str, within: timedelta = AN_HOUR) -> int:
        """Return how many messages of an account came to this outcome lately."""
        since = (notice.c.account_id == account, notice.c.at > self.clock() - within, notice.c.outcome == outcome)
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(notice).where(*since)).scalar_one())

    def log(self, member: Member) -> tuple[Sent, ...]:
        """Return the last messages to a member's post, newest first."""
        query = select(notice).where(notice.c.account_id == member.who).order_by(notice.c.id.desc()).limit(SHOWN)
        with self.database.read() as connection:
            return tuple(Sent(row.at, row.events, row.outcome) for row in connection.execute(query))
