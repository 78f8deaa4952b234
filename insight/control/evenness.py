"""Is a district served as the others are: delays to publication and to closing, severity given to the same categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from insight.control.exposure import BAND, LEAST
from insight.control.findings import Finding
from insight.control.intervals import Between, Numbers, Ratio, dispersion, median_interval, poisson_excess
from insight.control.observed import Observed

PUBLISHING, CLOSING, SEVERITY = "publishing", "closing", "severity"
DELAY_BAND = (2 / 3, 4 / 3)  # of the city's median
FEW = 10  # fewer delays say nothing of a district


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Of a district: its median delay in seconds with its exact interval; `is_outside`: wholly out of the band, on FEW or more."""

    district: str
    count: int
    median: Between | None
    is_outside: bool


def city_median(delays: Mapping[str, Numbers]) -> float | None:
    """Return the median of all districts together in seconds, None without any delay."""
    everything = np.concatenate(list(delays.values())) if delays else np.array([])
    return float(np.median(everything)) if len(everything) else None


def parity(delays: Mapping[str, Numbers]) -> tuple[Delay, ...]:
    """Return the delays of every district beside the city's median."""
    middle = city_median(delays)
    return tuple(_delay(district, values, middle) for district, values in delays.items())


def _delay(district: str, values: Numbers, middle: float | None) -> Delay:
    found = median_interval(values)
    outside = (
        found is not None
        and middle is not None
        and len(values) >= FEW
        and (found.low > DELAY_BAND[1] * middle or found.high < DELAY_BAND[0] * middle)
    )
    return Delay(district=district, count=len(values), median=found, is_outside=outside)


def uneven(measure: str, delays: Mapping[str, Numbers]) -> Iterator[Finding]:
    """Yield each district's delays beside all the others', by ranks: no form of the delays is supposed."""
    middle = city_median(delays)
    for one in parity(delays):
        others = [values for district, values in delays.items() if district != one.district and len(values)]
        if one.median is None or one.count < FEW or not others or not middle:
            continue
        mine, rest = delays[one.district], np.concatenate(others)
        p = (
            float(stats.mannwhitneyu(mine, rest, method="asymptotic").pvalue)
            if np.ptp(np.concatenate([mine, rest]))
            else 1.0
        )
        ratio = Ratio(one.median.value / middle, one.median.low / middle, one.median.high / middle, p)
        yield Finding(measure=measure, district=one.district, ratio=ratio, count=one.count, is_wide=one.is_outside)


def severities(observed: Observed) -> Iterator[Finding]:
    """Yield the major events of each district over those that its categories would have in the city as a whole."""
    over = dispersion(observed.baseline.sum(axis=(1, 2)))
    for place, expected in expected_severe(observed):
        count = int(observed.severe[:, place].sum())
        ratio = poisson_excess(count, expected, over)
        wide = ratio.low > BAND[1] or ratio.high < BAND[0]
        yield Finding(measure=SEVERITY, district=observed.districts[place], ratio=ratio, count=count, is_wide=wide)


def expected_severe(observed: Observed) -> Iterator[tuple[int, float]]:
    """Yield the place of each district with records enough, and how many major events its categories would have."""
    total = observed.placed.sum(axis=1)
    rates = np.divide(observed.severe.sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    for place in range(len(observed.districts)):
        expected = float(rates @ observed.placed[:, place])
        if observed.placed[:, place].sum() >= LEAST and expected >= FEW:
            yield place, expected
