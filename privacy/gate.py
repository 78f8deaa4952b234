"""The only way into the store: a judged poll goes in, what may be kept comes out, the rest is withheld and counted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from datasources.contract import Coverage, Failed, Fetched, Past, Reading, Run, Source, Verdict
from datasources.verdict import counts_absences
from events.audience import Audience
from events.errors import AppError, InvalidRecord, StoreUnavailable
from events.records import Camera, Event, RoadState, Tally
from privacy import text as text_gate
from privacy.gazetteer import Gazetteer
from privacy.quarantine import Quarantine
from privacy.records import limited, screen_camera, screen_event, screen_road, screen_tally
from privacy.schema_lock import Told, judge_fields, without
from privacy.screen import Reader, Scan, Screen
from store.admitted import AdmittedBatch, AdmittedPast, AdmittedReject, AdmittedRun, AdmittedSpan, Cleared
from store.kept import Applied
from store.orders import Fields

MIN_KEY_BYTES = 16
MAX_DROPPED_FIELDS = 200

_log = logging.getLogger(__name__)

AllowedFields = Callable[[str], frozenset[str] | None]
AllowedKinds = Callable[[str], frozenset[str]]
FieldsOf = Callable[[str], Fields]
_Record = TypeVar("_Record", Event, RoadState, Camera, Tally)
_KINDS: dict[type, str] = {Event: "event", RoadState: "road_state", Camera: "camera", Tally: "tally"}
_Walk = Callable[[_Record, str, str, Audience, "Screen"], _Record]


class BatchWriter(Protocol):
    """The store's writer, as the gate needs it."""

    def apply(self, batch: AdmittedBatch, *, is_durable: bool = False) -> Applied:
        """Keep a batch in one transaction; with `is_durable` it survives a power failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreed:
    """What the source's agreement lets in; None: no limit."""

    fields: frozenset[str] | None
    kinds: frozenset[str] | None

    def let_in(self, record: _Record) -> _Record:
        """Return the record without the fields that were not agreed; raise InvalidRecord for a kind that was not."""
        kind = _KINDS[type(record)]
        if self.kinds is not None and kind not in self.kinds:
            raise InvalidRecord(f"the agreement of this source does not name records of the kind {kind}: not kept")
        return limited(record, self.fields)


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
    """Admits polls. `key` makes the stand-ins of identifiers that fail: keep it for as long as the database.

    `allowed_fields` is what an agreement allows of a source (None: everything); `fields_of` what it told before: with
    it, what it never told waits for a decision.
    """

    def __init__(  # noqa: PLR0913 - what an agreement and the past allow, each asked by name
        self,
        writer: BatchWriter,
        gazetteer: Gazetteer,
        clock: Callable[[], datetime],
        *,
        key: bytes,
        allowed_fields: AllowedFields | None = None,
        allowed_kinds: AllowedKinds | None = None,
        fields_of: FieldsOf | None = None,
        scan: Scan = text_gate.scan,
        quarantine: Quarantine | None = None,
    ) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise ValueError(f"the privacy gate needs a key of at least {MIN_KEY_BYTES} bytes; it has {len(key)}")
        self._writer = writer
        self._clock = clock
        self._key = key
        self._allowed_fields = allowed_fields
        self._allowed_kinds = allowed_kinds
        self._fields_of = fields_of
        self._reader = Reader(gazetteer, scan)
        self._quarantine = quarantine

    def admit(self, run: Run, *, is_durable: bool = False) -> Admission:
        """Screen one poll and write it in one transaction; raise StoreUnavailable when the store cannot take it.

        With `is_durable` what was acknowledged survives a power failure: nobody brings a contribution a second time.

        An event is always kept, whatever its texts; a record that cannot be screened at all becomes a reject. Nothing
        of a text is in an exception or a log.
        """
        source = run.outcome.source
        seal = None if self._quarantine is None else self._quarantine.keep
        screen = Screen(self._reader, self._key, source.id, seal)
        reading = run.outcome.reading if isinstance(run.outcome, Fetched) else Reading()
        told = self._told(reading, source)
        batch = self._batch(run, without(reading, told.locked), source, screen)
        batch = replace(
            batch,
            new_fields=told.new,
            locked_fields=told.locked,
            is_read=reading.records_seen > 0 and run.past is None,
        )
        applied = self._write(batch, is_durable=is_durable)
        if self._quarantine is not None:
            self._quarantine.purge()
        if screen.withheld:
            _log.info("%s: texts withheld: %s", source.id, dict(screen.withheld))
        return Admission(
            source_id=source.id,
            verdict=run.verdict,
            admitted_at=self._clock(),
            records_seen=batch.run.records_seen,
            rejects=len(batch.rejects),
            text_withheld=dict(screen.withheld),
            applied=applied,
        )

    def _told(self, reading: Reading, source: Source) -> Told:
        return Told() if self._fields_of is None else judge_fields(reading, source, self._fields_of(source.id))

    def _batch(self, run: Run, reading: Reading, source: Source, screen: Screen) -> AdmittedBatch:
        rejects = [screen.reject(reject) for reject in reading.rejects]
        agreed = self._agreed(source.id)
        events = _screened(reading.events, screen_event, source, screen, rejects, agreed)
        roads = _screened(reading.road_states, screen_road, source, screen, rejects, agreed)
        cameras = _screened(reading.cameras, screen_camera, source, screen, rejects, agreed)
        tallies = _screened(reading.tallies, screen_tally, source, screen, rejects, agreed)
        screen.begin(None)
        closed = () if run.holds_closures else reading.withdrawn
        withdrawn = tuple(screen.identifier(external_id, "withdrawn") for external_id in closed)
        is_snapshot = source.coverage is Coverage.SNAPSHOT
        return AdmittedBatch(
            run=_admitted_run(run, reading, screen),
            events=events,
            road_states=roads,
            cameras=cameras,
            tallies=tallies,
            withdrawn=withdrawn,
            past=None if run.past is None else _admitted_past(run.past, screen),
            rejects=tuple(rejects),
            withheld=tuple(screen.told) if reading.records_seen else None,
            counts_absences=counts_absences(run),
            repeats_absences=run.verdict is Verdict.UNCHANGED and is_snapshot,
            absences_before_withdrawal=source.absences_before_withdrawal,
            max_age_s=None if source.max_age is None else source.max_age.total_seconds(),
        )

    def _agreed(self, source_id: str) -> _Agreed:
        return _Agreed(
            fields=None if self._allowed_fields is None else self._allowed_fields(source_id),
            kinds=None if self._allowed_kinds is None else self._allowed_kinds(source_id),
        )

    def _write(self, batch: AdmittedBatch, *, is_durable: bool) -> Applied:
        try:
            return self._writer.apply(batch, is_durable=is_durable)
        except AppError:
            raise
        except Exception as error:  # noqa: BLE001 - a database's own error may quote the values it refused
            failure = type(error).__name__
        raise StoreUnavailable(
            f"{batch.run.source_id}: the batch could not be written ({failure}); nothing of it was kept and the next "
            "poll brings it again: look at the database"
        )


