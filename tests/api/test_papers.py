"""The papers name everything that exists, count what they say, change with the schema, and print as tagged PDF."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from sqlalchemy import Table, func, select

from access.house import open_access
from api.papers.facts import Result, collect, read_measures, read_results
from api.papers.impact import measured_gate
from api.papers.paper import Paper, Section, as_json, as_markdown
from api.papers.paper import Table as PaperTable
from api.papers.pdf import as_pdf
from api.papers.writing import papers, write_papers
from components.texts import words
from events.audience import CITY_READER
from events.errors import ConfigurationError
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store import holdings
from store.columns import Code, described
from store.metadata import FOR_RUNS, metadata
from store.retention import _FIXED, _NOTES
from tests.api.served import CITY, ROOT, event

FAILED = '<testsuite><testcase classname="tests.privacy.test_a" name="test_x[1]"/><testcase classname="tests.privacy.test_a" name="test_x[2]"><failure/></testcase><testcase classname="tests.b" name="test_y"><skipped/></testcase></testsuite>'


@pytest.fixture
def house(served):
    access = open_access(
        served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(city_gazetteer(CITY)), CITY_READER
    )
    return replace(served.house, access=access)


def register(house, lang: str = "fr") -> str:
    return as_markdown(papers(house, lang)[0])


def test_the_register_names_every_table_and_every_column(house) -> None:
    text = register(house)
    for table in metadata.sorted_tables:
        section = text.partition(f"## Table {table.name} (")[2].partition("\n## ")[0]
        for column in table.columns:
            assert f"| {column.name} | {column.info['purpose']} |" in section, f"{table.name}.{column.name}"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_word_of_the_schema_and_every_measure_has_its_text(lang: str) -> None:
    kinds = {"content": "content", "personal": "personal", "kept": "retention"}
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    keys = {f"paper.{kind}.{one.info[name].replace(' ', '_')}" for one in columns for kind, name in kinds.items()}
    keys |= {f"paper.measure.{one.id}" for one in read_measures()}
    assert sorted(key for key in keys if not words(lang).has(key)) == []


def test_the_register_changes_when_the_schema_does(house, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "lighthouse" not in register(house)
    made = Table(
        "lighthouse", type(metadata)(), described("beam", Code(8), primary_key=True, purpose="what it shows", retention=FOR_RUNS)
    )  # fmt: skip
    with house.database.write() as connection:
        made.create(connection)

    class Grown:
        sorted_tables = (*metadata.sorted_tables, made)

    monkeypatch.setattr(holdings, "metadata", Grown)
    assert "## Table lighthouse (0 lignes)" in register(house)
    assert "| beam | what it shows | code | non | 400 jours |" in register(house)


def test_its_figures_are_counted(house, served) -> None:
    def told(name: str) -> int:
        paper = json.loads(as_json(papers(house, "en")[0]))
        tables = [one["table"] for one in paper["sections"] if one["table"] and one["table"]["heads"][0] == "Table"]
        rows = [row for one in tables for row in one["rows"]]
        return next(int(row[1].replace(",", "")) for row in rows if row[0] == name)

    with house.database.read() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    assert {name: told(name) for name in counts} == counts
    served.admit(event("one-more"))
    assert told("event") == counts["event"] + 1


def test_accounts_and_logs_are_a_treatment_of_their_own(house) -> None:
    text = register(house)
    first, second = text.partition("## Traitement 2")[::2]
    for name in ("account", "audit", "sign_in", "api_key", "kiosk", "identity"):
        assert f"## Table {name} (" in second
        assert f"## Table {name} (" not in first
    for name in ("event", "event_version", "camera", "tally", "poll_run"):
        assert f"## Table {name} (" in first


def test_every_paper_is_whole_in_english_too(house) -> None:
    for paper in papers(house, "en"):
        assert "paper." not in as_markdown(paper), "a text is missing"
        tables = [(one.title, one.table) for one in paper.sections if one.table is not None]
        assert [title for title, table in tables if {len(row) for row in table.rows} - {len(table.heads)}] == []


def test_the_figures_of_the_gate_are_those_of_its_page() -> None:
    assert [row[0] for row in measured_gate().rows] == ["developed on", "kept apart"]


def test_every_paper_is_written_in_three_formats_and_dated_by_the_audit(house, tmp_path: Path) -> None:
    house.access.audit.note(None, "sign-in")
    written = write_papers(house, tmp_path / "papers", "fr")
    assert len(written) == 12
    head = house.access.audit.anchor().told
    for path in written:
        if path.suffix == ".pdf":
            document = pypdfium2.PdfDocument(path)
            assert pypdfium2.raw.FPDFCatalog_IsTagged(document.raw)
            text = "".join(page.get_textpage().get_text_range() for page in document)
            assert words("fr")("demo.watermark") in text
            assert house.access.audit.anchor().head[:20] in text.replace("\r\n", "")
        else:
            content = path.read_text(encoding="utf-8")
            assert head in content
            assert "paper." not in content, "a text is missing"


def test_a_measure_is_proved_by_tests_that_exist_and_their_last_result_is_told(house, tmp_path: Path) -> None:
    measures = read_measures()
    assert {one.risk for one in measures} == {"access", "change", "loss"}
    for test in (name for one in measures for name in one.tests):
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test
    assert "non mesuré : aucun résultat fourni" in as_markdown(papers(house, "fr")[1])
    file, _, name = measures[0].tests[0].partition("::")
    results = tmp_path / "results.xml"
    results.write_text(
        f'<testsuite timestamp="2026-11-29T09:30:00.5+00:00"><testcase classname="{file[:-3].replace("/", ".")}" name="{name}"><failure/></testcase></testsuite>'
    )
    assert f"| {file}::{name} | ÉCHOUÉ, dim. 29 nov. 2026, 10:30 |" in as_markdown(papers(house, "fr", [results])[1])


def test_of_a_test_with_several_cases_the_worst_is_told(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    path.write_text(FAILED)
    assert read_results([path]) == {
        "tests/privacy/test_a.py::test_x": Result("failed", None), "tests/b.py::test_y": Result("skipped", None),
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="no file of test results"):
        read_results([tmp_path / "none.xml"])


def test_what_weakens_a_default_is_told(house) -> None:
    text = as_markdown(papers(house, "en")[1])
    assert "The demonstration is open without sign-in" in text
    assert "The least count is under 5" not in text
    said = house.said.model_copy(update={"thresholds": house.said.thresholds.model_copy(update={"small_cell": 3})})
    assert "The least count is under 5" in as_markdown(papers(replace(house, said=said), "en")[1])


def test_the_sheets_say_the_figures_of_the_city(house) -> None:
    text = as_markdown(papers(house, "en")[2])
    assert "Under 150 m" in text
    limits = house.said.thresholds.model_copy(update={"duplicate_m": 90.0})
    said = house.said.model_copy(update={"thresholds": limits})
    assert "Under 90 m" in as_markdown(papers(replace(house, said=said), "en")[2])
    assert text.count("Individual decisions a year**: 0") == 5


def test_the_audit_of_minimum_data_names_columns_that_nothing_fills(house) -> None:
    text = as_markdown(papers(house, "en")[3])
    row = next(line for line in text.splitlines() if line.startswith("| event |"))
    assert "withdrawn_at" in row
    with house.database.write() as connection:
        table = metadata.tables["event"]
        connection.execute(table.update().values(withdrawn_at=datetime.now(UTC)))
    text = as_markdown(papers(house, "en")[3])
    row = next(line for line in text.splitlines() if line.startswith("| event |"))
    assert "withdrawn_at" not in row


def test_a_cell_cannot_break_a_table_of_markdown() -> None:
    table = PaperTable(heads=["a"], rows=[["x | y\nz"]])
    paper = Paper(name="n", title="T", lang="fr", signed="s", sections=[Section(title="t", table=table)])
    assert "| x \\| y z |" in as_markdown(paper)


def test_markup_in_a_value_is_text_in_the_pdf_and_nothing_is_fetched() -> None:
    hostile = '<img src="http://127.0.0.1:9/x"><b>bold</b>'
    section = Section(title="t", texts=[hostile])
    document = pypdfium2.PdfDocument(
        as_pdf(Paper(name="n", title="T", lang="en", signed="s", sections=[section]), is_demo=False)
    )
    text = document[0].get_textpage().get_text_range()
    assert "<b>bold</b>" in text
    assert "DEMONSTRATION" not in text


def test_a_folder_that_cannot_be_written_is_one_sentence(house, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_papers(house, tmp_path / "file" / "papers", "fr")


def test_facts_are_gathered_where_accounts_are(served) -> None:
    with pytest.raises(ConfigurationError, match="accounts"):
        collect(served.house, words("fr"))


def test_the_purge_knows_the_reports_of_the_control() -> None:
    assert {"control_report", "control_review"} <= set(_NOTES) & set(_FIXED)
