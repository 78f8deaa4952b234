"""What is held back until a moment: set in the form, told to its own organisation with its end, unknown to all others, opened by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.rows import event_row
from events.audience import CITY_READER, PUBLIC, Viewer
from store import readers
from store.kept import EventQuery
from tests.contributing.conftest import Desk
from tests.contributing.panel import ZONE, event_of, march, post


def seen(desk: Desk, viewer: Viewer) -> set[str]:
    page = readers.events(desk.database, viewer=viewer, query=EventQuery())
    return {kept.id for kept in page.events}


def embargo(desk: Desk, event_id: str) -> datetime | None:
    """Return until when an event says that it is held back, to a post of its own organisation."""
    kept = readers.event(desk.database, event_id, viewer=desk.post("prefecture"))
    assert kept is not None
    until = kept.event.embargo_until
    assert event_row(kept, (kept.recorded_at, kept.recorded_at))["em"] == (until and round(until.timestamp()))
    return until


def test_an_embargo_is_lifted_by_the_clock(desk: Desk) -> None:
    draft = desk.draft(audience=PUBLIC, embargo_until=desk.clock() + timedelta(minutes=30))
    saved = desk.contributions.publish(desk.post("prefecture"), draft)
    for viewer in (Viewer(), CITY_READER, desk.post("voirie")):
        assert saved.event_id not in seen(desk, viewer)
    assert saved.event_id in seen(desk, desk.post("prefecture"))
    assert embargo(desk, saved.event_id) == draft.embargo_until
    assert desk.moderation.tick() == 0
    desk.clock.go(minutes=31)
    assert desk.moderation.tick() == 1
    assert embargo(desk, saved.event_id) is None
    assert saved.event_id in seen(desk, Viewer())
    assert desk.moderation.tick() == 0


def typed(at: datetime) -> str:
    """Return a moment as the form's field holds it: on the city's clock."""
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def test_an_embargo_is_set_told_moved_and_taken_back(desk: Desk) -> None:
    panel, voirie = post(desk), post(desk, "voirie")
    until = desk.clock() + timedelta(hours=2)
    form = march(audience="public", embargo_until=typed(until))
    assert any("seule votre organisation" in one for one in panel.ask("look", form=form)["reach"])
    saved = panel.ask("publish", form=form)["saved"]
    assert event_of(desk, saved["id"]).event.embargo_until == until
    assert voirie.event(saved["id"]) is None
    moved = {**panel.ask("open", event=saved["id"])["form"], "embargo_until": typed(until + timedelta(hours=1))}
    saved = panel.ask("change", form=moved, event=saved["id"], version=saved["version"])["saved"]
    assert event_of(desk, saved["id"]).event.embargo_until == until + timedelta(hours=1)
    saved = panel.ask("change", form={**moved, "embargo_until": ""}, event=saved["id"], version=saved["version"])[
        "saved"
    ]
    assert event_of(desk, saved["id"]).event.embargo_until is None
    assert voirie.event(saved["id"])


def test_an_embargo_that_would_have_ended_is_told_under_its_field(desk: Desk) -> None:
    told = post(desk).ask("publish", form=march(embargo_until=typed(desk.clock() - timedelta(minutes=1))))
    assert [one["field"] for one in told["problems"]] == ["embargo_until"]
