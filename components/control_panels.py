"""The panels of a control report: the whole one for those who answer it, the published one for everyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components import control_cells as cells
from components.dot_plot import Dot, DotPlot, place
from components.formats import district as ordinal
from components.formats import number
from components.texts import Words

Content = Mapping[str, Any]
_BAND = (0.8, 1.25)  # of the rest of the city, as insight.control.exposure has it
_DELAY_BAND = (2 / 3, 4 / 3)
MODES = ("report", "initiative", "sensor", "open_data")
USES = ("export", "search", "restricted", "refused", "night")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One measure: what it is, its drawing, its table, what it could not have found, what it does not say."""

    measure: str
    title: str
    lead: str
    plot: DotPlot | None = None
    summary: str = ""
    band_told: str = ""
    unit: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    more: Panel | None = None
    detectable: str = ""
    says: str = ""
    unmeasured: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How districts and organisations are called."""

    districts: Mapping[str, str]
    organisations: Mapping[str, str]
    speak: Words

    def district(self, code: str) -> str:
        """Return a district's short name, the city's for none."""
        return ordinal(self.districts.get(code, code), self.speak) if code else self.speak("control.city")

    def organisation(self, name: str) -> str:
        """Return an organisation's name, "all" for none."""
        return self.organisations.get(name, name) if name else self.speak("control.all")

    def role(self, name: str) -> str:
        """Return a role's name."""
        return self.speak(f"role.{name}") if self.speak.has(f"role.{name}") else self.speak("control.role.other")


def panels(told: Content, names: Names) -> list[Panel]:
    """Return every panel of a report, whole or published; figures that are absent are said not to be measured."""
    speak = names.speak
    found = [
        _delay("publishing", told, names),
        _exposure(told, names),
        _effort(told, names),
        _delay("closing", told, names),
    ]
    if "cameras" in told:
        found.append(_cameras(told, names))
    if "severity" in told:
        found.append(_severity(told, names))
    found += [
        _categories(told, speak),
        _uses(told, names),
        _withheld("refusals", told, names),
        _withheld("media", told, names),
    ]
    return found


def flag_told(flag: Content, names: Names) -> str:
    """Return a flagged difference as a sentence."""
    low, high = flag["ratio"][1], flag["ratio"][2]
    return names.speak(
        f"control.flag.{flag['measure']}", district=names.district(flag["district"]), role=names.role(flag["role"]),
        organisation=names.organisation(flag["organisation"]), ratio=times(flag["ratio"][0], names.speak),
        low=number(low, names.speak, decimals=2), high=number(high, names.speak, decimals=2),
    )  # fmt: skip


def times(ratio: float, speak: Words) -> str:
    """Return a ratio as "× 1,9"."""
    return f"× {number(ratio, speak, decimals=2)}"


def _exposure(told: Content, names: Names) -> Panel:
    speak = names.speak
    whole = [one for one in told["levels"] if not one.get("organisation") and not one.get("mode")]
    dots = [
        Dot(
            label=names.district(one["district"]), kind="out" if one["outside"] else _few(one["count"]),
            told=cells.value(one["per_inhabitants"], speak) + ("" if one["count"] is None else f", {speak.count('control.events', one['count'])}"),
            **cells.ends(one["per_inhabitants"]),
        )
        for one in whole
    ]  # fmt: skip
    rows = [
        [names.district(one["district"]), cells.count(one["count"], speak), cells.said(one["per_inhabitants"], speak),
         cells.said(one["per_km"], speak), cells.said(one["per_city"], speak)]
        for one in whole
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("district", "events", "inhabitants", "km", "city")]
    is_told = any(one.value is not None for one in dots)
    return Panel(
        measure="exposure", title=speak("control.exposure"), lead=speak("control.exposure.lead"), plot=place(dots) if is_told else None,
        summary=_outside(whole, names), heads=heads, rows=rows if is_told else (), more=_by_cut(told, names),
        detectable=_detectable(told, names), says=speak("control.exposure.says"),
        unmeasured="" if is_told else speak("control.hidden" if dots else "control.nothing"),
    )  # fmt: skip


