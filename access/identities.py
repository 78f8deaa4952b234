"""Identities of another house that sign in as a post: recognised by a keyed hash, so that nobody is named here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from access.audit import REFUSED, Audit
from access.members import Member, account_member
from access.roles import Role
from access.sealing import Seal
from events.errors import InvalidRecord
from store.access_tables import account, identity, organisation
from store.database import Database

_REFERENCE = re.compile(r"[0-9a-f]{64}")


class Identities:
    """Which post an identity of a provider signs in as."""

    def __init__(self, database: Database, seal: Seal, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._audit = audit
        self._clock = clock

    def reference(self, issuer: str, subject: str, siret: str) -> str:
        """Return what stands for an identity here: the same for the same person of the same body, and no way back."""
        return self._seal.mark(f"identity\0{issuer}\0{siret}\0{subject}".encode())

    def link(self, reference: str, account_id: str, by: Member | None) -> None:
        """Let an identity sign in as a post; raise InvalidRecord for a reference or an account that is none."""
        reference = reference.strip().lower()
        if not _REFERENCE.fullmatch(reference):
            raise InvalidRecord("reference: the 64 figures that the page of refusal shows")
        with self._database.write(is_durable=True) as connection:
            if connection.execute(select(account.c.id).where(account.c.id == account_id)).first() is None:
                raise InvalidRecord(f"there is no account {account_id[:64]!r}; nothing was changed")
            connection.execute(delete(identity).where(identity.c.mark == reference))
            values = {"mark": reference, "account_id": account_id, "created_at": self._clock()}
            connection.execute(insert(identity).values(**values))
            self._audit.note_in(connection, by, "account.link", account_id)

    def unlink(self, account_id: str, by: Member | None) -> None:
        """Let no identity sign in as this post any more."""
        with self._database.write(is_durable=True) as connection:
            connection.execute(delete(identity).where(identity.c.account_id == account_id))
            self._audit.note_in(connection, by, "account.unlink", account_id)

    def linked(self) -> Sequence[str]:
        """Return the posts that an identity signs in as, once per identity."""
        with self._database.read() as connection:
            return connection.execute(select(identity.c.account_id).order_by(identity.c.account_id)).scalars().all()

    def member(self, reference: str) -> Member | None:
        """Return who an identity signs in as, None when it is linked to no open post; both are in the audit."""
        joined = select(account).select_from(identity.join(account).join(organisation))
        is_open = account.c.disabled_at.is_(None) & organisation.c.retired_at.is_(None)
        with self._database.read() as connection:
            row = connection.execute(joined.where(identity.c.mark == reference, is_open)).mappings().first()
        if row is None:
            self._audit.note(None, "sign-in", outcome=REFUSED)
            return None
        member = account_member(row["id"], row["organisation_id"], Role(row["role"]))
        self._audit.note(member, "sign-in")
        return member
