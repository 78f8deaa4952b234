"""What the gate leaves out before it reads a text: what no agreement names, and counts that say more than a count may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from events.audience import PARTNERS, PUBLIC
from events.records import Camera, Effect, RoadState, Tally
from events.vocabulary import CameraKind, TrafficState
from tests.privacy.gate_cases import EVENT, NOW, SOURCE, admit, kept, run_of


def test_agreement_limits_the_fields() -> None:
    event = replace(EVENT, place="Castellane", description="Pose d'un câble", effects=(Effect(text="Une voie"),))
    admitted = kept(event, allowed_fields=lambda source_id: frozenset({"place"}))
    assert (admitted.headline, admitted.place, admitted.description, admitted.effects) == (
        "Chantier – Castellane", "Castellane", None, (),
    )  # fmt: skip
    assert kept(event, allowed_fields=lambda source_id: frozenset({"headline", "effects"})).headline == event.headline
    assert kept(event, allowed_fields=lambda source_id: None) == event


def test_agreement_limits_the_fields_of_a_camera_and_a_road_too() -> None:
    facts = {"source_id": "x", "organisation": "voirie", "audience": PUBLIC}
    camera = Camera(**facts, external_id="c", position=(5.4, 43.3), kind=CameraKind.DOME, label="Quai", range_m=60.0)
    road = RoadState(**facts, segment_id="r", state=TrafficState.SLOW, observed_at=NOW, name="Quai", speed_kmh=12.0)
    run = run_of(cameras=(camera,), road_states=(road,))
    batch, _ = admit(run, allowed_fields=lambda source_id: frozenset({"range_m", "speed_kmh"}))
    assert (batch.cameras[0].label, batch.cameras[0].range_m) == (None, 60.0)
    assert (batch.road_states[0].name, batch.road_states[0].speed_kmh) == (None, 12.0)


def test_agreement_limits_the_kinds_and_the_good_records_beside_are_kept() -> None:
    camera = Camera(
        source_id="x",
        organisation="voirie",
        audience=PUBLIC,
        external_id="c",
        position=(5.4, 43.3),
        kind=CameraKind.DOME,
    )
    batch, _ = admit(run_of(EVENT, cameras=(camera,)), allowed_kinds=lambda source_id: frozenset({"event"}))
    assert (len(batch.events), batch.cameras) == (1, ())
    assert [one.reason for one in batch.rejects] == [
        "the agreement of this source does not name records of the kind camera: not kept"
    ]


def test_tally_with_codes_is_kept() -> None:
    tally = Tally(
        source_id="x", external_id="t1", organisation="police", audience=PARTNERS, measure="interventions",
        area_code="13201", start=NOW - timedelta(hours=6), end=NOW, value=12,
    )  # fmt: skip
    batch, _ = admit(run_of(tallies=(tally,)))
    assert batch.tallies == (replace(tally, source_id=SOURCE.id),)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"start": NOW - timedelta(hours=1)}, "less than a slot"),
        ({"area_code": "rue-paradis-12"}, "names a district"),
        ({"area_code": "132010507"}, "names a district"),
        ({"value": -1}, "from 0 on"),
        ({"value": float("nan")}, "from 0 on"),
    ],
)
def test_a_count_that_says_more_than_district_and_slot_is_refused(told: dict[str, object], reason: str) -> None:
    facts: dict[str, object] = {"area_code": "13201", "start": NOW - timedelta(hours=6), "end": NOW, "value": 12} | told
    tally = Tally(
        source_id="x", external_id="t1", organisation="police", audience=PARTNERS, measure="interventions", **facts,
    )  # type: ignore[arg-type] # fmt: skip
    batch, _ = admit(run_of(tallies=(tally,)))
    assert batch.tallies == ()
    assert reason in batch.rejects[0].reason
