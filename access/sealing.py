"""What must be read back but never lie open in the database: encrypted with a key made from the installation's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken

from events.errors import ConfigurationError

LEAST_KEY = 16
HELD_S = 600
_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels: no words


class Seal:
    """Encrypts and signs for one installation; each purpose has a key of its own."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < LEAST_KEY:
            raise ConfigurationError(f"the installation's key has {len(secret)} bytes; it needs {LEAST_KEY} or more")
        self._secret = secret
        self._box = Fernet(base64.urlsafe_b64encode(self._key("sealed values")))

    def close(self, text: str) -> str:
        """Return what may be kept."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text; raise ConfigurationError when another key sealed it."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            raise ConfigurationError(
                "a sealed value was sealed with another SECRET_KEY; nothing was changed: start with that key, or renew "
                "the second factors and signing keys"
            ) from None

    def close_for(self, text: str, who: str) -> str:
        """Return what a browser may hold for somebody for some minutes, such as a secret not kept yet."""
        return self._box.encrypt(f"{who}\0{text}".encode()).decode()

    def open_within(self, sealed: str, who: str) -> str | None:
        """Return the text that `close_for` closed for somebody, None when it is another's, changed or too old."""
        try:
            owner, _, text = self._box.decrypt(sealed, ttl=HELD_S).decode().partition("\0")
        except InvalidToken:
            return None
        return text if owner == who else None

    def mark(self, message: bytes) -> str:
        """Return the keyed hash of a link of the audit, 64 hexadecimal figures."""
        return hmac.new(self._key("audit"), message, hashlib.sha256).hexdigest()

    def _key(self, purpose: str) -> bytes:
        return hashlib.sha256(b"access\0" + purpose.encode() + b"\0" + self._secret).digest()


def new_token() -> str:
    """Return 256 random bits that a browser or a program can carry."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token: random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived_id(of: str, name: str) -> str:
    """Return the same id of letters each time for something that belongs to another one and has a name there."""
    digest = hashlib.sha256(f"{of}/{name}".encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:24])


def new_id() -> str:
    """Return what lists call a key or a display: letters only, so that it is never taken for somebody's number."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))
