"""Identifiers of organisations and accounts: posts and services, written so that a person's name or address cannot be one by habit."""

from __future__ import annotations

import re

from events.errors import InvalidRecord

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
MOST = 64


def check_identifier(text: str, field: str) -> str:
    """Return the identifier; raise InvalidRecord unless it is words of small letters and figures joined by hyphens."""
    if len(text) > MOST or not _IDENTIFIER.fullmatch(text):
        raise InvalidRecord(
            f"{field}: an identifier is at most {MOST} small letters, figures and hyphens, such as supervision-1"
        )
    return text