def _by_cut(told: Content, names: Names) -> Panel | None:
    """Return the same by organisation and by mode; None in what is published."""
    speak = names.speak
    cuts = [one for one in told["levels"] if one.get("organisation") or one.get("mode")]
    if not cuts:
        return None
    rows = [
        [names.district(one["district"]), names.organisation(one["organisation"]) if one["organisation"] else speak(f"control.mode.{one['mode']}"),
         cells.count(one["count"], speak), cells.said(one["per_inhabitants"], speak), cells.said(one["per_km"], speak), cells.said(one["per_city"], speak)]
        for one in cuts
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("district", "by", "events", "inhabitants", "km", "city")]
    return Panel(measure="exposure-cuts", title=speak("control.by"), lead="", heads=heads, rows=rows)


def _effort(told: Content, names: Names) -> Panel:
    speak = names.speak
    measured = [one for one in told["effort"] if one["index"] is not None]
    dots = [
        Dot(label=names.district(one["district"]), told=cells.value(one["index"], speak), kind=_kind(one["index"]), **cells.ends(one["index"]))
        for one in measured
    ]  # fmt: skip
    rows = [
        [names.district(one["district"]), cells.said(one["index"], speak), cells.percent(one["share"], speak), cells.percent([one["share_before"]], speak)]
        for one in told["effort"]
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("district", "index", "share", "before")]
    return Panel(
        measure="effort", title=speak("control.effort"), lead=speak("control.effort.lead"),
        plot=place(dots, band=_BAND, middle=1.0) if dots else None, summary=speak("control.effort.summary"),
        band_told=speak("control.effort.band"), heads=heads, rows=rows if any(row[1:] != ["–"] * 3 for row in rows) else (),
        says=speak("control.effort.says"), unmeasured="" if dots else speak("control.effort.none"),
    )  # fmt: skip


def _delay(name: str, told: Content, names: Names) -> Panel:
    speak, middle = names.speak, told[name]["median"]
    districts = told[name]["districts"]
    measured = [one for one in districts if one["median"] is not None]
    dots = [
        Dot(
            label=names.district(one["district"]), told=cells.value(one["median"], speak, minutes=True),
            kind="out" if one["outside"] else "few" if one.get("few", one.get("count", 10) < 10) else "in",
            **cells.ends(None if one["median"] is None else [value / cells.MINUTE for value in one["median"]]),
        )
        for one in districts
    ]  # fmt: skip
    minutes = None if middle is None else middle / cells.MINUTE
    rows = [[names.district(one["district"]), cells.minutes(one["median"], speak)] for one in districts]
    band = None if minutes is None else (_DELAY_BAND[0] * minutes, _DELAY_BAND[1] * minutes)
    return Panel(
        measure=name, title=speak(f"control.{name}"), lead=speak(f"control.{name}.lead"),
        plot=place(dots, band=band, middle=minutes) if measured and minutes else None, unit="min",
        summary=_outside(districts, names),
        band_told="" if minutes is None else speak("control.band", median=number(minutes, speak, decimals=1)),
        heads=[speak(f"control.head.{one}") for one in ("district", "median")], rows=rows if measured else (),
        says=speak(f"control.{name}.says"), unmeasured="" if measured and minutes else speak("control.nothing"),
    )  # fmt: skip


