"""The page of an event: versions in words, times as they moved, acts for who may and for nobody else."""

from __future__ import annotations

from datetime import timedelta

from access.roles import Role
from tests.contributing.conftest import Desk
from tests.contributing.panel import ZONE, Panel, event_of, march, post


def test_the_page_of_an_event_tells_each_version_with_what_it_changed_and_the_times_as_they_moved(desk: Desk) -> None:
    panel = post(desk)
    event_id = panel.ask("publish", form=march())["saved"]["id"]
    points = event_of(desk, event_id).event.route
    assert points is not None
    planned = points.checkpoints[2].planned_at
    assert planned is not None
    desk.clock.at = planned + timedelta(minutes=12)
    panel.ask("passage", event=event_id, version=1, point=2, part="head")
    page = panel.page(event_id)
    for said in ("Version 2", "Version 1", "Première version", "Itinéraire", "Horaire de passage"):
        assert said in page
    moved = (points.checkpoints[4].planned_at + timedelta(minutes=12)).astimezone(ZONE).strftime("%H:%M")
    assert page.count(moved) >= 2  # in the panel and in the timetable


def test_acts_are_shown_to_who_may_and_to_nobody_else(desk: Desk) -> None:
    event_id = post(desk).ask("publish", form=march(audience="public"))["saved"]["id"]
    assert '"data-ob-act": "close"' in post(desk).page(event_id)
    assert '"data-ob-act": "passage"' in post(desk).page(event_id)
    assert '"data-ob-act": "close"' in post(desk, "city", Role.SUPERVISOR).page(event_id)
    for other in (post(desk, "voirie"), post(desk, role=Role.READER), Panel(desk, None)):
        assert "data-ob-act" not in other.page(event_id)


def test_a_proposal_is_answered_from_its_page_and_its_refusal_is_read_by_who_proposed(desk: Desk) -> None:
    proposed = [
        post(desk, "voirie").ask("publish", form=march(start=f"2026-11-2{day}T14:00"))["saved"] for day in (1, 2)
    ]
    assert {one["state"] for one in proposed} == {"proposed"}
    owner = next(
        one for one in (post(desk), post(desk, "city")) if '"data-ob-act": "accept"' in one.page(proposed[0]["id"])
    )
    assert '"data-ob-act": "accept"' not in post(desk, "voirie").page(proposed[0]["id"])
    accepted = owner.ask("accept", event=proposed[0]["id"])
    assert accepted["saved"]["state"] == "accepted", accepted
    assert "problems" in owner.ask("refuse", event=proposed[1]["id"], form={})
    assert "said" in owner.ask("refuse", event=proposed[1]["id"], form={"reason": "Déjà déclarée par ailleurs"})
    assert "Déjà déclarée par ailleurs" in post(desk, "voirie").page(proposed[1]["id"])


def test_critical_waits_for_a_second_post_and_never_for_ones_own(desk: Desk) -> None:
    told = post(desk).ask("publish", form=march(severity=4))
    assert "critique dès qu" in told["said"]
    assert '"data-ob-act": "confirm"' not in post(desk).page(told["saved"]["id"])
    second = post(desk, number=2)
    assert '"data-ob-act": "confirm"' in second.page(told["saved"]["id"])
    second.ask("confirm", event=told["saved"]["id"])
    assert int(event_of(desk, told["saved"]["id"]).event.severity) == 4


def test_an_event_of_others_and_one_that_does_not_exist_have_the_same_page(desk: Desk) -> None:
    event_id = post(desk).ask("publish", form=march(audience="restricted"))["saved"]["id"]
    nothing = post(desk, "voirie").page("0192f0c1-0000-7000-8000-000000000000")
    assert post(desk, "voirie").page(event_id) == nothing
