"""The streets a march closes, each an event of its own: published, moved, opened again and hidden with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.roles import Role
from events.audience import Viewer
from events.vocabulary import MarchStatus, TrafficState
from store import readers
from store.kept import EventQuery, KeptEvent
from tests.contributing.conftest import Desk
from tests.contributing.panel import ZONE, Panel, event_of, march, post

ALL = Viewer(sees_restricted=True)


def closures_of(desk: Desk, event_id: str, viewer: Viewer = ALL) -> dict[str, KeptEvent]:
    """Return the closures in force some day that follow a march, by axis."""
    march_event = event_of(desk, event_id).event
    page = readers.events(desk.database, viewer=viewer, query=EventQuery(categories=("fermeture",), limit=200))
    return {
        str(one.event.effects[0].axis_id): one
        for one in page.events
        if one.event.situation_id == march_event.external_id
    }


def published(desk: Desk, **changes: object) -> tuple[Panel, str]:
    panel = post(desk)
    told = panel.ask("publish", form=march(**changes))
    assert "saved" in told, told
    return panel, told["saved"]["id"]


def test_a_march_publishes_a_closure_per_street_with_its_window_linked_to_it(desk: Desk) -> None:
    _panel, event_id = published(desk)
    kept, found = event_of(desk, event_id).event, closures_of(desk, event_id)
    asked = [one.axis_id for one in kept.effects]
    assert len(asked) >= 2
    assert set(found) == set(asked)
    assert kept.situation_id == kept.external_id
    for axis, one in found.items():
        told = one.event
        assert (told.category, told.organisation, told.audience) == ("fermeture", "prefecture", kept.audience)
        assert [(effect.axis_id, effect.state) for effect in told.effects] == [(axis, TrafficState.CLOSED)]
        assert told.geometry is not None
        assert told.geometry["type"] == "LineString"
        assert told.validity.start is not None
        assert told.validity.end is not None
        assert told.effects[0].text in {effect.text for effect in kept.effects}
    # The street is closed in its own window only: the march itself closes none for its whole length.
    assert {effect.state for effect in kept.effects} == {None}


def test_twelve_minutes_late_at_number_three_every_later_window_moves_by_twelve(desk: Desk) -> None:
    panel, event_id = published(desk)
    before = closures_of(desk, event_id)
    planned = event_of(desk, event_id).event.route.checkpoints[2].planned_at
    desk.clock.at = planned + timedelta(minutes=12)
    assert panel.ask("passage", event=event_id, version=1, point=2, part="head")["saved"]["version"] == 2
    after = closures_of(desk, event_id)
    assert after.keys() == before.keys()
    later = 0
    for axis, was in before.items():
        start, end = was.event.validity.start, was.event.validity.end
        if start < planned - timedelta(minutes=15):
            assert after[axis].event.validity.start <= start + timedelta(minutes=12)
            continue
        later += 1
        assert after[axis].id == was.id
        assert after[axis].version == was.version + 1
        assert after[axis].event.validity.start - start == timedelta(minutes=12)
        assert after[axis].event.validity.end - end == timedelta(minutes=12)
    assert later >= 1


def test_an_axis_left_open_has_no_closure_and_one_that_is_left_open_later_is_opened_again(desk: Desk) -> None:
    panel, event_id = published(desk)
    axis = next(iter(closures_of(desk, event_id)))
    form = panel.ask("open", event=event_id)["form"] | {"axes_off": [axis]}
    assert "saved" in panel.ask("change", event=event_id, version=1, form=form)
    assert axis not in closures_of(desk, event_id)
    desk.clock.go(minutes=1)
    assert "saved" in panel.ask("change", event=event_id, version=2, form=form | {"axes_off": []})
    assert axis in closures_of(desk, event_id)


def test_a_re_route_opens_the_streets_it_leaves(desk: Desk) -> None:
    panel, event_id = published(desk)
    before = closures_of(desk, event_id)
    form = panel.ask("open", event=event_id)["form"]
    form["points"] = [{"p": pair, "pass": True} for pair in ([5.3745, 43.2955], [5.3795, 43.2970])]
    assert "saved" in panel.ask("change", event=event_id, version=1, form=form)
    assert set(closures_of(desk, event_id)) < set(before)


@pytest.mark.parametrize("status", ["forbidden", "cancelled"])
def test_what_is_not_to_take_place_closes_no_street_and_what_is_allowed_again_does(desk: Desk, status: str) -> None:
    panel, event_id = published(desk)
    before = set(closures_of(desk, event_id))
    form = panel.ask("open", event=event_id)["form"]
    assert "saved" in panel.ask("change", event=event_id, version=1, form=form | {"march_status": status})
    assert event_of(desk, event_id).event.march_status is MarchStatus(status)
    assert closures_of(desk, event_id) == {}
    desk.clock.go(minutes=1)
    assert "saved" in panel.ask("change", event=event_id, version=2, form=form | {"march_status": "confirmed"})
    assert set(closures_of(desk, event_id)) == before


def test_withdrawing_a_march_takes_its_closures_back_in_the_same_change(desk: Desk) -> None:
    panel, event_id = published(desk)
    assert closures_of(desk, event_id)
    assert "saved" in panel.ask("withdraw", event=event_id, version=1)
    assert closures_of(desk, event_id) == {}


def test_a_closure_is_seen_by_who_sees_its_march_and_by_nobody_else(desk: Desk) -> None:
    panel, event_id = published(desk, audience="restricted", organisations=["voirie"])
    assert closures_of(desk, event_id)
    assert closures_of(desk, event_id, desk.post("transport")) == {}
    assert closures_of(desk, event_id, desk.post("voirie")).keys() == closures_of(desk, event_id).keys()
    form = panel.ask("open", event=event_id)["form"]
    assert "saved" in panel.ask("change", event=event_id, version=1, form=form | {"organisations": []})
    assert closures_of(desk, event_id, desk.post("voirie")) == {}


def test_a_proposed_march_closes_nothing_until_its_owner_accepts_it(desk: Desk) -> None:
    proposer = post(desk, "voirie")
    told = proposer.ask("publish", form=march())
    assert told["saved"]["state"] == "proposed"
    event_id = told["saved"]["id"]
    assert closures_of(desk, event_id) == {}
    assert "saved" in post(desk, "prefecture").ask("accept", event=event_id)
    assert closures_of(desk, event_id)


def test_a_street_that_opened_before_its_march_told_stays_open_and_nothing_else_of_it_is_edited(desk: Desk) -> None:
    panel, event_id = published(desk)
    closure = min(closures_of(desk, event_id).values(), key=lambda one: one.event.validity.start)
    start = closure.event.validity.start
    said = panel.ask("withdraw", event=closure.id, version=1)
    assert [one["field"] for one in said["problems"]] == ["event"]
    desk.clock.at = start + timedelta(minutes=10)
    told = panel.ask(
        "close",
        event=closure.id,
        version=1,
        form={"ended": f"{(start + timedelta(minutes=5)).astimezone(ZONE):%Y-%m-%dT%H:%M}"},
    )
    assert "saved" in told, told
    assert "saved" in panel.ask("passage", event=event_id, version=1, point=0, part="head")
    kept = readers.event(desk.database, closure.id, viewer=ALL)
    assert kept is not None
    assert kept.event.validity.end == start + timedelta(minutes=5)


def test_once_the_last_of_them_left_the_march_is_over_and_no_street_stays_closed_for_long(desk: Desk) -> None:
    panel, event_id = published(desk, size_class=5)
    assert event_of(desk, event_id).event.march_status is MarchStatus.DECLARED
    last = event_of(desk, event_id).event.route.checkpoints[-1].planned_at
    desk.clock.at = event_of(desk, event_id).event.route.checkpoints[0].planned_at
    panel.ask("passage", event=event_id, version=1, point=0, part="head")
    begun = event_of(desk, event_id).event
    assert (begun.march_status, begun.is_start_verified, begun.is_end_verified) == (MarchStatus.UNDER_WAY, True, False)
    desk.clock.at = last + timedelta(minutes=30)
    panel.ask("passage", event=event_id, version=2, point=5, part="tail")
    over = event_of(desk, event_id).event
    assert (over.march_status, over.is_end_verified) == (MarchStatus.DISPERSED, True)
    assert over.validity.end == desk.clock.at
    ends = [one.event.validity.end for one in closures_of(desk, event_id).values()]
    assert max(ends) <= desk.clock.at + timedelta(minutes=20)


def test_two_saves_at_once_leave_the_closures_of_the_last_one(desk: Desk) -> None:
    panel, event_id = published(desk)
    other = post(desk, "city", Role.SUPERVISOR)
    form = panel.ask("open", event=event_id)["form"]
    one = panel.ask("change", event=event_id, version=1, form=march(start="2026-11-21T15:00"))
    two = other.ask("change", event=event_id, version=1, form=form | {"instruction": "Éviter le secteur"})
    assert "saved" in one, one
    assert "saved" in two, two
    kept = event_of(desk, event_id).event
    assert {effect.text for effect in kept.effects} == {
        one.event.effects[0].text for one in closures_of(desk, event_id).values()
    }
