"""One road event of WZDx, from the flat shape of version 3.1 to `core_details` of 4 and the camelCase of CWZ 1.0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from datasources.readers.text import SHORT_CHARS, clean
from datasources.readers.times import Times
from events.errors import InvalidRecord
from events.validity import Validity
from events.vocabulary import StoredStatus

READ = frozenset(
    {
        "event_type", "event_status", "road_event_id", "road_names", "road_name", "direction", "description",
        "creation_date", "update_date", "related_road_events", "relationship", "start_date", "end_date", "vehicle_impact",
        "is_start_date_verified", "is_end_date_verified", "start_date_accuracy", "end_date_accuracy", "core_details",
    }
)  # fmt: skip
COMPLETED = "completed"
STATUS = {"cancelled": StoredStatus.CANCELLED, "pending": StoredStatus.TO_CONFIRM}
CLOSED = "all-lanes-closed"
CATEGORIES = {"work-zone": "chantier", "restriction": "restriction", "detour": "restriction"}
_PLACEHOLDER = timedelta(days=5 * 366)  # an end that nobody verified, further ahead than this, stands for none
_NO_DIRECTION = frozenset({"undefined", "unknown"})
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_MAX_PARTS = 50

Told = Mapping[str, object]


def told_of(feature: Told) -> dict[str, object]:
    """Return the fields of a feature on one level, named as WZDx names them."""
    properties = feature.get("properties")
    flat = _named(properties) if isinstance(properties, Mapping) else {}
    core = flat.get("core_details")
    return flat | _named(core) if isinstance(core, Mapping) else flat


def word(told: Told, name: str) -> str:
    """Return a coded value in small letters; empty when there is none."""
    return (clean(told.get(name)) or "").casefold()


def roads_of(told: Told) -> str | None:
    """Return the names of the roads."""
    names = told.get("road_names")
    parts = names[:_MAX_PARTS] if isinstance(names, list) else [told.get("road_name")]
    return clean(", ".join(dict.fromkeys(name for part in parts if (name := clean(part)))), SHORT_CHARS)


def direction_of(told: Told) -> str | None:
    """Return the direction of travel, None when the publisher says that it has none."""
    direction = word(told, "direction")
    return None if direction in _NO_DIRECTION else direction or None


def is_verified(told: Told, side: str) -> bool:
    """Tell whether `start` or `end` is verified: told as true or false since 4.0, before as an accuracy."""
    return told.get(f"is_{side}_date_verified") is True or word(told, f"{side}_date_accuracy") == "verified"


def validity_of(told: Told, times: Times, read_at: datetime) -> Validity:
    """Return start and end; an end that is only a placeholder, years after `read_at`, is no end."""
    start, end = times.moment(told.get("start_date")), times.moment(told.get("end_date"), is_end=True)
    if start is None:
        raise InvalidRecord("the road event has no start date")
    if end is not None and end - read_at > _PLACEHOLDER and not is_verified(told, "end"):
        end = None
    return Validity(start=start, end=end)


def related_to(told: Told) -> Iterator[str]:
    """Yield the identifiers of the road events one is tied to: `related_road_events`, in 3.x `relationship`."""
    related = told.get("related_road_events")
    ties = (
        [tie.get("id") for tie in related[:_MAX_PARTS] if isinstance(tie, Mapping)] if isinstance(related, list) else []
    )
    older = told.get("relationship")
    if isinstance(older, Mapping):
        lists = [part for name in ("first", "next") if isinstance(part := older.get(name), list)]
        ties += [one for part in lists for one in part[:_MAX_PARTS]]
    yield from (other for tie in ties if (other := clean(tie)))


def _named(table: Told) -> dict[str, object]:
    return {_CAPITAL.sub(r"_\1", str(name)).lower(): value for name, value in table.items()}
