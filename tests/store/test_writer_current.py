from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from events.audience import ANONYMOUS, PARTNERS
from events.vocabulary import TrafficState
from store import readers
from store.admitted import Cleared
from store.kept import Kind
from store.tables import road_state_history


def history(town):
    query = select(road_state_history.c.state).order_by(road_state_history.c.id)
    with town.database.read() as connection:
        return list(connection.execute(query).scalars())


def only_road(town):
    (road,) = readers.roads(town.database, viewer=town.all_seeing)
    return road


def whats(town, kind):
    return [one.what for one in readers.raw_changes(town.database, since=0) if one.kind is kind]


def test_a_road_is_kept_under_its_source_and_segment(town):
    applied = town.poll(road_states=(town.road(),))
    road = only_road(town)
    assert (applied.new, road.id, road.road) == (1, "town-works:r1", town.road())


def test_a_fresh_observation_of_the_same_state_is_no_change(town):
    town.poll(road_states=(town.road(),))
    later = town.noon + timedelta(minutes=1)
    applied = town.poll(road_states=(town.road(observed_at=later, speed_kmh=47.0, flow_vph=900.0),))
    road = only_road(town)
    assert (applied.unchanged, applied.last_seq) == (1, 1)
    assert (road.road.observed_at, road.road.speed_kmh, road.last_seen_at) == (later, 47.0, town.now)
    assert road.changed_at == town.now - timedelta(minutes=1)


def test_a_section_is_put_on_its_axis_unless_the_publisher_names_one(town):
    beside = {"type": "LineString", "coordinates": [[5.551, 43.2501], [5.556, 43.2501]]}
    elsewhere = {"type": "LineString", "coordinates": [[5.551, 43.27], [5.556, 43.27]]}
    town.poll(
        road_states=(
            town.road("beside", axis_id=None, geometry=beside),
            town.road("elsewhere", axis_id=None, geometry=elsewhere),
            town.road("named", axis_id="other", geometry=beside),
        )
    )
    kept = {road.road.segment_id: road.road.axis_id for road in readers.roads(town.database, viewer=town.all_seeing)}
    assert kept == {"beside": "quay", "elsewhere": None, "named": "other"}


def test_another_state_is_a_change_and_history(town):
    town.poll(road_states=(town.road(),))
    town.poll(road_states=(town.road(state=TrafficState.CLOSED, speed_kmh=0.0),))
    assert only_road(town).changed_at == town.now
    assert whats(town, Kind.ROAD) == ["created", "changed"]
    assert history(town) == ["free", "closed"]


def test_a_much_other_speed_is_a_change_but_not_of_state(town):
    town.poll(road_states=(town.road(),))
    first = town.now
    town.poll(road_states=(town.road(speed_kmh=18.0),))
    assert whats(town, Kind.ROAD) == ["created", "changed"]
    assert (only_road(town).changed_at, history(town)) == (first, ["free"])


def test_an_older_observation_is_ignored(town):
    town.poll(road_states=(town.road(state=TrafficState.SLOW),))
    town.poll(road_states=(town.road(observed_at=town.noon - timedelta(minutes=5)),))
    assert (only_road(town).road.state, history(town)) == (TrafficState.SLOW, ["slow"])


@pytest.mark.parametrize("speed", [float("nan"), float("inf")])
def test_a_speed_that_is_no_number_breaks_nothing(town, speed):
    assert town.poll(road_states=(town.road(speed_kmh=speed), town.road("r2"))).new == 2


@pytest.mark.parametrize(
    ("field", "reader", "kind"),
    [
        ("road_states", readers.roads, Kind.ROAD),
        ("cameras", readers.cameras, Kind.CAMERA),
        ("tallies", readers.tallies, Kind.TALLY),
    ],
)
def test_absence_withdraws_after_two_and_return_is_told(town, field, reader, kind):
    make = {"road_states": town.road, "cameras": town.camera, "tallies": town.tally}[field]
    both = {field: (make("a"), make("b"))}
    town.listed(**both)
    town.listed(**{field: (make("a"),)})
    assert len(reader(town.database, viewer=town.all_seeing)) == 2
    assert town.listed(**{field: (make("a"),)}).withdrawn == 1
    assert [one.id for one in reader(town.database, viewer=town.all_seeing)] == ["town-works:a"]
    assert town.listed(**both).changed == 1
    assert whats(town, kind) == ["created", "created", "withdrawn", "returned"]


def test_an_unchanged_document_repeats_absences_of_cameras_too(town):
    town.listed(cameras=(town.camera("a"), town.camera("b")))
    town.listed(cameras=(town.camera("a"),))
    assert town.poll(run=town.run("unchanged"), repeats_absences=True).withdrawn == 1
    (camera,) = readers.cameras(town.database, viewer=town.all_seeing)
    assert (camera.id, camera.last_seen_at) == ("town-works:a", town.now)


def test_a_camera_knows_its_district_and_changes_once(town):
    town.poll(cameras=(town.camera(),))
    town.poll(cameras=(town.camera(),))
    town.poll(cameras=(town.camera(range_m=120.0),))
    (kept,) = readers.cameras(town.database, viewer=town.all_seeing)
    assert (kept.camera.district_codes, kept.camera.range_m) == (("13202",), 120.0)
    assert whats(town, Kind.CAMERA) == ["created", "changed"]


def test_tallies_answer_by_period_and_measure(town):
    old = town.tally("old", start=town.noon - timedelta(days=9), end=town.noon - timedelta(days=8))
    town.poll(tallies=(town.tally("now"), old, town.tally("noise", measure="noise")))
    found = readers.tallies(
        town.database, viewer=town.all_seeing, start=town.noon - timedelta(days=2), end=town.noon, measures=["thefts"]
    )
    assert [one.id for one in found] == ["town-works:now"]


def test_records_of_one_kind_do_not_make_those_of_another_absent_sooner(town):
    town.listed(cameras=(town.camera(),), road_states=(town.road(),))
    town.listed(cameras=(town.camera(),), road_states=(town.road(),))
    assert len(readers.cameras(town.database, viewer=town.all_seeing)) == 1


def test_a_broken_camera_is_kept(town):
    town.listed(cameras=(town.camera(),))
    for _ in range(3):
        town.listed(rejects=(town.reject("c1"),))
    assert len(readers.cameras(town.database, viewer=town.all_seeing)) == 1


def test_a_text_that_did_not_pass_the_gate_is_a_reject(town):
    applied = town.poll(cameras=(town.camera(label="Jeanne Martin"), town.camera("c2")))
    assert (applied.new, len(readers.rejects(town.database, applied.run_id))) == (1, 1)


def test_only_those_named_and_visible_are_given(town):
    town.poll(road_states=(town.road("a"), town.road("b"), town.road("c", audience=PARTNERS, name=Cleared("Quai"))))
    ids = ["town-works:b", "town-works:c", "town-works:z"]
    assert [one.id for one in readers.roads(town.database, viewer=ANONYMOUS, ids=ids)] == ["town-works:b"]
    assert readers.roads(town.database, viewer=ANONYMOUS, ids=[]) == ()
