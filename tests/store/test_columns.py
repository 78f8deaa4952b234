from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import StatementError

from events.errors import InvalidRecord
from store.admitted import Cleared
from store.bulk import insert_rows
from store.columns import ClearedText
from store.tables import change, event, metadata, reject

COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]


def test_text_that_did_not_pass_the_gate_is_refused_by_the_columns_name_and_never_quoted(town):
    row = {"run_id": 1, "place": Cleared("line 1"), "reason": Cleared("ours"), "external_id": "Jeanne Martin"}
    with pytest.raises(InvalidRecord) as refused, town.database.write() as connection:
        connection.execute(insert(reject), row)
    assert str(refused.value) == "the text for reject.external_id did not pass the privacy gate; it was not kept"


def test_a_snapshot_column_refuses_what_was_not_frozen(town):
    town.poll(town.event())
    with pytest.raises(InvalidRecord, match="only a snapshot"), town.database.write() as connection:
        connection.execute(event.update().values(snapshot='{"headline": "Jeanne Martin"}'))


def test_text_comes_back_as_cleared(town):
    applied = town.poll(rejects=(town.reject("e1"),))
    with town.database.read() as connection:
        found = connection.execute(select(reject.c.external_id).where(reject.c.run_id == applied.run_id)).scalar_one()
    assert isinstance(found, Cleared)


def test_a_time_without_a_zone_is_refused(town):
    town.poll(town.event())
    naive = datetime(2026, 1, 1)
    with pytest.raises((InvalidRecord, StatementError), match="without a zone"), town.database.write() as connection:
        connection.execute(event.update().values(last_seen_at=naive))


def test_every_free_text_column_is_of_the_type_that_refuses():
    gated = {str(column) for column in COLUMNS if isinstance(column.type, ClearedText)}
    assert gated == {
        "agreement.purpose",
        "camera.id",
        "camera_purpose.purpose",
        "camera_task.camera_id",
        "camera_task.finding",
        "conflict.place_title",
        "conflict.reason",
        "contribution.answer",
        "control_review.finding",
        "event.external_id",
        "event.search",
        "kiosk.title",
        "organisation.title",
        "poll_run.reason",
        "recurring_report.query",
        "recurring_report.title",
        "reject.external_id",
        "reject.place",
        "reject.reason",
        "saved_view.query",
        "saved_view.title",
        "road_state.id",
        "road_state_history.road_id",
        "source_order.reference",
        "source_order.told",
        "tally.id",
        "withheld.record",
    }


def test_rows_written_in_bulk_pass_the_types_of_their_columns_too(town):
    good = {"run_id": 1, "place": Cleared("line 1"), "reason": Cleared("ours"), "external_id": None}
    with pytest.raises(InvalidRecord) as refused, town.database.write() as connection:
        insert_rows(connection, reject, [good, good | {"external_id": "Jeanne Martin"}])
    assert str(refused.value) == "the text for reject.external_id did not pass the privacy gate; it was not kept"
    with pytest.raises(InvalidRecord, match="neither a short code"), town.database.write() as connection:
        insert_rows(
            connection, change, [dict.fromkeys(change.c.keys()) | {"seq": 1, "what": "Jeanne Martin, 5 rue Paradis"}]
        )
    run_id = town.poll(rejects=(town.reject("e1"),)).run_id
    with town.database.write() as connection:
        connection.execute(delete(reject))
        insert_rows(connection, reject, [good | {"run_id": run_id}] * 2)
    with town.database.read() as connection:
        assert [row[1:] for row in connection.execute(select(reject))] == [(run_id, "line 1", "ours", None)] * 2
