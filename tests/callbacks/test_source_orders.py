"""Orders to sources: given, refused with a reason, and told in the panel in both languages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.source_orders import give_order
from callbacks.source_panel import log_of, why_of
from callbacks.sources import view_of
from components.sources import draw_sources
from components.texts import words
from events.errors import InvalidRecord, StoreUnavailable
from store.orders import Fields, Order, Orders, What

SPEAK = words("fr")
PARIS = ZoneInfo("Europe/Paris")


def drawn(house: Any, chosen: str | None = "a", lang: str = "fr") -> str:
    speak = words(lang)
    return json.dumps(draw_sources(view_of(house, chosen, speak), speak), cls=PlotlyJSONEncoder, ensure_ascii=False)


def an_order(now: Any, what: What, **told: Any) -> Order:
    return Order(source_id="a", what=what, ordered_at=now, authority="demonstration", **told)


def test_an_order_is_given_with_its_words(plain_house: Any, source_of: Any) -> None:
    plain_house.sources = [source_of("a")]
    asked = {"what": "allow", "source": "a", "field": "instruction", "told": " Avis ", "reference": "AIPD-1"}
    taken, said = give_order(plain_house, asked, SPEAK)
    assert taken
    assert "Title of a" in said
    told = {"told": "Avis", "field": "instruction", "reference": "AIPD-1"}
    assert plain_house.ordered == [("a", What.ALLOW, told)]


def test_all_active_sources_are_relaunched_at_once(plain_house: Any, source_of: Any) -> None:
    plain_house.sources = [source_of("a"), source_of("b", is_enabled=False), source_of("c")]
    assert give_order(plain_house, {"what": "relaunch_all", "source": ""}, SPEAK)[0]
    assert [(one, what) for one, what, _ in plain_house.ordered] == [("a", What.RELAUNCH), ("c", What.RELAUNCH)]


@pytest.mark.parametrize("asked", [{"what": "delete", "source": "a"}, {"what": "pause", "source": "gone"}, {}])
def test_what_no_button_asks_is_not_done(plain_house: Any, source_of: Any, asked: dict[str, str]) -> None:
    plain_house.sources = [source_of("a")]
    assert give_order(plain_house, asked, SPEAK) == (False, SPEAK("sources.order.unknown"))
    assert plain_house.ordered == []


@pytest.mark.parametrize(
    ("what", "error", "key"),
    [
        ("note", InvalidRecord("PHONE"), "sources.order.refused"),
        ("allow", InvalidRecord("no field"), "sources.order.incomplete"),
        ("pause", StoreUnavailable("away"), "sources.order.away"),
    ],
)
def test_a_refusal_says_what_to_do(plain_house: Any, source_of: Any, what: str, error: Exception, key: str) -> None:
    plain_house.sources, plain_house.order_error = [source_of("a")], error
    assert give_order(plain_house, {"what": what, "source": "a"}, SPEAK) == (False, SPEAK(key))


def test_who_may_not_order_meets_the_reason_and_no_button(plain_house: Any, source_of: Any, run_of: Any) -> None:
    plain_house.sources, plain_house.refusal = [source_of("a")], "sources.denied"
    plain_house.run_lists = {"a": [run_of("a", 1)]}
    assert give_order(plain_house, {"what": "pause", "source": "a"}, SPEAK) == (False, SPEAK("sources.denied"))
    shown = drawn(plain_house)
    assert SPEAK("sources.denied") in shown
    assert "data-ob-order" not in shown


def test_a_locked_field_is_shown_with_the_form_of_its_decision(plain_house: Any, source_of: Any, now: Any) -> None:
    plain_house.sources = [source_of("a")]
    plain_house.states = [
        {"id": "a", "state": "ok", "at": now.timestamp(), "n": 3, "locked": 1, "why": "sources.why.locked"}
    ]
    plain_house.field_lists = {"a": Fields(20, frozenset(), {"instruction": now - timedelta(minutes=5)})}
    shown = drawn(plain_house)
    assert "« consigne »" in shown
    assert '"data-ob-field": "instruction"' in shown
    assert "Schéma verrouillé : 1 champ" in shown
    assert "“instruction”, never seen" in drawn(plain_house, lang="en")


def test_a_pause_says_since_when_and_by_whom(plain_house: Any, source_of: Any, now: Any) -> None:
    pause = an_order(now - timedelta(minutes=4), What.PAUSE)
    orders = Orders(pause.ordered_at, an_order(now, What.NOTE, told="Prestataire prévenu"), (pause,))
    plain_house.sources, plain_house.order_lists = [source_of("a")], {"a": orders}
    plain_house.states = [{"id": "a", "state": "paused", "at": None, "n": 0, "why": "sources.why.paused"}]
    shown = drawn(plain_house)
    assert "Appels suspendus depuis 14:28 par un visiteur de la démonstration." in shown
    assert "Prestataire prévenu" in shown
    assert '"data-ob-order": "resume"' in shown
    assert '"data-ob-order": "relaunch"' not in shown


def test_a_source_its_entry_pauses_cannot_be_resumed_here(plain_house: Any, source_of: Any) -> None:
    plain_house.sources = [source_of("a", is_enabled=False, disabled_because="convention en cours")]
    plain_house.states = [{"id": "a", "state": "paused", "at": None, "n": 0, "why": "sources.why.disabled"}]
    shown = drawn(plain_house)
    assert "convention en cours." in shown
    assert '"data-ob-order": "resume"' not in shown


def test_why_tells_the_limit_the_state_was_judged_by(source_of: Any, run_of: Any, now: Any) -> None:
    def why(lang: str = "fr", runs: Any = (), **state: Any) -> str:
        return why_of(source_of("a"), state, runs, Orders(), now, PARIS, words(lang))

    at = now.timestamp()
    assert (
        why(state="late", at=at - 660, late=600)
        == "La dernière donnée a 11 min ; au-delà de 10 min, la source est en retard."
    )
    frozen = why(state="frozen", moved=int(at) - 1800, frozen=240)
    assert (
        frozen == "La source répond, mais son document est le même depuis 14:02 (30 min) ; il devrait changer en 4 min."
    )
    failed = [run_of("a", minutes, "failed", reason="the server answered 503") for minutes in (1, 6, 11)]
    told = why(state="failing", runs=[*failed, run_of("a", 16)])
    assert told == "En échec depuis 14:21 (11 min), 3 tentatives de suite. Le serveur a répondu 503."
    assert "3 attempts in a row. The server answered 503." in why("en", state="failing", runs=failed)


def test_the_log_holds_runs_and_orders_in_their_order(run_of: Any, now: Any) -> None:
    given = [an_order(now - timedelta(minutes=3), What.ALLOW, field="instruction", told="Avis", reference="AIPD-1")]
    lines = log_of([run_of("a", 1), run_of("a", 6, "failed")], given, now, PARIS, SPEAK)
    assert [line.time for line in lines] == ["14:31", "14:29", "14:26"]
    assert lines[1].text == "Champ « consigne » autorisé par un visiteur de la démonstration : Avis (AIPD-1)"


def test_runs_are_listed_with_their_counts(plain_house: Any, source_of: Any, run_of: Any) -> None:
    plain_house.sources = [source_of("a")]
    run = run_of("a", 1, records_seen=1200, rejected=3, absent=2, dropped_fields=("organizer",))
    plain_house.run_lists = {"a": [run]}
    view = view_of(plain_house, "a", SPEAK)
    assert view.panel is not None
    assert view.panel.runs[0].counts == ("1\u202f200", "1", "0", "2", "0", "3", "0", "0")
    assert view.panel.dropped == ("organizer",)
    assert "/sources/a/runs.csv" in drawn(plain_house)
