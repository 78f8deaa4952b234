"""A source is tried as it would be read: through the gate, with its age, and nothing is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.contract import Fetched
from events.audience import PARTNERS
from privacy.gazetteer import Gazetteer
from privacy.trial import rehearse, summary_of
from tests.datasources.adapters.map_cases import reading, source

AT = datetime(2026, 11, 7, 14, 30, tzinfo=UTC)
PHONE = "06 12 34 56 78"
EVENT: dict[str, object] = {
    "record": "event",
    "fields": {"external_id": "id", "headline": "titre", "place": "lieu", "published_at": "maj"},
    "constants": {"category": "chantier"},
}
CAMERA: dict[str, object] = {
    "record": "camera",
    "fields": {"external_id": "id", "label": "nom_camera", "purpose": "finalite", "lon": "lon", "lat": "lat"},
}
ROAD: dict[str, object] = {"record": "road_state", "fields": {"segment_id": "id", "state": "etat", "name": "libelle"}}


def tried(body: str, options: dict[str, object], **others: Any) -> dict[str, Any]:
    read = reading("csv", body, options, PARTNERS)
    outcome = Fetched(source=source("csv", options, PARTNERS), reading=read, sha256="", size=1, http_status=200)
    return rehearse(outcome, AT, Gazetteer(()), **others)


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (f"id;titre;lieu;maj\n1;Appeler le {PHONE};ici;\n", EVENT),
        (f"id;titre;lieu;maj\n1;Travaux;chez M. Martin, {PHONE};\n", EVENT),
        (f"id;nom_camera;finalite;lon;lat\n1;Contact {PHONE};voirie;5.38;43.29\n", CAMERA),
        (f"id;nom_camera;finalite;lon;lat\n1;C1;Contact {PHONE};5.38;43.29\n", CAMERA),
        (f"id;etat;libelle\n1;free;Axe de {PHONE}\n", ROAD),
        (f"id;titre;lieu;maj;{PHONE}\n1;Travaux;ici;;x\n", EVENT),
        (f"id;titre;lieu;maj\n{PHONE};Travaux;ici;\n", EVENT),
    ],
)
def test_labels_and_names_pass_the_gate_as_all_texts_do(body: str, options: dict[str, object]) -> None:
    told = tried(body, options)
    assert told["records_seen"] == 1
    assert PHONE not in json.dumps(told)
    assert told["rejects"] == []


def test_withheld_text_is_named_by_record_field_and_type_and_the_record_stays() -> None:
    told = tried(f"id;titre;lieu;maj\nA1;Appeler le {PHONE};quai;\n", EVENT)
    assert told["events"]["count"] == 1
    assert [(one["record"], one["field"]) for one in told["withheld"]] == [("A1", "headline")]


def test_fields_not_read_and_records_rejected_are_told() -> None:
    told = tried("id;titre;lieu;maj;contact\n1;Travaux;ici;;x\n;Travaux;ici;;x\n", EVENT)
    assert told["dropped_fields"] == ["contact"]
    assert len(told["rejects"]) == 1
    line = summary_of("city-works", told)
    assert "2 records" in line
    assert "1 rejected" in line
    assert "1 fields not read" in line


@pytest.mark.parametrize(
    ("minutes", "limit", "is_late"),
    [(5, 10, False), (15, 10, True), (None, 10, None), (15, None, None), (-60, 10, None)],
)
def test_age_of_the_newest_word_against_the_limit(minutes: int | None, limit: int | None, is_late: bool | None) -> None:
    when = "" if minutes is None else (AT - timedelta(minutes=minutes)).isoformat()
    late_after = None if limit is None else timedelta(minutes=limit)
    told = tried(f"id;titre;lieu;maj\n1;Travaux;ici;{when}\n", EVENT, late_after=late_after)
    fresh = told["freshness"]
    assert fresh["is_late"] is is_late
    assert fresh["age_s"] == (None if minutes is None or minutes < 0 else 60 * minutes)


def test_what_an_agreement_does_not_name_does_not_come_in() -> None:
    body = "id;titre;lieu;maj\n1;Travaux;ici;\n"
    told = tried(body, EVENT, allowed=(frozenset({"headline"}), frozenset({"event"})))
    assert "place" not in told["events"]["items"][0]
    assert tried(body, EVENT, allowed=(None, frozenset({"camera"})))["events"]["count"] == 0


def test_a_document_of_rejects_is_degraded_with_its_reason() -> None:
    told = tried("id;titre;lieu;maj\n;Travaux;ici;\n;Travaux;ici;\n", EVENT)
    assert told["verdict"] == "degraded"
    assert told["reason"]


def test_a_snapshot_without_records_is_told_as_empty() -> None:
    read = reading("csv", "id;titre;lieu;maj\n", EVENT)
    outcome = Fetched(source=source("csv", EVENT), reading=read, sha256="", size=1, http_status=200)
    assert rehearse(outcome, AT, Gazetteer(()))["verdict"] == "empty"
