"""What an account wants to be told of: transitions of events by district and category, outages of sources, by which channel."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from access.members import Member, account_member
from access.roles import Role
from events.errors import InvalidRecord
from events.taxonomy import categories, in_family
from store.access_tables import account, organisation
from store.database import Database
from store.screen_tables import subscription

OUTAGE = "source-late"
TRANSITIONS = ("created", "major", "closed", OUTAGE)
CHANNELS = ("app", "post", "atom")
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Empty `districts`, `categories` or `sources` mean all; categories may be families. `post` is the organisation's mailbox.

    `source-late` tells when a source falls behind or fails, and when it is well again; districts and categories choose events only.
    """

    id: str = ""
    account: str = ""
    transitions: frozenset[str]
    districts: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"app"})

    def wants(self, transitions: frozenset[str], districts: frozenset[str], category: str) -> bool:
        """Tell whether an event that made these transitions is wanted."""
        if not self.transitions & transitions or (self.districts and not self.districts & districts):
            return False
        return not self.categories or category in self.opened()

    def wants_outage(self, source_id: str) -> bool:
        """Tell whether the outage of a source is wanted."""
        return OUTAGE in self.transitions and (not self.sources or source_id in self.sources)

    def opened(self) -> frozenset[str]:
        """Return the categories with families opened out."""
        known = categories()
        return frozenset(one for name in self.categories for one in ([name] if name in known else in_family(name)))


def read_subscription(said: dict[str, object], sources: Collection[str] = ()) -> Subscription:
    """Return what a form says; raise InvalidRecord (a key of the catalogue of texts) when nothing would ever be told.

    `sources` are those there are.
    """

    def names(key: str, known: Collection[str] | None = None) -> frozenset[str]:
        value = said.get(key)
        found = frozenset(str(one)[:40] for one in value[:60]) if isinstance(value, list) else frozenset()
        return found if known is None else found & frozenset(known)

    wanted = Subscription(
        transitions=names("transitions", TRANSITIONS),
        districts=names("districts"),
        categories=names("categories"),
        sources=names("sources", sources),
        channels=names("channels", CHANNELS),
    )
    if not wanted.transitions:
        raise InvalidRecord("sub.error.when")
    if not wanted.channels:
        raise InvalidRecord("sub.error.channel")
    if wanted.categories and not wanted.opened():
        raise InvalidRecord("sub.error.category")
    if said.get("sources") and not wanted.sources:
        raise InvalidRecord("sub.error.source")
    return wanted


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions of an installation."""

    database: Database
    clock: Callable[[], datetime]

    def of(self, member: Member) -> tuple[Subscription, ...]:
        """Return the subscriptions of an account, oldest first."""
        return tuple(one for _, one in self._asked(subscription.c.account_id == member.who))

    def by(self, channel: str) -> tuple[tuple[Member, Subscription], ...]:
        """Return every subscription by a channel with its account, but those of closed accounts and organisations."""
        is_open = account.c.disabled_at.is_(None) & organisation.c.retired_at.is_(None)
        return tuple(pair for pair in self._asked(is_open) if channel in pair[1].channels)

    def _asked(self, which: ColumnElement[bool]) -> list[tuple[Member, Subscription]]:
        query = select(subscription, account.c.organisation_id, account.c.role)
        query = query.select_from(subscription.join(account).join(organisation)).where(which)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(subscription.c.created_at, subscription.c.id)).all()
        return [
            (
                account_member(row.account_id, row.organisation_id, Role(row.role)),
                Subscription(id=row.id, account=row.account_id, **{name: _set(getattr(row, name)) for name in _SETS}),
            )
            for row in rows
        ]

    def keep(self, member: Member, wanted: Subscription) -> str:
        """Keep a subscription and return its id; raise InvalidRecord (a key) when there are too many.

        What the account has already is not kept twice.
        """
        told = {name: _text(getattr(wanted, name)) for name in _SETS}
        made = {"id": str(uuid.uuid4()), "account_id": member.who, "created_at": self.clock(), **told}
        with self.database.write() as connection:
            ours = select(subscription).where(subscription.c.account_id == member.who)
            kept = connection.execute(ours).all()
            for row in kept:
                if all(getattr(row, name) == value for name, value in told.items()):
                    return str(row.id)
            if len(kept) >= MOST:
                raise InvalidRecord("sub.error.too_many")
            connection.execute(insert(subscription), made)
        return str(made["id"])

    def drop(self, member: Member, subscription_id: str) -> None:
        """End one of the member's own subscriptions; another's, or none, is an InvalidRecord (a key)."""
        mine = (subscription.c.id == subscription_id[:36], subscription.c.account_id == member.who)
        with self.database.write() as connection:
            if connection.execute(delete(subscription).where(*mine)).rowcount != 1:
                raise InvalidRecord("sub.error.unknown")


_SETS = ("transitions", "districts", "categories", "sources", "channels")


def _set(text: str) -> frozenset[str]:
    return frozenset(part for part in text.split(",") if part)


def _text(names: frozenset[str]) -> str:
    return ",".join(sorted(names))
