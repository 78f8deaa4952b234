"""What is particular to SQLite: pragmas, files, locks."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from events.errors import ConfigurationError, StoreUnavailable
from store import readers, sqlite
from store.chain import verify
from store.database import connect
from store.kept import EventQuery
from store.maintenance import backup
from store.schema import check
from tests.stores import SqliteStores


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    return SqliteStores(tmp_path_factory.mktemp("files"))


def test_sqlite_is_set_up_as_decided(town):
    with town.database.write() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}
    with town.database.write(is_durable=True) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_an_unreachable_database_names_its_file_and_what_to_do(tmp_path):
    database = connect(f"sqlite:///{tmp_path}/nowhere/town.db")
    with pytest.raises(StoreUnavailable) as away:
        check(database)
    assert f"{tmp_path}/nowhere/town.db cannot be opened: see that its folder exists" in str(away.value)


def test_a_read_only_database_is_read_and_says_it_cannot_be_written(town):
    town.poll(town.event())
    frozen = connect(f"sqlite:///file:{town.database.file}?mode=ro&uri=true")
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
    impatient = connect(f"sqlite:///{town.database.file}")
    with closing(sqlite3.connect(town.database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="is locked by another program"):
            check(impatient)
        other.execute("ROLLBACK")
    check(impatient)
    impatient.close()


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
