"""A record as canonical JSON: the snapshot itself, and the checks its fields pass on the way in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from events.audience import Audience, read_audience
from events.errors import InvalidRecord
from store.admitted import Cleared

# What a publisher says of the publication and not of the event: a change in these alone makes no new version.
PUBLICATION_FACTS = frozenset({"version", "published_at", "observed_at"})

# Codes come from the configuration or the city, not from a keyboard; nine digits could be a person's number.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/%-]{0,63}")
_MAX_DIGITS = 8
# PostgreSQL holds no NUL, and half a character (a lone surrogate) is none.
_UNKEPT = re.compile("[\0\ud800-\udfff]")
# Codes that were checked before: every record names the same source, organisation and language.
_MAX_CODES = 1000
_CODES: set[str] = set()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Canonical JSON text of a record whose texts passed the gate, or one that was read from the store."""

    text: str

    @property
    def content(self) -> dict[str, Any]:
        """The fields by name, as JSON values."""
        content: dict[str, Any] = orjson.loads(self.text)
        return content

    @property
    def sha256(self) -> str:
        """Hash of the text as it is kept."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def freeze(content: Mapping[str, Any]) -> Snapshot:
    """Return the canonical text of fields that were checked; equal fields give equal texts."""
    return Snapshot(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode())


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return a hash of what the record says, without the facts of its publication."""
    told = {name: value for name, value in content.items() if name not in PUBLICATION_FACTS}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def difference(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Return `{field: [before, after]}` of the fields that differ between two snapshots."""
    past, present = before.content, after.content
    names = sorted(past.keys() | present.keys())
    return {name: [past.get(name), present.get(name)] for name in names if past.get(name) != present.get(name)}


def cleared(field: str, value: str) -> str:
    """Return a free text that passed the gate; raise InvalidRecord naming the field otherwise."""
    if not isinstance(value, Cleared):
        raise InvalidRecord(f"the text of {field} did not pass the privacy gate; the record was not kept")
    if not is_keepable(value):
        raise InvalidRecord(f"the text of {field} cannot be kept")
    return value


def is_keepable(value: str) -> bool:
    """Tell whether every database can hold the text."""
    return _UNKEPT.search(value) is None


def cleared_or_none(field: str, value: str | None) -> str | None:
    """Return None, or a free text that passed the gate."""
    return None if value is None else cleared(field, value)


def code(field: str, value: str) -> str:
    """Return a code of the configuration or the city, or a text that passed the gate; raise InvalidRecord otherwise."""
    if isinstance(value, Cleared) or value in _CODES:
        return value
    if not _CODE.fullmatch(value) or sum(letter.isdigit() for letter in value) > _MAX_DIGITS:
        raise InvalidRecord(f"{field} is neither a short code nor a text that passed the privacy gate")
    if len(_CODES) < _MAX_CODES:
        _CODES.add(value)
    return value


def code_or_none(field: str, value: str | None) -> str | None:
    """Return None, or a code."""
    return None if value is None else code(field, value)


def text_or_none(value: str | None) -> Cleared | None:
    """Return a kept text, marked as cleared."""
    return None if value is None else Cleared(value)


@lru_cache(maxsize=8192)
def when(value: datetime | None) -> str | None:
    """Return a time as text in UTC; raise InvalidRecord when it has no zone."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise InvalidRecord("a time without a zone cannot be kept")
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()


def moment(value: str | None) -> datetime | None:
    """Return the time that a kept text holds."""
    return None if value is None else datetime.fromisoformat(value)


def plain(geometry: Mapping[str, object] | None) -> dict[str, object] | None:
    """Return a geometry as a plain mapping."""
    return None if geometry is None else dict(geometry)


@lru_cache(maxsize=256)
def audience_key(audience: Audience) -> str:
    """Return the audience's key; raise InvalidRecord when the key would not read back as the same audience."""
    key = audience.key
    if read_audience(key) != audience:
        raise InvalidRecord("an organisation of the audience has an empty name or one with a comma")
    return key
