"""The key of an account's feed: one at a time, told once, kept as a hash, ended by whoever made it. It opens the feed and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from access.audit import Audit
from access.members import Member
from access.sealing import new_token, token_hash
from events.errors import InvalidRecord
from store.access_tables import account, organisation
from store.database import Database
from store.screen_tables import feed_key

NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FeedKey:
    """That an account has a feed: since when, and when it was last read."""

    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class FeedKeys:
    """The keys of one installation."""

    database: Database
    audit: Audit
    clock: Callable[[], datetime]

    def of(self, member: Member) -> FeedKey | None:
        """Return what is known of a member's key, None without one."""
        with self.database.read() as connection:
            row = connection.execute(select(feed_key).where(feed_key.c.account_id == member.who)).first()
        return None if row is None else FeedKey(row.created_at, row.used_at)

    def make(self, member: Member) -> str:
        """Return a new key of a member, told this once; the one before ends."""
        secret = new_token()
        values = {"account_id": member.who, "secret_sha256": token_hash(secret), "created_at": self.clock()}
        with self.database.write(is_durable=True) as connection:
            connection.execute(delete(feed_key).where(feed_key.c.account_id == member.who))
            connection.execute(insert(feed_key), values)
            self.audit.note_in(connection, member, "feed.create")
        return secret

    def end(self, member: Member) -> None:
        """End a member's key at once; raise InvalidRecord (a key of the catalogue of texts) when there is none."""
        with self.database.write(is_durable=True) as connection:
            if connection.execute(delete(feed_key).where(feed_key.c.account_id == member.who)).rowcount != 1:
                raise InvalidRecord("sub.error.no_feed")
            self.audit.note_in(connection, member, "feed.revoke")

    def account_of(self, secret: str) -> str | None:
        """Return the account whose feed a key opens, None when it was ended or its account or organisation is closed."""
        is_open = account.c.disabled_at.is_(None) & organisation.c.retired_at.is_(None)
        joined = select(feed_key).select_from(feed_key.join(account).join(organisation))
        which, now = feed_key.c.secret_sha256 == token_hash(secret), self.clock()
        with self.database.read() as connection:
            row = connection.execute(joined.where(which, is_open)).first()
        if row is None:
            return None
        if row.used_at is None or now - row.used_at >= NOTED_EVERY:
            with self.database.write() as connection:
                connection.execute(update(feed_key).where(which).values(used_at=now))
        return str(row.account_id)
