"""Gathers what a document holds, so that nothing is counted twice and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from datasources.contract import MediaLink, Reading, Reject
from datasources.readers.text import field_name
from events.records import Camera, Event, RoadState, Tally

Record = Event | RoadState | Camera | Tally
Rank = tuple[float, int]

SAME_TWICE = "the same record is there twice; the later version is used"
MAX_FIELD_NAMES = 200


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An identifier its publisher takes back."""

    external_id: str


MOST_MEDIA = 500
LONGEST_ADDRESS = 1000


def rank_of(updated_at: datetime | None, version: object = None) -> Rank:
    """Return what orders two versions of one record: the update time, then a version that is a number."""
    text = "" if version is None else str(version)
    number = int(text) if text.isdecimal() and len(text) < 18 else -1
    return (updated_at.timestamp() if updated_at else float("-inf"), number)


@dataclass(slots=True)
class Collected:
    """The records of one document: one per identifier, the later version wins, the other is a reject."""

    # Flat, so that a hundred thousand records cost as little beside themselves as can be.
    _kept: dict[str, tuple[float, int, str, Record | Withdrawn]] = field(default_factory=dict)
    _rejects: list[Reject] = field(default_factory=list)
    _dropped: set[str] = field(default_factory=set)
    _media: list[MediaLink] = field(default_factory=list)

    def add(self, where: str, record_id: str, record: Record | Withdrawn, rank: Rank) -> None:
        """Keep a record found at `where`, unless a later version of it is already there."""
        earlier = self._kept.get(record_id)
        if earlier is None:
            self._kept[record_id] = (*rank, where, record)
        elif earlier[:2] > rank:
            self.reject(where, SAME_TWICE, record_id)
        else:
            self.reject(earlier[2], SAME_TWICE, record_id)
            self._kept[record_id] = (*rank, where, record)

    def reject(self, where: str, reason: str, external_id: str | None = None, *, is_ours: bool = False) -> None:
        """Count a record that cannot be used, or that a rule of ours leaves out (`is_ours`)."""
        self._rejects.append(Reject(where, reason, external_id, is_ours))

    def link(self, external_id: str, url: str) -> None:
        """Remember the address of a picture of an event; at most MOST_MEDIA, each no longer than an address is."""
        if len(self._media) < MOST_MEDIA and len(url) <= LONGEST_ADDRESS:
            self._media.append(MediaLink(external_id, url))

    def drop_fields(self, names: Iterable[str]) -> None:
        """Remember names of fields that nothing asked for."""
        for name in names:
            if len(self._dropped) < MAX_FIELD_NAMES:
                self._dropped.add(field_name(name))

    def reading(self, *, published_at: datetime | None = None, is_complete: bool = True) -> Reading:
        """Return everything collected, in the document's order."""
        records = [kept[3] for kept in self._kept.values()]
        return Reading(
            events=tuple([record for record in records if isinstance(record, Event)]),
            road_states=tuple([record for record in records if isinstance(record, RoadState)]),
            cameras=tuple([record for record in records if isinstance(record, Camera)]),
            tallies=tuple([record for record in records if isinstance(record, Tally)]),
            withdrawn=tuple([record.external_id for record in records if isinstance(record, Withdrawn)]),
            rejects=tuple(self._rejects),
            published_at=published_at,
            dropped_fields=tuple(sorted(self._dropped)),
            media=tuple(self._media),
            dropped_media=len(self._media),
            is_complete=is_complete,
        )