def _cameras(told: Content, names: Names) -> Panel:
    speak = names.speak
    rows = [
        [
            names.district(one["district"]),
            str(one["cameras"]),
            cells.percent([one["area"]], speak),
            cells.percent([one["axes"]], speak),
            "–" if one.get("per_city") is None else times(one["per_city"], speak),
            cells.nearly(one.get("residents"), speak),
        ]
        for one in told["cameras"]
    ]
    heads = [speak(f"control.head.{one}") for one in ("district", "cameras", "area", "axes", "whole", "residents")]
    return Panel(
        measure="cameras", title=speak("control.cameras"), lead=speak("control.cameras.lead"), heads=heads, rows=rows,
        says=speak("control.cameras.says"), unmeasured=speak("control.cameras.income"),
    )  # fmt: skip


def _severity(told: Content, names: Names) -> Panel:
    speak = names.speak
    rows = [
        [names.district(one["district"]), str(one["count"]), cells.said(one["ratio"], speak)]
        for one in told["severity"]
    ]
    heads = [speak(f"control.head.{one}") for one in ("district", "major", "expected")]
    return Panel(
        measure="severity", title=speak("control.severity"), lead=speak("control.severity.lead"), heads=heads, rows=rows,
        unmeasured="" if rows else speak("control.few"),
    )  # fmt: skip


def _categories(told: Content, speak: Words) -> Panel:
    index, unknown = told["categories"]["index"], told["categories"]["unknown"]
    rows = [
        [speak("control.stability"), speak("transparency.unmeasured") if index is None else number(index, speak, decimals=3)],
        [speak("control.unknown"), cells.percent([unknown], speak)],
        [speak("control.appeared"), ", ".join(told["categories"]["appeared"]) or "–"],
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("measure", "value")]
    return Panel(
        measure="categories", title=speak("control.categories"), lead=speak("control.categories.lead"), heads=heads, rows=rows,
        unmeasured="" if index is not None else _why_no_change(told, speak),
    )  # fmt: skip


def _uses(told: Content, names: Names) -> Panel:
    speak = names.speak
    kinds = [kind for kind in USES if not told["uses"] or kind in told["uses"][0]]
    rows = [[names.role(one["role"]), *(cells.count(one[kind], speak) for kind in kinds)] for one in told["uses"]]
    heads = [speak("control.head.role"), *(speak(f"control.use.{kind}") for kind in kinds)]
    return Panel(
        measure="uses", title=speak("control.uses"), lead=speak("control.uses.lead"), heads=heads, rows=rows,
        unmeasured="" if rows else speak("control.uses.none"),
    )  # fmt: skip


def _withheld(name: str, told: Content, names: Names) -> Panel:
    speak, found = names.speak, told.get(name, ())
    rows = [
        [names.organisation(one["organisation"]), *(cells.count(one[part], speak) for part in ("records", "withheld")),
         cells.percent(one["part"], speak, decimals=2)]
        for one in found
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("organisation", f"{name}.records", f"{name}.withheld", "part")]
    return Panel(
        measure=name, title=speak(f"control.{name}"), lead=speak(f"control.{name}.lead"), heads=heads, rows=rows,
        unmeasured="" if rows else speak(f"control.{name}.none"),
    )  # fmt: skip


def _detectable(told: Content, names: Names) -> str:
    found = [value for value in told["detectable"].values() if value is not None]
    if not found:
        return _why_no_change(told, names.speak)
    low, high = (number(value, names.speak, decimals=2) for value in (min(found), max(found)))
    return names.speak(
        "control.detectable", low=low, high=high, weeks=told["window_weeks"], before=told["baseline_weeks"]
    )


def _why_no_change(told: Content, speak: Words) -> str:
    return speak("control.young", before=told["baseline_weeks"]) if not told["has_baseline"] else ""


def _outside(districts: Sequence[Content], names: Names) -> str:
    out = [names.district(one["district"]) for one in districts if one["outside"]]
    return names.speak("control.out", districts=", ".join(out)) if out else names.speak("control.none_out")


def _kind(interval: Sequence[float]) -> str:
    return "out" if interval[1] > _BAND[1] or interval[2] < _BAND[0] else "in"


def _few(count: int | None) -> str:
    return "few" if count is not None and count < 10 else "in"
