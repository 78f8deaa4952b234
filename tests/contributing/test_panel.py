"""What the contribution panel asks, answered over the real desk: read with care, told by field, kept or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access.roles import Role
from events.audience import Viewer
from events.vocabulary import CheckpointKind
from store import readers
from store.kept import EventQuery
from tests.contributing.conftest import Desk
from tests.contributing.panel import MARCH, Panel, event_of, march, post


def test_a_march_is_published_with_times_closures_title_and_end_that_nobody_typed(desk: Desk) -> None:
    told = post(desk).ask("publish", form=march())
    assert told["saved"]["version"] == 1, told
    event = event_of(desk, told["saved"]["id"]).event
    assert event.route is not None
    points = event.route.checkpoints
    assert [points[0].kind, points[3].kind, points[-1].kind] == [
        CheckpointKind.START, CheckpointKind.PASS, CheckpointKind.DISPERSAL,
    ]  # fmt: skip
    assert points[0].planned_at == datetime(2026, 11, 21, 13, tzinfo=UTC)
    times = [point.planned_at for point in points]
    assert times == sorted(times)
    assert event.validity.end == points[-1].planned_at + timedelta(minutes=5)
    assert event.headline.startswith("Manifestation, ")
    closed = [one for one in event.effects if one.axis_id]
    assert {one.axis_id for one in closed} != set()
    assert all(" – " in one.text for one in closed)


def test_a_fixed_time_and_a_halt_shift_what_follows_and_a_time_that_runs_backwards_is_told(desk: Desk) -> None:
    plain = post(desk).ask("look", form=march())["way"]["times"]
    form = march()
    form["points"][2]["time"] = "15:30"
    form["points"][3]["halt"] = 20
    fixed = post(desk).ask("look", form=form)["way"]["times"]
    assert fixed[:2] == plain[:2]
    assert fixed[2] == "15:30"

    def minutes(times: list[str], index: int) -> int:
        return int(times[index][:2]) * 60 + int(times[index][3:])

    assert minutes(fixed, 4) - minutes(fixed, 3) == pytest.approx(minutes(plain, 4) - minutes(plain, 3) + 20, abs=1)
    form["points"][4]["time"] = "15:10"
    problems = post(desk).ask("look", form=form)["problems"]
    assert [one["field"] for one in problems] == ["route"]
    assert "15:10" in problems[0]["text"]


def test_an_axis_left_open_is_not_told_as_closed(desk: Desk) -> None:
    panel = post(desk)
    axes = panel.ask("look", form=march())["way"]["axes"]
    told = panel.ask("publish", form=march(axes_off=[axes[0]["id"]]))
    effects = event_of(desk, told["saved"]["id"]).event.effects
    assert {one.axis_id for one in effects} == {axis["id"] for axis in axes[1:]}


@pytest.mark.parametrize(
    "form",
    [
        None, [], "x", {}, {"points": "x", "kind": "route"}, {"kind": "route", "points": [{"p": ["a", 1]}, {"p": [1]}]},
        {"start": "0001-01-01T00:00", "end": "9999-12-31T23:59"}, {"severity": "x", "audience": "everyone"},
        {"geometry": {"type": "Point", "coordinates": ["a"]}, "kind": "point"}, {"size_class": "٣"}, {"axes_off": 3},
        {"kind": "zone", "geometry": {"type": "Polygon", "coordinates": [[[5.37, 43.29], [5.38, 43.29]]]}},
        {"kind": "route", "points": [{"p": pair, "time": "99:99", "halt": -3} for pair in MARCH], "pace": "fast"},
        {"kind": "point", "geometry": {"type": "Point", "coordinates": []}},
    ],
)  # fmt: skip
def test_a_forged_form_keeps_nothing_and_never_fails_the_server(desk: Desk, form: Any) -> None:
    panel = post(desk)
    panel.ask("look", form=form)
    told = panel.ask("publish", form=form)
    assert told.get("problems")
    assert all(one["text"] and not one["text"].startswith("form.") for one in told["problems"])
    assert panel.events(EventQuery()) == ()


def test_a_name_and_a_phone_number_are_told_at_once_and_refused_at_publication(desk: Desk) -> None:
    panel, form = post(desk), march(description="Contact sur place : Mme Martin 06 12 34 56 78")
    advice = panel.ask("look", form=form)["advice"]["description"]
    assert {word["said"] for word in advice["words"]} == {"Mme Martin", "06 12 34 56 78"}
    assert "Martin" not in advice["suggestion"]
    told = panel.ask("publish", form=form)
    assert [one["field"] for one in told["problems"]] == ["description"]
    assert "Martin" not in str(told)
    assert panel.events(EventQuery()) == ()
    assert "saved" in panel.ask("publish", form=form | {"description": advice["suggestion"]})


def test_an_event_that_is_very_close_is_shown_before_publication_and_only_to_who_may_see_it(desk: Desk) -> None:
    told = post(desk).ask("publish", form=march(audience="restricted"))
    (same,) = post(desk).ask("look", form=march())["duplicates"]
    assert (same["id"], same["is_ours"]) == (told["saved"]["id"], True)
    assert post(desk).ask("look", event=same["id"], form=march())["duplicates"] == []
    assert post(desk, "voirie").ask("look", form=march())["duplicates"] == []
    assert post(desk).ask("look", form=march(start="2026-11-22T14:00"))["duplicates"] == []


def test_a_visitor_and_a_reader_keep_nothing(desk: Desk) -> None:
    assert "signed_out" in Panel(desk, None).ask("publish", form=march())
    told = post(desk, role=Role.READER).ask("publish", form=march())
    assert set(told) == {"failed"}
    assert set(post(desk, role=Role.READER).ask("look", form=march())) == {"failed"}
    assert post(desk).events(EventQuery()) == ()


def test_who_does_not_see_an_event_can_neither_open_nor_change_nor_pass_nor_close_it(desk: Desk) -> None:
    told = post(desk).ask("publish", form=march(audience="restricted"))
    other, event_id = post(desk, "voirie"), told["saved"]["id"]
    for what in ("open", "change", "passage", "close", "withdraw", "reopen", "undo", "confirm", "accept"):
        said = other.ask(what, event=event_id, version=1, form=march(ended="2026-11-14T14:30"), point=0)
        assert set(said) <= {"failed", "problems"}, what
        assert told["saved"]["number"] not in str(said)
    assert event_of(desk, event_id).version == 1


def test_number_three_twelve_minutes_late_moves_all_that_follows_by_twelve(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("publish", form=march())
    before = event_of(desk, told["saved"]["id"]).event
    assert before.route is not None
    planned = before.route.checkpoints[2].planned_at
    assert planned is not None
    desk.clock.at = planned + timedelta(minutes=12)
    passed = panel.ask("passage", event=told["saved"]["id"], version=1, point=2, part="head")
    assert passed["saved"]["version"] == 2, passed
    after = event_of(desk, told["saved"]["id"]).event
    assert after.route is not None
    assert after.route.checkpoints[2].observed_at == planned + timedelta(minutes=12)
    assert [one.planned_at for one in after.route.checkpoints] == [one.planned_at for one in before.route.checkpoints]
    assert after.validity.end is not None
    assert before.validity.end is not None
    assert after.validity.end - before.validity.end == timedelta(minutes=12)

    def windows(event: Any) -> dict[str, list[int]]:
        return {
            one.axis_id: [int(part[:2]) * 60 + int(part[3:]) for part in one.text.rsplit(", ", 1)[1].split(" – ")]
            for one in event.effects
        }

    was, now = windows(before), windows(after)
    last = max(was, key=lambda axis: was[axis])
    assert [new - old for new, old in zip(now[last], was[last], strict=True)] == [12, 12]


def test_a_passage_before_the_one_already_seen_is_refused(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("publish", form=march())
    desk.clock.at = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
    panel.ask("passage", event=told["saved"]["id"], version=1, point=2, part="head")
    desk.clock.at -= timedelta(minutes=10)
    said = panel.ask("passage", event=told["saved"]["id"], version=2, point=3, part="head")
    assert set(said) == {"failed"}
    assert event_of(desk, told["saved"]["id"]).version == 2


def test_a_passage_in_the_future_or_long_before_the_start_is_told_and_not_kept(desk: Desk) -> None:
    panel = post(desk)
    event_id = panel.ask("publish", form=march())["saved"]["id"]
    for at in ("2026-11-21T14:00", "2026-11-14T14:00"):
        said = panel.ask("passage", event=event_id, version=1, point=0, part="head", form={"at": at})
        assert [one["field"] for one in said["problems"]] == ["at"]
    assert event_of(desk, event_id).version == 1


def test_a_form_that_is_opened_and_saved_unchanged_says_the_same(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("publish", form=march(description="Sonorisation", instruction="Éviter le secteur"))
    before = event_of(desk, told["saved"]["id"]).event
    opened = panel.ask("open", event=told["saved"]["id"])
    panel.ask("change", event=told["saved"]["id"], version=opened["version"], form=opened["form"])
    after = event_of(desk, told["saved"]["id"])
    assert (after.event.route, after.event.geometry, after.event.effects) == (
        before.route,
        before.geometry,
        before.effects,
    )
    assert after.version == 1


def test_a_re_route_is_a_new_version_and_the_old_line_is_in_the_history_only(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("publish", form=march())
    opened = panel.ask("open", event=told["saved"]["id"])
    form = opened["form"]
    form["points"][2]["p"] = [5.3860, 43.2940]
    saved = panel.ask("change", event=told["saved"]["id"], version=1, form=form)
    assert saved["saved"]["version"] == 2, saved
    first, second = readers.versions(desk.database, told["saved"]["id"], viewer=Viewer(sees_restricted=True))
    assert [5.3805, 43.2925] in first.event.geometry["coordinates"]
    assert [5.3805, 43.2925] not in second.event.geometry["coordinates"]
    assert "geometry" in second.diff


def test_two_posts_on_the_same_field_are_both_shown_and_joined_without_loss(desk: Desk) -> None:
    one, other = post(desk), post(desk, number=2)
    event_id = one.ask("publish", form=march(instruction="Éviter le centre"))["saved"]["id"]
    mine, theirs = one.ask("open", event=event_id)["form"], other.ask("open", event=event_id)
    assert "prefecture-1" in theirs["locked"]
    other.ask(
        "change",
        event=event_id,
        version=1,
        form=theirs["form"] | {"instruction": "Éviter le port", "description": "Sono"},
    )
    clash = one.ask("change", event=event_id, version=1, form=mine | {"instruction": "Passer par la gare"})["clash"]
    (field,) = clash["fields"]
    assert (field["theirs"], field["mine"]) == ("Éviter le port", "Passer par la gare")
    assert clash["merged"]["description"] == "Sono"
    saved = one.ask("change", event=event_id, version=clash["version"], form=clash["merged"])
    event = event_of(desk, event_id).event
    assert (saved["saved"]["version"], event.instruction, event.description) == (3, "Passer par la gare", "Sono")


def test_what_was_published_can_be_taken_back_closed_and_reopened(desk: Desk) -> None:
    panel, form = post(desk), march(kind="point", points=[], start="2026-11-14T14:00", check_at="2026-11-14T16:00")
    form["geometry"] = {"type": "Point", "coordinates": [5.3835, 43.2862]}
    told = panel.ask("publish", form=form)
    closed = panel.ask("close", event=told["saved"]["id"], version=1, form={"ended": "2026-11-14T14:20"})
    assert event_of(desk, told["saved"]["id"]).event.is_end_verified, closed
    again = panel.ask("reopen", event=told["saved"]["id"], version=2, form={})
    assert event_of(desk, told["saved"]["id"]).event.validity.end is None, again
    undone = panel.ask("undo", event=told["saved"]["id"], version=3)
    assert event_of(desk, told["saved"]["id"]).event.validity.end is not None, undone
    gone = panel.ask("withdraw", event=told["saved"]["id"], version=4)
    assert event_of(desk, told["saved"]["id"]).withdrawn_at is not None, gone


def test_before_publication_it_is_told_who_will_see_it_and_how_many_they_are(desk: Desk) -> None:
    panel = post(desk)
    assert panel.who is not None
    partners = desk.contributions.partners(panel.who)
    titles = sorted(one.title for one in partners)
    said = panel.ask("look", form=march())["reach"]
    assert said[0] == f"{len(partners)} organisations le voient aussitôt, et personne d’autre : {', '.join(titles)}."
    assert panel.ask("look", form=march(audience="public"))["reach"][0].startswith("Tout le monde")
    home = next(one.title for one in partners if one.id == "prefecture")
    (listed, _notified) = panel.ask("look", form=march(audience="restricted", organisations=["voirie"]))["reach"]
    assert listed.startswith("2 organisations le voient aussitôt, avec la salle de supervision")
    assert home in listed
    (alone, _notified) = panel.ask("look", form=march(audience="restricted"))["reach"]
    assert alone.endswith(f"et personne d’autre : {home}.")
    for form in ({}, march(category=""), march(points=[])):
        assert panel.ask("look", form=form)["reach"]


def test_who_may_not_publish_is_told_before_who_answers_the_proposal(desk: Desk) -> None:
    said = post(desk, "transport").ask("look", form=march())["reach"]
    saved = post(desk, "transport").ask("publish", form=march())["saved"]
    assert saved["state"] == "proposed"
    assert said[0].startswith("Votre organisation ne publie pas ici : ")


def test_a_corner_and_a_street_are_typed_and_the_way_between_two_points_follows_the_axes(desk: Desk) -> None:
    panel = post(desk)
    corner = panel.ask("find", text="r de rome / canebiere")
    assert [(one["name"], one["kind"]) for one in corner["places"]] == [("Rue de Rome / La Canebière", "croisement")]
    assert corner["online"] is False
    (rough,) = (one for one in panel.ask("find", text="12 rue de rome")["places"] if one["name"] == "Rue de Rome")
    assert rough["kind"] == "axe, numéro non situé"
    told = panel.ask("follow", **{"from": [5.3805, 43.2925], "to": [5.3835, 43.2862]})
    assert (told["straight"], told["told"]) == (False, "Rue de Rome")
    assert len(told["course"]) >= 2


def test_a_list_of_streets_gives_the_passages_where_they_meet_and_tells_what_is_unknown_by_its_name(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("streets", text="bd longchamp\ncanebiere, rue qui n'existe pas\nr de rome; castellane")
    names = [one["name"] for one in told["places"]]
    assert "La Canebière / Rue de Rome" in names
    assert names[-1] == "Castellane"
    assert names[0] == "Boulevard Longchamp"
    assert "La Canebière" not in names or names.index("La Canebière") < names.index("La Canebière / Rue de Rome")
    assert "« rue qui n'existe pas »" in told["told"]
    corner = panel.ask("find", text="canebiere / rue de rome")["places"][0]["p"]
    assert told["places"][names.index("La Canebière / Rue de Rome")]["p"] == corner
    form = march(points=[{"p": one["p"], "label": one["name"], "pass": True} for one in told["places"]])
    assert panel.ask("publish", form=form)["saved"]["version"] == 1


def test_trap_a_lone_house_number_before_a_comma_is_no_street_and_nothing_drawn_leaves_the_way(desk: Desk) -> None:
    panel = post(desk)
    told = panel.ask("streets", text="12, rue de rome, castellane")
    assert [one["name"] for one in told["places"]] == ["Rue de Rome", "Castellane"]
    assert told["told"] == "2 passages tracés."
    for text in ("", " ,\n;", None, ",".join(["rue de rome"] * 61)):
        nothing = panel.ask("streets", text=text)
        assert nothing["places"] == []
        assert nothing["told"]
    assert len(panel.ask("streets", text="x" * 9000)["told"]) < 400


@pytest.mark.parametrize("ends", [{}, {"from": "x", "to": [1]}, {"from": [5.38, 43.29], "to": [0, 0]},
                                  {"from": [True, False], "to": None}, {"from": [5.40, 43.36], "to": [5.41, 43.37]}])  # fmt: skip
def test_where_no_axis_leads_and_for_what_is_no_point_the_line_is_straight_and_that_is_said(
    desk: Desk, ends: dict[str, Any]
) -> None:
    told = post(desk).ask("follow", **ends)
    assert told == {"course": [], "straight": True, "told": "aucun axe connu, ligne droite"}
