"""What the tests of the gate share: a source, an event, planted texts, a writer that only records."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from datasources.contract import (
    Coverage,
    Fetched,
    Reading,
    Reject,
    Run,
    Source,
    Verdict,
)
from events.audience import PARTNERS
from events.records import Camera, Checkpoint, Effect, Event, RoadState, Route, Tally
from events.validity import Validity
from events.vocabulary import CameraKind, Severity, TrafficState
from privacy.gate import Gate
from privacy.gazetteer import Gazetteer
from store.admitted import AdmittedBatch
from store.kept import Applied

NOW = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
SOURCE = Source(
    id="voirie-chantiers",
    kind="geojson",
    title="Chantiers",
    organisation="voirie",
    licence="LO",
    url="https://exemple.fr/x",
    poll_every=timedelta(minutes=1),
    timezone="Europe/Paris",
    area=(5.0, 43.0, 6.0, 44.0),
    coverage=Coverage.SNAPSHOT,
    default_audience=PARTNERS,
    maintainer="exploitation",
    max_age=timedelta(hours=2),
)
EVENT = Event(
    source_id="voirie-chantiers",
    external_id="C-12",
    organisation="voirie",
    category="chantier",
    headline="Travaux de voirie",
    validity=Validity(start=NOW),
    audience=PARTNERS,
    severity=Severity.MINOR,
)
CANARIES = (
    "06 45 12 78 90",
    "+33 7 45 12 78 91",
    "AB-123-CD",
    "camille.roustan@exemple.org",
    "269054958815780",
    "FR76 3000 6000 0112 3456 7890 189",
    "@zineb_du_13",
)
KEY = b"k" * 32


class RecordingWriter:
    def __init__(self, error: Exception | None = None) -> None:
        self.batches: list[AdmittedBatch] = []
        self.error = error

    def apply(self, batch: AdmittedBatch, *, is_durable: bool = False) -> Applied:
        if self.error is not None:
            raise self.error
        self.batches.append(batch)
        return Applied(run_id=1, last_seq=1, new=1, changed=0, unchanged=0, absent=0, withdrawn=0, flagged=0)


def run_of(
    *events: Event, source: Source = SOURCE, verdict: Verdict = Verdict.OK, reason: str | None = None, **parts: object
) -> Run:
    fetched = Fetched(source=source, reading=Reading(events=events, **parts), sha256="0" * 64, size=10, http_status=200)
    return Run(outcome=fetched, verdict=verdict, reason=reason, started_at=NOW, finished_at=NOW)


def admit(run: Run, **options: object) -> tuple[AdmittedBatch, object]:
    writer = RecordingWriter()
    gate = Gate(writer, Gazetteer(), lambda: NOW, key=KEY, **options)
    admission = gate.admit(run)
    return writer.batches[0], admission


def kept(event: Event, **options: object) -> Event:
    batch, _ = admit(run_of(event), **options)
    assert len(batch.events) == 1
    return batch.events[0]


def strings_of(value: object) -> list[object]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for part in value.values() for found in strings_of(part)]
    if isinstance(value, tuple | list | frozenset):
        return [found for part in value for found in strings_of(part)]
    if dataclasses.is_dataclass(value):
        return [found for part in dataclasses.fields(value) for found in strings_of(getattr(value, part.name))]
    return []


def planted(text: str) -> Run:
    """A poll with the same text in every field of every record that can hold one."""
    event = replace(
        EVENT,
        source_id=text,
        external_id=f"incident-{text}",
        organisation=text,
        category=text,
        headline=f"Accident, {text}",
        situation_id=text,
        version=text,
        source_code=text,
        description=f"Prévenir <b>{text}</b>",
        instruction=text,
        language=text,
        place=text,
        road_name=text,
        direction=text,
        district_codes=(text, "13201"),
        attribution=text,
        route=Route(checkpoints=(Checkpoint(label="Castellane"), Checkpoint(label=text))),
        effects=(Effect(text=text, axis_id=text),),
    )
    facts = {"source_id": text, "organisation": text, "audience": PARTNERS}
    return run_of(
        event,
        reason=f"refused near {text}",
        road_states=(RoadState(segment_id=text, state=TrafficState.FREE, observed_at=NOW, name=text, axis_id=text, **facts),),
        cameras=(
            Camera(
                external_id=text, position=(5.3, 43.3), kind=CameraKind.DOME, label=text, purpose=text,
                legal_reference=text, district_codes=(text,), **facts,
            ),
        ),
        tallies=(Tally(external_id=text, measure=text, area_code=text, start=NOW, end=NOW, value=1, **facts),),
        withdrawn=(text,),
        rejects=(Reject(f"record {text}", f"value {text} is no date", text),),
        dropped_fields=(text, "organizer"),
    )  # fmt: skip
