"""A reading as plain values, for people and for golden cases; and the options a person gives to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum

from datasources.contract import Reading
from events.audience import Audience
from events.errors import ConfigurationError


def describe(reading: Reading) -> dict[str, object]:
    """Return the reading as JSON values.

    `records_seen`, then `count` and `items` of `events road_states cameras tallies withdrawn`, then `rejects` with
    `where`, `reason` and `external_id`; empty fields of records are left out. `next_requests`: addresses of the
    documents an index lists, which a poll would read next.
    """
    described: dict[str, object] = {"records_seen": reading.records_seen}
    for name in ("events", "road_states", "cameras", "tallies", "withdrawn"):
        records = getattr(reading, name)
        described[name] = {"count": len(records), "items": [plain(record) for record in records]}
    described["rejects"] = [
        {"where": reject.where, "reason": reject.reason, "external_id": reject.external_id}
        for reject in reading.rejects
    ]
    described["published_at"] = plain(reading.published_at)
    described["is_complete"] = reading.is_complete
    described["dropped_fields"] = list(reading.dropped_fields)
    if reading.dropped_media:
        described["dropped_media"] = reading.dropped_media
    if reading.next_requests:
        described["next_requests"] = [request.url for request in reading.next_requests]
    return described


def plain(value: object) -> object:
    """Return a value of a record as JSON values."""
    if is_dataclass(value) and not isinstance(value, Audience | type):
        named = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: plain(part) for name, part in named if part is not None and part not in ((), frozenset())}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(part) for part in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return _leaf(value)


def _leaf(value: object) -> object:
    if isinstance(value, Audience):
        return value.key
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | time):
        return value.isoformat().replace("+00:00", "Z")
    return value


def read_options(pairs: Sequence[str]) -> dict[str, object]:
    """Return the options of an adapter: `fields.headline=Objet` goes into a table, values are JSON or plain text."""
    chosen: dict[str, object] = {}
    for pair in pairs:
        key, mark, value = pair.partition("=")
        if not mark or not key:
            raise ConfigurationError(f"--option {pair[:80]!r}: write KEY=VALUE")
        table = chosen
        *path, last = key.split(".")
        for part in path:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigurationError(f"--option {key}: {part} is both a value and a table")
            table = inner
        try:
            table[last] = json.loads(value)
        except ValueError:
            table[last] = value
    return chosen
