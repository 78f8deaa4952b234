"""One event for one viewer: what is restricted is noted when it is read, and when somebody asks who may not."""

from __future__ import annotations

from datetime import datetime

from api.house import EVERYTHING, House
from events.audience import AudienceLevel, Viewer
from store import readers
from store.kept import KeptEvent

ACTION = "event.read"


def read_event(
    house: House, viewer: Viewer, event_id: str, *, at: datetime | None = None, known_at: datetime | None = None
) -> KeptEvent | None:
    """Return the event that this viewer may see, None otherwise: whether there is another is told to nobody."""
    kept = readers.event(house.database, event_id, viewer=viewer, at=at, known_at=known_at)
    if kept is not None and not house.shows(kept):
        return None
    if house.access is None:
        return kept
    if kept is None:
        if readers.event(house.database, event_id, viewer=EVERYTHING, at=at, known_at=known_at) is not None:
            house.access.noted.refused(viewer, ACTION, event_id)
    elif is_restricted(kept):
        house.access.noted.read(viewer, ACTION, event_id)
    return kept


def is_restricted(kept: KeptEvent) -> bool:
    """Tell whether an event is for named organisations only."""
    return kept.event.audience.level is AudienceLevel.LISTED
