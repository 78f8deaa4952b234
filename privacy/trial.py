"""What one poll would bring, screened as it would be and kept nowhere: how a source is tried before it goes live."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from datasources.contract import Fetched, Reading, Reject, Run
from datasources.describe import describe, plain
from datasources.verdict import judge
from privacy.gate import MIN_KEY_BYTES, Gate
from privacy.gazetteer import Gazetteer
from store.kept import Applied

_NOTHING = Applied(
    run_id=0, last_seq=0, new=0, changed=0, unchanged=0, absent=0, withdrawn=0, flagged=0
)  # fmt: skip


@dataclass(slots=True)
class _Taken:
    """Stands in for the store: takes one batch and forgets it with the trial."""

    batch: Any = None

    def apply(self, batch: Any, *, is_durable: bool = True) -> Applied:  # noqa: ARG002 - nothing is written
        self.batch = batch
        return _NOTHING


def rehearse(
    outcome: Fetched,
    at: datetime,
    gazetteer: Gazetteer,
    late_after: timedelta | None = None,
    allowed: tuple[frozenset[str] | None, frozenset[str]] | None = None,
) -> dict[str, object]:
    """Return as JSON values what would be kept of a document read at `at`: what `describe` tells, after the gate.

    `allowed` are the fields (None: all) and kinds of records that an agreement names. Beside it: `verdict` and `reason`;
    `freshness` (when its newest word was told, its age in seconds and, with `late_after`, whether that is late);
    `withheld` (record, field and type of each text the gate took out).
    """
    taken = _Taken()
    gate = Gate(
        taken,
        gazetteer,
        lambda: at,
        key=secrets.token_bytes(MIN_KEY_BYTES),
        allowed_fields=None if allowed is None else lambda _: allowed[0],
        allowed_kinds=None if allowed is None else lambda _: allowed[1],
    )
    verdict, reason = judge(outcome, ())
    gate.admit(Run(outcome=outcome, verdict=verdict, reason=reason, started_at=at, finished_at=at))
    batch, reading = taken.batch, outcome.reading
    admitted = replace(
        reading,
        events=batch.events,
        road_states=batch.road_states,
        cameras=batch.cameras,
        tallies=batch.tallies,
        withdrawn=batch.withdrawn,
        rejects=tuple(Reject(one.where, one.reason, one.external_id) for one in batch.rejects),
        dropped_fields=tuple(batch.run.dropped_fields),
    )
    withheld = [{"record": one.record, "field": one.field, "type": one.type} for one in batch.withheld or ()]
    return {
        "verdict": verdict.value,
        "reason": batch.run.reason,
        "freshness": _freshness(reading, at, late_after),
        **describe(admitted),
        "withheld": withheld,
    }


def summary_of(source_id: str, told: dict[str, Any]) -> str:
    """Return in one line what a rehearsal told."""
    fresh, kept = (
        told["freshness"],
        [name for name in ("events", "road_states", "cameras", "tallies") if told[name]["count"]],
    )
    counts = ", ".join(f"{told[name]['count']} {name}" for name in kept) or "nothing"
    age = "of no date" if fresh["age_s"] is None else f"told {timedelta(seconds=fresh['age_s'])} ago"
    limit = "" if fresh["late_after_s"] is None else f", late after {timedelta(seconds=fresh['late_after_s'])}"
    return (
        f"{source_id}: {told['verdict']}; {told['records_seen']} records, {age}{limit}; kept {counts}; "
        f"{told['withdrawn']['count']} withdrawn, {len(told['rejects'])} rejected, {len(told['withheld'])} texts withheld, "
        f"{len(told['dropped_fields'])} fields not read"
    )


def _freshness(reading: Reading, at: datetime, late_after: timedelta | None) -> dict[str, object]:
    newest = max((moment for moment in _told_at(reading) if moment <= at), default=None)
    age = None if newest is None else at - newest
    return {
        "told_at": plain(newest),
        "age_s": None if age is None else round(age.total_seconds()),
        "late_after_s": None if late_after is None else round(late_after.total_seconds()),
        "is_late": None if age is None or late_after is None else age > late_after,
    }


def _told_at(reading: Reading) -> Iterator[datetime]:
    """Yield when the publisher spoke: of the document, else of its records."""
    if reading.published_at is not None:
        yield reading.published_at
        return
    for event in reading.events:
        yield from (moment for moment in (event.published_at, event.observed_at) if moment is not None)
    yield from (road.observed_at for road in reading.road_states if road.observed_at is not None)
    yield from (tally.end for tally in reading.tallies)
