"""Counts: of offences, of emergency departments, of city services. Never a person, never a figure that was withheld."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Tally
from tests.datasources.adapters.map_cases import reading

HEADER = '"CODGEO_2026";"annee";"indicateur";"unite_de_compte";"nombre";"est_diffuse";"complement_info_nombre"\n'
ROW = '"{area}";"2025";"{what}";"{unit}";{count};"{state}";"1,95"\n'
SLOTS: dict[str, object] = {
    "record": "tally",
    "fields": {"area_code": "zone", "start": "jour", "slot": "tranche", "value": "n"},
    "constants": {"measure": "operations"},
}
WEEKLY: dict[str, object] = {"area": "dep", "measures": {"taux_passages_ira_sau": "ira", "taux_actes_ira_sos": "sos"}}


def offences(*rows: Mapping[str, str], areas: tuple[str, ...] = ("13201", "13202")) -> tuple[Tally, ...]:
    usual = {"area": "13201", "what": "Vols", "unit": "Véhicule", "count": '"12"', "state": "diff"}
    body = HEADER + "".join(ROW.format_map({**usual, **row}) for row in rows)
    return reading("ssmsi", body, {"areas": list(areas)}).tallies


def weekly(*rows: Mapping[str, object]) -> tuple[Tally, ...]:
    return reading("odisse", {"results": list(rows)}, WEEKLY).tallies


def test_ssmsi_withheld_figure_is_hidden_and_the_mean_of_the_department_is_never_its_figure() -> None:
    (tally,) = offences({"count": "NA", "state": "ndiff"})
    assert (tally.value, tally.is_suppressed) == (None, True)
    (tally,) = offences({"count": '"7"', "state": "ndiff"})
    assert tally.value is None


def test_ssmsi_published_zero_is_zero() -> None:
    (tally,) = offences({"count": '"0"'})
    assert (tally.value, tally.is_suppressed) == (0, False)


def test_ssmsi_figures_are_of_a_year_with_a_decimal_comma() -> None:
    (tally,) = offences({"count": '"1204,5"'})
    assert (tally.value, tally.external_id) == (1204.5, "13201/2025/vols/vehicles")
    assert (tally.start, tally.end) == (datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC))


@pytest.mark.parametrize("areas", [("13055", "13201"), ("75056", "75104"), ("69123", "69387")])
def test_ssmsi_commune_that_is_the_sum_of_its_arrondissements_is_not_read_beside_them(areas: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match="is the sum of"):
        offences(areas=areas)


def test_ssmsi_unit_of_count_differs_and_is_part_of_the_count() -> None:
    found = offences({"unit": "Véhicule"}, {"unit": "Mis en cause"})
    assert {(tally.unit, tally.external_id) for tally in found} == {
        ("vehicles", "13201/2025/vols/vehicles"), ("suspects", "13201/2025/vols/suspects"),
    }  # fmt: skip


def test_ssmsi_code_is_looked_for_in_its_own_column() -> None:
    assert offences({"area": "01071", "count": '"13201"'}) == ()


def test_ssmsi_base_packed_as_a_file_is_read() -> None:
    packed = gzip.compress(
        (HEADER + ROW.format(area="13202", what="Vols", unit="Infraction", count='"1 204,5"', state="diff")).encode()
    )
    (tally,) = reading("ssmsi", packed, {"areas": ["13202"]}).tallies
    assert tally.value == 1204.5


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (gzip.compress(HEADER.encode() + b"\n" * 2_000_000), "empty lines"),
        (gzip.compress(HEADER.encode() + b'"x";1\n' * 2_000_000), "grows more than"),
        (gzip.compress(HEADER.encode() + b"x" * 9_000_000), "a line of more than|grows"),
        (gzip.compress(HEADER.encode() * 50)[:60], "breaks off"),
        (b"\x1f\x8b" + b"\x00" * 100, "breaks off"),
    ],
    ids=[
        "empty lines",
        "many rows",
        "one line",
        "cut",
        "no content",
    ],  # a packed body tells the second it was packed in
)
def test_gzip_bomb_and_broken_file_are_unreadable(body: bytes, message: str) -> None:
    with pytest.raises(DocumentUnreadable, match=message):
        reading("ssmsi", body, {"areas": ["13201"]})


@pytest.mark.parametrize("areas", [None, [], "13201", ["13"], [13201]])
def test_ssmsi_needs_its_areas(areas: object) -> None:
    with pytest.raises(ConfigurationError, match=r"options\.areas"):
        reading("ssmsi", HEADER, {"areas": areas} if areas is not None else {})


def test_odisse_empty_column_of_sos_medecins_is_no_rate_and_not_zero() -> None:
    (tally,) = weekly({"semaine": "2026-S39", "dep": "48", "taux_passages_ira_sau": 0.0, "taux_actes_ira_sos": None})
    assert (tally.measure, tally.value, tally.unit) == ("ira", 0.0, "per_100000")


def test_odisse_tells_rates_of_a_week_and_no_number_of_people() -> None:
    (tally,) = weekly({"semaine": "2026-S39", "dep": "13", "taux_passages_ira_sau": 1204.5, "nb_attente": 12})
    assert (tally.measure, tally.value, tally.unit) == ("ira", 1204.5, "per_100000")
    assert (tally.start, tally.end) == (datetime(2026, 9, 20, 22, tzinfo=UTC), datetime(2026, 9, 27, 22, tzinfo=UTC))


@pytest.mark.parametrize(("area", "code"), [("dep", "13"), ("reg", "93"), (None, "FR")])
def test_odisse_is_by_department_region_or_the_country(area: str | None, code: str) -> None:
    whose = {"area": area} if area else {"area_code": code}
    row = {"semaine": "2026-S39", "dep": "13", "reg": "93", "taux_passages_ira_sau": 1}
    (tally,) = reading("odisse", {"results": [row]}, {"measures": {"taux_passages_ira_sau": "ira"}, **whose}).tallies
    assert (tally.area_code, tally.external_id) == (code, f"ira/{code}/2026-S39")


def test_odisse_table_has_a_byte_order_mark_and_french_titles() -> None:
    told = "\ufeff1er jour de la semaine,Semaine,Région Code,Classe d'âge,Taux de passages\n2019-12-30,2020-S01,93,Tous âges,1.5\n"
    found = reading("odisse", told, {"area": "Région Code", "measures": {"Taux de passages": "ira"}})
    assert [(tally.external_id, tally.value) for tally in found.tallies] == [("ira/93/2020-S01", 1.5)]
    assert (found.rejects, found.dropped_fields) == ((), ())


def test_odisse_weeks_are_iso_weeks_and_the_first_begins_in_the_year_before() -> None:
    (tally,) = weekly({"semaine": "2020-S01", "date_complet": "2019-12-30", "dep": "13", "taux_passages_ira_sau": 1})
    assert tally.start == datetime(2019, 12, 29, 23, tzinfo=UTC)
    assert tally.end == datetime(2020, 1, 5, 23, tzinfo=UTC)


def test_odisse_all_ages_are_not_one_more_class_to_be_added() -> None:
    rows = [
        {"semaine": "2026-S39", "dep": "13", "classe_age": age, "taux_passages_ira_sau": 1}
        for age in ("Tous âges", "0", "65 ans ou plus")
    ]
    found = reading("odisse", {"results": rows}, WEEKLY)
    assert [tally.measure for tally in found.tallies] == ["ira", "ira-65-ans-ou-plus"]
    assert len(found.rejects) == 1


@pytest.mark.parametrize(
    "options", [{}, {"area": "dep"}, {**WEEKLY, "area_code": "FR"}, {**WEEKLY, "measures": {"a": "Taux d'été"}}]
)
def test_odisse_needs_an_area_and_codes_for_its_measures(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="city-works"):
        reading("odisse", {"results": []}, options)


def test_odisse_page_asks_for_the_next_one() -> None:
    told = {"total_count": 2, "results": [{"semaine": "2026-S39", "dep": "13", "taux_passages_ira_sau": 1}]}
    assert len(reading("odisse", told, WEEKLY).next_requests) == 1


@pytest.mark.parametrize("column", ["adresse", "Agent", "unité", "brigade", "longitude", "latLng", "voie", "nom"])
def test_row_of_counts_with_coordinates_unit_agent_or_address_is_rejected(column: str) -> None:
    told = f"jour;tranche;zone;n;{column}\n2026-11-07;06-12;13201;4;CANARI\n2026-11-07;12-18;13201;4;\n"
    found = reading("csv", told, SLOTS)
    assert ["a count by district and period has a" in reject.reason for reject in found.rejects] == [True]
    assert len(found.tallies) == 1
    assert "CANARI" not in repr(found)


def test_row_of_counts_with_a_place_inside_an_object_is_rejected() -> None:
    rows = [{"jour": "2026-11-07", "tranche": "06-12", "zone": "13201", "n": 4, "lieu": {"lon": 5.4, "lat": 43.3}}]
    found = reading("json", rows, SLOTS | {"items": "$[*]"})
    assert ["has a position" in reject.reason for reject in found.rejects] == [True]


@pytest.mark.parametrize("column", ["nom_commune", "unite_de_compte", "numero_semaine", "Libellé"])
def test_name_of_an_area_a_week_or_a_unit_of_count_is_not_that_of_a_person(column: str) -> None:
    assert len(reading("csv", f"jour;tranche;zone;n;{column}\n2026-11-07;06-12;13201;4;x\n", SLOTS).tallies) == 1


@pytest.mark.parametrize(
    ("slot", "start", "end"),
    [
        ("06-12", "2026-11-07T05:00", "2026-11-07T11:00"),
        ("18h-24h", "2026-11-07T17:00", "2026-11-07T23:00"),
        ("22:00-06:00", "2026-11-07T21:00", "2026-11-08T05:00"),
        ("0h30 à 6h", "2026-11-06T23:30", "2026-11-07T05:00"),
    ],
)
def test_hours_of_a_count_are_local(slot: str, start: str, end: str) -> None:
    (tally,) = reading("csv", f"jour;tranche;zone;n\n2026-11-07;{slot};13201;4\n", SLOTS).tallies
    assert (tally.start.isoformat()[:16], tally.end.isoformat()[:16]) == (start, end)


def test_words_of_a_count_are_codes_that_the_gate_keeps() -> None:
    options = SLOTS | {
        "fields": {"area_code": "zone", "start": "jour", "slot": "tranche", "measure": "quoi", "value": "n"},
        "constants": {},
    }
    (tally,) = reading(
        "csv", "jour;tranche;zone;quoi;n\n2026-11-07;06-12;1er;Vols d'été à la tire;4\n", options
    ).tallies
    assert tally.measure == "vols-d-ete-a-la-tire"
    assert tally.measure.isascii()


def test_area_of_a_table_keeps_its_letters_and_an_unknown_one_is_rejected() -> None:
    options = SLOTS | {"codes": {"area_code": {"Corse-du-Sud": "2A"}}}
    found = reading(
        "csv", "jour;tranche;zone;n\n2026-11-07;06-12;CORSE-DU-SUD;4\n2026-11-07;06-12;Ailleurs;4\n", options
    )
    assert [tally.area_code for tally in found.tallies] == ["2A"]
    assert "codes.area_code does not know" in found.rejects[0].reason


def test_daily_covid_file_class_0_is_all_ages_and_no_class_beside_the_others() -> None:
    body = (
        "dep;date_de_passage;sursaud_cl_age_corona;nbre_pass_corona;nbre_pass_tot\n"
        "13;2023-06-27;0;12;900\n13;2023-06-27;A;2;200\n13;2023-06-27;E;5;100\n"
    )
    options: dict[str, object] = {
        "record": "tally", "period": "day",
        "fields": {
            "external_id": ["dep", "date_de_passage", "sursaud_cl_age_corona"], "area_code": "dep",
            "start": "date_de_passage", "measure": "sursaud_cl_age_corona", "value": "nbre_pass_corona",
        },
        "codes": {"measure": {"0": "covid-ed", "A": "covid-ed-0-14", "E": "covid-ed-75"}},
    }  # fmt: skip
    found = {tally.measure: tally.value for tally in reading("csv", body, options).tallies}
    assert found == {"covid-ed": 12, "covid-ed-0-14": 2, "covid-ed-75": 5}


def test_points_of_data_police_uk_are_texts_and_still_places() -> None:
    rows = [{"category": "burglary", "month": "2026-09", "location": {"latitude": "43.29", "longitude": "5.38"}}]
    options = {
        "record": "tally", "items": "$[*]", "period": "month", "dates": "%Y-%m",
        "fields": {"measure": "category", "start": "month"}, "constants": {"area_code": "13201", "value": 1},
    }  # fmt: skip
    found = reading("json", rows, options)
    assert (found.tallies, len(found.rejects)) == ((), 1)