def _admitted_past(past: Past, screen: Screen) -> AdmittedPast:
    spans: dict[str, AdmittedSpan] = {
        screen.identifier(name, "external_id"): AdmittedSpan(one.seen_at, one.over_at, one.is_taken_back)
        for name, one in past.spans.items()
    }
    return AdmittedPast(at=past.at, spans=spans, vouches_for=past.vouches_for)


def _screened(
    records: Iterable[_Record],
    walk: _Walk[_Record],
    source: Source,
    screen: Screen,
    rejects: list[AdmittedReject],
    agreed: _Agreed,
) -> tuple[_Record, ...]:
    kept: list[_Record] = []
    for index, record in enumerate(records):
        try:
            screen.begin(record)
            let_in = agreed.let_in(record)
            kept.append(walk(let_in, source.id, source.organisation, source.default_audience, screen))
        except InvalidRecord as error:
            reason = str(error)  # ours: only this room raises here
        except Exception as error:  # noqa: BLE001 - one record must not stop the others, nor enter unread
            reason = f"could not be screened ({type(error).__name__}): not kept"
        else:
            continue
        where = Cleared(f"{type(record).__name__.lower()} {index + 1}")
        rejects.append(AdmittedReject(where, Cleared(reason), screen.identity(record)))
    return tuple(kept)


def _admitted_run(run: Run, reading: Reading, screen: Screen) -> AdmittedRun:
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
        published_at=reading.published_at if run.past is None else run.past.at,
        records_seen=reading.records_seen if run.past is None else run.past.records_seen,
        text_withheld=screen.withheld_texts,
        gate=Cleared(screen.reader.version),
        dropped_fields=dropped,
    )
