"""The panel of one event, from the kept record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.detail import delay_of, panel_of, passages_of, relevant_period, status_of
from components.texts import words
from events.audience import PARTNERS, listed
from events.records import Checkpoint, Effect, Event, Route
from events.validity import Period, Validity
from events.vocabulary import InformationStatus, Severity, StoredStatus, TrafficState
from store.kept import KeptEvent

ZONE = ZoneInfo("Europe/Paris")


def march(now: datetime, **changes: Any) -> KeptEvent:
    points = (
        Checkpoint(label="Départ", planned_at=now - timedelta(minutes=30), observed_at=now - timedelta(minutes=23)),
        Checkpoint(label="Milieu", planned_at=now - timedelta(minutes=1)),
        Checkpoint(label="Fin", planned_at=now + timedelta(minutes=60)),
    )
    event = Event(
        source_id="prefecture-marches", external_id="m1", organisation="prefecture", category="manifestation",
        headline="Manifestation déclarée", validity=Validity(), audience=PARTNERS, severity=Severity.MAJOR,
        place="Vieux-Port", district_codes=("13201", "13202"), route=Route(checkpoints=points), published_at=now - timedelta(minutes=4),
        effects=(Effect(text="Rue fermée", state=TrafficState.CLOSED),), attribution="Données fictives",
    )  # fmt: skip
    return KeptEvent(
        id="e1", number=1187, version=6, event=replace(event, **changes), recorded_at=now, changed_at=now, last_seen_at=now,
        periods=(Period(now - timedelta(minutes=30), now + timedelta(hours=3)),), source_error=False, withdrawn_at=None, sha256="",
    )  # fmt: skip


def drawn(house: Any, event_id: str = "e1", lang: str = "fr") -> str:
    content, is_hidden = panel_of({"id": event_id, "v": 1}, house, lang)
    assert is_hidden is False
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("selection", [None, {}, {"id": None}, {"id": 3}, [], "e1"])
def test_no_selection_hides_the_panel(plain_house: Any, selection: Any) -> None:
    assert panel_of(selection, plain_house, "fr") == ([], True)


def test_unknown_and_forbidden_say_the_same(plain_house: Any) -> None:
    assert "Événement introuvable" in drawn(plain_house, "nothing")
    assert "Event not found" in drawn(plain_house, "nothing", "en")


def test_panel_says_what_where_who_and_how_far(plain_house: Any, source_of: Any, now: datetime) -> None:
    plain_house.events = {"e1": march(now)}
    plain_house.sources = [source_of("prefecture-marches", title="Manifestations déclarées")]
    text = drawn(plain_house)
    for said in (
        "Manifestation déclarée", "Vieux-Port · 1er, 2e", "EV-1187", "Majeur", "En cours", "4 min", "Préfecture", "14:02",
        "tête ici", "Retard estimé 7 min", "Rue fermée", "Données fictives", "/sources/prefecture-marches", "Manifestations déclarées",
        "Historique : 6 versions", "Visible : ville et partenaires",
    ):  # fmt: skip
        assert said in text
    assert "EXERCICE" not in text


def test_exercise_restriction_and_broken_record_are_marked(plain_house: Any, now: datetime) -> None:
    kept = march(now, information_status=InformationStatus.EXERCISE, audience=listed(["prefecture"]))
    plain_house.events = {"e1": replace(kept, source_error=True)}
    text = drawn(plain_house)
    assert "EXERCICE : rien de ceci n’est réel" in text
    assert "Diffusion restreinte" in text
    assert "la version précédente est affichée" in text


@pytest.mark.parametrize(
    ("hours", "said"), [(3, "Embargo jusqu’à 17:32"), (30, "Embargo jusqu’à dim. 15 nov. 20:32"), (-1, "")]
)
def test_an_embargo_is_said_with_its_end_until_it_has_come(
    plain_house: Any, now: datetime, hours: int, said: str
) -> None:
    held = march(now, embargo_until=now + timedelta(hours=hours), audience=listed(["prefecture"]))
    plain_house.events = {"e1": held}
    text = drawn(plain_house)
    assert ("Embargo" in text) is bool(said)
    assert said in text
    assert ("Visible : son organisation seule" in text) is bool(said)


@pytest.mark.parametrize(
    ("changes", "shift", "expected"),
    [
        ({}, 0, "en_cours"),
        ({}, -2, "prevu"),
        ({}, 4, "termine"),
        ({"status": StoredStatus.CANCELLED}, 0, "annule"),
        ({"status": StoredStatus.TO_CONFIRM}, 0, "en_cours"),
    ],
)
def test_status_at_a_moment(now: datetime, changes: dict[str, Any], shift: int, expected: str) -> None:
    kept = march(now, **changes)
    assert status_of(kept.event, kept, now + timedelta(hours=shift)) == expected


def test_withdrawn_event_has_ended(now: datetime) -> None:
    kept = replace(march(now), withdrawn_at=now)
    assert status_of(kept.event, kept, now) == "termine"


def test_relevant_period_is_the_present_the_next_or_the_last(now: datetime) -> None:
    first, second = (Period(now + timedelta(days=d), now + timedelta(days=d, hours=2)) for d in (0, 1))
    assert relevant_period((first, second), now) == first
    assert relevant_period((first, second), now + timedelta(hours=3)) == second
    assert relevant_period((first, second), now + timedelta(days=9)) == second
    assert relevant_period((), now) is None


def test_head_follows_observation_before_timetable(now: datetime) -> None:
    points = march(now).event.route.checkpoints  # type: ignore[union-attr]
    assert [row.state for row in passages_of(points, now, ZONE, words("fr"))] == ["here", "to_come", "to_come"]
    unseen = tuple(replace(point, observed_at=None) for point in points)
    assert [row.state for row in passages_of(unseen, now, ZONE, words("fr"))] == ["done", "here", "to_come"]
    assert [row.state for row in passages_of(unseen, now - timedelta(hours=2), ZONE, words("fr"))] == ["to_come"] * 3
    assert [row.state for row in passages_of(unseen, now + timedelta(hours=2), ZONE, words("fr"))] == ["done"] * 3


def test_delay_needs_an_observation_and_is_never_negative(now: datetime) -> None:
    point = Checkpoint(label="x", planned_at=now, observed_at=now + timedelta(minutes=8))
    assert delay_of((point,)) == 8
    assert delay_of((replace(point, observed_at=None),)) is None
    assert delay_of((replace(point, observed_at=now - timedelta(minutes=3)),)) is None
