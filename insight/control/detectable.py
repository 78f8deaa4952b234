"""The least difference that each measure of a report would have found 8 times in 10: what its silence is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy import optimize, stats

from insight.control import categories, effort, evenness, exposure, uses
from insight.control.beside import Beside
from insight.control.exposure import BAND
from insight.control.findings import CHANGE_LEVEL, STATE_LEVEL
from insight.control.intervals import POWER, Numbers, dispersion, least_outside, spread_of
from insight.control.observed import Observed

Ends = tuple[float, float]
_MOST = 1e6


def detectable(observed: Observed, beside: Beside, part: float) -> dict[str, Ends | None]:
    """Return the least and the greatest of them over the cells of each measure, None where no cell has enough records.

    A ratio to what was before or to the rest of the city; of the categories a stability index. The levels are those of a
    report whose only difference it would be, `part` of those allowed: shared by all its cells.
    """
    level = part * STATE_LEVEL
    changes = exposure.detectable(observed, part * CHANGE_LEVEL).values() if observed.has_baseline else ()
    found = {
        exposure.CHANGE: tuple(one for one in changes if one is not None),
        effort.EFFORT: tuple(_of_effort(observed, level)),
        evenness.PUBLISHING: tuple(_of_delays(observed.to_publish, level)),
        evenness.CLOSING: tuple(_of_delays(observed.to_close, level)),
        evenness.SEVERITY: tuple(_of_severity(observed, level)),
        categories.DRIFT: tuple(_of_categories(observed, level)),
        uses.EXPORTS: uses.least_changes(uses.exports_by_week(beside.uses, observed.end), level),
        uses.REFUSALS: uses.least_changes(
            uses.withheld_by_week(beside.runs, observed.end, beside.organisation_of), level
        ),
        uses.MEDIA: uses.least_changes(uses.refused_by_week(beside.sent, beside.uses, observed.end), level),
    }
    return {measure: (min(values), max(values)) if values else None for measure, values in found.items()}


def _of_effort(observed: Observed, level: float) -> Iterator[float]:
    counted = [one.ratio for one in effort.states(observed)]
    return (least_outside(BAND[1], spread_of(one), level / len(counted)) for one in counted)


def _of_delays(delays: Mapping[str, Numbers], level: float) -> Iterator[float]:
    counted = [
        one.median for one in evenness.parity(delays) if one.count >= evenness.FEW and one.median and one.median.low > 0
    ]
    return (least_outside(evenness.DELAY_BAND[1], spread_of(one), level / len(counted)) for one in counted)


def _of_severity(observed: Observed, level: float) -> Iterator[float]:
    """Yield for each district that is looked at: its interval is that of a Poisson count, its chance has the over-dispersion."""
    looked_at = tuple(evenness.expected_severe(observed))
    over = dispersion(observed.baseline.sum(axis=(1, 2)))
    for _, expected in looked_at:
        yield least_outside(
            BAND[1], float(np.sqrt(1 / expected)), level / len(looked_at), float(np.sqrt(over / expected))
        )


def _of_categories(observed: Observed, level: float) -> Iterator[float]:
    """Yield the least index whose G-test would be seen: the index times the records is close to that statistic."""
    if not observed.has_baseline:
        return
    now, then = categories.counts(observed)
    freedom = int(((now + then) > 0).sum()) - 1
    if freedom < 1 or not now.sum() or not then.sum():
        return
    bound = float(stats.chi2.isf(level, freedom))
    shift = optimize.brentq(lambda one: stats.ncx2.sf(bound, freedom, one) - POWER, 1e-6, _MOST)
    over = dispersion(observed.kinds[observed.first : -observed.window])
    yield max(categories.WIDE, float(shift) * over * (1 / now.sum() + 1 / then.sum()))
