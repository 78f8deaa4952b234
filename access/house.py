"""The access of one installation, put together once: every part of it shares the database, the key and the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from access.accounts import Account, Accounts
from access.audit import Audit
from access.devices import Devices
from access.identities import Identities
from access.members import Member
from access.noted import Noted
from access.organisations import Organisations
from access.remembered import Remembered
from access.roles import Role
from access.sealing import Seal, token_hash
from access.sign_ins import SignIns
from access.signatures import Signatures
from events.audience import Viewer
from store.database import Database

SIGN_IN_COOKIE = "ob-session"
KIOSK_COOKIE = "ob-kiosk"
SECURE_PREFIX = "__Host-"
_BEARER = "bearer "


@dataclass(frozen=True)
class Access:
    """Organisations, accounts, sign-ins, keys, displays and the audit; `visitor` is who looks without any of them."""

    organisations: Organisations
    accounts: Accounts
    sign_ins: SignIns
    devices: Devices
    audit: Audit
    visitor: Viewer | None
    remembered: Remembered
    identities: Identities
    noted: Noted
    signatures: Signatures
    seal: Seal
    clock: Callable[[], datetime]

    def viewer(self, headers: Mapping[str, str]) -> Viewer | None:
        """Return who sends these headers: a key, a sign-in, a display, else the visitor; None: sign-in is missing.

        A key that is wrong is nobody, even where visitors are welcome: its program must learn that it is wrong.
        """
        told = bearer_in(headers)
        if told is not None:
            known = self.remembered.get(told, self._of_key)
            if known is None:
                self.noted.refused(None, "key.open", mark=token_hash(told))
            return known
        for name, find in ((SIGN_IN_COOKIE, self.sign_ins.member), (KIOSK_COOKIE, self._of_kiosk)):
            token = token_in(headers, name)
            known = self.remembered.get(token, find) if token else None
            if known is not None:
                return known
            if token and not self._was_given(name, token):
                self.noted.refused(None, f"{name}.open", mark=token_hash(token))
        return self.visitor

    @property
    def is_demonstration(self) -> bool:
        """Tell whether anyone may look without signing in: everything kept is made up."""
        return self.visitor is not None

    def accounts_of(self, member: Member) -> Account | None:
        """Return the account of a member, None for a key or a display."""
        is_device = member.role in (Role.PROGRAM, Role.WALL)
        return None if is_device else self.accounts.get(member.who)

    def end(self, token: str) -> None:
        """End a sign-in, here at once and within seconds in every other process."""
        self.sign_ins.end(token)
        self.remembered.forget()

    def _was_given(self, name: str, token: str) -> bool:
        """Tell whether a token that opens nothing is one of ours that is over: a cookie outlives its sign-in."""
        return name == SIGN_IN_COOKIE and self.sign_ins.was_given(token)

    def _of_key(self, told: str) -> Member | None:
        known = self.devices.key(told)
        return known.member if known is not None and "read" in known.scopes else None

    def _of_kiosk(self, told: str) -> Member | None:
        known = self.devices.kiosk(told)
        return None if known is None else known[0]


def open_access(
    database: Database,
    secret: bytes,
    clock: Callable[[], datetime],
    clear: Callable[[str], str],
    visitor: Viewer | None = None,
) -> Access:
    """Return the access of an installation; `clear` is the privacy gate for labels, `visitor` who looks without sign-in."""
    seal = Seal(secret)
    audit = Audit(database, seal, clock)
    devices = Devices(database, seal, audit, clock, clear)
    return Access(
        organisations=Organisations(database, audit, clock, clear),
        accounts=Accounts(database, seal, audit, clock, clear),
        sign_ins=SignIns(database, clock, asks_second_factor=visitor is None),
        devices=devices,
        audit=audit,
        visitor=visitor,
        remembered=Remembered(clock),
        identities=Identities(database, seal, audit, clock),
        noted=Noted(audit, clock),
        signatures=Signatures(database, devices, clock),
        seal=seal,
        clock=clock,
    )


def bearer_in(headers: Mapping[str, str]) -> str | None:
    """Return the key that a program sends as `Authorization: Bearer`, None when it sends none."""
    told = headers.get("authorization", "")
    return told[len(_BEARER) :].strip() if told[: len(_BEARER)].lower() == _BEARER else None


def token_in(headers: Mapping[str, str], name: str) -> str | None:
    """Return the token that a cookie holds, under its plain name or the one that only https gives; None when there is none."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    found = cookies.get(SECURE_PREFIX + name) or cookies.get(name)
    return found.value if found is not None and found.value else None
