"""The only way into the store: a judged poll goes in, what may be kept comes out, the rest is withheld and counted."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from datasources.contract import Coverage, Failed, Fetched, Reading, Reject, Run, Source, Verdict
from events.audience import Audience
from events.errors import AppError, InvalidRecord, StoreUnavailable
from events.records import Camera, Event, RoadState, Tally
from privacy import text as text_gate
from privacy.gazetteer import Gazetteer
from privacy.hits import PiiType
from privacy.normalise import MAX_RAW_LENGTH, strip_markup
from privacy.records import limited, screen_camera, screen_event, screen_road, screen_tally
from store.admitted import AdmittedBatch, AdmittedReject, AdmittedRun, Cleared
from store.kept import Applied

MIN_KEY_BYTES = 16
MAX_IDENTIFIER = 200
MAX_DROPPED_FIELDS = 200
_MAX_REMEMBERED = 50_000
_MAX_REASON = 300
_WITHHELD = "withheld by the privacy gate"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_JOINTS = re.compile(r"[-_/:.]+")
_COUNTING = frozenset({Verdict.OK, Verdict.EMPTY, Verdict.EMPTY_CONFIRMED})

_log = logging.getLogger(__name__)

Scan = Callable[[str, Gazetteer], text_gate.Verdict]
AllowedFields = Callable[[str], frozenset[str] | None]
_Record = TypeVar("_Record", Event, RoadState, Camera, Tally)
_Walk = Callable[[_Record, str, str, Audience, "_Screen"], _Record]


class BatchWriter(Protocol):
    """The store's writer, as the gate needs it."""

    def apply(self, batch: AdmittedBatch) -> Applied:
        """Keep a batch in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What one poll brought: texts withheld by type (one per field and type), records refused, what the store did."""

    source_id: str
    verdict: Verdict
    admitted_at: datetime
    records_seen: int
    rejects: int
    text_withheld: Mapping[str, int]
    applied: Applied


class Gate:
    """Admits polls. `key` makes the stand-ins of identifiers that fail: keep it for as long as the database."""

    def __init__(
        self,
        writer: BatchWriter,
        gazetteer: Gazetteer,
        clock: Callable[[], datetime],
        *,
        key: bytes,
        allowed_fields: AllowedFields | None = None,
        scan: Scan = text_gate.scan,
    ) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise ValueError(f"the privacy gate needs a key of at least {MIN_KEY_BYTES} bytes; it has {len(key)}")
        self._writer = writer
        self._clock = clock
        self._key = key
        self._allowed_fields = allowed_fields
        self._reader = _Reader(gazetteer, scan)

    def admit(self, run: Run) -> Admission:
        """Screen one poll and write it in one transaction; raise StoreUnavailable when the store cannot take it.

        An event is always kept, whatever its texts; a record that cannot be screened at all becomes a reject. Nothing
        of a text is in an exception or a log.
        """
        source = run.outcome.source
        screen = _Screen(self._reader, self._key, source.id)
        reading = run.outcome.reading if isinstance(run.outcome, Fetched) else Reading()
        batch = self._batch(run, reading, source, screen)
        applied = self._write(batch)
        if screen.withheld:
            _log.info("%s: texts withheld: %s", source.id, dict(screen.withheld))
        return Admission(
            source_id=source.id,
            verdict=run.verdict,
            admitted_at=self._clock(),
            records_seen=reading.records_seen,
            rejects=len(batch.rejects),
            text_withheld=dict(screen.withheld),
            applied=applied,
        )

    def _batch(self, run: Run, reading: Reading, source: Source, screen: _Screen) -> AdmittedBatch:
        rejects = [screen.reject(reject) for reject in reading.rejects]
        fields = None if self._allowed_fields is None else self._allowed_fields(source.id)
        events = _screened((limited(event, fields) for event in reading.events), screen_event, source, screen, rejects)
        roads = _screened(reading.road_states, screen_road, source, screen, rejects)
        cameras = _screened(reading.cameras, screen_camera, source, screen, rejects)
        tallies = _screened(reading.tallies, screen_tally, source, screen, rejects)
        withdrawn = tuple(screen.identifier(external_id) for external_id in reading.withdrawn)
        is_snapshot = source.coverage is Coverage.SNAPSHOT
        return AdmittedBatch(
            run=_admitted_run(run, reading, screen),
            events=events,
            road_states=roads,
            cameras=cameras,
            tallies=tallies,
            withdrawn=withdrawn,
            rejects=tuple(rejects),
            counts_absences=_counts_absences(run) and is_snapshot and reading.is_complete,
            repeats_absences=run.verdict is Verdict.UNCHANGED and is_snapshot,
            absences_before_withdrawal=source.absences_before_withdrawal,
            max_age_s=None if source.max_age is None else source.max_age.total_seconds(),
        )

    def _write(self, batch: AdmittedBatch) -> Applied:
        try:
            return self._writer.apply(batch)
        except AppError:
            raise
        except Exception as error:  # noqa: BLE001 - a database's own error may quote the values it refused
            failure = type(error).__name__
        raise StoreUnavailable(
            f"{batch.run.source_id}: the batch could not be written ({failure}); nothing of it was kept and the next "
            "poll brings it again: look at the database"
        )


def _counts_absences(run: Run) -> bool:
    return isinstance(run.outcome, Fetched) and run.verdict in _COUNTING


