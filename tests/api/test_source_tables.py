"""The Sources page as CSV, and who may give orders."""

from __future__ import annotations

import csv
import io

import pytest

from access.members import account_member
from access.roles import Role
from api.authority import authority_over_sources
from api.source_tables import table_answer
from events.audience import CITY_READER, Viewer
from events.errors import AccessDenied
from tests.api.served import event


def table(answer) -> list[list[str]]:
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_sources_are_exported_as_monitoring_reads_them(served) -> None:
    head, *lines = table(served.get("/sources.csv", "all"))
    rows = served.get("/sources.json", "all").json()["sources"]
    assert [line[head.index("id")] for line in lines] == [row["id"] for row in rows]
    assert [line[head.index("state")] for line in lines] == [row["state"] for row in rows]


def test_runs_of_a_source_are_exported(served) -> None:
    served.admit(event("a"))
    source_id = served.house.sources[0].id
    head, *lines = table(served.get(f"/sources/{source_id}/runs.csv", "all"))
    assert lines
    assert lines[0][head.index("verdict")] == "ok"
    assert served.get("/sources/no-such-source/runs.csv", "all").status_code == 404


def test_a_cell_that_a_spreadsheet_would_run_is_a_text() -> None:
    told = bytes(table_answer(("a",), [["=1+1"], ["-2"], [-3], [None]], "x").body).decode()
    assert told.splitlines()[1:4] == ["'=1+1", "'-2", "-3"], "a number stays a number"


@pytest.mark.parametrize("role", list(Role))
def test_only_who_runs_sources_gives_orders(role: Role) -> None:
    member = account_member("a1", "voirie", role)
    if role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        assert authority_over_sources(member, is_demonstration=False) == "voirie"
    else:
        with pytest.raises(AccessDenied, match=r"sources\.denied"):
            authority_over_sources(member, is_demonstration=False)


def test_visitors_give_orders_in_the_demonstration_only() -> None:
    assert authority_over_sources(CITY_READER, is_demonstration=True) == "demonstration"
    for nobody in (CITY_READER, Viewer()):
        with pytest.raises(AccessDenied):
            authority_over_sources(nobody, is_demonstration=False)
