"""What was written in the audit and in the versions of events stays: the database itself refuses anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from access.audit import Audit
from access.sealing import Seal
from events.vocabulary import Severity
from store.access_tables import audit
from store.chain import verify
from store.retention import KINDS, Limits, purge
from store.tables import event_version
from tests.intruder import guards_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # past its six months, whatever the clock of the machine
DAY = timedelta(days=1)
LIMITS = Limits(kinds=dict.fromkeys(KINDS, 400 * DAY))


@pytest.fixture
def told(town):
    """An event of three versions, and an audit of a line of long ago and one of today."""
    for level in (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL):
        town.poll(town.event("a", severity=level))
    seal = Seal(b"0" * 32)
    for at in (LONG_AGO, datetime.now(UTC)):
        Audit(town.database, seal, lambda at=at: at).note(None, "sign-in")
    return town


def run(town, statement):
    with town.database.write() as connection:
        connection.exec_driver_sql(statement)


def kept(town):
    with town.database.read() as connection:
        return [connection.execute(select(table)).all() for table in (audit, event_version)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'nobody' WHERE seq = 2",
        "UPDATE audit SET outcome = 'done' WHERE seq = 1",
        "UPDATE audit SET seq = 3 WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        *(
            f"UPDATE event_version SET {column.name} = {column.name} WHERE v = 1"
            for column in event_version.columns
            if column.name not in ("superseded_at", "snapshot", "diff")
        ),
        "UPDATE event_version SET superseded_at = NULL WHERE v = 1",
        "UPDATE event_version SET superseded_at = recorded_at WHERE v = 1",
        "UPDATE event_version SET snapshot = '{}' WHERE v = 2",
        "UPDATE event_version SET diff = '{}', snapshot = NULL WHERE v = 2",
        "DELETE FROM event_version WHERE v = 3",
        "DELETE FROM event_version",
    ],
)
def test_no_line_of_the_audit_and_no_version_is_changed_or_removed(told, statement):
    before = kept(told)
    with pytest.raises(IntegrityError, match=r"stays as it is|does not hold"):
        run(told, statement)
    assert kept(told) == before


def test_trap_a_row_that_replaces_another_and_a_table_emptied_at_once_are_refused_too(told):
    before = kept(told)
    statements = (
        ("INSERT OR REPLACE INTO audit SELECT * FROM audit", "INSERT OR REPLACE INTO event_version SELECT * FROM event_version")
        if told.database.is_sqlite
        else ("TRUNCATE audit", "TRUNCATE event_version")
    )  # fmt: skip
    for statement in statements:
        with pytest.raises(IntegrityError):
            run(told, statement)
    assert kept(told) == before


def test_what_is_past_its_time_leaves_a_tombstone_and_the_first_lines_go(told):
    purge(told.database, LIMITS, told.now + 500 * DAY)
    lines, versions = kept(told)
    assert [line.seq for line in lines] == [2]
    assert [(one.v, one.snapshot, one.diff) for one in versions] == [(1, None, None), (2, None, None), (3, None, None)]
    assert verify(told.database).holds


def test_a_row_is_still_added_after_every_refusal(told):
    with pytest.raises(IntegrityError):
        run(told, "DELETE FROM audit WHERE seq = 2")
    values = {
        "at": datetime.now(UTC),
        "who": "x",
        "organisation_id": "x",
        "action": "x",
        "outcome": "done",
        "sha256": "0",
    }
    with told.database.write() as connection:
        connection.execute(insert(audit).values(seq=3, **values))
        names = set(guards_of(connection).values())
    assert names == {"audit", "event_version"}