def _screened(
    records: Iterable[_Record], walk: _Walk[_Record], source: Source, screen: _Screen, rejects: list[AdmittedReject]
) -> tuple[_Record, ...]:
    kept: list[_Record] = []
    for index, record in enumerate(records):
        try:
            kept.append(walk(record, source.id, source.organisation, source.default_audience, screen))
        except InvalidRecord as error:
            reason = str(error)  # ours: only privacy.records raises here
        except Exception as error:  # noqa: BLE001 - one record must not stop the others, nor enter unread
            reason = f"could not be screened ({type(error).__name__}): not kept"
        else:
            continue
        where = Cleared(f"{type(record).__name__.lower()} {index + 1}")
        rejects.append(AdmittedReject(where, Cleared(reason), screen.identity(record)))
    return tuple(kept)


def _admitted_run(run: Run, reading: Reading, screen: _Screen) -> AdmittedRun:
    outcome = run.outcome
    fetched = outcome if isinstance(outcome, Fetched) else None
    reason = None if run.reason is None else screen.sentence(run.reason)
    dropped = tuple(dict.fromkeys(screen.sentence(name) for name in reading.dropped_fields[:MAX_DROPPED_FIELDS]))
    return AdmittedRun(
        source_id=outcome.source.id,
        verdict=run.verdict.value,
        reason=reason,
        started_at=run.started_at,
        finished_at=run.finished_at,
        http_status=outcome.http_status,
        size=None if fetched is None else fetched.size,
        sha256=None if isinstance(outcome, Failed) else outcome.sha256,
        published_at=reading.published_at,
        records_seen=reading.records_seen,
        text_withheld=screen.withheld_texts,
        dropped_fields=dropped,
    )


class _Reader:
    """Scans texts; remembers cleared ones only, so that a poll of unchanged texts costs nothing and keeps no secret."""

    def __init__(self, gazetteer: Gazetteer, scan: Scan) -> None:
        self._gazetteer = gazetteer
        self._scan = scan
        self._cleared: set[str] = set()

    def types(self, text: str) -> frozenset[str]:
        """Return the types found in a text; empty means it may be kept. `review` counts as found: nobody is there to ask."""
        if text in self._cleared:
            return frozenset()
        try:
            verdict = self._scan(text, self._gazetteer)
        except Exception as error:  # noqa: BLE001 - fails closed: a text nobody could read is not clear
            _log.error("privacy gate: the scan failed with %s; the text was withheld", type(error).__name__)
            return frozenset({PiiType.GATE_ERROR.value})
        if verdict.kind != "cleared":
            return frozenset(span.type.value for span in verdict.spans) or frozenset({PiiType.GATE_ERROR.value})
        if len(self._cleared) >= _MAX_REMEMBERED:
            self._cleared.clear()
        self._cleared.add(text)
        return frozenset()


@dataclass(slots=True)
class _Screen:
    """The screen of one poll: makes `Cleared` of what passes, counts what does not."""

    reader: _Reader
    key: bytes
    source_id: str
    withheld: Counter[str] = field(default_factory=Counter)
    withheld_texts: int = 0

    def text(self, raw: str | None) -> Cleared | None:
        """Return the text without markup, or None when it is empty or withheld."""
        if raw is None:
            return None
        if len(raw) > MAX_RAW_LENGTH:
            self._count((PiiType.TOO_LONG.value,))
            return None
        shown = strip_markup(raw)
        found = self.reader.types(shown)
        if found:
            self._count(found)
            return None
        return Cleared(shown) if shown else None

    def identifier(self, raw: str) -> Cleared:
        """Return a publisher's identifier, or a keyed stand-in that is the same at every poll."""
        if 0 < len(raw) <= MAX_IDENTIFIER and strip_markup(raw) == raw:
            # "incident-0612345678": a number is one also when only joints part it from the rest.
            found = self.reader.types(raw) | self.reader.types(_JOINTS.sub(" ", raw))
            if not found:
                return Cleared(raw)
            self._count(found)
        message = f"{self.source_id}\0{raw}".encode("utf-8", "surrogatepass")
        return Cleared("hidden-" + hmac.new(self.key, message, hashlib.sha256).hexdigest()[:32])

    def code(self, raw: str | None) -> Cleared | None:
        """Return a word of a closed vocabulary, or None when it does not look like one."""
        if raw is None:
            return None
        if not _CODE.fullmatch(raw) or self.reader.types(raw) or self.reader.types(_JOINTS.sub(" ", raw)):
            self._count(("not_a_code",))
            return None
        return Cleared(raw)

    def ours(self, *candidates: str) -> Cleared:
        """Return the first candidate that passes, else the last, which holds our own words only."""
        passing = (candidate for candidate in candidates[:-1] if not self.reader.types(candidate))
        return Cleared(next(passing, candidates[-1]))

    def sentence(self, told: str) -> Cleared:
        """Return a sentence of ours or a name of a field, or that it was withheld when it quotes what it may not."""
        if len(told) > MAX_RAW_LENGTH:
            return Cleared(_WITHHELD)
        shown = strip_markup(told)
        return Cleared(_WITHHELD if self.reader.types(shown) else shown[:_MAX_REASON])

    def reject(self, reject: Reject) -> AdmittedReject:
        """Return a reject whose place, reason and identifier may be kept."""
        identity = None if reject.external_id is None else self.identifier(reject.external_id)
        return AdmittedReject(self.sentence(reject.where), self.sentence(reject.reason), identity)

    def identity(self, record: Event | RoadState | Camera | Tally) -> Cleared | None:
        """Return the publisher's identifier of a record that could not be used, None when it has none to read."""
        raw: object = record.segment_id if isinstance(record, RoadState) else record.external_id
        return self.identifier(raw) if isinstance(raw, str) else None

    def _count(self, found: Iterable[str]) -> None:
        self.withheld.update(found)
        self.withheld_texts += 1
