from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from events.audience import PARTNERS
from events.validity import Period, Validity
from events.vocabulary import GeometryPrecision, Severity
from store import readers
from store.admitted import Cleared
from store.chain import verify
from store.kept import EventQuery


def kept(town, name="e1", **query):
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(include_withdrawn=True, **query))
    return next((one for one in page.events if one.event.external_id == name), None)


def shown(town, **query):
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(**query))
    return sorted(one.event.external_id for one in page.events)


def whats(town, since=0):
    return [one.what for one in readers.raw_changes(town.database, since=since)]


def test_a_new_event_is_kept_with_number_districts_and_periods(town):
    applied = town.poll(town.event())
    one = kept(town)
    assert (applied.new, applied.last_seq, one.number, one.version) == (1, 1, 1, 1)
    assert one.event == replace(town.event(), district_codes=("13201",))
    assert one.periods == (Period(town.noon - timedelta(hours=1), town.noon + timedelta(hours=5)),)
    assert one.recorded_at == one.changed_at == one.last_seen_at == town.now


def test_city_numbers_follow_each_other_over_batches(town):
    town.poll(town.event("a"), town.event("b"))
    town.poll(town.event("c"))
    numbers = [kept(town, name).number for name in "abc"]
    assert numbers == [1, 2, 3]


def test_one_identifier_of_two_sources_is_two_events(town):
    town.poll(town.event(headline=Cleared("Marché")))
    other = town.event(source_id="other-source", headline=Cleared("Concert"))
    town.poll(other, run=town.run(source_id="other-source"))
    page = readers.events(town.database, viewer=town.all_seeing, query=EventQuery())
    assert sorted((one.event.source_id, one.event.headline, one.version) for one in page.events) == [
        ("other-source", "Concert", 1), ("town-works", "Marché", 1),
    ]  # fmt: skip


def test_the_same_again_is_no_version_and_no_change(town):
    town.poll(town.event())
    applied = town.poll(town.event())
    one = kept(town)
    assert (applied.unchanged, applied.last_seq, one.version) == (1, 1, 1)
    assert one.last_seen_at == town.now
    assert one.changed_at == town.now - timedelta(minutes=1)


def test_a_new_publication_of_the_same_is_kept_without_a_version(town):
    town.poll(town.event(published_at=town.noon, version=Cleared("1")))
    later = town.noon + timedelta(minutes=5)
    applied = town.poll(town.event(published_at=later, version=Cleared("2")))
    one = kept(town)
    assert (applied.unchanged, applied.last_seq, one.version) == (1, 1, 1)
    assert (one.event.published_at, one.event.version) == (later, "2")
    assert verify(town.database).holds


def test_a_difference_is_a_new_version_with_its_diff(town):
    town.poll(town.event())
    applied = town.poll(town.event(severity=Severity.MAJOR))
    one = kept(town)
    assert (applied.changed, applied.last_seq, one.version, one.event.severity) == (1, 2, 2, Severity.MAJOR)
    first, second = readers.versions(town.database, one.id, viewer=town.all_seeing)
    assert second.diff == {"severity": [2, 3]}
    assert first.superseded_at == second.recorded_at
    assert second.prev_sha256 == first.sha256


def test_an_older_publication_is_ignored(town):
    town.poll(town.event(published_at=town.noon, severity=Severity.MAJOR))
    applied = town.poll(town.event(published_at=town.noon - timedelta(minutes=1), severity=Severity.MINOR))
    assert (applied.unchanged, applied.changed, applied.last_seq) == (1, 0, 1)
    assert kept(town).event.severity == Severity.MAJOR


def test_two_records_of_one_identifier_in_a_document_keep_the_later_publication(town):
    late = town.event(published_at=town.noon, severity=Severity.MAJOR)
    early = town.event(published_at=town.noon - timedelta(minutes=1))
    assert town.poll(late, early).new == 1
    assert kept(town).event.severity == Severity.MAJOR


def test_absent_once_stays_and_twice_is_withdrawn(town):
    town.listed(town.event("a"), town.event("b"))
    once = town.listed(town.event("a"))
    assert (once.absent, once.withdrawn) == (1, 0)
    assert shown(town) == ["a", "b"]
    twice = town.listed(town.event("a"))
    assert (twice.absent, twice.withdrawn) == (1, 1)
    assert shown(town) == ["a"]
    assert whats(town) == ["created", "created", "withdrawn"]
    assert verify(town.database).holds


def test_seen_again_forgets_an_absence(town):
    town.listed(town.event())
    town.listed()
    town.listed(town.event())
    assert town.listed().withdrawn == 0
    assert shown(town) == ["e1"]


