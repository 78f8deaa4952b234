"""A backup is whole, goes back whole, and never in the place of something by mistake; on both databases."""

from __future__ import annotations

import pytest

from events.errors import ConfigurationError
from store import readers
from store.changes import Head, head_of
from store.database import connect
from store.kept import EventQuery
from store.leadership import stand
from store.maintenance import backup, faults, integrity, restore
from store.schema import check


@pytest.fixture
def copy(town, tmp_path):
    """A backup of forty events, one of them with three versions, made before a last one came."""
    town.poll(*(town.event(f"e{n}") for n in range(40)), road_states=(town.road(),))
    for severity in (3, 4):
        town.poll(town.event("e1", severity=severity))
    file = tmp_path / "town.backup"
    backup(town.database, file)
    town.poll(town.event("later"))
    return file


def restored(url, file, **told):
    database = connect(url)
    try:
        restore(database, file, **told)
        check(database)
        assert faults(database) == ()
    finally:
        database.close()


def test_a_backup_goes_back_into_a_new_database_and_polls_go_on_there(town, copy, bare_url):
    restored(bare_url, copy)
    again = type(town)(bare_url)
    again.now = town.now
    page = readers.events(again.database, viewer=town.all_seeing, query=EventQuery())
    assert len(page.events) == 40
    assert [one.seq for one in readers.raw_changes(again.database, since=0)] == list(range(1, 44))
    applied = again.poll(again.event("later"), run=again.run())
    assert (applied.new, applied.last_seq) == (1, 44)
    again.database.close()


def test_a_database_that_holds_events_is_overwritten_only_when_told_to(town, copy):
    before = town.everything()
    with pytest.raises(ConfigurationError, match="holds 41 events: nothing was changed; back it up, then say --force"):
        restore(town.database, copy)
    assert town.everything() == before
    restore(town.database, copy, is_forced=True)
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery())
    assert len(page.events) == 40
    assert faults(town.database) == ()


def test_a_number_that_comes_again_after_a_restore_is_told_from_the_one_before(town, copy):
    lost = readers.last_head(town.database, viewer=town.all_seeing)
    kept = head_of(readers.raw_changes(town.database, since=42)[0])
    restore(town.database, copy, is_forced=True)
    assert not readers.is_past(town.database, lost)
    assert readers.is_past(town.database, kept)
    for number in range(3):
        town.poll(town.event(f"after-{number}"), run=town.run())
    assert readers.last_change(town.database, viewer=town.all_seeing) > lost.seq
    assert not readers.is_past(town.database, lost)
    assert readers.is_past(town.database, readers.last_head(town.database, viewer=town.all_seeing))
    assert readers.is_past(town.database, Head())


def test_a_database_that_is_served_is_left_alone(town, copy):
    other = connect(town.url)
    serving = stand(other, 5)
    serving.start(lambda _fence: None, lambda: None)
    with other.read() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(ConfigurationError, match=r"in use by (another process|1 processes) of this software: stop"):
            restore(town.database, copy, is_forced=True)
    serving.stop()
    other.close()
    assert readers.last_change(town.database, viewer=town.all_seeing) == 44


@pytest.mark.parametrize("content", [None, b"", b"not a backup" * 1000, "half"])
def test_what_is_no_whole_backup_changes_nothing(town, copy, tmp_path, content):
    file = tmp_path / "other.backup"
    whole = copy.read_bytes()
    if content is not None:
        file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    before = town.everything()
    with pytest.raises(Exception, match=r"other\.backup"):
        restore(town.database, file, is_forced=True)
    assert town.everything() == before


def test_a_backup_with_an_edited_version_is_told(town, tmp_path, bare_url):
    town.poll(town.event())
    town.edit("UPDATE event_version SET severity = 0")
    backup(town.database, tmp_path / "edited.backup")
    database = connect(bare_url)
    if database.is_sqlite:  # a file is looked through before it is put in place
        with pytest.raises(ConfigurationError, match=r"edited\.backup does not hold, nothing was changed: .* edited"):
            restore(database, tmp_path / "edited.backup")
    else:
        restore(database, tmp_path / "edited.backup")
        assert "metadata was edited" in faults(database)[0]
    database.close()


def test_a_hole_in_the_numbers_is_found(town):
    town.poll(town.event("a"), town.event("b"), town.event("c"))
    assert integrity(town.database) == ()
    town.edit("DELETE FROM change WHERE seq = 2")
    assert integrity(town.database) == ("the changes 1 to 3 have holes: there are 2",)
