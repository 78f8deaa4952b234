"""The runs of each half hour are what the runs themselves say, also for those kept before they were counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic import command

from events.errors import StoreUnavailable
from store import readers
from store.kept import HalfHour
from store.schema import _config, migrate

VERDICTS = ("ok", "failed", "unchanged", "degraded", "failed", "empty")


def told(town, *source_ids, **more):
    return readers.half_hours(town.database, source_ids or ("town-works",), now=town.noon, **more)


def poll_at(town, minutes, verdict="ok", source_id="town-works"):
    town.poll(run=town.run(verdict, source_id=source_id, finished_at=town.noon + timedelta(minutes=minutes)))


def test_a_run_counts_in_the_half_hour_in_which_it_ends(town):
    for minutes, verdict in zip((-61, -60, -31, -30, -1, 0), VERDICTS, strict=True):
        poll_at(town, minutes, verdict)
    starts = [town.noon - timedelta(minutes=minutes) for minutes in (90, 60, 30, 0)]
    counts = [(1, 0, 0), (2, 0, 1), (2, 1, 1), (1, 0, 0)]
    assert told(town) == {
        "town-works": tuple(HalfHour(start, *n) for start, n in zip(starts, counts, strict=True)),
    }


def test_a_day_is_48_half_hours_and_the_present_one_is_the_last(town):
    for minutes in (-48 * 30, -47 * 30 - 1, -47 * 30, 29, 30):
        poll_at(town, minutes)
    assert [one.start for one in told(town)["town-works"]] == [town.noon - timedelta(minutes=47 * 30), town.noon]
    assert [one.start for one in told(town, last=1)["town-works"]] == [town.noon]


def test_sources_are_told_apart_and_only_those_asked(town):
    for source_id in ("town-works", "port-calls", "weather"):
        poll_at(town, -5, source_id=source_id)
    assert sorted(told(town, "port-calls", "weather", "nobody")) == ["port-calls", "weather"]
    assert told(town, "nobody") == {}


def test_a_run_that_is_refused_is_not_counted(town):
    def close(_connection):
        raise StoreUnavailable("another process polls")

    town.writer._fence = close
    with pytest.raises(StoreUnavailable):
        poll_at(town, -5)
    assert told(town) == {}


def test_runs_kept_before_they_were_counted_are_counted_once(town):
    for minutes, verdict in zip((-61, -60, -31, -30, -1, 0), VERDICTS, strict=True):
        poll_at(town, minutes, verdict)
    before = told(town)
    with town.database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    with pytest.raises(StoreUnavailable):
        told(town)
    migrate(town.database)
    assert told(town) == before
