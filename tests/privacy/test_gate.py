"""The gate with a writer that only records: what is kept, withheld, counted, refused; and that nothing leaks."""

from __future__ import annotations

import dataclasses
import json
import logging
from dataclasses import replace

import pytest
from shapely.geometry import Point, shape

from datasources.contract import (
    Coverage,
    Failed,
    NotModified,
    Reject,
    Run,
    Verdict,
)
from events.audience import PARTNERS, PUBLIC, listed
from events.errors import AppError, SourceUnavailable, StoreUnavailable
from events.records import Checkpoint, Effect, Route
from events.vocabulary import InformationStatus
from privacy.gate import Gate
from privacy.gazetteer import Gazetteer
from privacy.text import Verdict as TextVerdict
from store.admitted import Cleared
from tests.privacy.gate_cases import (
    CANARIES,
    EVENT,
    KEY,
    NOW,
    SOURCE,
    RecordingWriter,
    admit,
    kept,
    planted,
    run_of,
    strings_of,
)


@pytest.mark.parametrize("canary", CANARIES)
def test_planted_text_is_in_no_field_of_the_batch_nor_in_logs(canary: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    batch, admission = admit(planted(canary))
    shown = json.dumps([dataclasses.asdict(batch), dataclasses.asdict(admission)], default=str, ensure_ascii=False)
    assert canary not in shown + caplog.text
    assert canary.replace(" ", "") not in shown + caplog.text
    assert (len(batch.events), len(batch.road_states), len(batch.cameras), len(batch.withdrawn)) == (1, 1, 1, 1)
    assert [reject.where for reject in batch.rejects] == ["withheld by the privacy gate", "tally 1"]
    assert sum(admission.text_withheld.values()) >= batch.run.text_withheld > 20


def test_every_text_of_an_admitted_event_is_cleared() -> None:
    event = replace(
        EVENT, situation_id="S1", version="2", source_code="roadworks", description="Pose d'un câble", place="Castellane",
        instruction="Éviter le secteur", road_name="rue de Rome", direction="nord", attribution="Ville",
        district_codes=("13206",), route=Route(checkpoints=(Checkpoint(label="Porte d'Aix"),)),
        effects=(Effect(text="Une voie", axis_id="a50"),),
    )  # fmt: skip
    admitted = kept(event)
    assert admitted == replace(event)
    ordinary = {type(text) for text in strings_of(replace(admitted, source_id=Cleared("x")))}
    assert {kind for kind in ordinary if not issubclass(kind, Cleared)} <= {type(PARTNERS.level), type(EVENT.urgency),
        type(EVENT.certainty), type(EVENT.information_status), type(EVENT.detection_mode),
        type(EVENT.geometry_precision), type(Checkpoint(label="x").kind)}  # fmt: skip


def test_withheld_headline_gives_way_to_the_fullest_title_that_passes() -> None:
    named = replace(EVENT, headline="Travaux chez M. Roustan", road_name="rue de Rome", place="Castellane")
    assert kept(named).headline == "Chantier – rue de Rome – Castellane"
    assert kept(replace(named, language="en", road_name=None, place=None)).headline == "Roadworks"
    assert kept(replace(named, headline=" ", road_name="06 45 12", place="78 90 11")).headline == "Chantier – 06 45 12"


def test_labels_of_passages_and_effects_become_neutral() -> None:
    event = replace(
        EVENT,
        language="de",
        route=Route(checkpoints=(Checkpoint(label="Castellane"), Checkpoint(label="chez Mme Roustan"))),
        effects=(Effect(text="Voir AB-123-CD"),),
    )
    admitted = kept(event)
    assert [point.label for point in admitted.route.checkpoints] == ["Castellane", "Passage 2"]
    assert [effect.text for effect in admitted.effects] == ["Effet 1"]


def test_markup_is_stripped_and_cannot_hide_a_number() -> None:
    told = "<p onclick='x()'>Fuite &lt;i&gt;d&#39;eau&lt;/i&gt;</p><script>alert(1)</script>\x00 rue\u202e de Rome <img src"
    assert kept(replace(EVENT, description=told)).description == "Fuite d'eau rue de Rome"
    assert kept(replace(EVENT, description="06 <b>45</b>12<br>78<i></i>90")).description is None
    assert kept(replace(EVENT, description="x" * 10_001)).description is None
    assert kept(replace(EVENT, description="débit < 5 & > 3")).description == "débit < 5 & > 3"


def test_identifier_stand_in_is_stable_keyed_and_the_same_when_withdrawn() -> None:
    hidden = "dossier-0645127890"
    batch, _ = admit(run_of(replace(EVENT, external_id=hidden), withdrawn=(hidden, "C-13", "")))
    other = Gate(writer := RecordingWriter(), Gazetteer(), lambda: NOW, key=b"o" * 32)
    other.admit(run_of(replace(EVENT, external_id=hidden)))
    assert batch.events[0].external_id == batch.withdrawn[0] != writer.batches[0].events[0].external_id
    assert batch.withdrawn[0].startswith("hidden-")
    assert batch.withdrawn[1] == "C-13"


def test_exercise_is_kept_and_test_is_refused() -> None:
    drill, test = (replace(EVENT, information_status=InformationStatus(word)) for word in ("exercise", "test"))
    batch, admission = admit(run_of(drill, test))
    assert [event.information_status for event in batch.events] == [InformationStatus.EXERCISE]
    assert [(r.where, r.reason, r.external_id) for r in batch.rejects] == [
        ("event 2", "a test message: not kept", "C-12")
    ]
    assert (admission.rejects, admission.records_seen) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "allowed", "given"),
    [
        (PUBLIC, PARTNERS, PARTNERS),
        (PARTNERS, PUBLIC, PARTNERS),
        (listed(["police"]), PARTNERS, listed(["police"])),
        (listed(["police"]), listed(["voirie"]), None),
    ],
)
def test_audience_is_never_wider_than_the_source(asked: object, allowed: object, given: object) -> None:
    batch, _ = admit(run_of(replace(EVENT, audience=asked), source=replace(SOURCE, default_audience=allowed)))
    assert [event.audience for event in batch.events] == ([] if given is None else [given])
    assert len(batch.rejects) == (given is None)


