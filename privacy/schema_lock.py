"""The schema lock: a field that a source never told before is not kept until a decision allows it; the known ones go on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from datasources.contract import Reading, Source
from events.records import Event
from privacy.records import OPTIONAL_FIELDS, nothing_of
from store.orders import Fields

LEARNING_READINGS = 20

# What orders publications is of the record, not about the world; the attribution is what our own entry says.
_OF_THE_RECORD = frozenset({"version", "published_at", "observed_at", "attribution"})
LOCKABLE: dict[type, tuple[str, ...]] = {
    kind: (*(name for name in names if name not in _OF_THE_RECORD), *(("effects",) if kind is Event else ()))
    for kind, names in OPTIONAL_FIELDS.items()
}
FIELD_NAMES = frozenset(name for names in LOCKABLE.values() for name in names)


@dataclass(frozen=True, slots=True)
class Told:
    """The fields of one reading: `new` ones are known from now on, `locked` ones wait for a decision."""

    new: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()


def judge_fields(reading: Reading, source: Source, kept: Fields) -> Told:
    """Return which fields of a reading were never told before, and which of them may not be kept.

    What the entry names (`known_fields`) is known from the first reading on; without such a list, what the first
    LEARNING_READINGS readings tell is.
    """
    unknown = _told(reading) - kept.known
    if source.known_fields is not None:
        allowed = unknown & source.known_fields
    elif kept.readings < LEARNING_READINGS:
        allowed = unknown - kept.locked.keys()
    else:
        allowed = frozenset()
    return Told(new=allowed, locked=unknown - allowed)


def without(reading: Reading, locked: Collection[str]) -> Reading:
    """Return the reading without these fields; every record stays."""
    if not locked:
        return reading
    return replace(
        reading,
        events=_emptied(reading.events, locked),
        road_states=_emptied(reading.road_states, locked),
        cameras=_emptied(reading.cameras, locked),
    )


def _told(reading: Reading) -> frozenset[str]:
    told: set[str] = set()
    for records in (reading.events, reading.road_states, reading.cameras):
        if records:
            told.update(_filled(records, LOCKABLE[type(records[0])]))
    return frozenset(told)


def _filled(records: Iterable[Any], names: Collection[str]) -> Iterable[str]:
    left = set(names)
    for record in records:
        found = [name for name in left if getattr(record, name) not in (None, "", ())]
        left.difference_update(found)
        yield from found
        if not left:
            return


def _emptied(records: tuple[Any, ...], locked: Collection[str]) -> tuple[Any, ...]:
    if not records:
        return records
    names = [name for name in LOCKABLE[type(records[0])] if name in locked]
    nothing = {name: nothing_of(name) for name in names}
    return tuple(replace(record, **nothing) for record in records)
