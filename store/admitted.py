"""What may enter the store. Only `privacy.gate` makes these: import-linter protects this module and the writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.records import Camera, Event, RoadState, Tally


class Cleared(str):
    """Free text that passed the privacy gate. The store's text columns refuse any other string."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AdmittedReject:
    """A record that could not be used; each text passed the gate."""

    where: Cleared
    reason: Cleared
    external_id: Cleared | None = None


@dataclass(frozen=True, slots=True)
class AdmittedWithheld:
    """Words that the gate withheld: in which field of which record, of which type, at which characters; never the words.

    `record` is the publisher's identifier or its stand-in, None when no record is meant.
    """

    record: Cleared | None
    field: Cleared
    type: Cleared
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedRun:
    """One poll as it is kept: counts and verdict, never content."""

    source_id: str
    verdict: str
    reason: Cleared | None
    started_at: datetime
    finished_at: datetime
    http_status: int | None
    size: int | None
    sha256: str | None
    published_at: datetime | None
    records_seen: int
    text_withheld: int
    gate: Cleared  # the version of the gate and its gazetteer
    dropped_fields: tuple[Cleared, ...]


@dataclass(frozen=True, slots=True)
class AdmittedSpan:
    """When documents of the past told an event last, and when it was over by them; None: as its last version says."""

    seen_at: datetime
    over_at: datetime | None = None
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedPast:
    """The own time of an imported document; the events of its batch are versions in order, by `spans`."""

    at: datetime
    spans: Mapping[str, AdmittedSpan]
    vouches_for: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedBatch:
    """All that one poll brings into the store, in one transaction.

    In every Event, RoadState, Camera and Tally each free text (headline, description, instruction, place,
    road_name, direction, source_code, labels, effect texts, purpose, name, attribution, identifiers) is `Cleared`.
    """

    run: AdmittedRun
    events: tuple[Event, ...] = ()
    road_states: tuple[RoadState, ...] = ()
    cameras: tuple[Camera, ...] = ()
    tallies: tuple[Tally, ...] = ()
    withdrawn: tuple[str, ...] = ()
    rejects: tuple[AdmittedReject, ...] = ()
    withheld: tuple[AdmittedWithheld, ...] | None = (
        None  # None when nothing was read: what was withheld before still is
    )
    counts_absences: bool = False  # a complete snapshot whose verdict counts: what is absent counts one absence
    repeats_absences: bool = False  # an unchanged document: what the last reading lacked counts one more
    absences_before_withdrawal: int = 2
    max_age_s: float | None = None
    new_fields: frozenset[str] = frozenset()  # told for the first time, known from now on
    locked_fields: frozenset[str] = frozenset()  # told and not kept: they wait for a decision
    past: AdmittedPast | None = None  # imported: nothing is told of the present
    is_read: bool = False  # a document with records: one more reading that fields were learnt from
