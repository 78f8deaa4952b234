"""F8: documents that come twice, in the wrong order or again after days leave the same state as the last one alone."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from events.vocabulary import Severity
from store.chain import verify
from store.maintenance import integrity
from store.tables import event, event_version

DOCUMENTS = 4


def publication(town, number):
    """Return the events of the document of that number: each says its number, one more is there each time."""
    at = town.noon + timedelta(minutes=number)
    return [town.event(f"e{n}", severity=Severity(number), published_at=at) for n in range(3 + number)]


def state(town):
    columns = (event.c.external_id, event.c.severity, event.c.published_at, event.c.fingerprint, event.c.withdrawn_at)
    with town.database.read() as connection:
        return connection.execute(select(*columns).order_by(event.c.external_id)).all()


def versions(town):
    with town.database.read() as connection:
        return connection.execute(select(event_version.c.event_id, event_version.c.v)).all()


@pytest.mark.parametrize("seed", range(20))
def test_f8_duplicates_and_any_order_leave_the_state_of_the_last_publication(town, seed):
    order = [number for number in range(1, DOCUMENTS + 1) for _ in range(3)]
    random.Random(seed).shuffle(order)
    for number in order:
        town.poll(*publication(town, number))
    rows = state(town)
    last = town.noon + timedelta(minutes=DOCUMENTS)
    assert [(row.external_id, row.severity, row.withdrawn_at) for row in rows] == [
        (f"e{n}", DOCUMENTS, None) for n in range(3 + DOCUMENTS)
    ]
    assert {row.published_at for row in rows} == {last}
    assert len(versions(town)) <= sum(3 + number for number in range(1, DOCUMENTS + 1))
    assert (verify(town.database).holds, integrity(town.database)) == (True, ())


def test_f8_batch_replayed_three_times_makes_no_version_and_no_change(town):
    for number in range(1, DOCUMENTS + 1):
        town.listed(*publication(town, number))
    before, made = state(town), versions(town)
    for _ in range(3):
        applied = town.listed(*publication(town, DOCUMENTS))
        assert (applied.new, applied.changed, applied.withdrawn) == (0, 0, 0)
    assert (state(town), versions(town)) == (before, made)


def test_f8_old_snapshot_replayed_once_withdraws_nothing_and_undoes_nothing(town):
    for number in range(1, DOCUMENTS + 1):
        town.listed(*publication(town, number))
    before = state(town)
    town.listed(*publication(town, 1))
    town.listed(*publication(town, DOCUMENTS))
    assert state(town) == before
