"""A report of the control as everyone may read it: of what anyone may see alone, no small cell, none that follows from the others.

Records are those that are open to all, so that what the others are moves no figure. What is counted of the observatory
itself (its uses, what its gates withheld) is told by classes: two reports tell nothing of what came in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from events.small_counts import class_of
from privacy.disclosure import Mask, hidden_cells, with_sums

Content = Mapping[str, Any]
_KINDS = ("export", "search", "restricted", "refused")
_OF_USES = ("exports", "refusals", "media")  # measures of what is told by classes
_FEW = 10  # records under which a delay is not compared with others


def is_publishable(content: Content) -> bool:
    """Tell whether a report was also made of public records alone: the first version was not."""
    return "public" in content


def published(content: Content, least: int) -> dict[str, Any]:
    """Return what of a report may be shown to anyone, for a least count of `least`.

    None stands where a cell is hidden; a list of two is the class of a count. The report must be publishable.
    """
    told = content["public"]
    shown = _cells(told, least)
    return {
        **{name: told[name] for name in ("version", "start", "end", "window_weeks", "baseline_weeks", "has_baseline")},
        "records": _least(told["records"], least),
        "levels": [_level(one, shown) for one in told["levels"] if not one["organisation"] and not one["mode"]],
        "effort": [_effort(one, shown, least) for one in told["effort"]],
        "cameras": told["cameras"],
        **_since_3(told, shown, least),
        "publishing": _parity(told["publishing"], least),
        "closing": _parity(told["closing"], least),
        "known": [_known(one, least) for one in told["known"]],
        "severity": [_severity(one, least) for one in told["severity"]],
        "categories": _categories(told["categories"], least),
        "uses": [
            {"role": one["role"], **{kind: class_of(one[kind], least) for kind in _KINDS}} for one in content["uses"]
        ],
        "refusals": [_refusals(one, least) for one in content["refusals"]],
        "media": [_refusals(one, least) for one in content["media"]],
        "detectable": {**told["detectable"], **{one: _tenths(content["detectable"][one]) for one in _OF_USES}},
        "flags": published_flags(content, least),
    }


def published_flags(content: Content, least: int) -> list[dict[str, Any]]:
    """Return the flags that public records raise by themselves, and those of uses and gates to a tenth."""
    names = ("key", "measure", "district", "organisation", "role", "ratio")
    public = content["public"]["flags"]
    of_uses = [{**one, "ratio": _tenths(one["ratio"])} for one in content["flags"] if one["measure"] in _OF_USES]
    return [{name: one[name] for name in names} for one in (*public, *of_uses) if one["count"] >= least]


def _since_3(told: Content, shown: Mapping[tuple[str, str], bool], least: int) -> dict[str, Any]:
    """Return the measures that the third version added; a report of the second has none of them."""
    if "concentration" not in told:
        return {}
    found = [_voice(one) for one in told["voices"]["found"] if _may_tell(one, shown, least)]
    return {
        "concentration": [_concentration(one, shown) for one in told["concentration"]],
        "voices": {"enough": told["voices"]["enough"], "found": found},
    }


def _concentration(one: Content, shown: Mapping[tuple[str, str], bool]) -> dict[str, Any]:
    """Return an index where every count it is made of is shown: else it would be one more equation on those that are not."""
    if one["of"] == "cameras" or all(may for (_, mode), may in shown.items() if not mode):
        return dict(one)
    return {**one, "count": None, "indices": None, "by_chance": None, "why": "hidden"}


def _may_tell(one: Content, shown: Mapping[tuple[str, str], bool], least: int) -> bool:
    """Tell whether neither the organisation's count nor that of the others is small, and the district's own is shown.

    That a hidden count has at least so many events would narrow what is hidden beside it.
    """
    is_few = any(_least(count, least) is None for count in (one["count"], one["of"] - one["count"]))
    return shown.get((one["district"], ""), False) and not is_few


def _voice(one: Content) -> dict[str, Any]:
    """Return the part to a hundredth, never the counts it is made of."""
    return {**{name: one[name] for name in ("district", "category", "organisation")}, "share": round(one["share"], 2)}


def _tenths(values: Sequence[float] | None) -> list[float] | None:
    return None if values is None else [round(one, 1) for one in values]


def _categories(told: Content, least: int) -> dict[str, Any]:
    few = [_least(count, least) is None for count in (told["unknown"], told["of"] - told["unknown"])]
    appeared = [{"category": one["category"]} for one in told["appeared"] if one["count"] >= least]
    return {
        "index": told["index"], "appeared": appeared, "unknown": None if any(few) else told["unknown"],
        "of": None if any(few) else told["of"],
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


def _effort(one: Content, shown: Mapping[tuple[str, str], bool], least: int) -> dict[str, Any]:
    """Return the index and the shares of initiative where every count they are made of is shown."""
    place = one["district"]
    of_share = all(shown.get((place, mode), True) for mode in ("initiative", ""))
    of_index = of_share and shown.get((place, "report"), True)
    through, total = one["before"]
    is_few = any(_least(count, least) is None for count in (through, total - through))
    return {
        "district": place, "index": one["index"] if of_index else None, "share": one["share"] if of_share else None,
        "before": None if is_few else one["before"],
    }  # fmt: skip


def _known(one: Content, least: int) -> dict[str, Any]:
    parts = {name: _part(one[name], least) for name in ("confirmed", "lacking")}
    return {"district": one["district"], "sources": one["sources"], **parts}


def _part(one: Content, least: int) -> dict[str, Any]:
    """Return a part of a district's records without its counts, which its interval would tell where they are small."""
    is_few = any(_least(count, least) is None for count in (one["count"], one["of"] - one["count"]))
    return {"share": None if is_few else one["share"], "outside": not is_few and one["outside"]}


def _severity(one: Content, least: int) -> dict[str, Any]:
    """Return the major events of a district; the interval of a ratio would tell the count that it is made of."""
    count = _least(one["count"], least)
    return {"district": one["district"], "count": count, "ratio": None if count is None else one["ratio"]}


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
    counts = {name: class_of(one[name], least) for name in ("records", "withheld")}
    return {"organisation": one["organisation"], **counts, "part": None}
