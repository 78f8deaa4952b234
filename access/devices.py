"""What is no person's: keys of programs and tokens of wall displays. Shown once, kept as hashes, scoped, ending, revocable."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, select, update
from sqlalchemy.engine import RowMapping

from access.audit import Audit
from access.members import Member, device_member
from access.roles import Role
from access.sealing import Seal, new_id, new_token, token_hash
from events.audience import AudienceLevel
from events.errors import InvalidRecord
from store.access_tables import api_key, kiosk, organisation
from store.database import Database

SCOPES = ("read", "push")
LIVE_KEYS = 2
# A wall hangs where anyone may pass: nothing restricted is ever shown on one.
DISPLAY_AUDIENCES = (AudienceLevel.PUBLIC, AudienceLevel.PARTNERS)
NOTED_EVERY = timedelta(minutes=1)
_KEY, _KIOSK = "obs", "obk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A key or a display as lists show it."""

    id: str
    organisation: str
    audience: AudienceLevel
    created_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    scopes: tuple[str, ...] = ()
    source_id: str | None = None
    title: str = ""
    scene: str = ""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is open: its member, its scopes, the one source it may push (None: any of its organisation)."""

    member: Member
    scopes: frozenset[str]
    source_id: str | None


@dataclass(frozen=True)
class Devices:
    """The keys and displays of one installation."""

    database: Database
    seal: Seal
    audit: Audit
    clock: Callable[[], datetime]
    clear: Callable[[str], str]

    def new_key(
        self,
        organisation_id: str,
        scopes: Collection[str],
        *,
        by: Member | None,
        source_id: str | None = None,
        audience: AudienceLevel = AudienceLevel.PUBLIC,
        lasts: timedelta = timedelta(days=365),
    ) -> str:
        """Return a new key, told this once; at most two live for one organisation and source, so that one can replace the other."""
        if not scopes or not set(scopes) <= set(SCOPES):
            raise InvalidRecord(f"scopes: allowed: {', '.join(SCOPES)}")
        key_id, secret, now = new_id(), new_token(), self.clock()
        with self.database.write(is_durable=True) as connection:
            self._check_organisation(connection, organisation_id)
            same = (api_key.c.organisation_id == organisation_id) & api_key.c.source_id.is_not_distinct_from(source_id)
            live = select(api_key.c.id).where(same, api_key.c.revoked_at.is_(None), api_key.c.ends_at > now)
            if len(connection.execute(live).all()) >= LIVE_KEYS:
                raise InvalidRecord(f"{organisation_id} has {LIVE_KEYS} live keys for this use: revoke one first")
            connection.execute(
                insert(api_key).values(
                    id=key_id, secret_sha256=token_hash(secret), signing_sealed=self.seal.close(secret),
                    organisation_id=organisation_id, scopes=",".join(sorted(set(scopes))), source_id=source_id,
                    audience=audience.value, created_at=now, ends_at=now + lasts,
                )
            )  # fmt: skip
            self.audit.note_in(connection, by, "key.create", key_id)
        return f"{_KEY}_{key_id}_{secret}"

    def new_kiosk(
        self,
        organisation_id: str,
        title: str,
        scene: str,
        *,
        by: Member | None,
        audience: AudienceLevel = AudienceLevel.PUBLIC,
        lasts: timedelta = timedelta(days=365),
    ) -> str:
        """Return the token of a new wall display, told this once; raise InvalidRecord for an audience no wall may have."""
        if audience not in DISPLAY_AUDIENCES:
            raise InvalidRecord("a wall display sees what is public or for partners, never what is restricted")
        kiosk_id, secret, now = new_id(), new_token(), self.clock()
        with self.database.write(is_durable=True) as connection:
            self._check_organisation(connection, organisation_id)
            connection.execute(
                insert(kiosk).values(
                    id=kiosk_id, secret_sha256=token_hash(secret), organisation_id=organisation_id,
                    title=self.clear(title), scene=scene, audience=audience.value, created_at=now, ends_at=now + lasts,
                )
            )  # fmt: skip
            self.audit.note_in(connection, by, "kiosk.create", kiosk_id)
        return f"{_KIOSK}_{kiosk_id}_{secret}"

    def key(self, told: str) -> KnownKey | None:
        """Return what a key opens, None when it is unknown, ended or revoked."""
        row = self._open_row(api_key, _KEY, told, "used_at")
        if row is None:
            return None
        member = device_member(row["id"], row["organisation_id"], Role.PROGRAM, AudienceLevel(row["audience"]))
        return KnownKey(member, frozenset(row["scopes"].split(",")), row["source_id"])

    def signing_secret(self, key_id: str) -> tuple[KnownKey, str] | None:
        """Return an open key by its id with the secret that signs its pushes."""
        now = self.clock()
        is_open = (api_key.c.id == key_id[:16]) & api_key.c.revoked_at.is_(None) & (api_key.c.ends_at > now)
        with self.database.read() as connection:
            row = connection.execute(_joined(api_key).where(is_open)).mappings().first()
        if row is None or row["signing_sealed"] is None:
            return None
        member = device_member(row["id"], row["organisation_id"], Role.PROGRAM, AudienceLevel(row["audience"]))
        known = KnownKey(member, frozenset(row["scopes"].split(",")), row["source_id"])
        return known, self.seal.open(row["signing_sealed"])

    def kiosk(self, told: str) -> tuple[Member, str] | None:
        """Return who a display is and its scene, None when its token is unknown, ended or revoked."""
        row = self._open_row(kiosk, _KIOSK, told, "beat_at")
        if row is None:
            return None
        told_audience = AudienceLevel(row["audience"])
        audience = told_audience if told_audience in DISPLAY_AUDIENCES else AudienceLevel.PUBLIC
        member = device_member(row["id"], row["organisation_id"], Role.WALL, audience)
        return member, row["scene"]

    def revoke(self, device_id: str, by: Member | None) -> None:
        """Stop a key or a display at once; raise InvalidRecord when no such one is live."""
        with self.database.write(is_durable=True) as connection:
            stopped = 0
            for table in (api_key, kiosk):
                which = (table.c.id == device_id) & table.c.revoked_at.is_(None)
                stopped += connection.execute(update(table).where(which).values(revoked_at=self.clock())).rowcount
            if not stopped:
                raise InvalidRecord(f"there is no live key or display {device_id[:16]!r}; nothing was changed")
            self.audit.note_in(connection, by, "device.revoke", device_id)

    def keys(self) -> Sequence[Device]:
        """Return every key, newest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(api_key).order_by(api_key.c.created_at.desc())).mappings().all()
        return [
            Device(
                **_shared(row),
                used_at=row["used_at"],
                scopes=tuple(row["scopes"].split(",")),
                source_id=row["source_id"],
            )
            for row in rows
        ]

    def kiosks(self) -> Sequence[Device]:
        """Return every display, newest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(kiosk).order_by(kiosk.c.created_at.desc())).mappings().all()
        return [Device(**_shared(row), used_at=row["beat_at"], title=row["title"], scene=row["scene"]) for row in rows]

    def _check_organisation(self, connection: Connection, organisation_id: str) -> None:
        known = select(organisation.c.id).where(
            organisation.c.id == organisation_id, organisation.c.retired_at.is_(None)
        )
        if connection.execute(known).first() is None:
            raise InvalidRecord(f"there is no organisation {organisation_id[:64]!r}: create it first")

    def _open_row(self, table: Table, kind: str, told: str, seen: str) -> RowMapping | None:
        """Return the open row that a token belongs to, and note now and then that it was seen."""
        parts = told.split("_", 2)
        if len(parts) != 3 or parts[0] != kind:
            return None
        now, which = self.clock(), table.c.id == parts[1][:16]
        is_open = which & table.c.revoked_at.is_(None) & (table.c.ends_at > now)
        with self.database.read() as connection:
            row = connection.execute(_joined(table).where(is_open)).mappings().first()
        if row is None or not hmac.compare_digest(row["secret_sha256"], token_hash(parts[2])):
            return None
        if row[seen] is None or now - row[seen] >= NOTED_EVERY:
            with self.database.write() as connection:
                connection.execute(update(table).where(which).values({seen: now}))
        return row


def _joined(table: Table) -> Select[Any]:
    return select(table).join(organisation).where(organisation.c.retired_at.is_(None))


def _shared(row: RowMapping) -> dict[str, Any]:
    names = ("id", "created_at", "ends_at", "revoked_at")
    audience = AudienceLevel(row["audience"])
    return {**{name: row[name] for name in names}, "organisation": row["organisation_id"], "audience": audience}
