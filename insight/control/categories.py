"""Do the same words still mean the same: how the parts of the categories moved from the weeks before to the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from insight.control.findings import Finding
from insight.control.intervals import Numbers, Ratio, dispersion, share
from insight.control.observed import Observed

DRIFT, UNKNOWN = "categories", "unknown"
WIDE = 0.2  # of the stability index: below 0.1 nothing moved, above 0.2 something did
MUCH_UNKNOWN = 0.15
OTHER = "inconnu"  # what no rule of a source knows how to name
_LEAST_PART = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The stability index, the categories met for the first time with their records, those that no rule names, of all."""

    index: float | None
    appeared: tuple[tuple[str, int], ...]
    unknown: int
    of: int


def stability(now: Numbers, then: Numbers) -> float | None:
    """Return the population stability index between two counts by category, None when one of them is empty."""
    if not now.sum() or not then.sum():
        return None
    p, q = (np.maximum(one / one.sum(), _LEAST_PART) for one in (now, then))
    return float(((p - q) * np.log(p / q)).sum())


def parts(observed: Observed) -> Parts:
    """Return how the categories of the window stand beside those of the weeks before."""
    now, then = counts(observed)
    index = stability(now, then) if observed.has_baseline else None
    known = zip(observed.categories, now, then, strict=True)
    appeared = tuple((name, int(new)) for name, new, old in known if new and not old) if index is not None else ()
    unknown = int(now[observed.categories.index(OTHER)]) if OTHER in observed.categories else 0
    return Parts(index=index, appeared=appeared, unknown=unknown, of=int(now.sum()))


def drifts(observed: Observed) -> Iterator[Finding]:
    """Yield the drift of the categories as one finding; its ratio is 1 + the index, its chance that of a G-test."""
    now, then = counts(observed)
    index = stability(now, then)
    if index is None or len(now) < 2:
        return
    over = dispersion(observed.kinds[observed.first : -observed.window])
    seen = (now + then) > 0
    table = np.array([now[seen], then[seen]])
    if table.shape[1] < 2:
        return
    chi2, _, freedom, _ = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False)
    p = float(stats.chi2.sf(chi2 / over, freedom))
    yield Finding(
        measure=DRIFT, ratio=Ratio(1 + index, 1 + index, 1 + index, p), count=int(now.sum()), is_wide=index > WIDE
    )


def unnamed(observed: Observed) -> Iterator[Finding]:
    """Yield the part of records that no rule names, beside the most that is borne."""
    now, _ = counts(observed)
    if OTHER not in observed.categories or not now.sum():
        return
    count, of = int(now[observed.categories.index(OTHER)]), int(now.sum())
    found = share(count, of)
    p = float(stats.binomtest(count, of, MUCH_UNKNOWN, alternative="greater").pvalue)
    ratio = Ratio(found.value / MUCH_UNKNOWN, found.low / MUCH_UNKNOWN, found.high / MUCH_UNKNOWN, p)
    yield Finding(measure=UNKNOWN, ratio=ratio, count=count, is_wide=found.value > MUCH_UNKNOWN)


def counts(observed: Observed) -> tuple[Numbers, Numbers]:
    """Return the records by category, of the window and of the weeks before."""
    return observed.kinds[-observed.window :].sum(axis=0), observed.kinds[observed.first : -observed.window].sum(axis=0)
