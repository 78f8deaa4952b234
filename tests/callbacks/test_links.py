"""The block of links in the detail panel: what it says in both languages, and what becomes of a decision."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from callbacks.links import links_of, take_decision
from components.links import draw_links
from components.texts import words
from events.errors import AccessDenied, InvalidRecord, StoreUnavailable
from store.kept import KeptEvent, Teller
from store.links import Link
from tests.api.served import event
from tests.callbacks.conftest import NOW, PlainHouse


def kept_event():
    return KeptEvent(
        id="e", number=1, version=1, event=event("e"), periods=(), recorded_at=NOW, changed_at=NOW, last_seen_at=NOW,
        source_error=False, withdrawn_at=None, sha256="0",
    )  # fmt: skip


LINK = Link(pair=("a", "b"), distance_m=79.4, shared_line=None, shared_time=0.97, is_same_category=True)


def a_house(kept, **told):
    line = SimpleNamespace(link=LINK, other=replace(kept, id="b", number=9), likeness=0.81)
    return PlainHouse(events={kept.id: kept}, link_lines={kept.id: [line]}, **told)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_reason_of_a_proposal_is_told_and_buttons_only_to_who_may(lang):
    kept = replace(kept_event(), id="a")
    speak = words(lang)
    for is_moderator in (False, True):
        drawn = str(draw_links(links_of(kept, a_house(kept, is_moderator=is_moderator), speak), speak))
        for said in ("link.proposed", "link.why.category"):
            assert speak(said) in drawn
        for said, n in (("link.alike", 81), ("link.why.distance", 79), ("link.why.time", 97)):
            assert speak(said, n=n) in drawn
        assert ("data-ob-link" in drawn.replace("data-ob-links", "")) is is_moderator


def test_provenance_names_the_source_and_its_fields():
    kept = replace(
        kept_event(),
        id="a",
        told_by=(Teller("a", 1, "city-one", "city", ()), Teller("b", 2, "city-two", "city", ("description", "route"))),
    )
    speak = words("fr")
    drawn = str(draw_links(links_of(kept, PlainHouse(events={"a": kept}), speak), speak))
    assert speak("link.told_by", n=2) in drawn
    assert "Complète : description, itinéraire." in drawn


def test_an_event_without_links_has_no_block():
    kept = kept_event()
    assert draw_links(links_of(kept, PlainHouse(events={kept.id: kept}), words("fr")), words("fr")) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "link.done.confirm"),
        (AccessDenied("link.denied"), "link.denied"),
        (InvalidRecord("over"), "link.over"),
        (StoreUnavailable("away"), "link.away"),
    ],
)
def test_a_decision_is_answered_with_what_became_of_it(error, said):
    house = PlainHouse(link_error=error)
    asked = {"action": "confirm", "event": "b", "other": "a"}
    assert take_decision(house, asked, words("fr")) == (error is None, words("fr")(said))
    assert house.decided == ([("confirm", ("a", "b"))] if error is None else [])


@pytest.mark.parametrize("asked", [{}, {"action": "delete", "event": "a", "other": "b"}, {"action": "confirm", "event": "a", "other": "a"}])  # fmt: skip
def test_what_no_button_asks_for_is_not_passed_on(asked):
    house = PlainHouse()
    assert take_decision(house, asked, words("fr"))[0] is False
    assert house.decided == []


def test_to_separate_names_the_one_that_leaves_last():
    house = PlainHouse()
    take_decision(house, {"action": "separate", "event": "b", "other": "a"}, words("fr"))
    assert house.decided == [("separate", ("b", "a"))]
