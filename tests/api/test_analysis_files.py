"""`/api/analysis/<panel>.csv`: the numbers of the page as a table, for whoever may see them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from components.analysis_panels import PANELS
from events.audience import PARTNERS, listed
from events.validity import Validity
from events.vocabulary import Severity
from tests.api.served import Served, event

NOW = datetime.now(UTC).replace(microsecond=0)
BEGUN = Validity(start=NOW - timedelta(minutes=30), end=NOW + timedelta(hours=2))


@pytest.fixture
def told(served: Served) -> Served:
    for key, more in (
        ("one", {}), ("two", {"severity": Severity.MAJOR}), ("three", {"audience": PARTNERS}),
        ("four", {"audience": listed(["prefecture"])}),
    ):  # fmt: skip
        served.admit(event(key, category="accident", headline="Collision", validity=BEGUN, **more))
    return served


def table(served: Served, panel: str, query: str = "", viewer: str = "partner") -> list[dict[str, str]]:
    # The house has events of its own beside the four.
    answer = served.get(f"/api/analysis/{panel}.csv?q=collision&{query}", viewer)
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    remark, _, rest = text.partition("\r\n")
    assert remark.startswith("# ")
    return list(csv.DictReader(io.StringIO(rest), delimiter=";"))


def total(served: Served, query: str = "", viewer: str = "partner") -> str:
    return table(served, "figures", query, viewer)[0]["Période"]


def test_counts_are_those_of_what_the_reader_may_see_and_restricted_ones_only_when_asked_for(told: Served) -> None:
    assert [total(told, viewer=viewer) for viewer in ("public", "partner", "all")] == ["2", "3", "3"]
    assert told.get("/api/analysis/figures.csv?restreints=1", "partner").status_code == 401


def test_filters_and_periods_choose(told: Served) -> None:
    assert total(told, "severity=3") == "1"
    assert total(told, "category=chantier") == "0"
    assert total(told, "from=-10d&to=-5d") == "0"
    categories = table(told, "categories", "lang=en")
    assert [(row["Category"], row["Events"], row["Before"]) for row in categories] == [("Accident", "3", "0")]
    days = table(told, "days", "from=-3d")
    assert days[-1]["Jour"] == NOW.astimezone(told.house.zone).date().isoformat()
    assert days[-1]["Total"] == "3"


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_a_table_whose_rows_are_as_long_as_its_head(told: Served, panel: str) -> None:
    answer = told.get(f"/api/analysis/{panel}.csv?compare=year", "partner")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/analysis/ranking.csv", 404),
        ("/api/analysis/figures.csv?compare=never", 400),
        ("/api/analysis/figures.csv?bbox=1,2,3,4", 400),
        ("/api/analysis/figures.csv?from=2026-11-14&to=2026-11-01", 400),
    ],
)
def test_what_makes_no_sense_is_told(told: Served, path: str, status: int) -> None:
    answer = told.get(path, "partner")
    assert (answer.status_code, bool(answer.json()["error"]["message"])) == (status, True)
