"""A report of the control: every measure with its interval, what is flagged, and what such a report could not have found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from insight.control import VERSION, categories, effort, evenness, exposure, uses
from insight.control.beside import Beside
from insight.control.concentration import Concentration, concentrations
from insight.control.detectable import detectable
from insight.control.findings import CHANGE_LEVEL, STATE_LEVEL, Finding, confirmed, flagged
from insight.control.intervals import Between, Numbers, Ratio
from insight.control.knowledge import Known, Part, known
from insight.control.observed import Observed
from insight.control.voices import Voice, has_enough, voices
from insight.coverage import Covered

_FIGURES = 6


def flags(observed: Observed, beside: Beside | None = None, part: float = 1.0) -> tuple[Finding, ...]:
    """Return what the control flags: changes of exposure, what confirms them, and states that are out of their band.

    `part` of the false discoveries that a report is allowed.
    """
    changed = flagged(tuple(exposure.changes(observed)), part * CHANGE_LEVEL) if observed.has_baseline else ()
    confirming = confirmed(tuple(exposure.alone(observed)), changed) if changed else ()
    return (*changed, *confirming, *flagged(tuple(_states(observed, beside)), part * STATE_LEVEL))


def _states(observed: Observed, beside: Beside | None) -> Iterable[Finding]:
    yield from effort.states(observed)
    yield from evenness.uneven(evenness.PUBLISHING, observed.to_publish)
    yield from evenness.uneven(evenness.CLOSING, observed.to_close)
    yield from evenness.severities(observed)
    yield from categories.unnamed(observed)
    if observed.has_baseline:
        yield from effort.rises(observed)
        yield from categories.drifts(observed)
    if beside is not None:
        yield from uses.export_changes(beside.uses, observed.end)
        yield from uses.refusal_changes(beside.runs, observed.end, beside.organisation_of)
        yield from uses.media_changes(beside.sent, beside.uses, observed.end)


def report(observed: Observed, beside: Beside, part: float = 1.0) -> dict[str, Any]:
    """Return the whole report as JSON values: codes and numbers only, an absent figure is None; `part` as of `flags`."""
    return {
        "version": VERSION,
        "start": observed.start.isoformat(timespec="seconds"),
        "end": observed.end.isoformat(timespec="seconds"),
        "window_weeks": observed.window,
        "baseline_weeks": observed.weeks_before,
        "has_baseline": observed.has_baseline,
        "records": int(observed.recent.sum()),
        "levels": [_level(one) for one in exposure.levels(observed, beside.places)],
        "effort": [_effort(one) for one in effort.efforts(observed)],
        "cameras": [_covered(code, one, beside.covered_city) for code, one in beside.covered.items()],
        "concentration": [_concentration(one) for one in concentrations(observed, beside.places, beside.covered)],
        "voices": {"enough": has_enough(observed), "found": [_voice(one) for one in voices(observed)]},
        "publishing": _parity(observed.to_publish),
        "closing": _parity(observed.to_close),
        "known": [_known(one) for one in known(observed, beside.places)],
        "severity": [_finding(one) for one in evenness.severities(observed)],
        "categories": _categories(observed),
        "uses": [
            {"role": one.role, **one.counts, "night": one.at_night, "most_of_one": _rounded(one.most_of_one)}
            for one in uses.by_role(beside.uses, observed.end, beside.zone)
        ],
        "refusals": [_withheld(one) for one in uses.withheld(beside.runs, observed.end, beside.organisation_of)],
        "media": [_withheld(one) for one in uses.attachments(beside.sent, beside.uses, observed.end)],
        "detectable": {
            measure: None if ends is None else [_rounded(one) for one in ends]
            for measure, ends in detectable(observed, beside, part).items()
        },
        "flags": [_finding(one) for one in flags(observed, beside, part)],
    }


def _level(one: exposure.Level) -> dict[str, Any]:
    return {
        "district": one.district, "organisation": one.organisation, "mode": one.mode, "count": one.count,
        "per_inhabitants": _between(one.per_inhabitants), "per_km": _between(one.per_km),
        "per_city": _between(one.per_city), "outside": one.is_outside,
    }  # fmt: skip


def _covered(code: str, one: Covered, city: float | None) -> dict[str, Any]:
    """Return what cameras cover of a district; `per_city` is its part of the area over that of the whole city."""
    return {
        "district": code, "cameras": one.cameras, "area": _rounded(one.area), "axes": _rounded(one.axes),
        "residents": _rounded(one.residents), "per_city": _rounded(one.area / city) if city else None,
    }  # fmt: skip


def _concentration(one: Concentration) -> dict[str, Any]:
    indices = {
        name: None if found is None else [_rounded(found.gini), _rounded(found.theil)]
        for name, found in (("indices", one.indices), ("by_chance", one.by_chance))
    }
    return {
        "of": one.of, "count": one.count, "least": one.least, **indices, "why": one.why, "unknown": list(one.unknown),
    }  # fmt: skip


def _voice(one: Voice) -> dict[str, Any]:
    return {
        "district": one.district, "category": one.category, "organisation": one.organisation,
        "share": _rounded(one.count / one.of), "count": one.count, "of": one.of,
    }  # fmt: skip


def _effort(one: effort.Effort) -> dict[str, Any]:
    return {
        "district": one.district, "index": _between(one.index), "share": _between(one.share),
        "before": list(one.before),
    }  # fmt: skip


def _known(one: Known) -> dict[str, Any]:
    return {
        "district": one.district, "sources": _rounded(one.sources), "confirmed": _part(one.confirmed), "lacking": _part(one.lacking),
    }  # fmt: skip


def _part(one: Part) -> dict[str, Any]:
    return {"count": one.count, "of": one.of, "share": _between(one.share), "outside": one.is_outside}


def _parity(delays: Mapping[str, Numbers]) -> dict[str, Any]:
    return {
        "median": _rounded(evenness.city_median(delays)),
        "districts": [
            {"district": one.district, "count": one.count, "median": _between(one.median), "outside": one.is_outside}
            for one in evenness.parity(delays)
        ],
    }


def _categories(observed: Observed) -> dict[str, Any]:
    told = categories.parts(observed)
    appeared = [{"category": name, "count": count} for name, count in told.appeared]
    return {"index": _rounded(told.index), "appeared": appeared, "unknown": told.unknown, "of": told.of}


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "key": one.key, "measure": one.measure, "district": one.district, "organisation": one.organisation,
        "role": one.role, "ratio": _between(one.ratio), "p": _rounded(one.ratio.p), "count": one.count,
    }  # fmt: skip


def _withheld(one: uses.Withheld) -> dict[str, Any]:
    return {
        "organisation": one.organisation,
        "records": one.records,
        "withheld": one.withheld,
        "part": _between(one.part),
    }


def _between(one: Between | Ratio | None) -> list[float] | None:
    return None if one is None else [round(value, _FIGURES) for value in (one.value, one.low, one.high)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _FIGURES)
