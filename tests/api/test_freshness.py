"""How a source is said to be doing, from its polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access.agreements import Standing
from api.freshness import MINUTE, late_after, source_row, state_of
from api.rows import road_row
from events.audience import PUBLIC
from events.records import RoadState
from events.vocabulary import TrafficState
from store.kept import KeptRoad, RunRow, SourceRow
from tests.api.served import source

NOW = datetime(2026, 11, 14, 14, 32, 0, 1, tzinfo=UTC)


def row(
    good_ago_s: float | None,
    *,
    datum_ago_s: float | None = None,
    failures: int = 0,
    ages=(),
    verdict="ok",
    moved_ago_s: float | None = None,
    gaps=(),
) -> SourceRow:
    good_at = None if good_ago_s is None else NOW - timedelta(seconds=good_ago_s)
    datum_at = good_at if datum_ago_s is None else NOW - timedelta(seconds=datum_ago_s)
    run = RunRow(
        id=1, source_id="s", verdict=verdict, reason=None, started_at=NOW, finished_at=NOW, http_status=200, size=1,
        sha256=None, published_at=None, records_seen=1, rejected=0, new=0, changed=0, unchanged=1, absent=0, withdrawn=0,
        flagged=0, text_withheld=0, gate=None, dropped_fields=(), last_seq=1,
    )  # fmt: skip
    return SourceRow(
        source_id="s", last_run=run, last_good_at=good_at, last_datum_at=datum_at, last_good_records=1,
        consecutive_failures=failures, events=1, roads=2, cameras=3, tallies=4, flagged=0, peak_ages_s=ages,
        moved_at=None if moved_ago_s is None else NOW - timedelta(seconds=moved_ago_s), move_gaps_s=gaps,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (None, "never"),
        (row(None), "never"),
        (row(10), "ok"),
        (row(124), "ok"),
        (row(126), "late"),
        (row(6 * 3600 + 1), "stale"),
        (row(10, failures=1), "ok"),
        (row(10, failures=2), "failing"),
        (row(10, datum_ago_s=600), "late"),
        (row(10, datum_ago_s=600, verdict="unchanged"), "ok"),
    ],
)
def test_state(state, word) -> None:
    assert state_of(source(), state, NOW) == word
    assert source_row(source(), state, NOW)["why"] == (None if word == "ok" else f"sources.why.{word}")


def test_paused_source_is_paused_whatever_it_was() -> None:
    assert state_of(source(is_enabled=False), row(10, failures=9), NOW) == "paused"


def test_own_limit_holds_for_a_document_served_again() -> None:
    strict = source(late_after=timedelta(minutes=20))
    assert state_of(strict, row(10, datum_ago_s=1300, verdict="unchanged"), NOW) == "late"


def test_limit_is_the_sources_own_rhythm_once_20_runs_are_known() -> None:
    assert late_after(source(), row(1, ages=(60.0,) * 19)) == timedelta(seconds=120)
    assert late_after(source(), row(1, ages=(60.0, 100.0) * 10)).total_seconds() == pytest.approx(121.04, abs=0.01)
    assert late_after(source(), row(1, ages=(10.0,) * 20)) == timedelta(seconds=60)


def test_objects_of_all_kinds_are_counted() -> None:
    assert source_row(source(), row(10), NOW)["n"] == 10


@pytest.mark.parametrize(
    ("standing", "state", "why"),
    [
        (Standing("live", NOW), "ok", None),
        (Standing("ending", NOW), "ok", "sources.why.agreement.ending"),
        (Standing("ended", NOW), "paused", "sources.why.agreement.ended"),
        (Standing("missing"), "paused", "sources.why.agreement.missing"),
    ],
)
def test_the_agreement_pauses_a_source_and_says_so(standing, state, why) -> None:
    told = source_row(source(), row(10), NOW, standing)
    assert (told["state"], told["why"]) == (state, why)
    assert told["end"] == (None if standing.ends_at is None else int(NOW.timestamp()))


def test_a_source_that_fails_says_that_before_its_agreement_ends() -> None:
    assert source_row(source(), row(10, failures=9), NOW, Standing("ending", NOW))["why"] == "sources.why.failing"


def test_a_document_dated_to_the_minute_is_not_late_because_its_seconds_are_unknown() -> None:
    """Polled every 30 s, dated 14:30:00, given at 14:30:59: it is a second old, not a minute."""
    quick = source(poll_every=timedelta(seconds=30))
    at = datetime(2026, 11, 14, 14, 31, 34, tzinfo=UTC)
    dated = replace(row(10), last_good_at=at, last_datum_at=at.replace(minute=30, second=0))
    assert state_of(quick, dated, at) == "ok"
    assert state_of(quick, replace(dated, last_datum_at=at.replace(minute=30, second=1)), at + MINUTE) == "late"
    assert state_of(quick, dated, at + MINUTE) == "late"


def test_a_document_that_always_moved_and_stands_still_is_frozen() -> None:
    moving = {"gaps": (60.0,) * 20, "verdict": "unchanged"}
    assert state_of(source(), row(10, moved_ago_s=180, **moving), NOW) == "ok"
    assert state_of(source(), row(10, moved_ago_s=200, **moving), NOW) == "frozen"
    assert source_row(source(), row(10, moved_ago_s=200, **moving), NOW)["why"] == "sources.why.frozen"


def test_one_that_seldom_moves_may_stand_still() -> None:
    assert state_of(source(), row(10, moved_ago_s=9000, gaps=(3600.0,) * 20, verdict="unchanged"), NOW) == "ok"
    assert state_of(source(), row(10, moved_ago_s=9000, gaps=(60.0,) * 19, verdict="unchanged"), NOW) == "ok"


def test_the_entrys_own_limit_freezes_from_the_first_document_on() -> None:
    strict = source(frozen_after=timedelta(minutes=5))
    assert state_of(strict, row(10, moved_ago_s=400, verdict="unchanged"), NOW) == "frozen"


def test_a_publisher_who_does_not_answer_is_not_called_frozen() -> None:
    strict = source(frozen_after=timedelta(minutes=5), late_after=timedelta(hours=3))
    assert state_of(strict, row(400, moved_ago_s=500, failures=1), NOW) == "ok"
    assert state_of(strict, row(400, moved_ago_s=500, failures=2), NOW) == "failing"


def test_a_source_paused_by_a_person_and_one_by_its_entry_say_so() -> None:
    assert source_row(source(), row(10), NOW, is_paused=True)["why"] == "sources.why.paused"
    assert source_row(source(is_enabled=False), None, NOW)["why"] == "sources.why.disabled"
    assert source_row(source(is_enabled=False), None, NOW, is_paused=True)["state"] == "paused"


def test_locked_fields_are_told_beside_a_state_that_stays() -> None:
    told = source_row(source(), row(10), NOW, locked=2)
    assert (told["state"], told["locked"], told["why"]) == ("ok", 2, "sources.why.locked")


@pytest.mark.parametrize(
    ("observed_ago_s", "seen_ago_s", "state"),
    [(60, 0, "free"), (299, 0, "free"), (301, 0, "unknown"), (3 * 3600, 0, "unknown"), (None, 60, "free"), (None, 301, "unknown")],
)  # fmt: skip
def test_traffic_measured_hours_ago_is_unknown_however_often_the_file_is_served(
    observed_ago_s, seen_ago_s, state
) -> None:
    told = RoadState(
        source_id="s", segment_id="a", state=TrafficState.FREE, organisation="o", audience=PUBLIC,
        observed_at=None if observed_ago_s is None else NOW - timedelta(seconds=observed_ago_s),
    )  # fmt: skip
    kept = KeptRoad(
        id="s:a", road=told, recorded_at=NOW, changed_at=NOW, last_seen_at=NOW - timedelta(seconds=seen_ago_s)
    )
    assert road_row(kept, source(), NOW, frozenset(), timedelta(minutes=5), 2.5)["st"] == state
