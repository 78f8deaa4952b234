"""Functional accounts: a post of an organisation with a role; locks against guessing, second factor where the role asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from access.audit import REFUSED, Audit
from access.identifiers import check_identifier
from access.members import Member, account_member
from access.passwords import is_password, seal_password
from access.roles import NEEDS_SECOND_FACTOR, OF_ACCOUNTS, Role
from access.sealing import Seal
from events.errors import AccessDenied, InvalidRecord
from store.access_tables import account, organisation, sign_in
from store.database import Database

FREE_FAILURES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
STEP_S = 30
REFUSAL = "the account, the password or the code is not right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as lists show it."""

    id: str
    organisation: str
    role: Role
    has_second_factor: bool
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None


class AlreadyThere(InvalidRecord):
    """Another account has this identifier."""


@dataclass(frozen=True)
class Accounts:
    """The accounts of one installation. `clear` is the privacy gate: an identifier that names a person is refused."""

    database: Database
    seal: Seal
    audit: Audit
    clock: Callable[[], datetime]
    clear: Callable[[str], str]

    def create(
        self, account_id: str, organisation_id: str, role: Role, password: str | None, by: Member | None
    ) -> None:
        """Create an account; without a password another house signs it in. Raise InvalidRecord with what is wrong."""
        check_identifier(account_id, "account")
        self.clear(account_id.replace("-", " "))
        if role not in OF_ACCOUNTS:
            raise InvalidRecord(f"role {role.value!r}: allowed for an account: {', '.join(OF_ACCOUNTS)}")
        sealed = None if password is None else seal_password(password, account_id)
        with self.database.write(is_durable=True) as connection:
            if self._row(connection, account_id) is not None:
                raise AlreadyThere(f"there is an account {account_id!r} already; nothing was changed")
            known = select(organisation.c.id).where(organisation.c.id == organisation_id)
            if connection.execute(known).first() is None:
                raise InvalidRecord(f"there is no organisation {organisation_id[:64]!r}: create it first")
            values = {"organisation_id": organisation_id, "role": role.value, "password_hash": sealed, "failures": 0}
            connection.execute(insert(account).values(id=account_id, created_at=self.clock(), **values))
            self.audit.note_in(connection, by, "account.create", account_id)

    def check(self, account_id: str, password: str, code: str = "") -> Member:
        """Return who this is; raise AccessDenied with one and the same sentence for whatever is not right."""
        now = self.clock()
        with self.database.read() as connection:
            row = self._row(connection, account_id)
        is_right = is_password(None if row is None else row["password_hash"], password)
        if row is None:
            raise AccessDenied(REFUSAL)
        is_closed = row["disabled_at"] is not None or row["retired_at"] is not None
        is_locked = row["locked_until"] is not None and row["locked_until"] > now
        step = self._code_step(row, code, now)
        if not is_right or is_closed or is_locked or step is None:
            self._count_failure(row, now, is_locked=is_locked)
            raise AccessDenied(REFUSAL)
        member = account_member(row["id"], row["organisation_id"], Role(row["role"]))
        self._accept(member, step)
        return member

    def set_password(self, account_id: str, password: str, by: Member | None) -> None:
        """Replace the password, end every sign-in and lift the lock."""
        self._change(account_id, by, "account.password", password_hash=seal_password(password, account_id), failures=0, locked_until=None)  # fmt: skip

    def new_second_factor(self, account_id: str) -> str:
        """Return a new secret for an authenticator, not kept yet: `confirm_second_factor` keeps it."""
        check_identifier(account_id, "account")
        return pyotp.random_base32()

    def confirm_second_factor(self, account_id: str, secret: str, code: str, by: Member | None) -> None:
        """Keep a second factor whose first code is right; raise InvalidRecord otherwise."""
        if not pyotp.TOTP(secret).verify(code, for_time=self.clock(), valid_window=1):
            raise InvalidRecord("the code does not belong to this secret: look at the clock of the authenticator")
        self._change(account_id, by, "account.second-factor", totp_sealed=self.seal.close(secret), totp_step=None)

    def disable(self, account_id: str, by: Member | None) -> None:
        """Close an account and end its sign-ins."""
        self._change(account_id, by, "account.disable", disabled_at=self.clock())

    def enable(self, account_id: str, by: Member | None) -> None:
        """Open a closed account again."""
        self._change(account_id, by, "account.enable", disabled_at=None, failures=0, locked_until=None)

    def all(self) -> Sequence[Account]:
        """Return every account in the order of organisation and id."""
        with self.database.read() as connection:
            rows = (
                connection.execute(select(account).order_by(account.c.organisation_id, account.c.id)).mappings().all()
            )
        return [_account(row) for row in rows]

    def get(self, account_id: str) -> Account | None:
        """Return an account, None when there is none of this id."""
        with self.database.read() as connection:
            row = self._row(connection, account_id)
        return None if row is None else _account(row)

    def reset_second_factor(self, account_id: str, by: Member | None) -> None:
        """Take away a second factor that was lost: the account reads only, where its role needs one, until it has another."""
        self._change(account_id, by, "account.reset-factor", totp_sealed=None, totp_step=None)

    def needs_second_factor(self, account_id: str) -> bool:
        """Tell whether the role asks for a second factor that the account has not set up."""
        with self.database.read() as connection:
            row = self._row(connection, account_id)
        return row is not None and Role(row["role"]) in NEEDS_SECOND_FACTOR and row["totp_sealed"] is None

    def _row(self, connection: Connection, account_id: str) -> RowMapping | None:
        joined = select(account, organisation.c.retired_at).join(organisation)
        return connection.execute(joined.where(account.c.id == account_id)).mappings().first()

    def _code_step(self, row: RowMapping, code: str, now: datetime) -> int | None:
        """Return the step of a right code, 0 where none is asked, None for a wrong one or one that served already."""
        if row["totp_sealed"] is None:
            return 0
        totp = pyotp.TOTP(self.seal.open(row["totp_sealed"]))
        present = int(now.timestamp()) // STEP_S
        steps = (present, present - 1, present + 1)
        found = next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), code.strip())), None)
        return None if found is None or found <= (row["totp_step"] or 0) else found

    def _count_failure(self, row: RowMapping, now: datetime, *, is_locked: bool) -> None:
        failures = row["failures"] + (0 if is_locked else 1)
        locks = failures - FREE_FAILURES
        until = (
            row["locked_until"] if locks < 0 or is_locked else now + min(FIRST_LOCK * 2 ** min(locks, 10), LONGEST_LOCK)
        )
        member = account_member(row["id"], row["organisation_id"], Role(row["role"]))
        with self.database.write() as connection:
            connection.execute(
                update(account).where(account.c.id == row["id"]).values(failures=failures, locked_until=until)
            )
            self.audit.note_in(connection, member, "sign-in", outcome=REFUSED)

    def _accept(self, member: Member, step: int) -> None:
        used: dict[str, object] = {"failures": 0, "locked_until": None, **({"totp_step": step} if step else {})}
        with self.database.write(is_durable=True) as connection:
            unused = account.c.totp_step.is_(None) | (account.c.totp_step < step)
            where = (account.c.id == member.who) & unused if step else account.c.id == member.who
            if connection.execute(update(account).where(where).values(**used)).rowcount == 0:
                raise AccessDenied(REFUSAL)  # the same code came twice at once: one of them is not its owner
            self.audit.note_in(connection, member, "sign-in")

    def _change(self, account_id: str, by: Member | None, action: str, **values: object) -> None:
        with self.database.write(is_durable=True) as connection:
            if connection.execute(update(account).where(account.c.id == account_id).values(**values)).rowcount == 0:
                raise InvalidRecord(f"there is no account {account_id[:64]!r}; nothing was changed")
            ended = update(sign_in).where(sign_in.c.account_id == account_id, sign_in.c.revoked_at.is_(None))
            connection.execute(ended.values(revoked_at=self.clock()))
            self.audit.note_in(connection, by, action, account_id)


def _account(row: RowMapping) -> Account:
    return Account(
        id=row["id"],
        organisation=row["organisation_id"],
        role=Role(row["role"]),
        has_second_factor=row["totp_sealed"] is not None,
        has_password=row["password_hash"] is not None,
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
