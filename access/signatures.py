"""Signed pushes: HMAC-SHA256 over `timestamp.nonce.body` with the secret of a key, good for minutes and once."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from access.devices import Devices, KnownKey
from access.sealing import token_hash
from events.errors import AccessDenied
from store.access_tables import push_nonce
from store.database import Database

PATIENCE = timedelta(minutes=5)
KEY, TIMESTAMP, NONCE, SIGNATURE = HEADERS = (
    "observatory-key", "observatory-timestamp", "observatory-nonce", "observatory-signature",
)  # fmt: skip
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
REFUSAL = "the key or the signature is not right; nothing was read"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the headers of a signed push say; checked but for the signature, which needs the body."""

    key: KnownKey
    secret: str
    timestamp: str
    nonce: str
    signature: str


class Signatures:
    """Checks signed pushes and remembers their nonces, for all processes of a database."""

    def __init__(self, database: Database, devices: Devices, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._devices = devices
        self._clock = clock

    def read(self, headers: Mapping[str, str]) -> Signed:
        """Return what the headers (names in lower case) say; raise AccessDenied before any body is read."""
        key_id, timestamp, nonce, signature = (headers.get(name, "") for name in HEADERS)
        if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
            raise AccessDenied(
                f"a signed push needs the headers {', '.join(HEADERS)}: whole epoch seconds, and a nonce of 16 to 64 "
                "letters, figures, - or _; nothing was read"
            )
        if abs(self._clock().timestamp() - int(timestamp)) > PATIENCE.total_seconds():
            raise AccessDenied("the timestamp is more than 5 minutes from our clock; nothing was read: set the clock")
        found = self._devices.signing_secret(key_id)
        if found is None:
            raise AccessDenied(REFUSAL)
        return Signed(*found, timestamp, nonce, signature)

    def check(self, signed: Signed, body: bytes) -> KnownKey:
        """Return the key that signed this body; raise AccessDenied for another signature and for a nonce used before."""
        message = f"{signed.timestamp}.{signed.nonce}.".encode() + body
        right = hmac.new(signed.secret.encode(), message, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right.encode(), signed.signature.lower().encode("utf-8", "replace")):
            raise AccessDenied(REFUSAL)
        now, mark = self._clock(), token_hash(f"{signed.key.member.who}.{signed.nonce}")
        with self._database.write(is_durable=True) as connection:
            # A nonce outlives every timestamp that could bring it again, whatever side of our clock it is on.
            connection.execute(delete(push_nonce).where(push_nonce.c.at < now - 3 * PATIENCE))
            if connection.execute(select(push_nonce.c.mark).where(push_nonce.c.mark == mark)).first() is not None:
                raise AccessDenied("this nonce was used before; nothing was read: sign each push with a new one")
            connection.execute(insert(push_nonce).values(mark=mark, at=now))
        return signed.key
