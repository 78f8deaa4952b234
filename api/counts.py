"""Counts as anybody may be told them: the one way from the kept tallies to a page, an answer or an export."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from events.audience import Viewer
from privacy.counts import PublishedCount, publish
from store import readers
from store.database import Database

_REMEMBERED = 32


def published_counts(
    database: Database, viewer: Viewer, *, least: int, timezone: str, now: datetime
) -> tuple[PublishedCount, ...]:
    """Return every count this viewer may be told; worked out again when a tally changed or an hour has passed."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return _published(database, viewer, readers.tallies_state(database), least, timezone, hour)


@lru_cache(maxsize=_REMEMBERED)
def _published(
    database: Database, viewer: Viewer, state: object, least: int, timezone: str, hour: datetime
) -> tuple[PublishedCount, ...]:
    del state
    kept = readers.tallies(database, viewer=viewer)
    return publish((one.tally for one in kept), least=least, timezone=timezone, now=hour)
