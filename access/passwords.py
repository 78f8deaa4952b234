"""Passwords: argon2id with OWASP's second profile (19 MiB, two passes), and a floor that is about guessing, not about symbols."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from events.errors import InvalidRecord

LEAST = 15
MOST = 128
_READ = 72  # of a long one only the first characters are weighed: the estimate is not linear
_GUESSES = 10  # powers of ten: an online attacker at the limit of our locks needs more than a lifetime
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What is compared with when no such account exists, so that both answers take as long.
_NOBODY = _hasher.hash("nobody has this password 0")


def seal_password(password: str, account_id: str) -> str:
    """Return the hash to keep; raise InvalidRecord, which never quotes it, for a password that can be guessed."""
    if not LEAST <= len(password) <= MOST:
        raise InvalidRecord(f"the password has {len(password)} characters; allowed: {LEAST} to {MOST}")
    found = zxcvbn(password[:_READ], user_inputs=[account_id, *account_id.split("-"), "observatoire", "observatory"])
    if float(found["guesses_log10"]) < _GUESSES:
        raise InvalidRecord("the password is among those tried first: take four unrelated words or more")
    return _hasher.hash(password)


def is_password(sealed: str | None, password: str) -> bool:
    """Tell whether this is the password; takes as long for an account that does not exist."""
    try:
        return _hasher.verify(sealed or _NOBODY, password[:MOST]) and sealed is not None
    except (VerificationError, InvalidHashError):
        return False
