from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import orjson
import pytest

from events.audience import listed
from events.errors import InvalidRecord
from events.records import Checkpoint, Effect, Route, Sector
from events.validity import Period, Recurrence, Validity
from events.vocabulary import CameraService, CheckpointKind, StoredStatus, TrafficState
from store.admitted import Cleared
from store.frozen import difference, fingerprint, freeze
from store.snapshot import event_to_snapshot, snapshot_to_event
from store.snapshot_current import (
    camera_to_snapshot,
    road_to_snapshot,
    snapshot_to_camera,
    snapshot_to_road,
    snapshot_to_tally,
    tally_to_snapshot,
)


def full_event(town):
    noon = town.noon
    return town.event(
        audience=listed(["town", "port"]),
        status=StoredStatus.TO_CONFIRM,
        situation_id=Cleared("s1"),
        version=Cleared("7"),
        source_code=Cleared("roadworks"),
        description=Cleared("Water main"),
        instruction=Cleared("Use the quay"),
        place=Cleared("Vieux-Port"),
        road_name=Cleared("Quai"),
        direction=Cleared("north"),
        attribution=Cleared("Town"),
        published_at=noon,
        observed_at=noon,
        district_codes=("13201",),
        size_class=3,
        validity=Validity(
            start=noon,
            end=noon + timedelta(days=9),
            periods=(Period(noon, noon + timedelta(days=3)),),
            exceptions=(Period(noon + timedelta(days=1), noon + timedelta(days=2)),),
            recurrences=(Recurrence(time(22), time(5), "Europe/Paris", frozenset({0, 1}), frozenset({11})),),
        ),
        route=Route(
            checkpoints=(
                Checkpoint(
                    label=Cleared("Porte d'Aix"),
                    kind=CheckpointKind.START,
                    chainage_m=0.0,
                    position=(5.37, 43.3),
                    planned_at=noon,
                ),
            )
        ),
        effects=(Effect(text=Cleared("Closed"), axis_id="corniche", state=TrafficState.CLOSED),),
    )


def test_an_event_comes_back_whole(town):
    told = full_event(town)
    back = snapshot_to_event(orjson.loads(freeze(event_to_snapshot(told)).text))
    assert back == told
    assert isinstance(back.headline, Cleared)


def test_road_camera_and_tally_come_back_whole(town):
    road = town.road(
        name=Cleared("Corniche"), axis_id="corniche", geometry={"type": "Point", "coordinates": [5.2, 43.3]}
    )
    camera = town.camera(label=Cleared("C12"), authorised_until=date(2027, 1, 1), legal_reference=Cleared("2024-12"))
    tally = town.tally(value=None, is_suppressed=True)
    assert snapshot_to_road(orjson.loads(freeze(road_to_snapshot(road)).text)) == road
    assert snapshot_to_camera(orjson.loads(freeze(camera_to_snapshot(camera)).text)) == camera
    assert snapshot_to_tally(orjson.loads(freeze(tally_to_snapshot(tally)).text)) == tally


def test_a_camera_comes_back_with_its_sectors_masks_and_what_else_its_owner_says(town):
    ring = ((5.38, 43.3), (5.381, 43.3), (5.381, 43.301), (5.38, 43.3))
    camera = town.camera(
        sectors=(Sector(azimuth_deg=90.0, field_of_view_deg=60.0, range_m=40.0), Sector(azimuth_deg=1.0, field_of_view_deg=9.0)),
        masks=(Sector(azimuth_deg=10.0, field_of_view_deg=20.0),), masked_areas=((ring,),), detail_px_m=62.0,
        verified_on=date(2026, 3, 1), is_occluded=False, service=CameraService.PLANNED, assessment=Cleared("AIPD 7"),
    )  # fmt: skip
    again = snapshot_to_camera(orjson.loads(freeze(camera_to_snapshot(camera)).text))
    assert again == camera
    assert hash(again) == hash(camera), "what is drawn of it is computed once"


def test_a_camera_kept_before_it_had_sectors_is_read_without_any(town):
    older = orjson.loads(freeze(camera_to_snapshot(town.camera())).text)
    for name in (
        "sectors",
        "masks",
        "masked_areas",
        "detail_px_m",
        "verified_on",
        "is_occluded",
        "service",
        "assessment",
    ):
        del older[name]
    assert snapshot_to_camera(older) == town.camera()


TEXTS = "external_id headline situation_id version source_code description instruction place road_name direction attribution"


@pytest.mark.parametrize("field", TEXTS.split())
def test_a_text_of_an_event_that_did_not_pass_the_gate_is_named_and_not_quoted(town, field):
    with pytest.raises(InvalidRecord) as refused:
        event_to_snapshot(replace(full_event(town), **{field: "Jeanne Martin"}))
    assert f"the text of {field} did not pass" in str(refused.value)
    assert "Jeanne" not in str(refused.value)


def test_texts_inside_routes_and_effects_are_checked_too(town):
    with pytest.raises(InvalidRecord, match="checkpoints"):
        event_to_snapshot(replace(full_event(town), route=Route(checkpoints=(Checkpoint(label="Jeanne"),))))
    with pytest.raises(InvalidRecord, match="effects"):
        event_to_snapshot(replace(full_event(town), effects=(Effect(text="Jeanne"),)))


@pytest.mark.parametrize("code", ["0612345678", "Jeanne Martin", "", "a" * 65])
def test_a_code_that_could_be_a_text_or_a_number_of_a_person_is_refused(town, code):
    with pytest.raises(InvalidRecord, match="measure"):
        tally_to_snapshot(town.tally(measure=code))


def test_texts_of_roads_and_cameras_are_checked(town):
    with pytest.raises(InvalidRecord, match="name"):
        road_to_snapshot(town.road(name="Jeanne"))
    with pytest.raises(InvalidRecord, match="purpose"):
        camera_to_snapshot(town.camera(purpose="Jeanne"))


def test_an_audience_whose_key_would_read_back_otherwise_is_refused(town):
    with pytest.raises(InvalidRecord, match="comma"):
        event_to_snapshot(town.event(audience=listed(["a,b"])))


def test_facts_of_publication_make_no_other_fingerprint(town):
    one = event_to_snapshot(town.event())
    again = event_to_snapshot(town.event(published_at=town.noon, observed_at=town.noon, version=Cleared("2")))
    other = event_to_snapshot(town.event(headline=Cleared("Other")))
    assert fingerprint(one) == fingerprint(again) != fingerprint(other)


def test_difference_names_only_what_differs(town):
    one, other = (freeze(event_to_snapshot(town.event(severity=level))) for level in (1, 2))
    assert difference(one, other) == {"severity": [1, 2]}
    assert difference(one, one) == {}
