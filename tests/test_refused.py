"""Refused by design: no score of a place or a person, no forecast of offences, no ranking of districts, no track.

Each rule looks at everything that exists (columns, records, addresses, answers, texts) and is shown to find a planted breach.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from api import features, openapi, rows
from events import records
from events.audience import PUBLIC
from events.records import Camera, Event, Tally
from events.validity import Validity
from events.vocabulary import CameraKind, Severity
from insight.statistics import Days, districts_of
from privacy.counts import PublishedCount, publish
from store.annotations import JUDGEMENT, _smells, faults
from store.kept import KeptCamera, KeptEvent
from store.tables import metadata
from tests.callbacks.conftest import CITY

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# The same in French, as an address or a screen would say it.
FRENCH = [
    "score",
    "scoring",
    "note",
    "risque",
    "dangerosite",
    "classement",
    "palmares",
    "prevision",
    "predictif",
    "prediction",
    "pronostic",
    "probabilite",
    "trajectoire",
    "tracage",
    "filature",
    "suspect",
    "pointchaud",
]
SENTENCES = re.compile(
    r"\b(score|risk (?:score|level|map)|niveau de risque|note de risque|dangerosité|classement|palmarès|ranking|ranked|"
    r"most dangerous|plus dangereux|prévisions? (?:de|des|du) (?:délits|crimes|infractions|délinquance)|"
    r"(?:crime|offence) forecast|predicted offences|points? chauds?|hot ?spots?|prédi\w+)\b",
    re.IGNORECASE,
)


def judgements(names: Iterable[str]) -> list[str]:
    found = []
    for name in names:
        plain = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
        parts = re.split(r"[^a-z0-9]+", plain)
        if any("judgement" in what for what in _smells(plain)) or set(parts) & (set(FRENCH) | set(JUDGEMENT.split())):
            found.append(name)
    return found


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from keys(inner)


def test_no_column_and_no_field_of_a_record_judges_forecasts_or_follows():
    assert faults(metadata) == ()
    kinds = [kind for kind in vars(records).values() if dataclasses.is_dataclass(kind)]
    assert judgements(field.name for kind in kinds for field in dataclasses.fields(kind)) == []
    assert judgements(["risk_score", "rank", "districtRanking", "hotspot", "vehicle_track"]) == [
        "risk_score", "rank", "districtRanking", "hotspot", "vehicle_track"
    ]  # fmt: skip


def test_no_address_of_the_house_promises_one():
    addresses = list(openapi.describe("City")["paths"])
    source = (ROOT / "components" / "pages.py").read_text(encoding="utf-8") + (ROOT / "api" / "routes.py").read_text(
        encoding="utf-8"
    )
    addresses += re.findall(r'"(/[a-z_{}/.-]*)"', source)
    assert len(addresses) > 15
    assert judgements(addresses) == []
    planted = ["/api/score", "/classement", "/prevision"]
    assert judgements(planted) == planted


def an_event() -> KeptEvent:
    event = Event(
        source_id="a", external_id="e", organisation="city", category="accident", headline="Accident",
        validity=Validity(start=NOW), audience=PUBLIC, severity=Severity.MODERATE,
    )  # fmt: skip
    return KeptEvent(
        id="x", number=1, version=1, event=event, periods=(), recorded_at=NOW, changed_at=NOW, last_seen_at=NOW,
        source_error=False, withdrawn_at=None, sha256="0" * 64,
    )  # fmt: skip


def test_no_answer_carries_one():
    camera = Camera(
        source_id="a", external_id="c", organisation="city", audience=PUBLIC, position=(5.4, 43.3), kind=CameraKind.DOME
    )
    count = PublishedCount(
        source_id="p", organisation="p", measure="m", unit="count", area_code="13201", start=NOW, end=NOW, value=7.0
    )
    answers = [
        features.event_feature(an_event()),
        features.camera_feature(KeptCamera(id="c", camera=camera, recorded_at=NOW, changed_at=NOW, last_seen_at=NOW)),
        features.count_row(count),
        dict.fromkeys(rows.EVENT_COLUMNS),
    ]
    assert judgements(name for answer in answers for name in keys(answer)) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_text_of_a_screen_says_one(lang):
    texts = json.loads((ROOT / "components" / "copy.json").read_text(encoding="utf-8"))
    said = {key: entry[lang] for key, entry in texts.items() if isinstance(entry, dict) and lang in entry}
    assert len(said) > 300
    # What is open to everyone says that there is none: these two sentences begin with the refusal.
    refusals = {key: said.pop(key) for key in ("transparency.not.track", "transparency.rule.never.text")}
    assert all(text.startswith(("Aucun ", "Ni ", "No ")) for text in refusals.values())
    assert {key: text for key, text in said.items() if SENTENCES.search(str(text))} == {}
    for planted in ("Classement des arrondissements", "Risk score: 7", "Prévision des délits", "Points chauds"):
        assert SENTENCES.search(planted)


def test_districts_stand_in_the_citys_order_whatever_their_counts():
    inhabitants = {item.code: 1000 for item in CITY.districts}
    for numbers in ((1, 90), (90, 1)):
        counts = pd.DataFrame(
            [(code, True, n) for code, n in zip(inhabitants, numbers, strict=True)],
            columns=["district", "is_serious", "n"],
        )
        by_place = pd.DataFrame([], columns=["day", "district", "n"])
        day = Days(NOW.date(), NOW.date())
        rows = districts_of(counts, counts, by_place, {}, day, inhabitants=inhabitants)
        assert [row.code for row in rows] == list(inhabitants)


def test_published_counts_stand_in_the_order_of_codes_and_never_in_that_of_numbers():
    start = datetime(2026, 11, 9, tzinfo=ZoneInfo("Europe/Paris"))
    tallies = [
        Tally(source_id="p", external_id=area, organisation="p", audience=PUBLIC, measure="m", area_code=area, start=start,
              end=start + timedelta(days=7), value=value)
        for area, value in (("13202", 90.0), ("13201", 10.0), ("13203", 50.0))
    ]  # fmt: skip
    areas = [one.area_code for one in publish(tallies, least=5, timezone="Europe/Paris", now=NOW) if one.area_code]
    assert areas == ["13201", "13202", "13203"]
