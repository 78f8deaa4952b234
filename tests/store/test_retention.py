"""What is past its time is deleted, as bytes too; the chain still verifies, the sums by day follow, a second purge finds nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from events.errors import StoreFull
from events.validity import Validity
from store import readers
from store.admitted import Cleared
from store.chain import verify
from store.contribution_tables import contribution
from store.kept import EventQuery
from store.maintenance import integrity
from store.metadata import ALWAYS, WITH_ACCOUNT
from store.retention import _NOTES, _RECORDS, KINDS, LEAST, Limits, _empty_log, due, purge
from store.rollup import rebuild
from store.source_tables import source_order
from store.tables import change, event_day, event_version, metadata, poll_half_hour, poll_run, reject

DAY = timedelta(days=1)
LIMITS = Limits(kinds=dict.fromkeys(KINDS, 30 * DAY), sources={"town-works": 10 * DAY})


def aged(town, days: float) -> None:
    town.now += timedelta(days=days)


def ended(town, key: str, days_ago: float = 0):
    end = town.now - timedelta(days=days_ago)
    return town.event(key, validity=Validity(start=end - DAY, end=end), headline=Cleared(f"Secret {key}"))


def count(town, table) -> int:
    with town.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def fill(town) -> None:
    for batch in range(50):
        try:
            town.poll(*(town.event(f"more{batch}-{n}") for n in range(100)))
        except StoreFull:
            return
    raise AssertionError("the disk was never full")


def sums(town) -> list[tuple[object, ...]]:
    with town.database.read() as connection:
        return [
            tuple(row) for row in connection.execute(select(event_day).where(event_day.c.n != 0).order_by(*event_day.c))
        ]


def test_an_event_goes_when_its_time_is_over_and_its_tombstone_verifies(town):
    town.poll(ended(town, "old", 11), ended(town, "young", 9), town.event("open", validity=Validity(start=town.now)))
    town.poll(town.event("old", validity=ended(town, "old", 11).validity, headline=Cleared("Secret second")))
    found = purge(town.database, LIMITS, town.now)
    assert [(one.kind, one.source_id, one.count) for one in found] == [("event", "town-works", 1)]
    page = readers.events(
        town.database, viewer=town.all_seeing, query=EventQuery(start=town.now - 60 * DAY, end=town.now)
    )
    assert {one.event.external_id for one in page.events} == {"young", "open"}
    report = verify(town.database)
    assert (report.holds, report.events, report.versions) == (True, 2, 4)
    with town.database.read() as connection:
        stones = connection.execute(select(event_version).where(event_version.c.snapshot.is_(None))).all()
    assert [(row.v, row.diff, len(row.content_sha256)) for row in stones] == [(1, None, 64), (2, None, 64)]
    assert due(town.database, LIMITS, town.now) == ()
    assert purge(town.database, LIMITS, town.now) == ()


def test_a_tombstone_whose_hash_is_edited_breaks_the_chain(town):
    town.poll(ended(town, "old", 11))
    purge(town.database, LIMITS, town.now)
    town.edit("UPDATE event_version SET content_sha256 = 'x' || substr(content_sha256, 2)")
    assert [one.reason for one in verify(town.database).breaks] == ["metadata was edited"]


def test_the_sums_by_day_are_those_of_the_events_that_stay(town):
    town.poll(*(ended(town, f"e{n}", n) for n in range(1, 25)))
    purge(town.database, LIMITS, town.now)
    kept = sums(town)
    assert kept
    with town.database.write() as connection:
        rebuild(connection, town.city.timezone)
    assert sums(town) == kept


def test_withdrawn_records_of_every_kind_go_and_live_ones_stay(town):
    old, new = (
        {
            "road_states": (town.road(key),),
            "cameras": (town.camera(key),),
            "tallies": (town.tally(key, end=town.noon + n * DAY),),
        }
        for key, n in (("old", 0), ("new", 12))
    )
    town.listed(town.event("old"), **old)
    town.listed(**new)
    town.listed(**new)
    aged(town, 9)
    assert due(town.database, LIMITS, town.now) == ()
    aged(town, 2)
    found = {(one.kind, one.count) for one in purge(town.database, LIMITS, town.now)}
    assert found == {("event", 1), ("road_state", 1), ("camera", 1), ("tally", 1)}
    kept = [readers.roads, readers.cameras, readers.tallies]
    assert [len(read(town.database, viewer=town.all_seeing)) for read in kept] == [1, 1, 1]
    assert "old" not in {str(row) for row in town.everything().split("'")}


def test_what_is_noted_of_polls_goes_after_its_own_time_and_numbers_keep_no_hole(town):
    for key in ("a", "b"):
        town.poll(
            town.event(key, validity=Validity(start=town.now)),
            road_states=(town.road(key),),
            rejects=(town.reject(key),),
        )
    aged(town, 31)
    town.poll(town.event("c"), run=town.run())
    purge(town.database, LIMITS, town.now)
    assert (count(town, poll_run), count(town, reject), count(town, poll_half_hour)) == (1, 0, 1)
    assert count(town, change) == 1
    assert integrity(town.database) == ()
    assert not readers.changes(town.database, viewer=town.all_seeing, since=1).is_known


def test_the_last_change_stays_however_old(town):
    town.poll(town.event("a", validity=Validity(start=town.now)))
    aged(town, 90)
    purge(town.database, LIMITS, town.now)
    assert count(town, change) == 1
    assert integrity(town.database) == ()
    assert readers.last_change(town.database, viewer=town.all_seeing) == 1


def test_a_dry_look_deletes_nothing(town):
    town.poll(ended(town, "old", 11))
    before = town.everything()
    (one,) = due(town.database, LIMITS, town.now)
    assert (one.count, one.oldest) == (1, town.now - timedelta(days=11, minutes=1))
    assert town.everything() == before


def test_another_source_has_the_time_of_its_kind_and_none_less_than_the_screens_show(town):
    assert LIMITS.of("event", "other-source") == 30 * DAY
    assert Limits(kinds=dict.fromkeys(KINDS, DAY)).of("event") == LEAST


def test_nothing_of_a_purged_text_is_left_in_the_file_or_its_log(town):
    if town.database.file is None:
        pytest.skip("the bytes of a PostgreSQL server are not ours to read")
    town.poll(*(ended(town, f"zq{n}", 11) for n in range(300)), town.event("live"))
    files = [Path(f"{town.database.file}{end}") for end in ("", "-wal")]
    assert any(b"Secret zq" in file.read_bytes() for file in files)
    purge(town.database, LIMITS, town.now)
    assert not any(
        b"Secret zq" in file.read_bytes() or b"secret zq" in file.read_bytes() for file in files if file.exists()
    )


def test_a_full_disk_is_purged_without_growing(town):
    if town.database.file is None:
        pytest.skip("PostgreSQL keeps its own files")
    for batch in range(10):
        town.poll(*(ended(town, f"{batch}-{n}", 11) for n in range(100)), town.event(f"live{batch}"))
    with town.database.writers.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes the present size instead: full
    fill(town)
    _empty_log(town.database)
    size = town.database.file.stat().st_size
    assert [one.count for one in purge(town.database, LIMITS, town.now) if one.kind == "event"] == [1000]
    assert town.database.file.stat().st_size <= size
    assert Path(f"{town.database.file}-wal").stat().st_size == 0
    town.poll(*(town.event(f"after{n}") for n in range(100)))
    assert (verify(town.database).holds, integrity(town.database)) == (True, ())


BESIDE = {  # emptied together with another table
    "event_version": "event", "event_period": "event", "event_district": "event", "contribution": "event",
    "event_link": "event", "event_joined": "event", "conflict": "event", "conflict_window": "event", "conflict_measure": "event",
    "reject": "poll_run", "withheld": "poll_run", "media_job": "media", "media_part": "media",
    "report_event": "report_copy", "report_figures": "report_copy",
}  # fmt: skip


def test_every_table_whose_rows_have_a_time_is_one_the_purge_knows():
    """A new table with a retention and no purge would keep its rows for ever."""
    timed = {
        table.name
        for table in metadata.sorted_tables
        if {column.info["retention"] for column in table.columns} - {ALWAYS, WITH_ACCOUNT}
    }
    assert timed - set(BESIDE) == set(_RECORDS) | set(_NOTES)
    assert set(BESIDE.values()) <= set(_RECORDS) | set(_NOTES)


def test_they_are_empty_after_it(town):
    town.poll(
        ended(town, "old", 40),
        road_states=(town.road("r"),),
        cameras=(town.camera("c"),),
        tallies=(town.tally("t"),),
        rejects=(town.reject("x"),),
    )
    town.poll(withdrawn=(Cleared("r"), Cleared("c"), Cleared("t")))
    aged(town, 60)
    purge(town.database, LIMITS, town.now)
    tables = [table for table in metadata.sorted_tables if table.name in set(_RECORDS) | set(_NOTES) | set(BESIDE)]
    left = {table.name: count(town, table) for table in tables if table is not event_version}
    assert left == dict.fromkeys(left, 0) | {"change": 1}


def test_an_order_holds_after_its_words_are_gone(town):
    row = {
        "source_id": "town-works",
        "what": "pause",
        "ordered_at": town.now,
        "authority": "city",
        "told": Cleared("Flood"),
        "field": None,
        "reference": Cleared("Order 12"),
    }
    with town.database.write() as connection:
        connection.execute(insert(source_order).values(row))
    aged(town, 31)
    assert [(one.kind, one.count) for one in purge(town.database, LIMITS, town.now)] == [("source_order", 1)]
    with town.database.read() as connection:
        kept = connection.execute(select(source_order)).one()
    assert (kept.what, kept.told, kept.reference) == ("pause", None, None)
    assert due(town.database, LIMITS, town.now) == ()


def test_what_a_post_typed_goes_with_its_event(town):
    source_id = "town-contributions"
    one = town.event("c1", source_id=source_id, validity=ended(town, "x", 40).validity)
    town.poll(one, run=town.run(source_id=source_id))
    facts = {
        "external_id": "c1",
        "organisation_id": "town",
        "account_id": "desk-1",
        "saved_at": town.now,
        "state": "published",
        "audience": "public",
        "answer": Cleared("Seen"),
    }
    with town.database.write() as connection:
        connection.execute(insert(contribution).values(facts))
    purge(town.database, LIMITS, town.now)
    assert count(town, contribution) == 0
