"""The schema cannot hold a person: the rule over all tables, and each breach of it planted."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import postgresql, sqlite

from events.errors import InvalidRecord
from store.admitted import Cleared
from store.annotations import HARMLESS, faults
from store.columns import ClearedText, ClearedTexts, Code, SnapshotText, described
from store.metadata import ALWAYS, FOR_RUNS
from store.tables import metadata

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = ("Jeanne Martin", "jeanne.martin@example.org", "0612345678", "rtsp://10.0.0.5/cam", "a b")
TEXT_COLUMNS = [
    column for table in metadata.sorted_tables for column in table.columns if column.info["content"] not in (
        "moment", "number", "flag")
]  # fmt: skip


def planted(*columns: Column[object]) -> tuple[str, ...]:
    schema = MetaData()
    Table("planted", schema, described("id", Integer, primary_key=True, purpose="order", retention=FOR_RUNS), *columns)
    return faults(schema)


def test_every_column_of_every_table_says_what_it_is():
    assert faults(metadata) == ()


def test_an_exception_names_a_column_that_exists():
    assert set(HARMLESS) <= {str(column) for table in metadata.sorted_tables for column in table.columns}


def test_a_column_without_annotation_is_refused():
    assert planted(Column("n", Integer)) == (
        "planted.n: says nothing of its content, personal, purpose, retention: write the column with described()",
    )


@pytest.mark.parametrize(
    "name", ["phone", "home_phone", "telephone", "family_name", "birth_date", "plate", "mail", "driver", "device_id"]
)
def test_a_column_called_like_a_person_is_refused(name):
    found = planted(described(name, Code(20), purpose="to call back", retention=FOR_RUNS))
    assert found == (f"planted.{name}: is called like something of a person",)


@pytest.mark.parametrize("name", ["stream_url", "rtsp", "videostream", "image", "feed_link"])
def test_a_column_called_like_a_stream_is_refused(name):
    found = planted(described(name, Code(200), purpose="to look", retention=FOR_RUNS))
    assert found == (f"planted.{name}: is called like the address of an image or a stream",)


@pytest.mark.parametrize("name", ["risk_score", "district_rank", "forecast", "hotspot", "track_id", "trajectory"])
def test_a_column_called_like_a_judgement_is_refused(name):
    found = planted(described(name, Integer, purpose="to compare", retention=FOR_RUNS))
    assert found == (f"planted.{name}: is called like a judgement on a place or a person, a forecast or a track",)


@pytest.mark.parametrize("kind", [Text(), String(40), String, LargeBinary()], ids=str)
def test_a_text_column_outside_the_gate_is_refused(kind):
    found = planted(described("remark", kind, purpose="what was said", retention=FOR_RUNS))
    assert found == ("planted.remark: holds text that no gate has read: its type lets any text in",)


def test_a_text_that_is_never_deleted_is_refused():
    found = planted(described("remark", ClearedText("planted.remark"), purpose="said", retention=ALWAYS))
    assert found == ("planted.remark: is a text that nothing ever deletes",)


def test_a_retention_nobody_carries_out_and_personal_data_are_refused():
    assert planted(described("done", Boolean, purpose="state", retention="a while")) == (
        "planted.done: is kept 'a while', which the purge does not know",
    )
    assert planted(described("done", Boolean, purpose="state", retention=FOR_RUNS, personal="account")) == (
        "planted.done: says that it holds personal data: no column of the observatory may",
    )


@pytest.mark.parametrize("column", TEXT_COLUMNS, ids=str)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_column_takes_a_text_that_did_not_pass_the_gate(column, sentence):
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        bind = column.type.dialect_impl(dialect).bind_processor(dialect)
        for ungated in (sentence, f'{{"headline": "{sentence}"}}'):
            with pytest.raises(InvalidRecord) as refused:
                bind(ungated)
            assert sentence not in str(refused.value)
        assert bind(None) is None


def test_a_list_of_texts_is_refused_for_one_that_did_not_pass():
    bind = ClearedTexts("poll_run.dropped_fields").process_bind_param
    with pytest.raises(InvalidRecord):
        bind([Cleared("owner"), "Jeanne Martin"], sqlite.dialect())
    assert bind([Cleared("owner")], sqlite.dialect()) == '["owner"]'


def test_a_code_column_takes_codes_hashes_and_cleared_text_only():
    bind = Code(100).process_bind_param
    for value in ("demo-works", "listed:city,port", "13201", "Europe/Paris", "a" * 64,
                  "0193a4f2-0000-7000-8000-00000000000a", "", Cleared("rue de Rome")):  # fmt: skip
        assert bind(value, sqlite.dialect()) == value


def test_text_goes_into_tables_through_their_types_only():
    """Raw SQL skips the types of the columns: it may write sums, which hold no text of a partner."""
    writing = re.compile(r"\b(?:insert\s+into\s+|replace\s+into\s+|update\s+(?=\w+\s+set\b))(\w+)", re.IGNORECASE)
    found: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "store").rglob("*.py")) + sorted((ROOT / "access").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {(path.stem, name.lower()) for name in writing.findall(node.value)}
    assert found == {
        ("half_hours", "poll_half_hour"), ("rollup", "event_day"), ("rollup", "district_day"), ("rollup", "category_day"), ("rollup", "delay_day"), ("rollup", "day_place"), ("leadership", "leadership"),
        ("fields", "source_field"), ("fields", "source_schema"),
    }  # fmt: skip
    written = {name for _, name in found}
    gated = {table.name for table in metadata.sorted_tables for column in table.columns
             if isinstance(column.type, ClearedText | SnapshotText)}  # fmt: skip
    assert written & gated == set()
