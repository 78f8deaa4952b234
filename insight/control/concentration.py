"""How concentrated events and cameras are over the city's area: the indices of Gini and of Theil over its districts.

An index tells of no single district: it ranks no place and opens no review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from insight.control.exposure import LEAST, Place
from insight.control.intervals import Numbers
from insight.control.observed import Observed
from insight.coverage import Covered

EVENTS, CAMERAS = "events", "cameras"
AREAS, FEW, ALONE = "areas", "few", "alone"  # why there is no index


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Two indices of concentration, 0 where every district has its part of the area."""

    gini: float
    theil: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """Of EVENTS or of CAMERAS: both indices, and what as many laid out by chance alone would give on average.

    Without them `why` says so: AREAS of the districts `unknown`, FEWer than `least`, or one district ALONE. What lies in two
    districts counts in each.
    """

    of: str
    count: int
    least: int
    indices: Indices | None
    by_chance: Indices | None
    why: str = ""
    unknown: tuple[str, ...] = ()


def gini(counts: Numbers, areas: Numbers) -> float:
    """Return the index of Gini of the density `counts / areas` over the area: 0 even, towards 1 all in a sliver of it.

    One minus twice the area under the Lorenz curve, districts in the order of their densities, each as wide as its part of
    the area (Gini 1912; form for weighted groups: Lerman and Yitzhaki, Journal of Econometrics 42, 1989, pages 43-47).
    """
    order = np.argsort(counts / areas, kind="stable")
    parts, wide = counts[order] / counts.sum(), areas[order] / areas.sum()
    reached = np.concatenate([[0.0], np.cumsum(parts)])
    return float(max(0.0, 1 - (wide * (reached[1:] + reached[:-1])).sum()))


def theil(counts: Numbers, areas: Numbers) -> float:
    """Return the index T of Theil of the counts over the area, in nats: 0 even, at most -ln of the smallest part of the area.

    The sum of s ln(s / a) over the districts, s their part of the count and a of the area; a district without any adds 0
    (Theil, Economics and Information Theory, 1967, chapter 4).
    """
    parts, wide = counts / counts.sum(), areas / areas.sum()
    seen = parts > 0
    return float(max(0.0, (parts[seen] * np.log(parts[seen] / wide[seen])).sum()))


def by_chance(count: int, areas: Numbers) -> Indices:
    """Return what both indices are on average when `count` are laid out by chance, each district as likely as it is large.

    Gini by the mean distance of two parts of a multinomial count, taken as normal; Theil by its tie to the G statistic,
    2 count T, whose mean is the number of districts less one.
    """
    wide = areas / areas.sum()
    spread = np.sqrt((1 / wide[:, None] + 1 / wide[None, :]) / count)
    np.fill_diagonal(spread, 0.0)
    mean = float((wide[:, None] * wide[None, :] * spread).sum()) * np.sqrt(2 / np.pi) / 2
    return Indices(gini=float(mean), theil=(len(areas) - 1) / (2 * count))


def concentrations(
    observed: Observed, places: Mapping[str, Place], covered: Mapping[str, Covered]
) -> Iterator[Concentration]:
    """Yield the concentration of the window's events, then of the cameras that stand in the districts.

    It takes LEAST events. Cameras are counted whole, but fewer than one for each district cannot be even.
    """
    codes = observed.districts
    cameras = np.array([covered[code].cameras if code in covered else 0 for code in codes], dtype=float)
    yield _concentration(EVENTS, observed.recent.sum(axis=(0, 1)), codes, places, LEAST)
    yield _concentration(CAMERAS, cameras, codes, places, len(codes))


def _concentration(
    of: str, counts: Numbers, codes: Sequence[str], places: Mapping[str, Place], least: int
) -> Concentration:
    count, areas = int(counts.sum()), [places[code].area_km2 or 0.0 for code in codes]
    unknown = tuple(code for code, area in zip(codes, areas, strict=True) if area <= 0)
    why = ALONE if len(codes) < 2 else AREAS if unknown else FEW if count < least else ""
    if why:
        return Concentration(
            of=of, count=count, least=least, indices=None, by_chance=None, why=why, unknown=unknown if why == AREAS else ()
        )  # fmt: skip
    wide = np.array(areas)
    found = Indices(gini=gini(counts, wide), theil=theil(counts, wide))
    return Concentration(of=of, count=count, least=least, indices=found, by_chance=by_chance(count, wide))
