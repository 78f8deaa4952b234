"""How well each district is known: how many sources tell of it, what of it is confirmed, what its records lack.

These are told with their intervals and open no review: a district with few sources is no one's drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from insight.control.evenness import FEW
from insight.control.exposure import BAND, PER_INHABITANTS, Place
from insight.control.intervals import Between, Numbers, share
from insight.control.observed import Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a district's records; `is_outside`: its whole interval is out of BAND times the rest of the city's part."""

    count: int
    of: int
    share: Between | None
    is_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of a district: its sources for PER_INHABITANTS inhabitants, records confirmed, records that lack a place, an end or a shape."""

    district: str
    sources: float | None
    confirmed: Part
    lacking: Part


def known(observed: Observed, places: Mapping[str, Place]) -> tuple[Known, ...]:
    """Return how well every district of the window is known."""
    told = observed.placed.sum(axis=0)
    confirmed, lacking = (_parts(counts, told) for counts in (observed.confirmed, observed.lacking))
    return tuple(
        Known(
            district=code, sources=_per_inhabitants(observed.sources[number], places[code].inhabitants),
            confirmed=confirmed[number], lacking=lacking[number],
        )
        for number, code in enumerate(observed.districts)
    )  # fmt: skip


def _per_inhabitants(sources: float, inhabitants: int | None) -> float | None:
    return None if not inhabitants else float(PER_INHABITANTS * sources / inhabitants)


def _parts(counts: Numbers, told: Numbers) -> list[Part]:
    return [_part(counts, told, number) for number in range(len(told))]


def _part(counts: Numbers, told: Numbers, number: int) -> Part:
    count, of = int(counts[number]), int(told[number])
    found = share(count, of) if of else None
    others = float(told.sum() - of)
    rest = float(counts.sum() - count) / others if others else np.nan
    outside = found is not None and of >= FEW and (found.low > BAND[1] * rest or found.high < BAND[0] * rest)
    return Part(count=count, of=of, share=found, is_outside=bool(outside))
