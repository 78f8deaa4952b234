from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from events.errors import ConfigurationError, InvalidRecord, StoreUnavailable
from events.vocabulary import Severity
from store import readers
from store.admitted import Cleared
from store.database import connect
from store.kept import EventQuery
from store.maintenance import integrity
from store.schema import check, migrate
from store.tables import change, counter, event, metadata


def test_migrations_make_exactly_the_tables_of_the_code(town):
    with town.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(town):
    town.poll(town.event())
    migrate(town.database)
    assert readers.last_change(town.database, viewer=town.all_seeing) == 1


def test_check_writes_and_leaves_nothing(town):
    town.poll(town.event())
    before = town.everything()
    check(town.database)
    assert town.everything() == before


def test_a_database_of_a_newer_version_is_left_alone(town):
    town.edit("UPDATE alembic_version SET version_num = '9999'")
    for act in (migrate, check):
        with pytest.raises(StoreUnavailable, match=r"written by a newer version of this software \(schema 9999\)"):
            act(town.database)


def test_a_database_without_tables_says_to_run_the_migrations(bare_url):
    empty = connect(bare_url)
    with pytest.raises(StoreUnavailable, match="run the migrations"):
        check(empty)
    with pytest.raises(StoreUnavailable, match="run the migrations"):
        readers.source_states(empty)
    empty.close()


@pytest.mark.parametrize("url", ["", "town.db", "mysql://host/town", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_a_database_stops_the_start(url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        connect(url)


def test_a_password_is_in_no_message(monkeypatch):
    with pytest.raises(ConfigurationError) as refused:
        connect("mysql://town:hunter2@host/town")
    assert "hunter2" not in str(refused.value)


def test_an_exception_in_a_write_keeps_nothing(town):
    def half() -> None:
        with town.database.write() as connection:
            connection.execute(counter.insert().values(name="half", value=1))
            raise KeyError("half")

    with pytest.raises(KeyError):
        half()
    with town.database.read() as connection:
        assert connection.execute(select(func.count()).where(counter.c.name == "half")).scalar_one() == 0


def test_readers_cannot_write(town):
    with pytest.raises(StoreUnavailable, match="read-only"), town.database.read() as connection:
        connection.execute(counter.insert().values(name="x", value=1))


def test_parameters_are_hidden_in_errors(town):
    twice = [{"name": "jeanne", "value": 1}] * 2
    with pytest.raises(IntegrityError) as broken, town.database.write() as connection:
        connection.execute(counter.insert(), twice)
    assert "jeanne" not in str(broken.value)


def test_reads_go_on_while_a_batch_is_written_and_see_all_of_it_or_nothing(town):
    town.poll(*(town.event(f"e{n}") for n in range(200)))
    stop = threading.Event()
    seen: list[tuple[int, int]] = []
    slowest = [0.0]

    def look() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            with town.database.read() as connection:
                major = select(func.count()).where(event.c.severity >= Severity.MAJOR)
                seen.append(
                    (
                        connection.execute(major).scalar_one(),
                        connection.execute(select(func.max(change.c.seq))).scalar_one(),
                    )
                )
            slowest[0] = max(slowest[0], time.perf_counter() - began)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for level in (Severity.MAJOR, Severity.MODERATE, Severity.CRITICAL):
        town.poll(*(town.event(f"e{n}", severity=level) for n in range(200)))
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) <= {(0, 200), (200, 400), (0, 600), (200, 800)}
    assert slowest[0] < 3.0


def test_writers_of_several_threads_take_turns(town):
    def write(number: int) -> None:
        town.writer.apply(town.batch(town.event(f"e{number}")))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.seq for one in readers.raw_changes(town.database, since=0)] == list(range(1, 13))


def test_integrity_of_a_sound_file(town):
    town.poll(town.event())
    assert integrity(town.database) == ()


def test_the_clock_of_runs_is_kept_in_utc(town):
    town.poll(run=town.run(published_at=town.noon + timedelta(seconds=1)))
    assert readers.runs(town.database, "town-works")[0].published_at == town.noon + timedelta(seconds=1)


def test_a_text_that_a_database_cannot_hold_costs_its_record_only(town):
    told = town.poll(
        town.event("bad", headline=Cleared("a\0b")), town.event("worse", place=Cleared("\ud800")), town.event()
    )
    assert told.new == 1
    reasons = {row.reason for row in readers.rejects(town.database, told.run_id)}
    assert reasons == {"the text of headline cannot be kept", "the text of place cannot be kept"}


def test_a_question_with_a_character_that_a_database_cannot_hold_finds_nothing(town):
    town.poll(town.event())
    for text in ("a\0b", "\ud800"):
        query = EventQuery(text=text)
        assert readers.events(town.database, viewer=town.all_seeing, query=query).events == ()
    if not town.database.is_sqlite:
        with pytest.raises(InvalidRecord, match="a text or a number is one that the database cannot hold"):
            readers.event(town.database, "a\0b", viewer=town.all_seeing)
