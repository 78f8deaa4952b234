"""A field never told before waits for a decision; the known ones go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from events.records import Camera, Effect, RoadState
from events.vocabulary import CameraKind, TrafficState
from privacy.schema_lock import LEARNING_READINGS
from store.orders import Fields
from tests.privacy.gate_cases import EVENT, NOW, SOURCE, admit, run_of

TOLD = replace(EVENT, description="Pose de réseaux", instruction="Prendre la rue de Rome", place="Castellane")
SETTLED = Fields(LEARNING_READINGS, frozenset({"description", "place"}))


def lock(run, fields):
    batch, _ = admit(run, fields_of=lambda source_id: fields if source_id == SOURCE.id else Fields())
    return batch


def test_first_readings_teach_what_a_source_tells() -> None:
    batch = lock(run_of(TOLD), Fields(LEARNING_READINGS - 1, frozenset({"place"})))
    assert (batch.new_fields, batch.locked_fields, batch.is_read) == ({"description", "instruction"}, set(), True)
    assert batch.events[0].instruction == "Prendre la rue de Rome"


def test_a_field_never_seen_is_not_kept_and_the_known_ones_go_on() -> None:
    batch = lock(run_of(TOLD), SETTLED)
    assert (batch.new_fields, batch.locked_fields) == (set(), {"instruction"})
    kept = batch.events[0]
    assert (kept.instruction, kept.description, kept.place) == (None, "Pose de réseaux", "Castellane")
    assert kept.headline == TOLD.headline


def test_a_decision_lets_it_in() -> None:
    batch = lock(run_of(TOLD), replace_known(SETTLED, "instruction"))
    assert (batch.locked_fields, batch.events[0].instruction) == (set(), "Prendre la rue de Rome")


def test_what_waits_is_not_learnt_by_reading_on() -> None:
    waiting = Fields(3, frozenset({"place"}), {"instruction": datetime(2026, 1, 1, tzinfo=UTC)})
    assert lock(run_of(TOLD), waiting).locked_fields == {"instruction"}


def test_an_entry_that_names_its_fields_is_held_to_them_from_the_first_reading() -> None:
    source = replace(SOURCE, known_fields=frozenset({"place"}))
    batch = lock(run_of(TOLD, source=source), Fields())
    assert (batch.new_fields, batch.locked_fields) == ({"place"}, {"description", "instruction"})


def test_cameras_and_roads_are_locked_as_well() -> None:
    facts = {"source_id": SOURCE.id, "organisation": "voirie", "audience": SOURCE.default_audience}
    camera = Camera(external_id="1", position=(5.3, 43.3), kind=CameraKind.DOME, label="Place", range_m=80.0, **facts)
    road = RoadState(segment_id="1", state=TrafficState.SLOW, observed_at=NOW, speed_kmh=12.0, **facts)
    event = replace(EVENT, effects=(Effect(text="Voie neutralisée"),))
    known = Fields(LEARNING_READINGS, frozenset({"range_m"}))
    batch = lock(run_of(event, cameras=(camera,), road_states=(road,)), known)
    assert batch.locked_fields == {"label", "speed_kmh", "effects"}
    assert (batch.cameras[0].label, batch.cameras[0].range_m) == (None, 80.0)
    assert (batch.road_states[0].speed_kmh, batch.road_states[0].state) == (None, TrafficState.SLOW)
    assert batch.events[0].effects == ()


def test_a_poll_without_records_teaches_nothing() -> None:
    assert not lock(run_of(), Fields()).is_read


def test_a_document_that_takes_back_nearly_all_takes_back_nothing_yet() -> None:
    run = run_of(withdrawn=("a", "b"))
    assert lock(run, Fields()).withdrawn == ("a", "b")
    assert lock(replace(run, holds_closures=True), Fields()).withdrawn == ()


def replace_known(fields: Fields, name: str) -> Fields:
    return Fields(fields.readings, fields.known | {name}, fields.locked)
