"""One post edits at a time: the others know, may let it know, and are next; nobody is kept from it for long."""

from __future__ import annotations

import pytest

from access.roles import Role
from api.viewer import NotAllowed
from events.audience import listed
from events.errors import InvalidRecord
from store import contributions as kept
from tests.contributing.conftest import Desk
from tests.contributing.panel import march, post


def who(told: object) -> tuple[str | None, str | None]:
    """Return who holds it and who waits."""
    return tuple(None if one is None else one.account_id for one in (told.holder, told.waiting))  # type: ignore[attr-defined,return-value]


@pytest.fixture
def shared(desk: Desk) -> str:
    return desk.contributions.publish(desk.post("prefecture"), desk.draft()).event_id


def test_one_is_told_who_is_editing_and_since_when_until_they_leave_or_fall_silent(desk: Desk, shared: str) -> None:
    one, other = desk.post("prefecture"), desk.post("prefecture", number=2)
    began = desk.clock()
    assert who(desk.editing.begin(one, shared)) == (None, None)
    desk.clock.go(seconds=40)
    desk.editing.begin(one, shared)
    desk.clock.go(seconds=40)
    told = desk.editing.begin(other, shared)
    assert (who(told), told.since) == (("prefecture-1", None), began)
    desk.editing.end(other, shared)
    assert who(desk.editing.begin(other, shared)) == ("prefecture-1", None)
    desk.clock.go(seconds=61)
    assert who(desk.editing.begin(other, shared)) == (None, None)
    desk.editing.end(other, shared)
    told = desk.editing.begin(one, shared)
    assert (who(told), told.since) == ((None, None), None)


def test_who_lets_the_holder_know_is_told_of_and_comes_next_before_anybody_else(desk: Desk, shared: str) -> None:
    one, other, third = (desk.post("prefecture", number=n) for n in (1, 2, 3))
    desk.editing.begin(one, shared)
    assert who(desk.editing.begin(other, shared)) == ("prefecture-1", None)
    assert who(desk.editing.begin(one, shared)) == (None, None), "who only looks does not press anybody"
    assert who(desk.editing.begin(other, shared, waits=True)) == ("prefecture-1", None)
    assert who(desk.editing.begin(one, shared)) == (None, "prefecture-2")
    assert who(desk.editing.begin(third, shared, waits=True)) == ("prefecture-1", "prefecture-2")
    desk.editing.end(one, shared)
    assert who(desk.editing.begin(third, shared, waits=True)) == ("prefecture-2", None)
    assert who(desk.editing.begin(one, shared)) == ("prefecture-2", None)
    assert who(desk.editing.begin(other, shared, waits=True)) == (None, None)
    assert who(desk.editing.begin(third, shared, waits=True)) == ("prefecture-2", None)
    assert who(desk.editing.begin(other, shared)) == (None, "prefecture-3")


def test_trap_who_waits_and_leaves_or_falls_silent_keeps_the_event_from_nobody(desk: Desk, shared: str) -> None:
    one, other = desk.post("prefecture"), desk.post("prefecture", number=2)
    desk.editing.begin(one, shared)
    desk.editing.begin(other, shared, waits=True)
    desk.editing.end(other, shared)
    assert who(desk.editing.begin(one, shared)) == (None, None)
    desk.editing.begin(other, shared, waits=True)
    desk.clock.go(seconds=61)
    assert who(desk.editing.begin(one, shared)) == (None, None)


def test_who_may_not_change_an_event_learns_of_no_editor_and_presses_nobody(desk: Desk) -> None:
    holder = desk.post("prefecture")
    secret = desk.contributions.publish(holder, desk.draft(audience=listed(["prefecture"]))).event_id
    desk.editing.begin(holder, secret)
    for member, refusal in (
        (desk.post("voirie"), InvalidRecord),
        (desk.post("prefecture", Role.READER, 9), NotAllowed),
    ):
        with pytest.raises(refusal):
            desk.editing.begin(member, secret, waits=True)
        desk.editing.end(member, secret)
    assert who(desk.editing.begin(holder, secret)) == (None, None)
    with desk.database.read() as connection:
        found = kept.of_event(connection, secret)
    assert found is not None
    assert (found.editor_id, found.waiter_id) == ("prefecture-1", None)


def test_the_panel_says_who_edits_by_organisation_and_post_and_tells_the_holder_who_waits(desk: Desk) -> None:
    desk.access.accounts.create("prefecture-1", "prefecture", Role.CONTRIBUTOR, None, None)
    one, other = post(desk), post(desk, number=2)
    event_id = one.ask("publish", form=march())["saved"]["id"]
    opened = one.ask("open", event=event_id)
    assert (opened["locked"], opened["waiting"]) == (None, None)
    assert other.ask("open", event=event_id)["locked"] == (
        "En cours de modification par Préfecture (prefecture-1) depuis 14:30."
    )
    assert one.ask("editing", event=event_id)["waiting"] is None
    assert other.ask("editing", event=event_id, waits=True)["waiting"] is None
    assert one.ask("editing", event=event_id)["waiting"].startswith("prefecture-2 attend pour modifier")
    assert post(desk, number=3).ask("editing", event=event_id, waits=True)["waiting"] == (
        "prefecture-2 attend déjà, vous venez ensuite."
    )
    one.ask("leave", event=event_id)
    assert other.ask("editing", event=event_id, waits=True) == {"locked": None, "waiting": None}


@pytest.mark.parametrize("waits", [1, "yes", [], {}, None])
def test_a_forged_wish_to_be_told_is_none(desk: Desk, shared: str, waits: object) -> None:
    post(desk).ask("editing", event=shared)
    post(desk, number=2).ask("editing", event=shared, waits=waits)
    assert post(desk).ask("editing", event=shared)["waiting"] is None
