from __future__ import annotations

from events.audience import ANONYMOUS, PARTNERS, PUBLIC, Viewer, listed
from events.vocabulary import Severity
from store import readers
from store.kept import Action, EventQuery, Kind

PORT = Viewer("port", is_partner=True)
AIR = Viewer("air", is_partner=True)


def told(town, viewer, since=0, **options):
    page = readers.changes(town.database, viewer=viewer, since=since, **options)
    return [(one.seq, one.action) for one in page.changes]


def test_each_viewer_gets_the_changes_that_concern_them(town):
    town.poll(town.event("a", audience=PUBLIC), town.event("b", audience=PARTNERS))
    town.poll(town.event("c", audience=listed(["port"])))
    upsert = Action.UPSERT
    assert told(town, ANONYMOUS) == [(1, upsert)]
    assert told(town, AIR) == [(1, upsert), (2, upsert)]
    assert told(town, PORT) == [(1, upsert), (2, upsert), (3, upsert)]


def test_who_loses_sight_is_told_it_is_gone_and_nobody_else(town):
    town.poll(town.event(audience=PUBLIC))
    town.poll(town.event(audience=listed(["port"])))
    town.poll(town.event(audience=listed(["port"]), severity=Severity.MAJOR))
    town.poll(town.event(audience=listed(["air"]), severity=Severity.MAJOR))
    upsert, gone = Action.UPSERT, Action.GONE
    assert told(town, ANONYMOUS) == [(1, upsert), (2, gone)]
    assert told(town, PORT) == [(1, upsert), (2, upsert), (3, upsert), (4, gone)]
    assert told(town, AIR) == [(1, upsert), (2, gone), (4, upsert)]
    assert [number for number, _ in told(town, town.all_seeing)] == [1, 2, 3, 4]


def test_withdrawn_is_gone_and_back_is_an_upsert(town):
    town.poll(town.event())
    town.poll(withdrawn=("e1",))
    town.poll(town.event(severity=Severity.MAJOR))
    assert told(town, ANONYMOUS, since=1) == [(2, Action.GONE), (3, Action.UPSERT)]


def test_a_number_given_to_a_viewer_is_that_of_a_change_they_may_see(town):
    town.poll(town.event("a"), town.event("b", audience=PARTNERS), town.event("c", audience=PARTNERS))
    page = readers.changes(town.database, viewer=ANONYMOUS, since=0)
    assert (page.next, page.has_more, page.is_known) == (1, False, True)
    assert readers.changes(town.database, viewer=ANONYMOUS, since=1).next == 1
    assert readers.last_change(town.database, viewer=ANONYMOUS) == 1
    assert readers.last_change(town.database, viewer=PORT) == 3


def test_changes_come_in_pages(town):
    town.poll(*(town.event(f"e{number}") for number in range(5)))
    page = readers.changes(town.database, viewer=ANONYMOUS, since=0, limit=2)
    assert (page.next, page.has_more, len(page.changes)) == (2, True, 2)
    assert readers.changes(town.database, viewer=ANONYMOUS, since=4, limit=2).has_more is False


def test_a_number_of_another_database_is_not_known(town):
    town.poll(town.event())
    page = readers.changes(town.database, viewer=ANONYMOUS, since=900)
    assert (page.is_known, page.changes, page.next) == (False, (), 900)
    assert readers.changes(town.database, viewer=ANONYMOUS, since=-1).is_known is False


def test_numbers_whose_changes_were_deleted_are_not_known(town):
    town.poll(*(town.event(f"e{number}") for number in range(5)))
    with town.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM change WHERE seq <= 3")
    assert readers.changes(town.database, viewer=ANONYMOUS, since=2).is_known is False
    assert told(town, ANONYMOUS, since=3) == [(4, Action.UPSERT), (5, Action.UPSERT)]


def test_an_empty_store_has_no_last_change_and_knows_zero(town):
    assert readers.last_change(town.database, viewer=ANONYMOUS) == 0
    assert readers.changes(town.database, viewer=ANONYMOUS, since=0).is_known is True


def test_raw_changes_name_the_record_as_the_readers_do(town):
    town.poll(town.event(), road_states=(town.road(),))
    event_change, road_change = readers.raw_changes(town.database, since=0)
    (one,) = readers.events(town.database, viewer=ANONYMOUS, query=EventQuery()).events
    assert (event_change.kind, event_change.id) == (Kind.EVENT, one.id)
    assert (road_change.kind, road_change.id) == (Kind.ROAD, "town-works:r1")
    assert readers.raw_changes(town.database, since=1, limit=1) == (road_change,)
