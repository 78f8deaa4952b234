"""What the store answers: kept records, changes, pages, runs. Plain frozen values, no connection behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from events.geometry import Area
from events.records import Camera, Event, RoadState, Tally
from events.validity import Period
from events.vocabulary import Phase, StoredStatus

MAX_PAGE = 10_000


class Kind(StrEnum):
    """What a change is about."""

    EVENT = "event"
    ROAD = "road"
    CAMERA = "camera"
    TALLY = "tally"
    CONFLICT = "conflict"


class Action(StrEnum):
    """What one viewer has to do with a change."""

    UPSERT = "upsert"
    GONE = "gone"


class Teller(NamedTuple):
    """One source that tells a joined event; `fields` are what it gave because those before it were silent."""

    event_id: str
    number: int
    source_id: str
    organisation: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """One event as it is kept, or as it was known at a moment.

    `periods` are the real periods in order: all that are kept (-400 to +400 days), or those that meet the window
    of the query that asked. An event that was withdrawn has no period after `withdrawn_at`.
    `changed_at` is our last change; `recorded_at` the first record of the event; `sha256` the link of its chain.
    `told_by`: of an event that several sources tell, all of them, who speaks first at the head; else empty. `group` is
    its group and its position there.
    """

    id: str
    number: int
    version: int
    event: Event
    periods: tuple[Period, ...]
    recorded_at: datetime
    changed_at: datetime
    last_seen_at: datetime
    source_error: bool
    withdrawn_at: datetime | None
    sha256: str
    group: tuple[str, int] | None = None
    told_by: tuple[Teller, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """One version: `diff` maps a field to `[before, after]`; `withdrawn_at` is set on the version that withdrew it."""

    event_id: str
    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    valid_from: datetime
    valid_to: datetime | None
    organisation: str
    withdrawn_at: datetime | None
    diff: Mapping[str, object]
    sha256: str
    prev_sha256: str | None
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRoad:
    """The state of a road segment; `changed_at` is when its state last changed, `id` is `source:segment`."""

    id: str
    road: RoadState
    recorded_at: datetime
    changed_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCamera:
    """A camera of the register; `id` is `source:external id`; its district codes are computed."""

    id: str
    camera: Camera
    recorded_at: datetime
    changed_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTally:
    """A count over an area and a period; `id` is `source:external id`."""

    id: str
    tally: Tally
    recorded_at: datetime
    changed_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change as one viewer meets it: take the object again, or drop it."""

    seq: int
    kind: Kind
    id: str
    action: Action
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RawChange:
    """One change with the audiences before and after (None: it was not, or is no longer, to be seen by anyone).

    `what` is `created changed withdrawn returned flagged cleared linked`; for `Kind.ROAD` `created changed withdrawn
    returned`, for `Kind.CONFLICT` `changed`. `Viewer.may_see(read_audience(...))` of the two gives the action.
    """

    seq: int
    kind: Kind
    id: str
    what: str
    audience_before: str | None
    audience_after: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """Changes after a number: ask again with `next`. `is_known` False: that number is not ours, take a snapshot."""

    next: int
    changes: tuple[Change, ...]
    is_known: bool = True
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which events: in force during [start, end], and all the other conditions that are given.

    `severity` is the least severity. `phases` holds phases and stored statuses: an event matches when its phase
    at `now` (default: the present) or its stored status is among them. `bbox` is west, south, east, north.
    `text` ignores case and accents in headline and place. `at` asks what was in force at one moment instead of
    [start, end]; `known_at` asks it of what was known then. Withdrawn events answer only with `at`, `known_at`
    or `include_withdrawn`, and with it alone if `only_withdrawn`. `cursor` is that of the page before, with otherwise the same query.
    """

    start: datetime | None = None
    end: datetime | None = None
    districts: Collection[str] = ()
    categories: Collection[str] = ()
    severity: int | None = None
    phases: Collection[Phase | StoredStatus] = ()
    organisations: Collection[str] = ()
    sources: Collection[str] = ()
    bbox: Area | None = None
    text: str | None = None
    at: datetime | None = None
    known_at: datetime | None = None
    now: datetime | None = None
    include_withdrawn: bool = False
    only_withdrawn: bool = False
    limit: int = 1000
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """A page in order of start; nothing in it tells how many more there are that this viewer may not see."""

    events: tuple[KeptEvent, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One poll: what it concluded and what it brought. `absent` counts records that were missing this time."""

    id: int
    source_id: str
    verdict: str
    reason: str | None
    started_at: datetime
    finished_at: datetime
    http_status: int | None
    size: int | None
    sha256: str | None
    published_at: datetime | None
    records_seen: int
    rejected: int
    new: int
    changed: int
    unchanged: int
    absent: int
    withdrawn: int
    flagged: int
    text_withheld: int
    gate: str | None
    dropped_fields: tuple[str, ...]
    last_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectRow:
    """One record that could not be used: where in the document, and why, in our words."""

    run_id: int
    where: str
    reason: str
    external_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldRow:
    """Words of the last reading that the gate withheld: characters [start, end) of a field, without its markup."""

    record: str | None
    field: str
    type: str
    start: int
    end: int


class HalfHour(NamedTuple):
    """The runs of a source that ended in the half hour that begins at `start` (UTC); some may be of neither kind."""

    start: datetime
    runs: int
    degraded: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What is known of one source that was polled at least once.

    A good run is one whose verdict is neither `failed` nor `degraded`; `last_datum_at` is the publisher's time of
    the last good document that was read, or the end of that run when it gave none: a document that comes again
    unchanged does not grow younger. `consecutive_failures` counts `failed` runs since the last other one. Counts are of what is kept and not withdrawn.
    `peak_ages_s` are how many seconds old the last datum was each time before a newer one came, newest first, at most
    20; `moved_at` is when the last document came that differs from the one before (by its publication time, or its
    hash when it has none), `move_gaps_s` the seconds between such documents, as many.
    """

    source_id: str
    last_run: RunRow
    last_good_at: datetime | None
    last_datum_at: datetime | None
    last_good_records: int | None
    consecutive_failures: int
    events: int
    roads: int
    cameras: int
    tallies: int
    flagged: int
    peak_ages_s: tuple[float, ...] = field(default=())
    moved_at: datetime | None = None
    move_gaps_s: tuple[float, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many events of a category were in force on a local day in a district (`""`: in none).

    One event counts in each of its districts and on each of its days.
    """

    day: date
    district: str
    category: str
    family: str
    n: int


class DistrictDay(NamedTuple):
    """How many events were in force on a local day in a district (`""`: in none)."""

    day: date
    district: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one batch did; `last_seq` is the number of the last change in the store after it."""

    run_id: int
    last_seq: int
    new: int
    changed: int
    unchanged: int
    absent: int
    withdrawn: int
    flagged: int