def test_an_unchanged_document_repeats_what_the_last_one_lacked(town):
    town.listed(town.event("a"), town.event("b"))
    town.listed(town.event("a"))
    applied = town.poll(run=town.run("unchanged"), repeats_absences=True)
    assert (applied.absent, applied.withdrawn) == (1, 1)
    assert shown(town) == ["a"]
    assert kept(town, "a").last_seen_at == town.now


def test_an_unchanged_document_that_lacked_nothing_withdraws_nothing(town):
    town.listed(town.event())
    for _ in range(3):
        town.poll(run=town.run("unchanged"), repeats_absences=True)
    assert shown(town) == ["e1"]


def test_a_failed_poll_changes_nothing(town):
    town.listed(town.event(validity=Validity(start=town.noon)))
    for _ in range(5):
        applied = town.poll(run=town.run("failed"), max_age_s=1.0)
    assert (applied.absent, applied.withdrawn, applied.last_seq) == (0, 0, 1)
    assert shown(town) == ["e1"]


def test_a_delta_counts_no_absence(town):
    town.poll(town.event("a"))
    for _ in range(3):
        town.poll(town.event("b"))
    assert shown(town) == ["a", "b"]


def test_number_of_absences_is_the_sources_own(town):
    town.listed(town.event())
    applied = town.listed(absences_before_withdrawal=1)
    assert applied.withdrawn == 1


def test_one_bad_record_of_a_hundred_keeps_its_previous_version_flagged(town):
    town.listed(*(town.event(f"e{n}") for n in range(100)))
    told = [town.event(f"e{n}", severity=Severity.MAJOR) for n in range(100) if n != 42]
    applied = town.listed(*told, rejects=(town.reject("e42"),))
    assert (applied.changed, applied.flagged, applied.absent) == (99, 1, 0)
    bad = kept(town, "e42", limit=200)
    assert (bad.event.severity, bad.version, bad.source_error) == (Severity.MODERATE, 1, True)
    assert whats(town, since=100).count("flagged") == 1
    for _ in range(3):
        town.listed(*told, rejects=(town.reject("e42"),))
    assert len(shown(town, limit=200)) == 100
    assert whats(town, since=100).count("flagged") == 1


def test_a_whole_record_lifts_the_flag(town):
    town.poll(town.event())
    town.poll(rejects=(town.reject("e1"),))
    town.poll(town.event())
    assert kept(town).source_error is False
    assert whats(town) == ["created", "flagged", "cleared"]


def test_rejects_are_kept_with_their_run(town):
    applied = town.poll(rejects=(town.reject("e1"), town.reject(None)))
    rows = readers.rejects(town.database, applied.run_id)
    assert [(row.where, row.external_id) for row in rows] == [("line 3", "e1"), ("line 3", None)]


def test_a_publisher_takes_an_event_back(town):
    town.poll(town.event())
    assert town.poll(withdrawn=("e1", "never-heard-of")).withdrawn == 1
    one = kept(town)
    assert (one.withdrawn_at, one.version) == (town.now, 2)
    assert one.periods == (Period(town.noon - timedelta(hours=1), town.now),)
    assert readers.versions(town.database, one.id, viewer=town.all_seeing)[1].diff == {"withdrawn": [None, "publisher"]}


def test_a_replayed_document_does_not_bring_back_what_its_publisher_took_back(town):
    town.poll(town.event(published_at=town.noon))
    town.poll(withdrawn=("e1",))
    town.poll(town.event(published_at=town.noon))
    assert shown(town) == []
    town.poll(town.event(published_at=town.noon + timedelta(minutes=9)))
    assert shown(town) == ["e1"]


def test_an_event_that_was_absent_returns_as_a_new_version(town):
    town.listed(town.event())
    town.listed()
    town.listed()
    applied = town.listed(town.event())
    one = kept(town)
    assert (applied.changed, one.version, one.withdrawn_at) == (1, 3, None)
    assert one.periods == (Period(town.noon - timedelta(hours=1), town.noon + timedelta(hours=5)),)
    assert whats(town) == ["created", "withdrawn", "returned"]
    assert verify(town.database).holds


def test_an_event_withdrawn_before_its_start_never_took_place(town):
    tomorrow = town.noon + timedelta(days=1)
    town.poll(town.event(validity=Validity(start=tomorrow, end=tomorrow + timedelta(hours=2))))
    town.poll(withdrawn=("e1",))
    assert kept(town).periods == ()
    assert verify(town.database).holds


