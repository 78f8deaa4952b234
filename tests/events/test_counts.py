"""A row that places or names what it counts is refused whole, whatever column the map reads."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from datasources.adapters.csv import CsvAdapter
from datasources.contract import Document
from datasources.single import source_of_document
from events.counts import check_counted_row
from events.errors import InvalidRecord

GOOD = {
    "Arrondissement": "13201",
    "Début": "2026-11-09 00:00",
    "Mesure": "operations",
    "Nombre": "7",
    "Unité de compte": "fait",
}


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("Latitude", "a position"), ("geo_point_2d", None), ("geometry", "a position"), ("x", "a position"),
        ("Équipage", "a unit"), ("unité", "a unit"), ("nomAgent", "an agent"), ("Matricule", "an agent"),
        ("Adresse du fait", "an address"), ("rue", "an address"), ("telephone_requerant", "an agent"),
    ],
)  # fmt: skip
def test_a_row_with_a_position_a_unit_an_agent_or_an_address_is_refused(column, what):
    check_counted_row(GOOD | {column: " "})
    check_counted_row(GOOD | {column: None})
    if what is None:  # the middle of an area, as open data gives it
        return
    with pytest.raises(InvalidRecord) as refused:
        check_counted_row(GOOD | {column: "12 rue Paradis"})
    assert what in str(refused.value)
    assert "Paradis" not in str(refused.value)


def test_a_position_inside_a_member_is_found_too():
    with pytest.raises(InvalidRecord, match="a position"):
        check_counted_row(GOOD | {"lieu": {"lon": 5.37, "lat": 43.29}})


def test_the_good_rows_beside_it_are_kept():
    options = {
        "record": "tally", "dates": "%Y-%m-%d %H:%M", "period": "day", "delimiter": ";",
        "fields": {"area_code": "Arrondissement", "start": "Début", "measure": "Mesure", "value": "Nombre"},
    }  # fmt: skip
    body = (
        "Arrondissement;Début;Mesure;Nombre;Équipage\n"
        "13201;2026-11-09 00:00;operations;7;\n"
        "13202;2026-11-09 00:00;operations;9;Delta 12\n"
    ).encode()
    adapter = CsvAdapter(replace(source_of_document("csv", options, "Europe/Paris"), id="police-operations"))
    reading = adapter.read(
        Document(
            lambda: io.BytesIO(body), media_type="text/csv", url="x", retrieved_at=datetime(2026, 11, 10, tzinfo=UTC)
        )
    )
    assert [one.area_code for one in reading.tallies] == ["13201"]
    assert [(one.where, one.reason) for one in reading.rejects] == [
        ("line 3", "a count by district and period has a unit in the column 'Équipage': not kept")
    ]
