from __future__ import annotations

import pytest

from events.vocabulary import Severity
from store.chain import verify

LAST = "UPDATE event_version SET {} WHERE v = 2 AND event_id = (SELECT id FROM event WHERE number = 1)"
ONE = "event_id = (SELECT id FROM event WHERE number = 1)"


@pytest.fixture
def told(town):
    """Two events of three versions each."""
    for level in (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL):
        town.poll(town.event("a", severity=level), town.event("b", severity=level))
    return town


def test_an_untouched_chain_holds(told):
    report = verify(told.database)
    assert (report.events, report.versions, report.breaks, report.holds) == (2, 6, (), True)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (LAST.format("snapshot = replace(snapshot, 'Accident', 'Incident')"), {(2, "content was edited")}),
        (LAST.format("diff = '{}'"), {(2, "content was edited")}),
        (LAST.format("diff = NULL"), {(2, "content was deleted in part")}),
        (LAST.format("severity = 0"), {(2, "metadata was edited")}),
        (LAST.format("audience = 'partners'"), {(2, "metadata was edited")}),
        (LAST.format("valid_to = NULL"), {(2, "metadata was edited")}),
        (
            LAST.format("recorded_at = '2026-11-14 12:02:30.000000'"),
            {(2, "metadata was edited"), (1, "time of its end is not that of the next version")},
        ),
        (f"DELETE FROM event_version WHERE v = 2 AND {ONE}", {(2, "version is missing")}),
        (f"DELETE FROM event_version WHERE v = 3 AND {ONE}", {(3, "version is missing")}),
        (f"DELETE FROM event_version WHERE {ONE}", {(3, "every version is missing")}),
        (LAST.format("superseded_at = NULL"), {(2, "time of its end is not that of the next version")}),
        ("UPDATE event SET sha256 = 'x' WHERE number = 1", {(3, "is not the version the event shows")}),
    ],
)
def test_every_kind_of_tampering_is_found_and_only_there(told, statement, found):
    told.edit(statement)
    with told.database.read() as connection:
        first = connection.exec_driver_sql("SELECT id FROM event WHERE number = 1").scalar_one()
    breaks = verify(told.database).breaks
    assert {one.event_id for one in breaks} == {first}
    assert found <= {(one.version, one.reason) for one in breaks}


def test_two_versions_that_changed_places_are_found(told):
    told.edit(f"UPDATE event_version SET v = 9 WHERE v = 1 AND {ONE}")
    told.edit(f"UPDATE event_version SET v = 1 WHERE v = 2 AND {ONE}")
    told.edit(f"UPDATE event_version SET v = 2 WHERE v = 9 AND {ONE}")
    reasons = {one.reason for one in verify(told.database).breaks}
    assert "does not follow the version before" in reasons


def test_a_tombstone_still_verifies(told):
    told.edit(f"UPDATE event_version SET snapshot = NULL, diff = NULL WHERE {ONE}")
    assert verify(told.database).holds
