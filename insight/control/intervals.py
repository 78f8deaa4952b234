"""The statistics of the control: exact intervals, ratios with over-dispersion, the least change that would be found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]
Pair = tuple[float, float]

CONFIDENCE = 0.95
POWER = 0.8
_Z = float(stats.norm.ppf((1 + CONFIDENCE) / 2))
_HALF = 0.5  # keeps a ratio with an empty cell finite


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with its interval of CONFIDENCE and the probability of one as far from 1 by chance."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Between:
    """A value with its interval of CONFIDENCE."""

    value: float
    low: float
    high: float


def poisson_rate(count: int, exposure: float, per: float = 1.0) -> Between:
    """Return a count per `per` units of exposure (inhabitants, kilometres), with the exact interval of a Poisson count."""
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Between(*(per * value / exposure for value in (count, low, high)))


def share(count: int, of: int) -> Between:
    """Return a share with the exact interval of a binomial count."""
    found = stats.binomtest(count, of).proportion_ci(CONFIDENCE, method="exact")
    return Between(count / of, float(found.low), float(found.high))


def poisson_excess(count: int, expected: float, dispersion: float = 1.0) -> Ratio:
    """Return observed over expected with the exact interval of the count; `p` is widened by the over-dispersion."""
    whole = poisson_rate(count, expected)
    gap = 2 * (count * np.log(count / expected) if count else 0.0) - 2 * (count - expected)
    p = float(stats.chi2.sf(gap / dispersion, 1))
    return Ratio(whole.value, whole.low, whole.high, p)


def odds_change(now: Pair, then: Pair, dispersion: float | tuple[float, float] = 1.0) -> Ratio:
    """Return (now[0]/now[1]) / (then[0]/then[1]), four counts, on the logarithmic scale.

    `dispersion` is how much more the counts vary than Poisson ones: of both parts, or of the first and of the second.
    """
    cells = np.array([*now, *then], dtype=float) + _HALF
    first, second = dispersion if isinstance(dispersion, tuple) else (dispersion, dispersion)
    middle = float(np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3]))
    variance = first * (1 / cells[0] + 1 / cells[2]) + second * (1 / cells[1] + 1 / cells[3])
    return log_ratio(middle, float(variance))


def beside(here: Ratio, rest: Ratio) -> Ratio:
    """Return one ratio over another that is independent of it."""
    variance = spread_of(here) ** 2 + spread_of(rest) ** 2
    return log_ratio(float(np.log(here.value / rest.value)), variance)


def log_ratio(middle: float, variance: float) -> Ratio:
    """Return the ratio whose logarithm is given with its variance."""
    spread = float(np.sqrt(variance))
    p = 2 * float(stats.norm.sf(abs(middle) / spread))
    return Ratio(float(np.exp(middle)), float(np.exp(middle - _Z * spread)), float(np.exp(middle + _Z * spread)), p)


def dispersion(weekly: Numbers) -> float:
    """Return Pearson's over-dispersion of counts [week, cell] against constant shares of the week's total; 1 at least."""
    weeks, cells = int(weekly.shape[0]), int(weekly.shape[1])
    total = float(weekly.sum())
    if min(weeks, cells) < 2 or total == 0:
        return 1.0
    expected = weekly.sum(axis=1, keepdims=True) * weekly.sum(axis=0) / total
    chi2 = float(((weekly - expected) ** 2 / np.maximum(expected, _HALF)).sum())
    return max(1.0, chi2 / ((weeks - 1) * (cells - 1)))


def detectable_ratio(expected: float, before: float, over: float, level: float) -> float | None:
    """Return the least ratio found 8 times in 10 at a level, None without counts.

    `expected` are the counts of the window without a change, `before` those it is compared with, `over` the over-dispersion.
    """
    if expected <= 0 or before <= 0:
        return None
    reach = float(stats.norm.isf(level / 2) + stats.norm.ppf(POWER))
    spread = float(np.sqrt(over * (1 / expected + 1 / before)))
    return float(np.exp(reach * spread))


def spread_of(found: Between | Ratio) -> float:
    """Return the standard error of the logarithm of what has an interval of CONFIDENCE, its lower end above 0."""
    return float(np.log(found.high / found.low)) / (2 * _Z)


def least_outside(limit: float, spread: float, level: float, by_chance: float | None = None) -> float:
    """Return the least ratio whose interval is above a limit, and that chance explains badly, 8 times in 10.

    `spread` is the standard error of its logarithm, `by_chance` that of the test where it is another one.
    """
    power = float(stats.norm.ppf(POWER))
    beyond = limit * float(np.exp((_Z + power) * spread))
    unlikely = float(np.exp((stats.norm.isf(level / 2) + power) * (spread if by_chance is None else by_chance)))
    return max(beyond, unlikely)


def median_interval(values: Numbers) -> Between | None:
    """Return the median with the exact interval between order statistics, which supposes no distribution; None without values."""
    count = len(values)
    if not count:
        return None
    ordered = np.sort(values)
    below = int(stats.binom.ppf((1 - CONFIDENCE) / 2, count, 0.5))
    low, high = max(0, below - 1), min(count - 1, count - below)
    return Between(float(np.median(ordered)), float(ordered[low]), float(ordered[high]))
