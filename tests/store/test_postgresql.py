"""What is particular to PostgreSQL: sessions, turns between processes, and the sentences for what goes wrong."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert

from events.errors import ConfigurationError, StoreUnavailable
from store import postgresql, readers
from store.database import connect
from store.schema import check, migrate
from store.tables import counter
from tests.house import free_port
from tests.postgres import PASSWORD, PostgresServer, name_of
from tests.stores import PostgresStores


@pytest.fixture(scope="session")
def stores(postgres):
    return PostgresStores(postgres)


def problem(url: str) -> str:
    database = connect(url)
    with pytest.raises(StoreUnavailable) as away:
        check(database)
    database.close()
    return str(away.value)


def test_a_read_sees_one_moment_and_cannot_write(town):
    with town.database.read() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
        assert readers.last_change(town.database, viewer=town.all_seeing) == 0
        connection.exec_driver_sql("SELECT 1 FROM change")
        town.poll(town.event())
        assert connection.exec_driver_sql("SELECT count(*) FROM change").scalar_one() == 0
    with town.database.write(is_durable=True) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"


def test_a_password_through_the_network_opens_and_a_wrong_one_is_told_without_it(postgres, store_url):
    name = name_of(store_url)
    opened = connect(postgres.url(name, password=PASSWORD))
    check(opened)
    opened.close()
    sentence = problem(postgres.url(name, password="hunter2"))
    assert f"127.0.0.1/{name} refuses the user or the password of DATABASE_URL" in sentence
    assert "hunter2" not in sentence


def test_an_absent_server_or_database_is_told(postgres):
    nowhere = f"postgresql://town:hunter2@127.0.0.1:{free_port()}/town"
    assert "127.0.0.1/town does not answer at its address; nothing was written" in problem(nowhere)
    assert "hunter2" not in problem(nowhere)
    assert "does not exist on its server: create it" in problem(postgres.url("none"))


def test_a_standby_is_told_and_read(postgres, town):
    town.poll(town.event())
    with postgres.operator() as operator:
        operator.execute(f"ALTER DATABASE {name_of(town.url)} SET default_transaction_read_only = on")
    standby = connect(town.url)
    assert readers.last_change(standby, viewer=town.all_seeing) == 1
    with pytest.raises(StoreUnavailable, match="is read-only, as a standby is; reading goes on, nothing was written"):
        check(standby)
    standby.close()


def test_too_many_connections_are_told(postgres, store_url):
    with postgres.operator() as operator:
        operator.execute("ALTER ROLE observatory CONNECTION LIMIT 0")
        try:
            assert "has no connection left; nothing was lost" in problem(store_url)
        finally:
            operator.execute("ALTER ROLE observatory CONNECTION LIMIT -1")


def test_texts_of_another_encoding_are_refused_at_once(postgres):
    with postgres.operator() as operator:
        operator.execute(
            "CREATE DATABASE latin OWNER observatory TEMPLATE template0 ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc"
        )
    latin = connect(postgres.url("latin"))
    with pytest.raises(ConfigurationError, match="keeps its texts in LATIN1: create it with ENCODING 'UTF8'"):
        migrate(latin)
    latin.close()
    postgres.drop(postgres.url("latin"))


def test_another_process_that_writes_for_too_long_is_told_and_nothing_is_kept(town, monkeypatch):
    monkeypatch.setattr(postgresql, "TURN_S", 0.1)
    impatient = connect(town.url)
    with town.database.write(), pytest.raises(StoreUnavailable, match="is being written by another process"):
        check(impatient)
    check(impatient)
    impatient.close()


def test_a_writer_that_stands_still_loses_its_turn(town, monkeypatch):
    monkeypatch.setattr(postgresql, "IDLE_S", 0.2)
    frozen = connect(town.url)

    def stand_still() -> None:
        with frozen.write() as connection:
            connection.execute(insert(counter).values(name="half", value=1))
            check(town.database)  # waits until the server has ended the other's transaction
            connection.execute(insert(counter).values(name="other half", value=1))

    with pytest.raises(StoreUnavailable):
        stand_still()
    assert "half" not in town.everything()
    frozen.close()


def test_a_restart_costs_no_request(postgres: PostgresServer, town):
    town.poll(town.event())
    postgres.stop()
    try:
        with pytest.raises(StoreUnavailable, match=r"does not answer|being stopped or started"):
            readers.last_change(town.database, viewer=town.all_seeing)
    finally:
        postgres.start()
    assert readers.last_change(town.database, viewer=town.all_seeing) == 1
    town.poll(town.event("e2"))


def test_processes_that_start_together_migrate_once(bare_url):
    databases = [connect(bare_url) for _ in range(4)]
    threads = [threading.Thread(target=migrate, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        check(database)
        database.close()


def test_writers_of_several_processes_number_without_holes(town):
    others = [type(town)(town.url) for _ in range(3)]

    def write(place, number: int) -> None:
        for turn in range(5):
            place.writer.apply(place.batch(place.event(f"e{number}-{turn}")))

    threads = [threading.Thread(target=write, args=pair) for pair in zip([town, *others], range(4), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.seq for one in readers.raw_changes(town.database, since=0)] == list(range(1, 21))
    for other in others:
        other.database.close()
