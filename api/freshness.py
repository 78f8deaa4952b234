"""How each source is doing, as one rule for the page, the snapshot, the stream and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from statistics import mean, stdev

from access.agreements import Standing
from api.rows import seconds
from datasources.contract import Source
from store.kept import SourceRow

RUNS_FOR_OWN_RHYTHM = 20
FAILURES = 2
OPEN = Standing("live")
StandingOf = Callable[[str], Standing]
MARGIN = timedelta(seconds=5)  # a poll takes a moment; a source on time must not flicker


def of_no_agreement(source_id: str) -> Standing:
    """Let every source be polled: a house without agreements, as tests build it."""
    del source_id
    return OPEN


def source_rows(
    sources: Iterable[Source], states: Iterable[SourceRow], now: datetime, standing_of: StandingOf = of_no_agreement
) -> list[dict[str, object]]:
    """Return every source of the catalogue, polled or not, in its order."""
    known = {state.source_id: state for state in states}
    return [source_row(source, known.get(source.id), now, standing_of(source.id)) for source in sources]


def source_row(source: Source, state: SourceRow | None, now: datetime, standing: Standing = OPEN) -> dict[str, object]:
    """Return one source: times in epoch seconds, spans in seconds, `why` a key of the catalogue of texts."""
    word = state_of(source, state, now) if standing.is_live else "paused"
    late = late_after(source, state)
    return {
        "id": source.id,
        "ti": source.title,
        "org": source.organisation,
        "kind": source.kind,
        "state": word,
        "at": seconds(_last_datum(source, state)),
        "every": round(source.poll_every.total_seconds()),
        "late": round(late.total_seconds()),
        "ok": seconds(state.last_good_at) if state else None,
        "n": state.events + state.roads + state.cameras + state.tallies if state else 0,
        "why": _why(word, standing),
        "end": seconds(standing.ends_at),
    }


def _why(word: str, standing: Standing) -> str | None:
    if not standing.is_live or (word == "ok" and standing.state == "ending"):
        return f"sources.why.agreement.{standing.state}"
    return None if word == "ok" else f"sources.why.{word}"


def state_of(source: Source, state: SourceRow | None, now: datetime) -> str:
    """Return `paused never failing stale late` or `ok`: the worst that holds."""
    if not source.is_enabled:
        return "paused"
    if state is not None and state.consecutive_failures >= FAILURES:
        return "failing"
    datum = _last_datum(source, state)
    if state is None or datum is None:
        return "never"
    age = now - datum
    if age > max(source.stale_after, late_after(source, state)):
        return "stale"
    return "late" if age > late_after(source, state) + MARGIN else "ok"


def late_after(source: Source, state: SourceRow | None) -> timedelta:
    """Return the age from which a source is late.

    Its own limit when it has one; else twice the cadence until 20 runs are known, then the mean + 2 standard
    deviations of the gaps between its good runs.
    """
    if source.late_after is not None:
        return source.late_after
    gaps = state.good_gaps_s if state else ()
    if len(gaps) < RUNS_FOR_OWN_RHYTHM:
        return 2 * source.poll_every
    return max(timedelta(seconds=mean(gaps) + 2 * stdev(gaps)), source.poll_every)


def _last_datum(source: Source, state: SourceRow | None) -> datetime | None:
    # A document that did not change was confirmed by the publisher just now; but a publisher that dates its
    # documents speaks for itself: an old date in a new document is an old datum, and where the entry says how
    # old that date may be (`late_after`), it is old however often the same document is served again.
    if state is None or state.last_good_at is None:
        return state.last_datum_at if state else None
    is_repeated = state.last_run.verdict == "unchanged" and source.late_after is None
    if is_repeated or state.last_datum_at is None:
        return state.last_good_at
    return min(state.last_good_at, state.last_datum_at)
