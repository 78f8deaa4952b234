from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from events.errors import ConfigurationError, StoreUnavailable
from events.vocabulary import Severity
from store import readers, sqlite
from store.chain import verify
from store.database import connect
from store.kept import EventQuery
from store.maintenance import backup, integrity
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


def test_sqlite_is_set_up_as_decided(town):
    with town.database.write() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}
    with town.database.write(is_durable=True) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_check_writes_and_leaves_nothing(town):
    town.poll(town.event())
    before = sqlite3.connect(town.file)
    with closing(before):
        rows = before.execute("SELECT * FROM counter ORDER BY name").fetchall()
        check(town.database)
        assert before.execute("SELECT * FROM counter ORDER BY name").fetchall() == rows


def test_an_unreachable_database_names_its_file_and_what_to_do(tmp_path):
    database = connect(f"sqlite:///{tmp_path}/nowhere/town.db")
    with pytest.raises(StoreUnavailable) as away:
        check(database)
    assert f"{tmp_path}/nowhere/town.db cannot be opened: see that its folder exists" in str(away.value)


def test_a_read_only_database_is_read_and_says_it_cannot_be_written(town):
    town.poll(town.event())
    frozen = connect(f"sqlite:///file:{town.file}?mode=ro&uri=true")
    page = readers.events(frozen, viewer=town.all_seeing, query=EventQuery())
    assert len(page.events) == 1
    with pytest.raises(StoreUnavailable, match=r"town\.db is read-only; reading goes on, nothing was written"):
        check(frozen)
    frozen.close()


def test_a_damaged_file_says_so(tmp_path):
    file = tmp_path / "town.db"
    file.write_bytes(b"not a database at all" * 400)
    with pytest.raises(StoreUnavailable, match=r"town\.db is not a database of this software"):
        check(connect(f"sqlite:///{file}"))


def test_a_locked_database_says_so_and_keeps_nothing_of_the_batch(town, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    impatient = connect(f"sqlite:///{town.file}")
    with closing(sqlite3.connect(town.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="is locked by another program"):
            check(impatient)
        other.execute("ROLLBACK")
    check(impatient)
    impatient.close()


def test_a_database_of_a_newer_version_is_left_alone(town):
    with closing(sqlite3.connect(town.file)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    for act in (migrate, check):
        with pytest.raises(StoreUnavailable, match=r"written by a newer version of this software \(schema 9999\)"):
            act(town.database)


def test_a_database_without_tables_says_to_run_the_migrations(tmp_path):
    empty = connect(f"sqlite:///{tmp_path}/empty.db")
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


def test_a_backup_is_one_whole_file_that_verifies(town, tmp_path):
    town.poll(*(town.event(f"e{n}") for n in range(50)))
    copy = tmp_path / "copy.db"
    backup(town.database, copy)
    town.poll(town.event("later"))
    copied = connect(f"sqlite:///{copy}")
    assert sorted(path.name for path in tmp_path.glob("copy.db*")) == ["copy.db"]
    assert (verify(copied).events, verify(copied).holds) == (50, True)
    check(copied)
    copied.close()


def test_a_backup_overwrites_nothing_and_says_where_it_cannot_write(town, tmp_path):
    (tmp_path / "there.db").write_text("mine")
    with pytest.raises(ConfigurationError, match="exists already"):
        backup(town.database, tmp_path / "there.db")
    assert (tmp_path / "there.db").read_text() == "mine"
    with pytest.raises(StoreUnavailable, match="nowhere"):
        backup(town.database, tmp_path / "nowhere" / "copy.db")


def test_integrity_of_a_sound_file(town):
    town.poll(town.event())
    assert integrity(town.database) == ()


def test_the_clock_of_runs_is_kept_in_utc(town):
    town.poll(run=town.run(published_at=town.noon + timedelta(seconds=1)))
    assert readers.runs(town.database, "town-works")[0].published_at == town.noon + timedelta(seconds=1)
