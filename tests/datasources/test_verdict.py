"""What a poll may conclude: the table of DESIGN 4, and what holds for any history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.contract import Closing, Coverage, Failed, Fetched, NotModified, PastRun, Reading, Reject, Verdict
from datasources.verdict import ELSEWHERE, judge
from events.errors import SourceUnavailable
from tests.datasources.client_cases import make_source, past

OK, UNCHANGED, EMPTY = Verdict.OK, Verdict.UNCHANGED, Verdict.EMPTY
CONFIRMED, DEGRADED, FAILED = Verdict.EMPTY_CONFIRMED, Verdict.DEGRADED, Verdict.FAILED


def fetched(records: int, rejected: int = 0, **changes: object) -> Fetched:
    is_complete = bool(changes.pop("is_complete", True))
    reading = Reading(
        withdrawn=tuple(str(n) for n in range(records - rejected)),
        rejects=tuple(Reject(f"line {n}", "no place") for n in range(rejected)),
        is_complete=is_complete,
    )
    return Fetched(source=make_source(**changes), reading=reading, sha256="b", size=9, http_status=200)  # type: ignore[arg-type]


def play(documents: Sequence[tuple[int, int]], history: Sequence[PastRun] = ()) -> list[Verdict]:
    """Return the verdicts of documents (records, rejected) polled one after the other."""
    runs = list(history)
    verdicts = []
    for records, rejected in documents:
        verdict, _ = judge(fetched(records, rejected), runs)
        verdicts.append(verdict)
        runs.insert(0, past(verdict, records, rejected))
    return verdicts


TWENTY = [past(OK)] * 20


@pytest.mark.parametrize(
    ("documents", "verdicts"),
    [
        ([(3, 0)], [OK]),
        ([(0, 0), (0, 0), (0, 0)], [EMPTY, CONFIRMED, CONFIRMED]),
        ([(0, 0), (5, 0), (0, 0)], [EMPTY, OK, EMPTY]),
        ([(10, 2), (10, 3)], [OK, DEGRADED]),
        ([(100, 0), (100, 30), (100, 30), (100, 30), (100, 30), (100, 30)], [OK, DEGRADED, DEGRADED, OK, OK, OK]),
        ([(100, 0), (100, 100), (100, 100), (100, 100), (100, 100)], [OK] + [DEGRADED] * 4),
        ([(100, 100)] * 3 + [(100, 30)] * 3, [DEGRADED] * 5 + [OK]),
        ([(100, 30)] * 3 + [(100, 90)], [DEGRADED, DEGRADED, OK, DEGRADED]),
        ([(100, 30)] * 3 + [(100, 0), (100, 30)], [DEGRADED, DEGRADED, OK, OK, DEGRADED]),
        ([(100, 0), (49, 0), (49, 0), (49, 0), (49, 0), (20, 0)], [OK, DEGRADED, DEGRADED, OK, OK, DEGRADED]),
        ([(100, 0), (40, 0), (100, 0), (40, 0), (100, 0), (40, 0)], [OK, DEGRADED, OK, DEGRADED, OK, DEGRADED]),
        ([(100, 0), (40, 0), (40, 0), (100, 0), (40, 0)], [OK, DEGRADED, DEGRADED, OK, DEGRADED]),
    ],
)
def test_documents_in_a_row(documents: list[tuple[int, int]], verdicts: list[Verdict]) -> None:
    assert play(documents) == verdicts


@pytest.mark.parametrize(("records", "verdict"), [(100, OK), (50, OK), (49, DEGRADED), (1, DEGRADED), (0, EMPTY)])
def test_half_the_median_is_the_limit(records: int, verdict: Verdict) -> None:
    assert judge(fetched(records), TWENTY)[0] is verdict


def test_only_the_last_twenty_readings_are_usual() -> None:
    history = [past(OK, 10)] * 11 + [past(OK, 100)] * 40
    assert judge(fetched(10), history)[0] is OK


def test_unchanged_and_failed_runs_are_no_readings() -> None:
    history = [past(FAILED, 0), past(UNCHANGED, 0)] * 30 + [past(OK, 100)] * 20
    assert judge(fetched(30), history)[0] is DEGRADED


@pytest.mark.parametrize("between", [[FAILED], [UNCHANGED], [FAILED, UNCHANGED]])
def test_failures_neither_confirm_nor_contradict(between: list[Verdict]) -> None:
    nothing = [past(verdict, 0) for verdict in between]
    assert judge(fetched(0), [*nothing, past(EMPTY, 0)])[0] is CONFIRMED
    degraded = [past(DEGRADED, 30), *nothing, past(DEGRADED, 30), *TWENTY]
    assert judge(fetched(30), degraded)[0] is OK


@pytest.mark.parametrize(
    ("status", "last", "verdict"),
    [
        (200, EMPTY, CONFIRMED),
        (304, EMPTY, UNCHANGED),
        (200, CONFIRMED, UNCHANGED),
        (200, OK, UNCHANGED),
        (304, DEGRADED, UNCHANGED),
    ],
)
def test_same_bytes_again(status: int, last: Verdict, verdict: Verdict) -> None:
    outcome = NotModified(source=make_source(), sha256="a", http_status=status)
    assert judge(outcome, [past(last, 0)]) == (verdict, None)


def test_first_answer_that_is_unchanged() -> None:
    assert judge(NotModified(source=make_source(), sha256=None, http_status=200), [])[0] is UNCHANGED


def test_failure_gives_its_reason() -> None:
    error = SourceUnavailable("city-works", "the server answered 503")
    assert judge(Failed(source=make_source(), error=error), TWENTY) == (FAILED, "the server answered 503")


def test_degraded_runs_say_why() -> None:
    assert judge(fetched(10, 5), TWENTY)[1] == "5 of 10 records could not be used"
    assert judge(fetched(10), TWENTY)[1] == "10 records where 100 are usual"
    incomplete = "the publisher marks its document as incomplete: 0 records where 100 are usual"
    assert judge(fetched(0, is_complete=False), TWENTY) == (DEGRADED, incomplete)


def test_delivery_break_is_not_empty() -> None:
    assert judge(fetched(0, is_complete=False), [])[0] is OK


def test_delta_without_records_says_that_nothing_changed() -> None:
    assert judge(fetched(0, coverage=Coverage.DELTA), TWENTY) == (OK, None)
    assert judge(fetched(10, 5, coverage=Coverage.DELTA), TWENTY)[0] is DEGRADED


RUNS = st.builds(
    past, st.sampled_from(list(Verdict)), st.integers(0, 300), st.integers(0, 50), st.sampled_from(["a", None])
)


@given(st.lists(RUNS, max_size=60), st.integers(0, 120), st.integers(0, 60))
def test_any_history_gives_one_verdict_with_a_reason_where_due(
    history: list[PastRun], records: int, rejected: int
) -> None:
    outcome = fetched(records, min(records, rejected))
    verdict, reason = judge(outcome, history)
    assert (reason is not None) == (verdict is DEGRADED)
    assert (verdict in (EMPTY, CONFIRMED)) == (records == 0)
    assert judge(outcome, history) == (verdict, reason)


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 80)), min_size=3, max_size=12))
def test_no_third_degraded_in_a_row_while_anything_can_be_used(documents: list[tuple[int, int]]) -> None:
    verdicts = play([(records, min(records - 1, rejected)) for records, rejected in documents], TWENTY)
    assert all(verdicts[n : n + 3] != [DEGRADED] * 3 for n in range(len(verdicts)))


@given(st.lists(RUNS, max_size=60), st.integers(1, 300))
def test_rejects_alone_never_become_ok_whatever_came_before(history: list[PastRun], records: int) -> None:
    """Agreed on by three polls it would count absences, and nothing would be left of a source that changed its format."""
    verdict, reason = judge(fetched(records, records), history)
    assert (verdict, reason) == (DEGRADED, f"none of the {records} records could be used")


ALL_OVER = Closing(named=9, in_force=10)


@pytest.mark.parametrize(
    ("closing", "verdict"),
    [
        (Closing(8, 10), OK),
        (Closing(9, 10), DEGRADED),
        (Closing(5, 5), DEGRADED),
        (Closing(4, 4), OK),
        (Closing(0, 0), OK),
    ],
)
def test_a_document_that_takes_back_nearly_all_waits(closing: Closing, verdict: Verdict) -> None:
    assert judge(fetched(100), TWENTY, closing)[0] is verdict


def test_three_polls_that_take_back_nearly_all_agree() -> None:
    assert judge(fetched(100), TWENTY, ALL_OVER) == (DEGRADED, "9 of 10 events in force would be withdrawn at once")
    waiting = [past(DEGRADED), past(DEGRADED), *TWENTY]
    assert judge(fetched(100), waiting[1:], ALL_OVER)[0] is DEGRADED
    assert judge(fetched(100), waiting, ALL_OVER) == (OK, None)


def test_records_that_a_rule_of_ours_leaves_out_do_not_make_a_document_worse() -> None:
    ours = tuple(Reject(f"alerts[{n}]", "left out", is_ours=True) for n in range(9))
    for rejects, verdict in (
        (ours, OK),
        ((*ours, Reject("line", "no place")), OK),
        ((Reject("line", "no place"),), DEGRADED),
    ):
        reading = Reading(rejects=rejects)
        told = Fetched(source=make_source(), reading=reading, sha256="b", size=9, http_status=200)
        assert judge(told, ())[0] is verdict


@pytest.mark.parametrize("reason", ELSEWHERE)
def test_a_national_document_that_lies_wholly_elsewhere_is_a_good_answer(reason: str) -> None:
    elsewhere = tuple(Reject(f"line {n}", reason) for n in range(5))
    national = replace(fetched(0).source, is_national=True)
    one = replace(fetched(0), reading=Reading(rejects=elsewhere))
    assert judge(one, [])[0] is Verdict.DEGRADED
    assert judge(replace(one, source=national), []) == (Verdict.OK, None)
    swapped = tuple(replace(item, reason=f"{item.reason}: axes are swapped") for item in elsewhere)
    assert judge(replace(one, source=national, reading=Reading(rejects=swapped)), [])[0] is Verdict.DEGRADED


def test_whatever_the_readers_say_of_elsewhere_is_no_fault_of_a_national_source() -> None:
    """A national feed of alerts would else be degraded for telling of the rest of the country."""
    golden = Path(__file__).parents[1] / "feeds"
    rejects = [
        one for path in golden.glob("*/*/expected.json") for one in json.loads(path.read_text()).get("rejects", ())
    ]
    told = {one["reason"] for one in rejects if isinstance(one, dict) and "outside the source's area" in one["reason"]}
    assert {one for one in told if not one.endswith(ELSEWHERE) and "swapped" not in one} == set()
    assert {reason for reason in ELSEWHERE if any(one.endswith(reason) for one in told)} == set(ELSEWHERE)
