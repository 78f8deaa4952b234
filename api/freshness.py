"""How each source is doing, as one rule for the page, the snapshot, the stream and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from statistics import mean, stdev
from types import MappingProxyType

from access.agreements import Standing
from api.rows import seconds
from datasources.contract import Source
from store.kept import SourceRow
from store.orders import Fields

RUNS_FOR_OWN_RHYTHM = 20
FAILURES = 2
OPEN = Standing("live", onward="public")
StandingOf = Callable[[str], Standing]
MARGIN = timedelta(seconds=5)  # a poll takes a moment; a source on time must not flicker
MINUTE = timedelta(minutes=1)
NOTHING: Mapping[str, datetime] = MappingProxyType({})
STILL_PERIODS = 3  # a document that always differs and does not for so many periods is frozen


def of_no_agreement(source_id: str) -> Standing:
    """Let every source be polled: a house without agreements, as tests build it."""
    del source_id
    return OPEN


def source_rows(
    sources: Iterable[Source],
    states: Iterable[SourceRow],
    now: datetime,
    standing_of: StandingOf = of_no_agreement,
    *,
    paused: Mapping[str, datetime],
    fields: Mapping[str, Fields],
    out: Mapping[str, datetime] = NOTHING,
) -> list[dict[str, object]]:
    """Return every source of the catalogue, polled or not, in its order.

    `paused` are those that a person paused, since when; `fields` what each has told; `out` whose outage goes on, since when.
    """
    known = {state.source_id: state for state in states}
    none = Fields()
    return [
        source_row(
            one,
            known.get(one.id),
            now,
            standing_of(one.id),
            is_paused=one.id in paused,
            locked=len(fields.get(one.id, none).locked),
            out=out.get(one.id),
        )
        for one in sources
    ]


def source_row(
    source: Source,
    state: SourceRow | None,
    now: datetime,
    standing: Standing = OPEN,
    *,
    is_paused: bool = False,
    locked: int = 0,
    out: datetime | None = None,
) -> dict[str, object]:
    """Return one source: times in epoch seconds, spans in seconds, `why` a key of the catalogue of texts."""
    is_resting = is_paused or not standing.is_live
    word = "paused" if is_resting else state_of(source, state, now)
    late, frozen = late_after(source, state), frozen_after(source, state)
    return {
        "id": source.id,
        "ti": source.title,
        "org": source.organisation,
        "kind": source.kind,
        "state": word,
        "at": seconds(_last_datum(source, state)),
        "every": round(source.poll_every.total_seconds()),
        "late": round(late.total_seconds()),
        "frozen": None if frozen is None else round(frozen.total_seconds()),
        "moved": seconds(state.moved_at) if state else None,
        "locked": locked,
        "out": seconds(out),
        "ok": seconds(state.last_good_at) if state else None,
        "n": state.events + state.roads + state.cameras + state.tallies if state else 0,
        "why": _why(source, word, standing, locked, is_paused=is_paused),
        "end": seconds(standing.ends_at),
    }


def _why(source: Source, word: str, standing: Standing, locked: int, *, is_paused: bool) -> str | None:
    if not source.is_enabled:
        return "sources.why.disabled"
    if not standing.is_live:
        return f"sources.why.agreement.{standing.state}"
    if is_paused or word != "ok":
        return f"sources.why.{word}"
    if locked:
        return "sources.why.locked"
    return f"sources.why.agreement.{standing.state}" if standing.state == "ending" else None


def state_of(source: Source, state: SourceRow | None, now: datetime) -> str:
    """Return `paused failing never frozen stale late` or `ok`: the first that holds."""
    if not source.is_enabled:
        return "paused"
    if state is not None and state.consecutive_failures >= FAILURES:
        return "failing"
    datum = _last_datum(source, state)
    if state is None or datum is None:
        return "never"
    if _is_frozen(source, state):
        return "frozen"
    age, late = now - datum, late_after(source, state)
    if age > max(source.stale_after, late):
        return "stale"
    return "late" if age > late + _margin(datum) else "ok"


def late_after(source: Source, state: SourceRow | None) -> timedelta:
    """Return the age from which a source is late.

    Its own limit when it has one; else twice the cadence until 20 ages are known, then the mean + 2 standard
    deviations of how old its data were each time before newer ones came.
    """
    if source.late_after is not None:
        return source.late_after
    ages = state.peak_ages_s if state else ()
    if len(ages) < RUNS_FOR_OWN_RHYTHM:
        return 2 * source.poll_every
    return max(_usual_and_more(ages), source.poll_every)


def frozen_after(source: Source, state: SourceRow | None) -> timedelta | None:
    """Return after how long without a different document a source that answers is frozen; None: it may stand still.

    Its own limit when it has one; else three of its periods, when its last 21 documents differed at nearly each poll.
    """
    if source.frozen_after is not None:
        return source.frozen_after
    gaps = state.move_gaps_s if state else ()
    if len(gaps) < RUNS_FOR_OWN_RHYTHM or mean(gaps) > 2 * source.poll_every.total_seconds():
        return None
    return STILL_PERIODS * max(_usual_and_more(gaps), source.poll_every)


def _is_frozen(source: Source, state: SourceRow) -> bool:
    # Up to the last good answer: a publisher who does not answer may have moved meanwhile.
    limit = frozen_after(source, state)
    if limit is None or state.moved_at is None or state.last_good_at is None:
        return False
    return state.last_good_at - state.moved_at > limit


def _usual_and_more(spans: tuple[float, ...]) -> timedelta:
    return timedelta(seconds=mean(spans) + 2 * stdev(spans))


def _margin(datum: datetime) -> timedelta:
    # A time written to the minute says nothing of its seconds: what it dates may be nearly a minute younger.
    return MARGIN + MINUTE if datum.second == 0 and datum.microsecond == 0 else MARGIN


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
