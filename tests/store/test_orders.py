"""What people order of sources is kept, holds, and is told to every process; fields wait for their decision."""

from __future__ import annotations

import threading

import pytest

from events.errors import InvalidRecord
from store import readers
from store.admitted import Cleared
from store.notices import Listener
from store.orders import Fields, Order, What, order

WORKS = "town-works"


def give(town, what, source_id=WORKS, **told):
    return order(town.database, Order(source_id=source_id, what=what, ordered_at=town.now, authority="town", **told))


def test_a_pause_holds_until_the_resume(town):
    give(town, What.PAUSE)
    give(town, What.RELAUNCH)
    give(town, What.PAUSE, "port-calls")
    assert readers.paused(town.database) == {WORKS: town.now, "port-calls": town.now}
    assert readers.orders(town.database, WORKS).paused_at == town.now
    give(town, What.RESUME)
    assert set(readers.paused(town.database)) == {"port-calls"}
    assert readers.orders(town.database, WORKS).paused_at is None


def test_orders_are_read_on_from_a_number(town):
    first = give(town, What.PAUSE)
    give(town, What.RELAUNCH, "port-calls")
    assert [(one.source_id, one.what) for one in readers.orders_after(town.database, first)] == [
        ("port-calls", What.RELAUNCH)
    ]
    assert readers.orders_after(town.database, readers.last_order(town.database)) == ()


def test_the_last_note_is_the_note_and_earlier_ones_stay_to_be_read(town):
    for words in ("Prestataire prévenu", "Retour prévu à 18 h"):
        give(town, What.NOTE, told=Cleared(words))
    kept = readers.orders(town.database, WORKS)
    assert (kept.note.told, kept.note.authority) == ("Retour prévu à 18 h", "town")
    assert [one.told for one in kept.last] == ["Retour prévu à 18 h", "Prestataire prévenu"]


def test_words_that_did_not_pass_the_gate_are_refused(town):
    with pytest.raises(InvalidRecord, match=r"source_order\.told did not pass the privacy gate"):
        give(town, What.NOTE, told="Jeanne Martin")
    assert readers.last_order(town.database) == 0


def test_fields_are_noted_with_their_reading(town):
    town.poll(town.event(), is_read=True, new_fields=frozenset({"place"}))
    first = town.now
    town.poll(town.event(), is_read=True, locked_fields=frozenset({"instruction"}))
    town.poll(town.event(), is_read=True, locked_fields=frozenset({"instruction"}))
    town.poll(run=town.run("failed"))
    kept = readers.fields_of(town.database, WORKS)
    assert (kept.readings, kept.known, set(kept.locked)) == (3, {"place"}, {"instruction"})
    assert first < kept.locked["instruction"] < town.now
    assert readers.fields_of(town.database, "nobody") == Fields()


def test_a_decision_allows_one_field_and_stays_to_be_read(town):
    town.poll(town.event(), is_read=True, locked_fields=frozenset({"instruction", "place"}))
    told = {"field": "instruction", "told": Cleared("Avis sur les consignes"), "reference": Cleared("AIPD-2026-14")}
    give(town, What.ALLOW, **told)
    kept = readers.fields_of(town.database, WORKS)
    assert (kept.known, set(kept.locked)) == ({"instruction"}, {"place"})
    decided = readers.orders(town.database, WORKS).last[0]
    assert (decided.field, decided.told, decided.reference) == tuple(told.values())


def test_a_field_that_does_not_wait_cannot_be_allowed(town):
    with pytest.raises(InvalidRecord, match="no field of this name waits"):
        give(town, What.ALLOW, field="instruction", told=Cleared("Avis"), reference=Cleared("1"))
    assert readers.last_order(town.database) == 0


def test_a_reading_screened_before_the_decision_does_not_lock_again(town):
    town.poll(town.event(), is_read=True, locked_fields=frozenset({"instruction"}))
    give(town, What.ALLOW, field="instruction", told=Cleared("Avis"), reference=Cleared("1"))
    town.poll(town.event(), is_read=True, locked_fields=frozenset({"instruction"}))
    assert readers.fields_of(town.database, WORKS).known == {"instruction"}


def test_an_order_is_heard_by_other_processes(town):
    if town.database.is_sqlite:
        pytest.skip("one process only serves a file")
    heard = threading.Semaphore(0)
    listener = Listener(town.database, heard.release)
    listener.start()
    try:
        assert heard.acquire(timeout=10)
        give(town, What.PAUSE)
        assert heard.acquire(timeout=10)
    finally:
        listener.stop()
