"""Sign-ins: kept on the server, so that ending one ends it everywhere; a browser holds a random token, the database its hash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.engine import RowMapping

from access.members import Member, account_member
from access.roles import NEEDS_SECOND_FACTOR, Role
from access.sealing import new_token, token_hash
from store.access_tables import account, organisation, sign_in
from store.database import Database

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """An open sign-in as its account sees it: `mark`, the first figures of the hash, names it when it is ended."""

    mark: str
    created_at: datetime
    seen_at: datetime


class SignIns:
    """The open sign-ins. Where `asks_second_factor`, a role that needs one and did not prove one reads and does no more."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, asks_second_factor: bool = True) -> None:
        self._database = database
        self._clock = clock
        self._asks_second_factor = asks_second_factor

    def open(self, member: Member, *, is_factor_proved: bool | None = None) -> str:
        """Return the token of a new sign-in; it is not kept and cannot be told again.

        `is_factor_proved`: whether the identity provider that signed in proved a second factor; None: signed in here,
        where the code of an account that has a second factor was checked.
        """
        token, now = new_token(), self._clock()
        values = {
            "account_id": member.who,
            "created_at": now,
            "seen_at": now,
            "ends_at": now + LONGEST,
            "is_factor_proved": is_factor_proved,
        }
        with self._database.write(is_durable=True) as connection:
            connection.execute(insert(sign_in).values(token_sha256=token_hash(token), **values))
        return token

    def member(self, token: str) -> Member | None:
        """Return who is signed in with this token, None when it is over, ended, idle or was never given."""
        now, sha256 = self._clock(), token_hash(token)
        columns = (account.c.organisation_id, account.c.role, account.c.totp_sealed)
        joined = select(sign_in, *columns).select_from(sign_in.join(account).join(organisation))
        is_open = sign_in.c.revoked_at.is_(None) & account.c.disabled_at.is_(None) & organisation.c.retired_at.is_(None)
        with self._database.read() as connection:
            row = connection.execute(joined.where(sign_in.c.token_sha256 == sha256, is_open)).mappings().first()
        if row is None or now >= row["ends_at"] or now - row["seen_at"] >= IDLE:
            return None
        if now - row["seen_at"] >= NOTED_EVERY:
            with self._database.write() as connection:
                connection.execute(update(sign_in).where(sign_in.c.token_sha256 == sha256).values(seen_at=now))
        return account_member(row["account_id"], row["organisation_id"], self._role(row))

    def was_given(self, token: str) -> bool:
        """Tell whether this is the token of a sign-in, open or over, that is still kept."""
        with self._database.read() as connection:
            question = select(sign_in.c.account_id).where(sign_in.c.token_sha256 == token_hash(token))
            return connection.execute(question).first() is not None

    def _role(self, row: RowMapping) -> Role:
        role = Role(row["role"])
        told = row["is_factor_proved"]
        is_proved = row["totp_sealed"] is not None if told is None else told
        is_missing = self._asks_second_factor and role in NEEDS_SECOND_FACTOR and not is_proved
        return Role.READER if is_missing else role

    def end(self, token: str) -> None:
        """End the sign-in of this token."""
        self._end(sign_in.c.token_sha256 == token_hash(token))

    def end_marked(self, account_id: str, mark: str) -> None:
        """End the sign-in of an account that `mark` names; an empty mark ends them all."""
        self._end((sign_in.c.account_id == account_id) & sign_in.c.token_sha256.startswith(mark, autoescape=True))

    def of(self, account_id: str) -> Sequence[SignIn]:
        """Return the open sign-ins of an account, newest first."""
        now = self._clock()
        is_open = sign_in.c.revoked_at.is_(None) & (sign_in.c.ends_at > now) & (sign_in.c.seen_at > now - IDLE)
        question = select(sign_in).where(sign_in.c.account_id == account_id, is_open)
        with self._database.read() as connection:
            rows = connection.execute(question.order_by(sign_in.c.created_at.desc())).mappings().all()
        return [SignIn(row["token_sha256"][:12], row["created_at"], row["seen_at"]) for row in rows]

    def _end(self, which: ColumnElement[bool]) -> None:
        with self._database.write(is_durable=True) as connection:
            ended = update(sign_in).where(which, sign_in.c.revoked_at.is_(None))
            connection.execute(ended.values(revoked_at=self._clock()))
