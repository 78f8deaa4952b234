"""Who polls: elected, heard, fenced; and how the others hear of what was written."""

from __future__ import annotations

import threading
import time

import pytest

from events.errors import ConfigurationError, StoreUnavailable
from store import readers
from store.database import connect
from store.leadership import Alone, Election, fence, stand
from store.notices import Listener
from store.writer import Writer
from tests.stores import PostgresStores, SqliteStores

BEAT_S = 0.4


class Polls:
    """What one process would do: counts how often it began and ended."""

    def __init__(self, url: str) -> None:
        self.database = connect(url)
        self.leadership = Election(self.database, BEAT_S)
        self.fences = []
        self.ended = 0
        self.is_well = True

    def start(self) -> Polls:
        self.leadership.start(self.fences.append, self._end, lambda: self.is_well)
        return self

    def _end(self) -> None:
        self.ended += 1

    def close(self) -> None:
        self.leadership.stop()
        self.database.close()


@pytest.fixture(scope="session")
def stores(postgres):
    return PostgresStores(postgres)


@pytest.fixture
def processes(store_url):
    started = []

    def start(count: int) -> list[Polls]:
        started.extend(Polls(store_url).start() for _ in range(count))
        return started

    yield start
    for one in started:
        one.close()


def until(check, wait_s=10.0):
    end = time.monotonic() + wait_s
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def leaders(processes):
    return [one for one in processes if one.leadership.is_leader]


def test_one_of_four_is_elected_and_the_others_hear_it(processes):
    four = processes(4)
    until(lambda: all(one.leadership.heartbeat_at for one in four))
    time.sleep(2 * BEAT_S)
    assert len(leaders(four)) == 1
    assert sum(len(one.fences) for one in four) == 1
    assert {one.ended for one in four} == {0}


def test_one_that_resigns_ends_its_polling_first_and_the_other_is_elected(processes):
    two = processes(2)
    until(lambda: len(leaders(two)) == 1 and leaders(two)[0].fences)
    first = leaders(two)[0]
    first.leadership.stop()
    assert first.ended == 1
    until(lambda: leaders(two) and leaders(two) != [first], 2 * BEAT_S)


def test_a_leader_whose_session_was_ended_polls_no_more_and_may_be_elected_again(processes, postgres, town):
    only = processes(1)[0]
    until(lambda: only.fences)
    with postgres.operator() as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            [only.database.session],
        )
    until(lambda: only.ended == 1 and len(only.fences) == 2)
    writer = Writer(town.database, town.city, lambda: town.now, only.fences[0])
    with pytest.raises(StoreUnavailable, match="another process polls since this document was asked for"):
        writer.apply(town.batch(town.event()))
    assert readers.last_change(town.database, viewer=town.all_seeing) == 0
    assert Writer(town.database, town.city, lambda: town.now, only.fences[1]).apply(town.batch(town.event())).new == 1


def test_a_leader_whose_polling_died_resigns_and_another_polls(processes):
    """Its process lives and its sign of life goes on: only it can know that nothing is polled any more."""
    two = processes(2)
    until(lambda: len(leaders(two)) == 1 and leaders(two)[0].fences)
    first = leaders(two)[0]
    other = next(one for one in two if one is not first)
    first.is_well = False
    until(lambda: leaders(two) == [other] and other.fences, 3 * BEAT_S)
    assert first.ended == 1
    first.is_well = True
    other.is_well = False
    until(lambda: leaders(two) == [first] and len(first.fences) == 2, 5 * BEAT_S)


def test_the_only_process_begins_a_polling_that_died_anew(processes):
    only = processes(1)[0]
    until(lambda: only.fences)
    only.is_well = False
    until(lambda: only.ended == 1)
    only.is_well = True
    until(lambda: len(only.fences) == 2, 5 * BEAT_S)


def test_a_silent_holder_of_the_lock_is_ended_with_all_its_sessions(processes, town):
    silent = Polls(town.url)
    silent.leadership._term = silent.leadership._take(silent.leadership._connected())
    assert silent.leadership._is_elected(silent.leadership._connected())
    other = processes(1)[0]

    def read_meanwhile() -> None:
        # It stands still with a transaction open, and so has the turn to write too.
        with silent.database.write(), silent.database.read() as reading:
            reading.exec_driver_sql("SELECT 1")
            began = time.monotonic()
            until(lambda: other.leadership.is_leader)
            assert time.monotonic() - began < 2 * BEAT_S + 0.5
            reading.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable, match="is being stopped or started"):
        read_meanwhile()
    silent.database.close()


def test_the_term_changes_between_two_writes_never_during_one(processes, town):
    confirm = fence(0)
    with town.database.write() as connection:
        confirm(connection)
        only = processes(1)[0]
        time.sleep(BEAT_S)
        assert only.fences == []
    until(lambda: len(only.fences) == 1)
    with pytest.raises(StoreUnavailable), town.database.write() as connection:
        confirm(connection)


def test_a_write_wakes_those_who_listen_and_so_does_a_connection_that_came_back(town, postgres):
    other = connect(town.url)
    woken = []
    listener = Listener(other, lambda: woken.append(readers.last_change(town.database, viewer=town.all_seeing)))
    listener.start()
    until(lambda: woken == [0])
    town.poll(town.event())
    until(lambda: woken == [0, 1], 1)
    with postgres.operator() as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [other.session]
        )
    until(lambda: woken == [0, 1, 1])
    town.poll(town.event("e2"))
    until(lambda: woken[-1] == 2, 1)
    listener.stop()
    other.close()


def test_a_batch_that_is_refused_wakes_nobody(town):
    woken = threading.Event()
    listener = Listener(town.database, woken.set)
    listener.start()
    assert woken.wait(5)
    woken.clear()
    with pytest.raises(StoreUnavailable):
        Writer(town.database, town.city, lambda: town.now, fence(7)).apply(town.batch(town.event()))
    assert not woken.wait(0.3)
    listener.stop()


def test_a_file_has_one_process(tmp_path):
    files = SqliteStores(tmp_path)
    database = connect(files.new())
    alone = stand(database, BEAT_S)
    assert isinstance(alone, Alone)
    told = []
    alone.start(lambda _fence: told.append("began"), lambda: told.append("ended"))
    with pytest.raises(ConfigurationError, match="is in use by another process of this software"):
        stand(connect(files.new().replace("/2/", "/1/")), BEAT_S)
    alone.stop()
    alone.stop()
    assert told == ["began", "ended"]
    stand(database, BEAT_S).stop()
    database.close()
