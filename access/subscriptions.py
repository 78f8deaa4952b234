"""What an account wants to be told of: transitions, districts, categories, by which channel; and that it was told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from access.members import Member
from events.errors import InvalidRecord
from events.taxonomy import categories, in_family
from store.database import Database
from store.screen_tables import notice, subscription

TRANSITIONS = ("created", "major", "closed")
CHANNELS = ("app", "post")
MOST = 20
AN_HOUR = timedelta(hours=1)
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Empty `districts` or `categories` mean all; categories may be families. `post` is the organisation's mailbox."""

    id: str = ""
    account: str = ""
    transitions: frozenset[str]
    districts: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"app"})

    def wants(self, transitions: frozenset[str], districts: frozenset[str], category: str) -> bool:
        """Tell whether an event that made these transitions is wanted."""
        if not self.transitions & transitions or (self.districts and not self.districts & districts):
            return False
        return not self.categories or category in self.opened()

    def opened(self) -> frozenset[str]:
        """Return the categories with families opened out."""
        known = categories()
        return frozenset(one for name in self.categories for one in ([name] if name in known else in_family(name)))


def read_subscription(said: dict[str, object]) -> Subscription:
    """Return what a form says; raise InvalidRecord (a key of the catalogue of texts) when nothing would ever be told."""

    def names(key: str, known: tuple[str, ...] | None = None) -> frozenset[str]:
        value = said.get(key)
        found = frozenset(str(one)[:40] for one in value[:60]) if isinstance(value, list) else frozenset()
        return found if known is None else found & frozenset(known)

    wanted = Subscription(
        transitions=names("transitions", TRANSITIONS),
        districts=names("districts"),
        categories=names("categories"),
        channels=names("channels", CHANNELS),
    )
    if not wanted.transitions:
        raise InvalidRecord("sub.error.when")
    if not wanted.channels:
        raise InvalidRecord("sub.error.channel")
    if wanted.categories and not wanted.opened():
        raise InvalidRecord("sub.error.category")
    return wanted


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions of an installation and the log of what was sent: when and to which post, never what."""

    database: Database
    clock: Callable[[], datetime]

    def of(self, member: Member) -> tuple[Subscription, ...]:
        """Return the subscriptions of an account, oldest first."""
        return tuple(one for one in self.all() if one.account == member.who)

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription, oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(subscription).order_by(subscription.c.created_at, subscription.c.id)).all()
        return tuple(
            Subscription(
                id=row.id, account=row.account_id, transitions=_set(row.transitions), districts=_set(row.districts),
                categories=_set(row.categories), channels=_set(row.channels),
            )
            for row in rows
        )  # fmt: skip

    def keep(self, member: Member, wanted: Subscription) -> str:
        """Keep a subscription and return its id; raise InvalidRecord (a key) when there are too many."""
        made = {
            "id": str(uuid.uuid4()), "account_id": member.who, "created_at": self.clock(),
            "transitions": _text(wanted.transitions), "districts": _text(wanted.districts),
            "categories": _text(wanted.categories), "channels": _text(wanted.channels),
        }  # fmt: skip
        with self.database.write() as connection:
            ours = select(func.count()).select_from(subscription).where(subscription.c.account_id == member.who)
            if connection.execute(ours).scalar_one() >= MOST:
                raise InvalidRecord("sub.error.too_many")
            connection.execute(insert(subscription), made)
        return str(made["id"])

    def drop(self, member: Member, subscription_id: str) -> None:
        """End one of the member's own subscriptions; another's, or none, is an InvalidRecord (a key)."""
        mine = (subscription.c.id == subscription_id[:36], subscription.c.account_id == member.who)
        with self.database.write() as connection:
            if connection.execute(delete(subscription).where(*mine)).rowcount != 1:
                raise InvalidRecord("sub.error.unknown")

    def note(self, account: str, events: int, outcome: str) -> None:
        """Write down that something was sent or could not be; what is older than thirty days goes."""
        now = self.clock()
        with self.database.write() as connection:
            connection.execute(delete(notice).where(notice.c.at < now - KEPT))
            told = {"account_id": account, "at": now, "events": events, "outcome": outcome}
            connection.execute(insert(notice), told)

    def sent_within_hour(self, account: str) -> int:
        """Return how many messages went to an account in the last hour."""
        since = (notice.c.account_id == account, notice.c.at > self.clock() - AN_HOUR, notice.c.outcome == "sent")
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(notice).where(*since)).scalar_one())


def _set(text: str) -> frozenset[str]:
    return frozenset(part for part in text.split(",") if part)


def _text(names: frozenset[str]) -> str:
    return ",".join(sorted(names))
