"""How often the city is told of each district: per inhabitant, per kilometre of axis, by organisation, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from insight.control.findings import EVERYWHERE, Finding
from insight.control.intervals import (
    Between,
    Numbers,
    Pair,
    Ratio,
    beside,
    detectable_ratio,
    dispersion,
    log_ratio,
    odds_change,
    poisson_rate,
)
from insight.control.observed import MODES, Observed

CHANGE, ALONE = "exposure", "alone"
BAND = (0.8, 1.25)
LEAST = 30  # records of the cell, in the window or where as many were to be expected
PER_INHABITANTS, PER_KM = 10_000.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a district is counted per: inhabitants, kilometres of axis, area; None where the city's files say nothing."""

    code: str
    inhabitants: int | None
    axis_km: float | None
    area_km2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How often a district is told, by one organisation or all, one mode or all; `per_city` is its rate over the others'."""

    district: str
    organisation: str
    mode: str
    count: int
    per_inhabitants: Between | None
    per_km: Between | None
    per_city: Ratio | None
    is_outside: bool


def levels(observed: Observed, places: Mapping[str, Place]) -> tuple[Level, ...]:
    """Return the rates of every district of the window: all together, then by mode, then by organisation."""
    recent = observed.recent
    cuts = [(EVERYWHERE, EVERYWHERE, recent.sum(axis=(0, 1)), observed.baseline.sum(axis=(1, 2)))]
    cuts += [
        (EVERYWHERE, mode, recent[:, n].sum(axis=0), observed.baseline[:, :, n].sum(axis=1))
        for n, mode in enumerate(MODES)
    ]
    cuts += [
        (name, EVERYWHERE, recent[n].sum(axis=0), observed.baseline[:, n].sum(axis=1))
        for n, name in enumerate(observed.organisations)
    ]
    return tuple(
        level
        for organisation, mode, counts, weekly in cuts
        if counts.sum()
        for level in _levels(observed, places, organisation, mode, counts, dispersion(weekly))
    )


def _levels(
    observed: Observed, places: Mapping[str, Place], organisation: str, mode: str, counts: Numbers, over: float
) -> Iterator[Level]:
    weeks = float(observed.window)
    people = [places[code].inhabitants for code in observed.districts]
    for number, code in enumerate(observed.districts):
        place, count = places[code], int(counts[number])
        rate = None if not place.inhabitants else poisson_rate(count, place.inhabitants * weeks, PER_INHABITANTS)
        km = None if not place.axis_km else poisson_rate(count, place.axis_km * weeks, PER_KM)
        ratio = _per_city(counts, people, number, over)
        outside = ratio is not None and count >= LEAST and (ratio.low > BAND[1] or ratio.high < BAND[0])
        yield Level(
            district=code, organisation=organisation, mode=mode, count=count, per_inhabitants=rate, per_km=km,
            per_city=ratio, is_outside=outside,
        )  # fmt: skip


def _per_city(counts: Numbers, people: Sequence[int | None], number: int, over: float) -> Ratio | None:
    """Return the district's rate over that of all others together; the intervals grow with the over-dispersion."""
    here, others = people[number], sum(one or 0 for place, one in enumerate(people) if place != number)
    rest = float(counts.sum() - counts[number])
    if not here or not others or not rest:
        return None
    middle = np.log((counts[number] + 0.5) / here) - np.log((rest + 0.5) / others)
    return log_ratio(float(middle), over * (1 / (counts[number] + 0.5) + 1 / (rest + 0.5)))


def changes(observed: Observed) -> Iterator[Finding]:
    """Yield, for each organisation and district, the change of the district's part in what that organisation tells.

    Parts, not numbers: the season and a busy month change all districts alike.
    """
    for number, organisation in enumerate(observed.organisations):
        weekly, now = observed.baseline[:, number].sum(axis=1), observed.recent[number].sum(axis=0)
        then, over = weekly.sum(axis=0), dispersion(weekly)
        for place, district in enumerate(observed.districts):
            # A cell with few records is not flagged but counts among all: to leave it out until it has many would be to
            # look only where chance has already raised the number.
            has_enough = max(now[place], _expected(now, then, place)) >= LEAST
            ratio = odds_change(_part(now, place), _part(then, place), over)
            yield Finding(
                measure=CHANGE, district=district, organisation=organisation, ratio=ratio, count=int(now[place]),
                is_wide=has_enough and _is_wide(ratio),
            )  # fmt: skip


def alone(observed: Observed) -> Iterator[Finding]:
    """Yield the change of an organisation's part in what is told of a district, beside its change in the rest of the city.

    An event that happened is also told by others; one that was only looked for is told by one alone.
    """
    now, weekly = observed.recent.sum(axis=1), observed.baseline.sum(axis=2)
    then = weekly.sum(axis=0)
    for number, organisation in enumerate(observed.organisations):
        own = dispersion(weekly[:, number])
        other = dispersion(weekly.sum(axis=1) - weekly[:, number])
        others_now, others_then = now.sum(axis=0) - now[number], then.sum(axis=0) - then[number]
        if not others_now.sum() or not others_then.sum():
            continue
        for place, district in enumerate(observed.districts):
            if max(now[number, place], _expected(now[number], then[number], place)) < LEAST:
                continue
            ratio = _alone((now[number], others_now), (then[number], others_then), place, (own, other))
            yield Finding(
                measure=ALONE, district=district, organisation=organisation, ratio=ratio, count=int(now[number, place]),
                is_wide=_is_wide(ratio),
            )  # fmt: skip


def _alone(now: tuple[Numbers, Numbers], then: tuple[Numbers, Numbers], place: int, over: Pair) -> Ratio:
    """Return the change of mine over theirs, `(mine, theirs)` by district, here beside the rest of the city."""
    here = [(float(mine[place]), float(theirs[place])) for mine, theirs in (now, then)]
    rest = [(float(mine.sum() - mine[place]), float(theirs.sum() - theirs[place])) for mine, theirs in (now, then)]
    return beside(odds_change(here[0], here[1], over), odds_change(rest[0], rest[1], over))


def detectable(observed: Observed, level: float) -> dict[str, float | None]:
    """Return, by district, the least change of all records together that this report would find 8 times in 10."""
    weekly = observed.baseline.sum(axis=(1, 2))
    then, now, over = weekly.sum(axis=0), observed.recent.sum(axis=(0, 1)), dispersion(weekly)
    tests = max(1, len(observed.districts) * len(observed.organisations))
    return {
        district: detectable_ratio(_expected(now, then, place), float(then[place]), over, level / tests)
        for place, district in enumerate(observed.districts)
    }


def _expected(now: Numbers, then: Numbers, place: int) -> float:
    total = float(then.sum())
    return float(now.sum() * then[place] / total) if total else 0.0


def _part(counts: Numbers, place: int) -> tuple[float, float]:
    return float(counts[place]), float(counts.sum() - counts[place])


def _is_wide(ratio: Ratio) -> bool:
    return not BAND[0] <= ratio.value <= BAND[1]