def test_restricted_point_becomes_a_zone_that_holds_it() -> None:
    point = {"type": "Point", "coordinates": [5.38123, 43.29567]}
    zone = kept(replace(EVENT, category="visite", geometry=point)).geometry
    assert zone["type"] == "Polygon"
    assert shape(zone).contains(Point(5.38123, 43.29567))
    assert shape(zone).centroid.distance(Point(5.38123, 43.29567)) > 1e-6
    assert kept(replace(EVENT, geometry=point)).geometry == point
    line = {"type": "LineString", "coordinates": [[5.3, 43.3], [5.4, 43.3]]}
    assert kept(replace(EVENT, category="visite", geometry=line)).geometry == line


COUNTS, REPEATS, NEITHER = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("verdict", "coverage", "is_complete", "expected"),
    [
        (Verdict.OK, Coverage.SNAPSHOT, True, COUNTS),
        (Verdict.EMPTY, Coverage.SNAPSHOT, True, COUNTS),
        (Verdict.EMPTY_CONFIRMED, Coverage.SNAPSHOT, True, COUNTS),
        (Verdict.OK, Coverage.SNAPSHOT, False, NEITHER),
        (Verdict.OK, Coverage.DELTA, True, NEITHER),
        (Verdict.DEGRADED, Coverage.SNAPSHOT, True, NEITHER),
        (Verdict.FAILED, Coverage.SNAPSHOT, True, NEITHER),
        (Verdict.UNCHANGED, Coverage.SNAPSHOT, True, REPEATS),
        (Verdict.UNCHANGED, Coverage.DELTA, True, NEITHER),
    ],
)
def test_absences(verdict: Verdict, coverage: Coverage, is_complete: bool, expected: tuple[bool, bool]) -> None:
    run = run_of(source=replace(SOURCE, coverage=coverage), verdict=verdict, is_complete=is_complete)
    batch, _ = admit(run)
    assert (batch.counts_absences, batch.repeats_absences) == expected


