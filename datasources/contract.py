"""What a source is, what an adapter promises, and what one poll may conclude.

An adapter is a pure function from a document to records: no HTTP, no clock, no database, no screen.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, ClassVar

from events.audience import Audience
from events.errors import SourceError
from events.geometry import Area
from events.records import Camera, Event, Line, RoadState, Tally
from events.vocabulary import DetectionMode


class Coverage(StrEnum):
    """Whether a document lists all there is; a property of the source, never guessed from a document."""

    SNAPSHOT = "snapshot"  # what is absent counts an absence
    DELTA = "delta"  # what is absent is unchanged


class Verdict(StrEnum):
    """What one poll may conclude (DESIGN 4)."""

    OK = "ok"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    EMPTY_CONFIRMED = "empty_confirmed"
    DEGRADED = "degraded"
    FAILED = "failed"
    IMPORTED = "imported"  # no poll: documents of the past, which say nothing of the present


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A table a source's documents refer to and do not repeat: measurement sites, a timetable."""

    url: str
    every: timedelta = timedelta(days=1)  # how often it is asked whether it changed
    max_bytes: int = 64 * 2**20  # after decompression
    deadline: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One entry of sources.toml."""

    id: str
    kind: str
    title: str
    organisation: str
    licence: str
    url: str
    poll_every: timedelta
    timezone: str
    area: Area
    coverage: Coverage
    default_audience: Audience
    maintainer: str
    attribution: str | None = None
    agreement: str | None = None
    late_after: timedelta | None = None  # None: twice the cadence, then the source's own mean + 2 sd
    stale_after: timedelta = timedelta(hours=6)
    frozen_after: timedelta | None = None  # its documents must differ within this; None: learnt when they always do
    known_fields: frozenset[str] | None = None  # what its agreement names; None: what its first readings tell
    detection_mode: DetectionMode = DetectionMode.OPEN_DATA
    is_national: bool = False  # its documents tell of a whole country: what lies outside the area is no fault
    precedence: int = 100  # of sources that tell the same event, the one with the least number speaks first
    absences_before_withdrawal: int = 2
    max_age: timedelta | None = None  # an event without an end is withdrawn this long after its last update
    max_bytes: int = 32 * 2**20  # after decompression
    deadline: timedelta = timedelta(seconds=20)  # of a whole fetch
    allowed_networks: tuple[str, ...] = ()  # private networks this source may be on, CIDR
    header_env: Mapping[str, str] = field(default_factory=dict)  # header name -> environment name of its value
    is_enabled: bool = True
    is_pushed: bool = False  # its partner brings the documents, nobody asks for them
    disabled_because: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)  # of the adapter: field maps, code tables
    references: Mapping[str, Reference] = field(default_factory=dict)  # names an adapter knows -> where they are


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask a publisher."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    may_be_missing: bool = False  # of a further request: without it the others count, the reading is incomplete


class Document:
    """Bytes as received, and nothing we had to guess. Never stored."""

    def __init__(
        self, body: bytes | Callable[[], BinaryIO], *, media_type: str, url: str, retrieved_at: datetime
    ) -> None:
        self._body = body
        self.media_type = media_type
        self.url = url
        self.retrieved_at = retrieved_at

    def open(self) -> BinaryIO:
        """Return a new binary stream over the whole document, positioned at its start."""
        return io.BytesIO(self._body) if isinstance(self._body, bytes) else self._body()

    def read(self) -> bytes:
        """Return the whole document; large formats use `open` and read as a stream."""
        with self.open() as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record we could not use: where it was, and why.

    `where` is a place in the document (line, path, index); `reason` is one of our sentences. Neither ever quotes
    the publisher's text: a rejected value may be personal. `is_ours`: nothing is wrong with the record, a rule of ours
    leaves it out; it says nothing of how well the document could be read.
    """

    where: str
    reason: str
    external_id: str | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class MediaLink:
    """The address of a picture of an event, as its publisher tells it; it is in no record and in no table."""

    external_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one document said; `records_seen` is the sum of the six lists."""

    events: tuple[Event, ...] = ()
    road_states: tuple[RoadState, ...] = ()
    cameras: tuple[Camera, ...] = ()
    tallies: tuple[Tally, ...] = ()
    withdrawn: tuple[str, ...] = ()  # external ids taken back by the publisher
    rejects: tuple[Reject, ...] = ()
    published_at: datetime | None = None
    dropped_fields: tuple[str, ...] = ()  # names of fields the document holds and no map asked for
    dropped_media: int = 0  # addresses of images and sounds the document held; none is kept
    media: tuple[
        MediaLink, ...
    ] = ()  # pictures that a map names: fetched where an agreement says so, kept nowhere else
    is_complete: bool = True  # False: a delivery break or partial page; absences are not counted
    next_requests: tuple[Request, ...] = ()  # further pages, or the documents an index lists; read in this order

    @property
    def records_seen(self) -> int:
        """Number of records the document held, used or not."""
        lists = (self.events, self.road_states, self.cameras, self.tallies, self.withdrawn, self.rejects)
        return sum(len(records) for records in lists)


class Adapter(ABC):
    """Reads one format. Knows nothing of HTTP, the hour, the database or the screen."""

    kind: ClassVar[str]
    reference_names: ClassVar[frozenset[str]] = frozenset()  # tables it can learn
    required_references: ClassVar[frozenset[str]] = frozenset()  # without these a document means nothing

    def __init__(self, source: Source) -> None:
        self.source = source

    def first_request(self) -> Request:
        """Return the request that opens a poll."""
        return Request(self.source.url)

    def learn(self, name: str, document: Document) -> None:
        """Take a table that later documents refer to; raise DocumentUnreadable and keep the one known before.

        `read` is a pure function of its document and of the tables learnt.
        """
        raise NotImplementedError(f"{self.kind} refers to no table named {name}")

    def lines(self) -> tuple[Line, ...] | None:
        """Return the lines of transport that the tables learnt told; None while they told nothing."""
        return None

    @abstractmethod
    def read(self, document: Document) -> Reading:
        """Return every record of the document, used, withdrawn or rejected; raise only DocumentUnreadable."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a publisher gave us to ask "has it changed?" next time; kept in memory only."""

    etag: str | None = None
    last_modified: str | None = None


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document came and was read."""

    source: Source
    reading: Reading
    sha256: str
    size: int
    http_status: int
    validators: Validators = NO_VALIDATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304, or the same bytes as the last reading."""

    source: Source
    sha256: str | None
    http_status: int
    validators: Validators = NO_VALIDATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing usable came; nothing on the map may change but the age of the source."""

    source: Source
    error: SourceError
    http_status: int | None = None


Outcome = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What the verdict needs to know of an earlier poll."""

    verdict: Verdict
    records_seen: int
    rejected: int
    sha256: str | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """What a document takes back, against what its source has in force."""

    named: int = 0  # identifiers it takes back that are in force
    in_force: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """When imported documents told an event last, and when it was over by them; None: it ends as its last version says."""

    seen_at: datetime
    over_at: datetime | None = None
    is_taken_back: bool = False  # over by its publisher's word, else by absence


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the run of an imported document knows of its own time.

    The events of its reading are whole stories: versions in order, of those it is the last to tell, by `spans`.
    """

    at: datetime
    records_seen: int  # of the document itself
    spans: Mapping[str, Span]
    vouches_for: timedelta  # how long what it told of a road holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One poll, judged: the only thing the privacy gate accepts."""

    outcome: Outcome
    verdict: Verdict
    reason: str | None  # why it is degraded or failed, in our words; None otherwise
    started_at: datetime
    finished_at: datetime
    holds_closures: bool = False  # it takes back nearly all there is, and no other poll agrees yet
    past: Past | None = None  # of an imported document; `reason` is then why its own time would have called it degraded


Sink = Callable[[Run], object]  # app.py passes privacy.gate.Gate.admit
ClosingOf = Callable[[str, Collection[str]], Closing]  # source id, external ids taken back; app.py passes the store's
History = Callable[[str, int], tuple[PastRun, ...]]  # source id, how many -> newest first; app.py passes the store's
