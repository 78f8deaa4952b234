from __future__ import annotations

from datetime import timedelta

from store import readers
from store.admitted import AdmittedWithheld, Cleared


def state(town, source_id="town-works"):
    return next(row for row in readers.source_states(town.database) if row.source_id == source_id)


def test_runs_are_kept_newest_first_with_their_counts(town):
    town.poll(
        town.event("a"),
        town.event("b"),
        run=town.run(records_seen=3, dropped_fields=(Cleared("owner"),), text_withheld=1),
    )
    town.poll(run=town.run("failed", reason=Cleared("no answer in 20 s"), http_status=None))
    newest, oldest = readers.runs(town.database, "town-works", 5)
    assert (newest.verdict, newest.reason, newest.http_status, newest.new) == ("failed", "no answer in 20 s", None, 0)
    assert (oldest.new, oldest.records_seen, oldest.dropped_fields, oldest.text_withheld) == (2, 3, ("owner",), 1)
    assert readers.runs(town.database, "town-works", 1) == (newest,)
    assert readers.runs(town.database, "nobody") == ()


def test_the_history_for_a_verdict_counts_records_and_rejects(town):
    town.poll(run=town.run(records_seen=10), rejects=(town.reject("x"),))
    town.poll(run=town.run("degraded", records_seen=2, sha256="1" * 64))
    rows = readers.run_history(town.database, "town-works", 20)
    assert [(row.verdict, row.records_seen, row.rejected) for row in rows] == [("degraded", 2, 0), ("ok", 10, 1)]
    assert rows[0].sha256 == "1" * 64


def test_a_source_that_fails_keeps_its_last_good_run(town):
    published = town.noon - timedelta(minutes=3)
    town.poll(town.event(), run=town.run(records_seen=7, published_at=published, finished_at=town.noon))
    for minutes in (1, 2):
        town.poll(run=town.run("failed", finished_at=town.noon + timedelta(minutes=minutes)))
    row = state(town)
    assert (row.consecutive_failures, row.last_run.verdict, row.events) == (2, "failed", 1)
    assert (row.last_good_at, row.last_datum_at, row.last_good_records) == (town.noon, published, 7)


def test_failures_in_a_row_end_with_any_answer(town):
    for verdict in ("failed", "failed", "degraded", "failed"):
        town.poll(run=town.run(verdict))
    row = state(town)
    assert (row.consecutive_failures, row.last_good_at, row.last_good_records) == (1, None, None)


def test_an_unchanged_document_is_good_but_grows_no_younger(town):
    town.poll(town.event(), run=town.run(records_seen=1, finished_at=town.noon))
    for minutes in range(1, 30):
        town.poll(run=town.run("unchanged", finished_at=town.noon + timedelta(minutes=minutes)), repeats_absences=True)
    row = state(town)
    assert (row.last_datum_at, row.last_good_records) == (town.noon, 1)
    assert row.last_good_at == town.noon + timedelta(minutes=29)
    assert row.peak_ages_s == (60.0,) * 20
    assert row.moved_at == town.noon


def test_counts_are_of_what_is_kept_now(town):
    town.poll(
        town.event("a"),
        town.event("b"),
        road_states=(town.road(),),
        cameras=(town.camera("c1"), town.camera("c2")),
        tallies=(town.tally(),),
    )
    town.poll(withdrawn=("a",), rejects=(town.reject("b"),))
    row = state(town)
    assert (row.events, row.roads, row.cameras, row.tallies, row.flagged) == (1, 1, 2, 1, 1)


def test_sources_do_not_mix(town):
    town.poll(town.event("a"))
    other = town.event("a", source_id="port-calls")
    town.poll(other, run=town.run(source_id="port-calls"), counts_absences=True)
    town.poll(run=town.run(source_id="port-calls"), counts_absences=True)
    town.poll(run=town.run(source_id="port-calls"), counts_absences=True)
    assert [(row.source_id, row.events) for row in readers.source_states(town.database)] == [
        ("port-calls", 0),
        ("town-works", 1),
    ]


def test_words_withheld_are_those_of_the_last_reading(town):
    def told(record: str, start: int) -> AdmittedWithheld:
        return AdmittedWithheld(Cleared(record), Cleared("description"), Cleared("PHONE"), start, start + 14)

    town.poll(withheld=(told("e1", 3), told("e2", 0)))
    town.poll(run=town.run(verdict="unchanged"))
    rows = readers.withheld_words(town.database, "town-works")
    assert [(row.record, row.field, row.type, row.start, row.end) for row in rows] == [
        ("e1", "description", "PHONE", 3, 17),
        ("e2", "description", "PHONE", 0, 14),
    ]
    assert readers.withheld_words(town.database, "other") == ()
    town.poll(withheld=(told("e2", 5),))
    assert [(row.record, row.start) for row in readers.withheld_words(town.database, "town-works")] == [("e2", 5)]
    town.poll(withheld=())
    assert readers.withheld_words(town.database, "town-works") == ()


def test_run_says_which_gate_read_it(town):
    town.poll(run=town.run(gate=Cleared("2-feedc0de0123")))
    assert readers.runs(town.database, "town-works")[0].gate == "2-feedc0de0123"


def test_the_rhythm_counts_how_old_data_grow_before_newer_ones_come(town):
    for minutes in range(0, 10, 2):  # dated three minutes before they come, every two minutes
        at = town.noon + timedelta(minutes=minutes)
        town.poll(run=town.run(finished_at=at, published_at=at - timedelta(minutes=3), sha256=f"{minutes:064d}"))
    row = state(town)
    assert row.peak_ages_s == (300.0,) * 4
    assert (row.moved_at, row.move_gaps_s) == (town.noon + timedelta(minutes=8), (120.0,) * 4)


def test_a_publisher_who_stands_still_teaches_no_rhythm_and_is_seen_standing(town):
    for minutes in range(9):  # other bytes each time, dated the same from the third on
        at = town.noon + timedelta(minutes=minutes)
        dated = town.noon + timedelta(minutes=min(minutes, 2))
        town.poll(run=town.run(finished_at=at, published_at=dated, sha256=f"{minutes:064d}"))
    row = state(town)
    assert row.moved_at == town.noon + timedelta(minutes=2)
    assert row.peak_ages_s == (60.0, 60.0)


def test_what_a_document_takes_back_is_counted_among_what_is_in_force(town):
    events = [town.event(key) for key in ("a", "b", "c")]
    town.poll(*events)
    town.poll(withdrawn=("c",))
    told = readers.in_force(town.database, "town-works", ["a", "c", "elsewhere"], now=town.now)
    assert told == (1, 2)
    later = town.noon + timedelta(hours=6)
    assert readers.in_force(town.database, "town-works", ["a"], now=later) == (0, 0)
