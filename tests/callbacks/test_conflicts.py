"""The conflicts of one event in its panel: what it meets, when, and the way to the agenda."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from events.validity import Period
from store.conflicts import ConflictState
from store.conflicts_query import ConflictSide, KeptConflict
from tests.callbacks.test_detail import drawn, march


def side(name: str, headline: str) -> ConflictSide:
    return ConflictSide(id=name, number=7, headline=headline, category="chantier", organisation="voirie", language="fr")


def met(now: datetime, **changes: Any) -> KeptConflict:
    told: dict[str, Any] = {
        "id": "c1", "rule": "event-works", "severity": 2, "state": ConflictState.OPEN, "a": side("e1", "Manifestation"),
        "b": side("e2", "Chantier du quai"), "place_kind": None, "place_title": None, "owner": "voirie", "districts": ("13201",),
        "position": (5.3, 43.2), "distance_m": 3.0, "windows": (Period(now + timedelta(days=2), now + timedelta(days=2, hours=1)),),
        "measures": (), "found_at": now, "changed_at": now, "decision": None, "reopened_at": None, "is_restricted": False,
    }  # fmt: skip
    return KeptConflict(**(told | changes))


def test_the_panel_names_the_other_side_and_leads_to_the_day_of_the_agenda(plain_house: Any, now: datetime) -> None:
    plain_house.events = {"e1": march(now)}
    assert "ob-event-conflicts" not in drawn(plain_house)
    plain_house.met = {"e1": [met(now)]}
    text = drawn(plain_house)
    assert "Chantier du quai" in text
    assert "Événement et chantier" in text
    assert "Conflits : 1 conflit ouvert" in text
    day = (now + timedelta(days=2)).date().isoformat()
    assert f"/agenda?jour={day}#conflit-c1" in text
    assert "Conflicts: 1 open conflict" in drawn(plain_house, lang="en")


def test_the_other_side_may_be_the_first_a_place_or_nothing(plain_house: Any, now: datetime) -> None:
    plain_house.events = {"e1": march(now)}
    plain_house.met = {"e1": [
        met(now, a=side("e3", "Match"), b=side("e1", "Manifestation")),
        met(now, id="c2", b=None, place_kind="transport_line", place_title="T2"),
        met(now, id="c3", b=None, place_kind="hospital"),
        met(now, id="c4", b=None, rule="no-order", state=ConflictState.ACCEPTED),
    ]}  # fmt: skip
    text = drawn(plain_house)
    for told in ("Match", "Ligne T2", "Hôpital", "Aucun arrêté", "Accepté", "Conflits : 3 conflits ouverts"):
        assert told in text, told


def test_what_is_over_is_not_listed_and_what_goes_on_leads_to_today(plain_house: Any, now: datetime) -> None:
    plain_house.events = {"e1": march(now)}
    over = met(now, windows=(Period(now - timedelta(days=2), now - timedelta(days=1)),))
    plain_house.met = {"e1": [over, met(now, id="c2", windows=(Period(now - timedelta(days=2), None),))]}
    text = drawn(plain_house)
    assert "#conflit-c1" not in text
    assert f"/agenda?jour={now.date().isoformat()}#conflit-c2" in text
