"""What good golden documents say passes the privacy gate: no code of ours and no label is taken for a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import CASES, Case

from datasources.contract import Fetched, Reading
from privacy.gazetteer import city_gazetteer
from privacy.trial import rehearse
from settings import load_settings, place_names

GOOD = [case for case in CASES if not case.folder.name.endswith(("broken", "hostile", "empty"))]


def told_of(case: Case, reading: Reading) -> dict[str, Any]:
    settings = load_settings({})
    outcome = Fetched(source=case.source(), reading=reading, sha256="", size=1, http_status=200)
    moment = case.document().retrieved_at
    return rehearse(outcome, moment, city_gazetteer(settings.city, place_names(settings)))


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_every_record_of_a_good_document_is_kept(case: Case) -> None:
    reading = case.adapter().read(case.document())
    told = told_of(case, reading)
    assert [one["reason"] for one in told["rejects"]] == [one.reason for one in reading.rejects]
    assert [one for one in told["withheld"] if one["field"] in ("measure", "area_code", "unit", "segment_id")] == []