def test_an_event_that_ended_by_itself_is_not_withdrawn(town):
    over = Validity(start=town.noon - timedelta(hours=2), end=town.noon - timedelta(hours=1))
    town.listed(town.event(validity=over))
    applied = [town.listed() for _ in range(3)][-1]
    assert (applied.absent, applied.withdrawn) == (0, 0)
    assert kept(town).withdrawn_at is None


def test_an_event_without_an_end_is_withdrawn_when_it_grows_too_old_and_stays_so(town):
    open_ended = town.event(validity=Validity(start=town.noon))
    town.poll(open_ended, max_age_s=90.0)
    assert town.poll(open_ended, max_age_s=90.0).withdrawn == 0
    assert town.poll(open_ended, max_age_s=90.0).withdrawn == 1
    assert town.poll(open_ended, max_age_s=90.0).changed == 0
    assert shown(town) == []
    assert town.poll(replace(open_ended, severity=Severity.MAJOR), max_age_s=90.0).changed == 1
    assert shown(town) == ["e1"]


def test_without_a_start_it_is_in_force_since_it_was_published_and_does_not_drift(town):
    published = town.noon - timedelta(minutes=30)
    town.poll(town.event(validity=Validity(), published_at=published))
    town.poll(town.event(validity=Validity(), published_at=published + timedelta(minutes=9), severity=Severity.MAJOR))
    assert kept(town).periods == (Period(published),)


def test_a_text_that_did_not_pass_the_gate_is_a_reject_and_the_rest_is_kept(town):
    town.poll(town.event("a"), town.event("b"))
    leaky = town.event("a", headline="Call 06 12 34 56 78")
    applied = town.poll(leaky, town.event("b", severity=Severity.MAJOR))
    assert (applied.changed, applied.flagged) == (1, 1)
    row = readers.rejects(town.database, applied.run_id)[0]
    assert row.reason == "the text of headline did not pass the privacy gate; the record was not kept"
    assert kept(town, "a").event.headline == "Accident a"
    assert "06 12 34 56 78" not in town.everything()


@pytest.mark.parametrize(
    "told",
    [{"category": "made-up"}, {"source_id": "other-source"}, {"organisation": "call 0612345678"}],
    ids=["category", "source", "organisation"],
)
def test_a_record_that_breaks_a_rule_of_the_store_is_a_reject(town, told):
    applied = town.poll(town.event("bad", **told), town.event("good"))
    assert (applied.new, len(readers.rejects(town.database, applied.run_id))) == (1, 1)


def test_a_change_of_audience_is_numbered_with_both(town):
    town.poll(town.event())
    town.poll(town.event(audience=PARTNERS))
    last = readers.raw_changes(town.database, since=1)[0]
    assert (last.audience_before, last.audience_after) == ("public", "partners")


def test_a_clock_that_steps_back_does_not_break_the_chain(town):
    town.poll(town.event())
    town.now -= timedelta(hours=2)
    town.poll(town.event(severity=Severity.MAJOR))
    assert verify(town.database).breaks == ()


def test_a_position_in_no_district_and_districts_told_without_a_position(town):
    town.poll(
        town.event("sea", geometry={"type": "Point", "coordinates": [7.0, 43.3]}),
        town.event("told", geometry=None, district_codes=("13202", "99999")),
    )
    assert kept(town, "sea").event.district_codes == ()
    assert kept(town, "told").event.district_codes == ("13202",)


def test_a_repeated_document_that_tells_an_event_does_not_make_it_absent(town):
    town.listed(town.event())
    town.listed()
    applied = town.poll(town.event(severity=Severity.MAJOR), repeats_absences=True)
    assert (applied.changed, applied.absent, applied.withdrawn) == (1, 0, 0)
    assert verify(town.database).holds


def test_an_event_between_two_ends_follows_its_axis_and_stays_marked(town):
    beside = {"type": "MultiPoint", "coordinates": [[5.551, 43.2501], [5.556, 43.2501]]}
    elsewhere = {"type": "MultiPoint", "coordinates": [[5.551, 43.27], [5.556, 43.27]]}
    town.poll(
        town.event("beside", geometry=beside, geometry_precision=GeometryPrecision.ENDPOINTS),
        town.event("elsewhere", geometry=elsewhere, geometry_precision=GeometryPrecision.ENDPOINTS),
        town.event("exact", geometry=beside, geometry_precision=GeometryPrecision.EXACT),
    )
    told = {name: kept(town, name).event for name in ("beside", "elsewhere", "exact")}
    assert told["beside"].geometry == {"type": "LineString", "coordinates": [[5.551, 43.25], [5.556, 43.25]]}
    assert told["beside"].geometry_precision is GeometryPrecision.ENDPOINTS
    assert (told["elsewhere"].geometry, told["exact"].geometry) == (elsewhere, beside)
