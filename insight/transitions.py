"""What a version of an event did to it: created, became major, closed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from events.vocabulary import Severity, StoredStatus
from store.kept import KeptVersion


def transitions_of(version: KeptVersion) -> frozenset[str]:
    """Return `created`, `major` (it became major or critical) and `closed` (withdrawn, cancelled or its end observed)."""
    found: set[str] = set()
    severity, status = version.event.severity, version.event.status
    if version.version == 1:
        found.add("created")
        if severity >= Severity.MAJOR:
            found.add("major")
    before = _before(version.diff, "severity")
    if isinstance(before, int) and before < Severity.MAJOR <= severity:
        found.add("major")
    if version.withdrawn_at is not None or (status is StoredStatus.CANCELLED and "status" in version.diff):
        found.add("closed")
    if version.event.is_end_verified and "is_end_verified" in version.diff:
        found.add("closed")
    return frozenset(found)


def per_day(events: int, days: float) -> float:
    """Return how many messages a day to expect, to a tenth; of less than a day, what there was."""
    return round(events / max(1.0, days), 1)


def _before(diff: Mapping[str, object], field: str) -> object:
    pair = diff.get(field)
    return pair[0] if isinstance(pair, Sequence) and not isinstance(pair, str) and pair else None
