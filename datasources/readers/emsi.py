"""Messages of EMSI (ISO/TR 22351): only what a count needs is ever taken from them.

Never read: texts, names, addresses, casualties, missions, resources, contacts. A position serves to find the district
and is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from datasources.readers.places import point_of
from datasources.readers.text import identifier
from datasources.readers.times import Times
from events.errors import InvalidRecord

ACTUAL = "actual"
TOLD = frozenset({"alert", "update"})
CANCELLED = "cancel"
# First level of EVENT.ETYPE.CATEGORY.
CATEGORIES = frozenset({"ASB", "ASR", "EXP", "FIR", "FLD", "GND", "HLT", "POL", "PSW", "TRP"})

_DEPTH = 10  # an envelope of EDXL-DE holds the message some six levels down
Told = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Affair:
    """What one message tells of one affair; `position` is (longitude, latitude)."""

    id: str
    made_at: datetime
    is_cancelled: bool
    category: str
    occurred_at: datetime
    position: tuple[float, float] | None


def messages_in(content: object, depth: int = 0) -> Iterator[Told]:
    """Yield the messages a document holds, alone, in lists, or in envelopes: what has both a context and an event."""
    if isinstance(content, list):
        for part in content:
            yield from messages_in(part, depth + 1) if depth < _DEPTH else ()
    elif isinstance(content, Mapping):
        if {"context", "event"} <= {_plain(name) for name in content}:
            yield content
        elif depth < _DEPTH:
            for part in content.values():
                if isinstance(part, list | Mapping):
                    yield from messages_in(part, depth + 1)


def affair_of(message: Told, times: Times) -> Affair | None:
    """Return what a message tells; None for exercises and for messages about messages. Raises InvalidRecord."""
    context, event = _object(message, "context"), _object(message, "event")
    kind = _word(context, "msgtype")
    if _word(context, "mode") != ACTUAL or kind not in {*TOLD, CANCELLED}:
        return None
    made_at = times.moment(_at(context, "creation"))
    occurred_at = next(
        (found for name in ("occdatime", "decldatime") if (found := times.moment(_at(event, name)))), made_at
    )
    if made_at is None or occurred_at is None:
        raise InvalidRecord("the message does not say when it was made")
    etype = _object(event, "etype")
    return Affair(
        id=identifier(_at(event, "id")),
        made_at=made_at,
        is_cancelled=kind == CANCELLED,
        category=_category(_at(etype, "category")),
        occurred_at=occurred_at,
        position=_position(event),
    )


def _category(told: object) -> str:
    words = told if isinstance(told, list) else [told]
    for word in words[:20]:
        first = word.partition("/")[0].strip().upper() if isinstance(word, str) else ""
        if first in CATEGORIES:
            return first
    raise InvalidRecord("the category of the affair is not one of EMSI")


def _position(event: Told) -> tuple[float, float] | None:
    for place in _list(_at(event, "egeo")):
        for spot in _list(_at(place, "position")):
            for coordinates in _list(_at(spot, "coord")):
                # Numbers in most examples, texts in one.
                pair = point_of(_at(coordinates, "long"), _at(coordinates, "lat"))
                if pair is not None:
                    return pair
    return None


def _at(told: Told, name: str) -> object:
    """Return a field under the name of the standard, of the hub (`OCC_DATIME`) or of others (`occDatime`)."""
    return next((value for theirs, value in told.items() if _plain(theirs) == name), None)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _object(told: Told, name: str) -> Told:
    found = _at(told, name)
    if not isinstance(found, Mapping):
        raise InvalidRecord("the message lacks a part that every message has")
    return found


def _list(told: object) -> Iterator[Told]:
    for one in told[:200] if isinstance(told, list) else [told]:
        if isinstance(one, Mapping):
            yield one


def _word(told: Told, name: str) -> str:
    value = _at(told, name)
    return value.strip().casefold() if isinstance(value, str) else ""
