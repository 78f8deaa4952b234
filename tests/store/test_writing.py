"""A disk without room: what was kept stays, reading goes on, the ballast lets upkeep run, and writing comes back by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, event

from events.errors import StoreFull, StoreUnavailable
from store import readers, writing
from store.chain import verify
from store.kept import EventQuery
from store.maintenance import integrity
from store.schema import check
from store.tables import poll_run
from store.writing import Ballast
from tests.stores import SqliteStores

BALLAST = 1 << 20


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> SqliteStores:
    return SqliteStores(tmp_path_factory.mktemp("full"))


class Disk:
    """The room that a database and its ballast are told they have."""

    def __init__(self, town: object) -> None:
        self.free = 100 * BALLAST
        self.town = town

    def fill(self) -> None:
        """Let the file grow no more: SQLite says it is full, as on a full disk."""
        self.free = 0
        with self.town.database.writers.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes the present size instead

    def empty(self) -> None:
        self.free = 100 * BALLAST
        with self.town.database.writers.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


@pytest.fixture
def disk(town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk(town)

    class Usage:
        def __init__(self, free: int) -> None:
            self.free = free

    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: Usage(made.free))
    return made


def fill_with_batches(town) -> int:
    """Poll until the disk is full; return how many batches were acknowledged."""
    for number in range(500):
        try:
            town.poll(*(town.event(f"{number}-{n}") for n in range(50)), run=town.run())
        except StoreFull:
            return number
    raise AssertionError("it never was full")


def test_full_disk_loses_nothing_acknowledged_and_writing_comes_back(town, disk, caplog) -> None:
    caplog.set_level(logging.INFO, logger="store")
    town.database.lay_ballast(BALLAST)
    ballast = Path(f"{town.database.file}.ballast")
    assert ballast.stat().st_blocks * 512 >= BALLAST
    disk.fill()
    kept = fill_with_batches(town)
    assert not ballast.exists()
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(limit=1000))
    assert len(page.events) == min(1000, 50 * kept)
    with pytest.raises(StoreFull, match=r"has no room left on its disk; nothing was written, reading goes on"):
        check(town.database)
    trouble = town.database.writing.trouble
    assert trouble is not None
    assert trouble.is_full
    disk.empty()
    town.poll(town.event("after"), run=town.run())
    assert town.database.writing.trouble is None
    assert ballast.exists()
    assert (verify(town.database).holds, integrity(town.database)) == (True, ())
    assert [record.levelname for record in caplog.records if "writ" in record.getMessage()] == ["ERROR", "INFO"]


def test_polls_do_not_use_up_what_the_ballast_gave_back(town, disk) -> None:
    """Upkeep, such as deleting what is past its time, is let in; a poll is refused before it writes a byte."""
    town.database.lay_ballast(BALLAST)
    disk.fill()
    kept = fill_with_batches(town)
    disk.free = BALLAST
    begun: list[str] = []
    event.listen(town.database.writers, "begin", lambda _: begun.append("begin"))
    with pytest.raises(StoreFull):
        town.poll(town.event("refused"), run=town.run())
    assert begun == []
    with town.database.write(is_upkeep=True) as connection:
        assert connection.execute(delete(poll_run)).rowcount == kept


def test_without_a_ballast_the_next_write_is_tried(town, disk) -> None:
    disk.fill()
    fill_with_batches(town)
    assert town.database.writing.trouble is not None
    disk.empty()
    town.poll(town.event("after"), run=town.run())
    assert town.database.writing.trouble is None


def test_write_that_leaves_nothing_proves_no_room(town) -> None:
    town.database.writing.failed(StoreFull("full"))
    check(town.database)
    assert town.database.writing.trouble is not None
    town.database.writing.failed(StoreUnavailable("locked"))
    town.poll(town.event())
    assert town.database.writing.trouble is None


def test_failure_without_any_later_write_is_believed_for_a_minute(town, monkeypatch) -> None:
    town.database.writing.failed(StoreUnavailable("locked"))
    assert town.database.writing.trouble is not None
    monkeypatch.setattr(writing, "BELIEVED_S", -1.0)
    assert town.database.writing.trouble is None


def test_refusal_that_is_ours_is_no_trouble_of_the_database(town) -> None:
    with pytest.raises(StoreUnavailable, match="another process polls"), town.database.write():
        raise StoreUnavailable("another process polls")
    assert town.database.writing.trouble is None


def test_disk_without_room_for_the_ballast_is_said_once(town, disk, caplog) -> None:
    disk.free = BALLAST
    town.database.lay_ballast(BALLAST)
    assert "no room for a ballast of 1 MB; a full disk will stop retention too" in caplog.text
    assert not Ballast(Path(f"{town.database.file}.ballast"), BALLAST).is_laid