def test_runs_without_a_document() -> None:
    unchanged = NotModified(source=SOURCE, sha256="0" * 64, http_status=304)
    failed = Failed(source=replace(SOURCE, max_age=None), error=SourceUnavailable("voirie-chantiers", "no answer"))
    first, _ = admit(Run(outcome=unchanged, verdict=Verdict.UNCHANGED, reason=None, started_at=NOW, finished_at=NOW))
    second, _ = admit(
        Run(outcome=failed, verdict=Verdict.FAILED, reason="no answer in 20 s", started_at=NOW, finished_at=NOW)
    )
    assert (first.repeats_absences, first.run.http_status, first.run.sha256, first.max_age_s) == (
        True,
        304,
        "0" * 64,
        7200,
    )
    assert (second.run.reason, second.run.http_status, second.run.sha256, second.max_age_s) == (
        "no answer in 20 s", None, None, None,
    )  # fmt: skip


def failing_scan(text: str, gazetteer: Gazetteer) -> TextVerdict:
    raise RuntimeError(f"cannot read {text}")


def test_failing_scan_withholds_everything_and_keeps_the_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    batch, admission = admit(
        run_of(replace(EVENT, description="confidentiel", external_id="confidentiel")), scan=failing_scan
    )
    assert (batch.events[0].headline, batch.events[0].description) == ("Chantier", None)
    assert set(admission.text_withheld) == {"gate_error", "not_a_code"}
    assert "confidentiel" not in caplog.text + repr(batch)


def test_verdict_without_spans_is_not_a_clearance() -> None:
    batch, admission = admit(run_of(EVENT), scan=lambda text, gazetteer: TextVerdict("review"))
    assert batch.events[0].headline == "Chantier"
    assert admission.text_withheld["gate_error"] >= 1


def test_record_that_cannot_be_screened_is_a_reject(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken = replace(EVENT, language=None, headline="confidentiel")
    nameless = replace(EVENT, external_id=None)
    batch, _ = admit(run_of(broken, nameless, EVENT))
    assert len(batch.events) == 1
    assert [(reject.where, reject.reason, reject.external_id) for reject in batch.rejects] == [
        ("event 1", "could not be screened (TypeError): not kept", "C-12"),
        ("event 2", "could not be screened (TypeError): not kept", None),
    ]
    assert "confidentiel" not in caplog.text + repr(batch)


def test_writer_failure_says_which_source_and_quotes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gate = Gate(RecordingWriter(ValueError("06 45 12 78 90")), Gazetteer(), lambda: NOW, key=KEY)
    with pytest.raises(StoreUnavailable, match="voirie-chantiers: the batch could not be written") as caught:
        gate.admit(run_of(EVENT))
    assert "06 45" not in str(caught.value) + caplog.text
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_error_of_the_store_passes_unchanged() -> None:
    error = StoreUnavailable("the database is read-only")
    with pytest.raises(AppError) as caught:
        Gate(RecordingWriter(error), Gazetteer(), lambda: NOW, key=KEY).admit(run_of(EVENT))
    assert caught.value is error


def test_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes; it has 3"):
        Gate(RecordingWriter(), Gazetteer(), lambda: NOW, key=b"abc")


def test_memory_of_cleared_texts_is_bounded_and_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.screen._MAX_REMEMBERED", 2)
    read: list[str] = []

    def counting(text: str, gazetteer: Gazetteer) -> TextVerdict:
        read.append(text)
        return TextVerdict("cleared")

    gate = Gate(RecordingWriter(), Gazetteer(), lambda: NOW, key=KEY, scan=counting)
    gate.admit(run_of(withdrawn=("a", "a", "b", "c")))
    assert read == ["a", "b", "c"]


def test_long_sentence_is_withheld_or_cut() -> None:
    batch, _ = admit(run_of(rejects=(Reject("x" * 10_001, "y" * 400),)))
    assert (batch.rejects[0].where, len(batch.rejects[0].reason)) == ("withheld by the privacy gate", 300)


def test_least_used_text_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.screen._MAX_REMEMBERED", 2)
    read: list[str] = []

    def counting(text: str, gazetteer: Gazetteer) -> TextVerdict:
        read.append(text)
        return TextVerdict("cleared")

    gate = Gate(RecordingWriter(), Gazetteer(), lambda: NOW, key=KEY, scan=counting)
    gate.admit(run_of(withdrawn=("a", "b", "a", "c", "a", "b")))
    assert read == ["a", "b", "c", "b"]
