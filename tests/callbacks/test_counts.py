"""Published counts on the Analysis page: the districts of the city in its own order, hidden ones said, nothing added up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from callbacks.analysis import page_of
from callbacks.counts import count_tables
from callbacks.view_state import read_view
from components.district_map import sheet
from components.texts import words
from privacy.counts import PublishedCount

WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 1, 23, tzinfo=UTC)


def count(area: str | None, value: float | None, start: datetime = MONDAY, length: timedelta = WEEK) -> PublishedCount:
    return PublishedCount(
        source_id="police-tallies", organisation="prefecture", measure="operations_police", unit="count", area_code=area,
        start=start, end=start + length, value=value,
    )  # fmt: skip


COUNTS = (
    count("13202", 900.0), count("13201", None), count(None, 912.0),
    count("13201", 8.0, length=timedelta(days=1)), count("13202", 7.0, MONDAY - WEEK), count("13201", 0.0, MONDAY - WEEK),
)  # fmt: skip


def test_one_table_a_measure_weeks_in_order_districts_unranked(plain_house: Any, now: datetime) -> None:
    view = read_view("", plain_house.city, now, start="-28j", end="+0h")
    (table,) = count_tables(COUNTS, view, plain_house.city, {"prefecture": "Préfecture"}, 5, words("fr"))
    assert (table.title, table.publisher, table.least) == ("Opérations de police", "Préfecture", 5)
    assert [name for name, _ in table.rows] == ["1er", "2e"]
    assert [list(counts) for _, counts in table.rows] == [["0", None], ["7", "900"]]


def test_districts_and_dates_of_the_address_apply(plain_house: Any, now: datetime) -> None:
    view = read_view("?arr=2&du=2026-11-03T00:00", plain_house.city, now, start="-28j", end="+0h")
    (table,) = count_tables(COUNTS, view, plain_house.city, {}, 5, words("fr"))
    assert [(name, list(counts)) for name, counts in table.rows] == [("2e", ["900"])]
    later = read_view("?du=2026-11-12T00:00", plain_house.city, now, start="-28j", end="+0h")
    assert count_tables(COUNTS, later, plain_house.city, {}, 5, words("fr")) == ()


def test_the_page_says_that_recorded_is_not_happened(plain_house: Any) -> None:
    plain_house.published = COUNTS
    for lang, sentence in (("fr", "Enregistré ne veut pas dire survenu"), ("en", "Recorded does not mean happened")):
        page = json.dumps(
            page_of(plain_house, sheet(plain_house.city), {"search": "", "theme": "light"}, lang),
            cls=PlotlyJSONEncoder,
            ensure_ascii=False,
        )
        assert sentence in page
        assert words(lang)("counts.hidden") in page
