"""What one poll may conclude (DESIGN 4): absence is not an end, and a sudden loss waits for the next polls to agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from datasources.contract import (
    Closing,
    ClosingOf,
    Coverage,
    Failed,
    Fetched,
    NotModified,
    Outcome,
    PastRun,
    Run,
    Verdict,
)

HISTORY = 100  # runs to ask for: enough to find READINGS readings between unchanged answers
READINGS = 20
MAX_REJECT_SHARE = 0.2
MIN_SHARE_OF_MEDIAN = 0.5
AGREEING_POLLS = 3
MAX_CLOSED_SHARE = 0.8
# After these the next document is read again even if its bytes are the same: the repetition is what counts.
READ_AGAIN = frozenset({Verdict.EMPTY, Verdict.DEGRADED})
ELSEWHERE = ("position is outside the source's area", "all the lines and stops it names lie outside the source's area")
FEW = 5  # of fewer events in force, all may be over at once

_NO_READING = frozenset({Verdict.UNCHANGED, Verdict.FAILED, Verdict.IMPORTED})
_EMPTIES = frozenset({Verdict.EMPTY, Verdict.EMPTY_CONFIRMED})


_NOTHING_CLOSES = Closing()
_COUNTING = frozenset({Verdict.OK, Verdict.EMPTY, Verdict.EMPTY_CONFIRMED})


def counts_absences(run: Run) -> bool:
    """Tell whether what a judged document lacks counts one absence: a complete snapshot with a good verdict."""
    outcome = run.outcome
    if not isinstance(outcome, Fetched) or run.verdict not in _COUNTING:
        return False
    return outcome.source.coverage is Coverage.SNAPSHOT and outcome.reading.is_complete


def closes_nearly_all(closing: Closing) -> bool:
    """Tell whether a document takes back more than 80 % of what its source has in force."""
    return closing.in_force >= FEW and _share(closing.named, closing.in_force) > MAX_CLOSED_SHARE


def judged(
    outcome: Outcome, past: Sequence[PastRun], closing_of: ClosingOf, started_at: datetime, finished_at: datetime
) -> Run:
    """Return the outcome as a judged run; `closing_of` tells what a document takes back of what is in force."""
    withdrawn = outcome.reading.withdrawn if isinstance(outcome, Fetched) else ()
    closing = closing_of(outcome.source.id, withdrawn) if withdrawn else _NOTHING_CLOSES
    verdict, reason = judge(outcome, past, closing)
    return Run(
        outcome=outcome,
        verdict=verdict,
        reason=reason,
        started_at=started_at,
        finished_at=finished_at,
        holds_closures=verdict is Verdict.DEGRADED and closes_nearly_all(closing),
    )


def judge(
    outcome: Outcome, history: Sequence[PastRun], closing: Closing = _NOTHING_CLOSES
) -> tuple[Verdict, str | None]:
    """Return the verdict on a poll and, when it is degraded or failed, the reason in our words.

    `history` holds the source's earlier runs, newest first; HISTORY of them are enough. Failed and unchanged runs in
    between neither confirm nor contradict a reading. `closing` is what the document takes back. Emptiness and loss are judged for snapshots only: a delta
    without records says that nothing changed.
    """
    if isinstance(outcome, Failed):
        return Verdict.FAILED, outcome.error.message
    readings = [run for run in history if run.verdict not in _NO_READING][:READINGS]
    if isinstance(outcome, NotModified):
        return _judge_unchanged(outcome, history), None
    if _is_empty(outcome):
        was_empty = bool(readings) and readings[0].verdict in _EMPTIES
        return (Verdict.EMPTY_CONFIRMED if was_empty else Verdict.EMPTY), None
    reason = _too_many_rejects(outcome, readings) or _too_few_records(outcome, readings) or _too_many_closed(closing)
    if reason is None:
        return Verdict.OK, None
    # Of a document without one usable record no repetition can conclude that all events are over.
    is_usable = not _is_unusable(_broken(outcome), outcome.reading.records_seen)
    if is_usable and _is_agreed(readings):
        return Verdict.OK, None
    return Verdict.DEGRADED, reason


def _judge_unchanged(outcome: NotModified, history: Sequence[PastRun]) -> Verdict:
    # The publisher sent the same empty body again, in full: that confirms it. A 304 only says "nothing new".
    is_sent_again = outcome.http_status != 304 and bool(history) and history[0].verdict is Verdict.EMPTY
    return Verdict.EMPTY_CONFIRMED if is_sent_again else Verdict.UNCHANGED


def _is_empty(outcome: Fetched) -> bool:
    reading = outcome.reading
    return reading.records_seen == 0 and reading.is_complete and outcome.source.coverage is Coverage.SNAPSHOT


def _broken(outcome: Fetched) -> int:
    """Return how many records could not be read; what a rule of ours leaves out was read well enough.

    So was what a national source tells of elsewhere; swapped axes are a fault anywhere.
    """
    is_national = outcome.source.is_national
    return sum(not (one.is_ours or (is_national and one.reason.endswith(ELSEWHERE))) for one in outcome.reading.rejects)


def _is_unusable(rejected: int, seen: int) -> bool:
    return 0 < seen == rejected


def _is_agreed(readings: Sequence[PastRun]) -> bool:
    before = readings[: AGREEING_POLLS - 1]
    return len(before) == AGREEING_POLLS - 1 and all(
        run.verdict is Verdict.DEGRADED and not _is_unusable(run.rejected, run.records_seen) for run in before
    )


def _too_many_rejects(outcome: Fetched, readings: Sequence[PastRun]) -> str | None:
    reading, broken = outcome.reading, _broken(outcome)
    share = _share(broken, reading.records_seen)
    if share <= MAX_REJECT_SHARE:
        return None
    if _is_unusable(broken, reading.records_seen):
        return f"none of the {reading.records_seen} records could be used"
    # The polls agreed on a share above the limit: only a clear rise above that one is a new trouble.
    last = readings[0] if readings else None
    if last is not None and last.verdict is Verdict.OK:
        agreed = _share(last.rejected, last.records_seen)
        if agreed > MAX_REJECT_SHARE and share <= agreed + MAX_REJECT_SHARE:
            return None
    return f"{broken} of {reading.records_seen} records could not be used"


def _too_few_records(outcome: Fetched, readings: Sequence[PastRun]) -> str | None:
    usual = _usual(readings)
    seen = outcome.reading.records_seen
    if outcome.source.coverage is not Coverage.SNAPSHOT or usual is None or seen >= usual * MIN_SHARE_OF_MEDIAN:
        return None
    if not outcome.reading.is_complete:
        return f"the publisher marks its document as incomplete: {seen} records where {usual:g} are usual"
    return f"{seen} records where {usual:g} are usual"


def _too_many_closed(closing: Closing) -> str | None:
    if not closes_nearly_all(closing):
        return None
    return f"{closing.named} of {closing.in_force} events in force would be withdrawn at once"


def _usual(readings: Sequence[PastRun]) -> float | None:
    """Return the median number of records, None without a reading.

    Degraded readings are left out, since no other poll agreed with them yet; and so are readings older than a loss on
    which three polls agreed: the new level is what is usual now.
    """
    counted: list[int] = []
    for position, run in enumerate(readings):
        if run.verdict is not Verdict.DEGRADED:
            counted.append(run.records_seen)
        if run.verdict is Verdict.OK and _is_agreed(readings[position + 1 :]):
            break
    return median(counted) if counted else None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
