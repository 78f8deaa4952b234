"""The past comes in without touching the present: known later, in its own time, newer state left as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.validity import Validity
from events.vocabulary import Severity, TrafficState
from store import readers
from store.admitted import AdmittedPast, AdmittedSpan
from store.chain import verify
from store.kept import EventQuery
from store.maintenance import integrity
from store.road_days import cells_of

VOUCHED = timedelta(minutes=15)
S = TrafficState


def past(town, key, days, **told):
    start = town.noon - timedelta(days=days)
    return town.event(key, validity=Validity(start=start, end=start + timedelta(hours=2)), **told)


def imported(town, *events, at=None, over=None, reason=None, is_taken_back=False, **told):
    """Import a document of a moment (30 days before noon): the last one that told these events, over at another."""
    at = at or town.noon - timedelta(days=30)
    spans = {one.external_id: AdmittedSpan(at, over, is_taken_back) for one in events}
    run = town.run("imported", records_seen=len(events), published_at=at, reason=reason)
    return town.poll(*events, run=run, past=AdmittedPast(at=at, spans=spans, vouches_for=VOUCHED), **told)


def headlines(town, **query):
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(**query))
    return {one.event.headline for one in page.events}


def story(town, key="a"):
    """Return what is kept of an event in all its versions: severity, and whether it was over."""
    query = EventQuery(include_withdrawn=True)
    page = readers.events(town.database, viewer=town.all_seeing, query=query).events
    kept = next(one for one in page if one.event.external_id == key)
    told = readers.versions(town.database, kept.id, viewer=town.all_seeing)
    assert (verify(town.database).holds, integrity(town.database)) == (True, ())
    return [(int(one.event.severity), one.withdrawn_at) for one in told]


def states(town, start, end, key="r1"):
    found = readers.road_past(town.database, viewer=town.all_seeing, start=start, end=end)
    road = next((one for one in found if one.road.segment_id == key), None)
    return (
        [] if road is None else [(round((at - town.noon) / timedelta(minutes=1)), state) for at, state in road.states]
    )


def road(town, state, **told):
    return town.road("r1", state=state, observed_at=None, axis_id="quay", **told)


def test_what_is_imported_is_there_at_its_time_and_unknown_before_the_import(town):
    before = town.now
    assert imported(town, past(town, "old", 30)).new == 1
    at = town.noon - timedelta(days=30) + timedelta(hours=1)
    assert headlines(town, at=at) == {"Accident old"}
    assert headlines(town, at=at, known_at=before) == set()
    assert headlines(town, at=at, known_at=town.now) == {"Accident old"}
    assert headlines(town, at=town.noon) == set()


def test_all_versions_of_an_event_are_kept_and_it_is_withdrawn_in_its_own_time(town):
    at = town.noon - timedelta(days=30)
    told = [past(town, "a", 30, severity=Severity(n), published_at=at + timedelta(minutes=n)) for n in (1, 2, 2, 3)]
    over = at + timedelta(minutes=40)
    assert imported(town, *told, at=at + timedelta(minutes=30), over=over).new == 1
    assert story(town) == [(1, None), (2, None), (3, None), (3, over)]
    assert headlines(town, at=over - timedelta(minutes=1)) == {"Accident a"}
    assert headlines(town, at=over + timedelta(minutes=1)) == set()


def test_the_same_import_again_changes_nothing_and_a_longer_one_goes_on(town):
    at = town.noon - timedelta(days=30)
    first, second = (past(town, "a", 30, severity=Severity(n)) for n in (1, 2))
    for _ in range(2):
        applied = imported(town, first, at=at, over=at + timedelta(minutes=1))
    assert (applied.new, applied.changed, applied.unchanged) == (0, 0, 1)
    later, over = at + timedelta(minutes=30), at + timedelta(minutes=50)
    for _ in range(2):
        applied = imported(town, first, second, at=later, over=over)
    assert (applied.new, applied.changed, applied.unchanged) == (0, 0, 1)
    assert story(town) == [(1, None), (1, at + timedelta(minutes=1)), (1, None), (2, None), (2, over)]
    imported(town, first, at=at, over=at + timedelta(minutes=1))  # the older document alone says nothing new
    assert story(town)[-1] == (2, over)


def test_an_old_document_never_overwrites_newer_state(town):
    town.poll(town.event("a"), tallies=(town.tally("t1", value=12.0),))
    state = readers.source_states(town.database)
    applied = imported(
        town,
        past(town, "a", 30, headline=town.event("rival").headline),
        tallies=(town.tally("t1", value=3.0), town.tally("t0")),
    )
    assert (applied.new, applied.changed, applied.unchanged) == (1, 0, 2)
    assert headlines(town, at=town.noon + timedelta(minutes=30)) == {"Accident a"}
    assert tallies(town) == {"t1": 12.0, "t0": 12.0}
    assert readers.source_states(town.database)[0].events == state[0].events


def tallies(town):
    return {one.tally.external_id: one.tally.value for one in readers.tallies(town.database, viewer=town.all_seeing)}


def test_of_imported_counts_the_later_document_has_the_last_word(town):
    day = town.noon - timedelta(days=30)
    imported(town, at=day, tallies=(town.tally("t1", value=3.0),))
    imported(town, at=day + timedelta(days=1), tallies=(town.tally("t1", value=4.0),))
    imported(town, at=day, tallies=(town.tally("t1", value=3.0),))
    assert tallies(town) == {"t1": 4.0}
    for _ in range(3):  # a poll of this week's counts misses nothing of last month
        town.listed(tallies=(town.tally("t2"),))
        town.poll(run=town.run("unchanged"), repeats_absences=True)
    assert tallies(town) == {"t1": 4.0, "t2": 12.0}


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
    imported(town, past(town, "a", 30), over=town.noon - timedelta(days=29))
    assert town.poll(town.event("a")).changed == 1
    assert headlines(town, at=town.noon + timedelta(minutes=30)) == {"Accident a"}
    imported(town, past(town, "a", 29), at=town.noon + timedelta(days=1))
    assert headlines(town, at=town.noon + timedelta(minutes=30)) == {"Accident a"}


def test_an_imported_event_counts_on_its_days(town):
    at = town.noon - timedelta(days=30)
    imported(town, past(town, "a", 30), at=at, over=at + timedelta(minutes=30))
    rows = readers.day_counts(
        town.database, viewer=town.all_seeing, query=EventQuery(start=at - timedelta(days=2), end=town.noon)
    )
    assert [(str(row.day), row.n) for row in rows] == [(str(at.date()), 1)]


def test_roads_have_the_states_of_imported_documents_for_as_long_as_these_vouch(town):
    day = town.noon - timedelta(days=30)
    before = town.now - timedelta(minutes=1)
    for minutes, state in ((0, S.FREE), (10, S.SLOW), (20, S.SLOW), (120, S.CLOSED)):
        imported(town, at=day + timedelta(minutes=minutes), road_states=(road(town, state),))
    offset = round((day - town.noon) / timedelta(minutes=1))
    told = [(at - offset, state) for at, state in states(town, day, town.noon)]
    assert told == [(0, "free"), (10, "slow"), (35, "unknown"), (120, "closed"), (135, "unknown")]
    assert readers.roads(town.database, viewer=town.all_seeing) == ()
    zone, date = "Europe/Paris", day.date()
    with town.database.read() as connection:
        cells = list(cells_of(connection, date.toordinal(), zone, day + timedelta(hours=3)))
    seconds = {
        state: round(sum(one.seconds for one in cells if one.state == state))
        for state in ("free", "slow", "closed", "unknown")
    }
    assert seconds == {"free": 600, "slow": 1500, "closed": 900, "unknown": 85 * 60 + 45 * 60}
    spans = readers.heard(town.database, start=day, end=town.noon, vouches_for={"town-works": VOUCHED})
    assert [(start - day, end - day) for start, end in spans["town-works"]] == [
        (timedelta(0), timedelta(minutes=35)), (timedelta(minutes=120), timedelta(minutes=135)),
    ]  # fmt: skip
    known = {"start": day, "end": town.noon, "known_at": before}
    assert readers.road_past(town.database, viewer=town.all_seeing, **known) == ()
    assert readers.heard(town.database, vouches_for={"town-works": VOUCHED}, **known) == {"town-works": []}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 1, 2, 2, 1, 0)])
def test_roads_come_out_the_same_in_whatever_order_documents_are_imported(town, order):
    day = town.noon - timedelta(days=30)
    for n in order:
        state = (S.FREE, S.SLOW, S.FREE)[n]
        imported(town, at=day + timedelta(minutes=10 * n), road_states=(road(town, state),))
    offset = round((day - town.noon) / timedelta(minutes=1))
    told = [(at - offset, state) for at, state in states(town, day, town.noon)]
    assert told == [(0, "free"), (10, "slow"), (20, "free"), (35, "unknown")]


def test_an_outage_of_the_source_is_filled_and_what_it_told_itself_stays(town):
    town.now = town.noon + timedelta(minutes=-1)
    town.poll(road_states=(road(town, S.FREE),))
    town.now = town.noon + timedelta(minutes=119)
    town.poll(road_states=(road(town, S.FREE),))
    assert states(town, town.noon, town.now) == [(0, "free")]
    for minutes in (30, 40):
        imported(town, at=town.noon + timedelta(minutes=minutes), road_states=(road(town, S.CLOSED),))
    told = states(town, town.noon, town.now)
    assert told == [(0, "free"), (30, "closed"), (55, "unknown"), (120, "free")]
    imported(town, at=town.noon + timedelta(minutes=120), road_states=(road(town, S.CLOSED),))
    assert states(town, town.noon, town.now) == told
    assert readers.roads(town.database, viewer=town.all_seeing)[0].road.state is S.FREE


def test_a_document_its_time_would_have_called_degraded_vouches_for_nothing(town):
    day = town.noon - timedelta(days=30)
    imported(town, at=day, road_states=(road(town, S.FREE),), reason=town.reject(None).reason)
    spans = readers.heard(town.database, start=day, end=town.noon, vouches_for={"town-works": VOUCHED})
    assert spans == {"town-works": []}
