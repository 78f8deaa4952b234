"""What the gate tells a partner of the words it withheld: where and of which kind, bounded, never the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datasources.contract import Verdict
from events.records import Checkpoint, Route
from privacy.gazetteer import Gazetteer
from privacy.screen import MAX_TOLD
from privacy.text import version_of
from tests.privacy.gate_cases import EVENT, admit, run_of


def test_partner_is_told_which_words_of_which_field_and_never_the_words() -> None:
    march = replace(
        EVENT,
        description="<p>Appeler le 06 45 12 78 90</p> ou M. Roustan",
        district_codes=("pas un code",),
        route=Route(checkpoints=(Checkpoint(label="Castellane"), Checkpoint(label="chez Mme Roustan"))),
    )
    batch, _ = admit(run_of(march, withdrawn=("dossier-0645127890",)))
    assert [(one.record, one.field, one.type, one.start, one.end) for one in batch.withheld] == [
        ("C-12", "description", "PHONE", 11, 25),
        ("C-12", "description", "PERSON", 29, 39),
        ("C-12", "district_codes", "not_a_code", 0, 11),
        ("C-12", "route.2.label", "PERSON", 5, 16),
        (None, "withdrawn", "PHONE", 8, 18),
    ]
    assert batch.run.text_withheld == 4
    assert batch.run.gate == version_of(Gazetteer())


def test_hidden_identifier_names_its_record_in_what_the_partner_is_told() -> None:
    batch, admission = admit(run_of(replace(EVENT, external_id="dossier-0645127890")))
    assert [(one.record, one.field) for one in batch.withheld] == [(batch.events[0].external_id, "external_id")]
    assert admission.text_withheld == {"PHONE": 1}


def test_what_the_partner_is_told_is_bounded_and_a_poll_without_reading_tells_nothing_new() -> None:
    many = [replace(EVENT, external_id=f"C-{n}", description="06 45 12 78 90") for n in range(MAX_TOLD + 5)]
    batch, admission = admit(run_of(*many))
    assert (len(batch.withheld), admission.text_withheld) == (MAX_TOLD, {"PHONE": MAX_TOLD + 5})
    assert admit(run_of(verdict=Verdict.UNCHANGED))[0].withheld is None


@pytest.mark.parametrize(
    "slug",
    ["concert-de-karim-benali", "ans-le-brigadier-roustan", "visite-mme-roustan", "dossier/nomme-roustan/2026-S44"],
)
def test_slug_that_lost_its_capitals_is_hidden(slug: str) -> None:
    batch, _ = admit(run_of(replace(EVENT, external_id=slug)))
    assert batch.events[0].external_id.startswith("hidden-")


@pytest.mark.parametrize("slug", ["travaux-rue-jean-jaures", "vols-de-vehicules", "marche-de-la-plaine/2026-S44"])
def test_slug_of_a_place_or_a_thing_is_kept(slug: str) -> None:
    assert admit(run_of(replace(EVENT, external_id=slug)))[0].events[0].external_id == slug
