"""The past comes in without touching the present: known later, in its own time, newer state left as it is."""

from __future__ import annotations

from datetime import timedelta

from events.validity import Validity
from store import readers
from store.kept import EventQuery


def past(town, key, days, **told):
    start = town.noon - timedelta(days=days)
    return town.event(key, validity=Validity(start=start, end=start + timedelta(hours=2)), **told)


def imported(town, *events, **told):
    return town.poll(*events, run=town.run("imported", records_seen=len(events)), is_past=True, **told)


def headlines(town, **query):
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(**query))
    return {one.event.headline for one in page.events}


def test_what_is_imported_is_there_at_its_time_and_unknown_before_the_import(town):
    before = town.now
    assert imported(town, past(town, "old", 30)).new == 1
    at = town.noon - timedelta(days=30) + timedelta(hours=1)
    assert headlines(town, at=at) == {"Accident old"}
    assert headlines(town, at=at, known_at=before) == set()
    assert headlines(town, at=at, known_at=town.now) == {"Accident old"}
    assert headlines(town, at=town.noon) == set()


def test_an_old_document_never_overwrites_newer_state(town):
    town.poll(town.event("a"), tallies=(town.tally("t1", value=12.0),))
    state = readers.source_states(town.database)
    applied = imported(
        town,
        past(town, "a", 30, headline=town.event("rival").headline),
        tallies=(town.tally("t1", value=3.0), town.tally("t0")),
    )
    assert (applied.new, applied.changed, applied.unchanged) == (1, 0, 1)
    assert headlines(town, at=town.noon + timedelta(minutes=30)) == {"Accident a"}
    values = {one.tally.external_id: one.tally.value for one in readers.tallies(town.database, viewer=town.all_seeing)}
    assert values == {"t1": 12.0, "t0": 12.0}
    assert readers.source_states(town.database)[0].events == state[0].events


def test_an_import_says_nothing_of_how_the_source_is_doing(town):
    imported(town, past(town, "old", 30))
    assert readers.source_states(town.database) == ()
    good_at = town.now
    town.poll(town.event("a"), run=town.run(records_seen=1))
    town.poll(run=town.run("failed"))
    town.poll(run=town.run("failed"))
    imported(town, past(town, "older", 60), rejects=(town.reject("x"),))
    state = readers.source_states(town.database)[0]
    assert (state.last_run.verdict, state.consecutive_failures, state.last_good_at) == ("failed", 2, good_at)
    assert [row.verdict for row in readers.run_history(town.database, "town-works")] == ["failed", "failed", "ok"]
    assert readers.runs(town.database, "town-works")[0].verdict == "imported"
    slots = readers.half_hours(town.database, ["town-works"], now=town.now)["town-works"]
    assert sum(slot.runs for slot in slots) == 3


def test_a_broken_old_record_flags_nothing_and_an_absent_one_counts_nothing(town):
    town.listed(town.event("a"), town.event("b"))
    applied = imported(town, past(town, "c", 3), rejects=(town.reject("a"),))
    assert (applied.flagged, applied.absent, applied.withdrawn) == (0, 0, 0)


def test_the_source_itself_has_the_last_word_on_what_was_imported(town):
    imported(town, past(town, "a", 30))
    assert town.poll(town.event("a")).changed == 1
    assert headlines(town, at=town.noon + timedelta(minutes=30)) == {"Accident a"}
