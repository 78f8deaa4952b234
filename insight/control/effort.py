"""Seen because looked for: what is known of a district through somebody's own initiative beside what was reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from events.vocabulary import DetectionMode
from insight.control.exposure import BAND, LEAST
from insight.control.findings import Finding
from insight.control.intervals import Between, Numbers, Ratio, dispersion, odds_change, share
from insight.control.observed import MODES, Observed

EFFORT, INITIATIVE = "effort", "initiative"
RISE = 0.10  # of the share known through initiative, from the baseline to the window
_INITIATIVE, _REPORT = MODES.index(DetectionMode.INITIATIVE.value), MODES.index(DetectionMode.REPORT.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Of a district: `index` is its part in what initiative finds over its part in what is reported; shares of initiative.

    `before` are the records of the weeks before, through initiative and in all.
    """

    district: str
    index: Ratio | None
    share: Between | None
    before: tuple[int, int]


def efforts(observed: Observed) -> tuple[Effort, ...]:
    """Return the effort index and the share known through initiative only, by district; None where nothing is counted."""
    now = observed.recent.sum(axis=0)
    then = observed.baseline.sum(axis=(0, 1))
    return tuple(
        Effort(
            district=district,
            index=_index(now, place, _over(observed)),
            share=None if not now[:, place].sum() else share(int(now[_INITIATIVE, place]), int(now[:, place].sum())),
            before=(int(then[_INITIATIVE, place]), int(then[:, place].sum())),
        )
        for place, district in enumerate(observed.districts)
    )


def states(observed: Observed) -> Iterator[Finding]:
    """Yield the effort index of every district with enough records of both modes."""
    now = observed.recent.sum(axis=0)
    for place, district in enumerate(observed.districts):
        count = int(now[_INITIATIVE, place])
        ratio = _index(now, place, _over(observed))
        if ratio is not None and min(count, now[_REPORT, place]) >= LEAST:
            wide = ratio.low > BAND[1] or ratio.high < BAND[0]
            yield Finding(measure=EFFORT, district=district, ratio=ratio, count=count, is_wide=wide)


def rises(observed: Observed) -> Iterator[Finding]:
    """Yield the change of the share known through initiative; only a rise of RISE matters."""
    now, weekly = observed.recent.sum(axis=0), observed.baseline.sum(axis=1)
    then = weekly.sum(axis=0)
    over = tuple(dispersion(part) for part in (weekly[:, _INITIATIVE], weekly.sum(axis=1) - weekly[:, _INITIATIVE]))
    if not then[_INITIATIVE].sum() or not now[_INITIATIVE].sum():
        return
    for place, district in enumerate(observed.districts):
        if now[:, place].sum() < LEAST or not then[:, place].sum():
            continue
        ratio = odds_change(_pair(now, place), _pair(then, place), (over[0], over[1]))
        rise = now[_INITIATIVE, place] / now[:, place].sum() - then[_INITIATIVE, place] / then[:, place].sum()
        count = int(now[_INITIATIVE, place])
        yield Finding(measure=INITIATIVE, district=district, ratio=ratio, count=count, is_wide=rise > RISE)


def _pair(counts: Numbers, place: int) -> tuple[float, float]:
    return float(counts[_INITIATIVE, place]), float(counts[:, place].sum() - counts[_INITIATIVE, place])


def _over(observed: Observed) -> tuple[float, float]:
    weekly = observed.baseline.sum(axis=1)
    return dispersion(weekly[:, _INITIATIVE]), dispersion(weekly[:, _REPORT])


def _index(now: Numbers, place: int, over: tuple[float, float]) -> Ratio | None:
    totals = now.sum(axis=1)
    if not totals[_INITIATIVE] or not totals[_REPORT]:
        return None
    here = float(now[_INITIATIVE, place]), float(now[_REPORT, place])
    rest = float(totals[_INITIATIVE]) - here[0], float(totals[_REPORT]) - here[1]
    return odds_change(here, rest, over)
