"""A report of the control as everyone may read it: no small cell, none that follows from the others, no organisation by district.

A report is published once a month: the difference of two reports a day apart would tell a day's record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from privacy.disclosure import Mask, hidden_cells, with_sums

Content = Mapping[str, Any]
_KINDS = ("export", "search", "restricted", "refused")
_FEW = 10  # records under which a delay is not compared with others


def published(content: Content, least: int) -> dict[str, Any]:
    """Return what of a report may be shown to anyone, for a least count of `least`; None stands where a cell is hidden."""
    shown = _cells(content, least)
    return {
        **{name: content[name] for name in ("version", "start", "end", "window_weeks", "baseline_weeks", "has_baseline", "detectable")},
        "records": _least(content["records"], least),
        "levels": [_level(one, shown) for one in content["levels"] if not one["organisation"] and not one["mode"]],
        "effort": [_effort(one, shown) for one in content["effort"]],
        "publishing": _parity(content["publishing"], least),
        "closing": _parity(content["closing"], least),
        "categories": content["categories"],
        "uses": [{"role": one["role"], **{kind: _least(one[kind], least) for kind in _KINDS}} for one in content["uses"]],
        "refusals": [_refusals(one, least) for one in content["refusals"]],
        "media": [_refusals(one, least) for one in content.get("media", ())],
        "flags": [
            {name: one[name] for name in ("key", "measure", "district", "organisation", "role", "ratio")}
            for one in content["flags"]
            if one["count"] >= least
        ],
    }  # fmt: skip


def _least(count: int, least: int) -> int | None:
    return count if count == 0 or count >= least else None


def _cells(content: Content, least: int) -> dict[tuple[str, str], bool]:
    """Return which counts may be shown, by (district, mode): those of a table of modes and districts, its sums included."""
    levels: Sequence[Content] = [one for one in content["levels"] if not one["organisation"]]
    districts = sorted({one["district"] for one in levels})
    modes = sorted({one["mode"] for one in levels} - {""})
    if not districts or not modes:
        return {}
    table = np.zeros((len(modes), len(districts)))
    for one in levels:
        if one["mode"]:
            table[modes.index(one["mode"]), districts.index(one["district"])] = one["count"]
    hidden: Mask = hidden_cells(with_sums(table), least)
    return {
        (district, mode): not hidden[row, column]
        for column, district in enumerate(districts)
        for row, mode in enumerate([*modes, ""])
    }


def _level(one: Content, shown: Mapping[tuple[str, str], bool]) -> dict[str, Any]:
    may = shown.get((one["district"], ""), False)
    kept = ("count", "per_inhabitants", "per_km", "per_city")
    figures = {name: one[name] if may else None for name in kept}
    return {"district": one["district"], **figures, "outside": one["outside"] if may else False}


def _effort(one: Content, shown: Mapping[tuple[str, str], bool]) -> dict[str, Any]:
    """Return the index and the share of initiative where every count they are made of is shown."""
    place = one["district"]
    of_share = all(shown.get((place, mode), True) for mode in ("initiative", ""))
    of_index = of_share and shown.get((place, "report"), True)
    return {
        "district": place, "index": one["index"] if of_index else None, "share": one["share"] if of_share else None,
        "share_before": one["share_before"] if of_share else None,
    }  # fmt: skip


def _parity(told: Content, least: int) -> dict[str, Any]:
    """Return the delays: how many records a median rests on is told as enough or few, never as a number."""
    districts = told["districts"]
    is_enough = sum(one["count"] for one in districts) >= least
    return {
        "median": told["median"] if is_enough else None,
        "districts": [
            {"district": one["district"], "median": one["median"] if one["count"] >= least else None,
             "few": one["count"] < _FEW, "outside": one["outside"]}
            for one in districts
        ],
    }  # fmt: skip


def _refusals(one: Content, least: int) -> dict[str, Any]:
    withheld, records = _least(one["withheld"], least), _least(one["records"], least)
    is_shown = withheld is not None and records is not None
    return {
        "organisation": one["organisation"],
        "records": records,
        "withheld": withheld,
        "part": one["part"] if is_shown else None,
    }
