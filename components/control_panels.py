"""The panels of a control report: the whole one for those who answer it, the published one for everyone."""

from __future__ import annotations

from collections.abc import Sequence

from components import control_cells as cells
from components.control_names import Names, times
from components.control_panel import Content, Panel
from components.control_spread import concentration, voices
from components.dot_plot import Dot, place
from components.formats import number
from components.strip_plot import Mark, strips
from components.texts import Words
from events.taxonomy import categories

_BAND = (0.8, 1.25)  # of the rest of the city, as insight.control.exposure has it
_DELAY_BAND = (2 / 3, 4 / 3)
MODES = ("report", "initiative", "sensor", "open_data")
USES = ("export", "search", "restricted", "refused", "night")


def panels(told: Content, names: Names) -> list[Panel]:
    """Return every panel of a report, whole or published; figures that are absent are said not to be measured."""
    speak = names.speak
    found = [
        _delay("publishing", told, names),
        _exposure(told, names),
        _effort(told, names),
        _known(told, names),
        _delay("closing", told, names),
        concentration(told, names),
        voices(told, names),
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
        detectable=_detectable("exposure", told, speak), says=speak("control.exposure.says"),
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
        [names.district(one["district"]), cells.said(one["index"], speak), cells.percent(one["share"], speak), cells.share(one["before"], speak)]
        for one in told["effort"]
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("district", "index", "share", "before")]
    return Panel(
        measure="effort", title=speak("control.effort"), lead=speak("control.effort.lead"),
        plot=place(dots, band=_BAND, middle=1.0) if dots else None, summary=speak("control.effort.summary"),
        band_told=speak("control.effort.band"), heads=heads, rows=rows if any(row[1:] != ["–"] * 3 for row in rows) else (),
        detectable=_detectable("effort", told, speak), says=speak("control.effort.says"), unmeasured="" if dots else speak("control.effort.none"),
    )  # fmt: skip


def _known(told: Content, names: Names) -> Panel:
    """Return three measures of how well districts are known, and the delay of closing, one point per district."""
    speak, districts = names.speak, told["known"]
    closing = {one["district"]: one for one in told["closing"]["districts"]}
    lines = [("sources", [(one["district"], one["sources"], False) for one in districts])]
    lines += [
        (name, [(one["district"], (one[name]["share"] or [None])[0], one[name]["outside"]) for one in districts])
        for name in ("confirmed", "lacking")
    ]
    lines.append(("closing", [(code, (one["median"] or [None])[0], one["outside"]) for code, one in closing.items()]))
    drawn = [(name, points) for name, points in lines if any(value is not None for _, value, _ in points)]
    rows = [
        [
            names.district(one["district"]),
            cells.NONE if one["sources"] is None else number(one["sources"], speak, decimals=2),
            *(cells.part(one[name]["share"], speak) for name in ("confirmed", "lacking")),
        ]
        for one in districts
    ]
    heads = [speak(f"control.head.{one}") for one in ("district", "known_sources", "known_confirmed", "known_lacking")]
    is_told = any(points and name != "sources" for name, points in drawn)
    return Panel(
        measure="known", title=speak("control.known"), lead=speak("control.known.lead"), says=speak("control.known.says"),
        strips=strips([(speak(f"control.known.{name}"), _span(name, points, speak), _marks(points, names)) for name, points in drawn]) if is_told else None,
        heads=heads, rows=rows if is_told else (), unmeasured="" if is_told else speak("control.nothing"),
    )  # fmt: skip


def _marks(points: Sequence[tuple[str, float | None, bool]], names: Names) -> list[Mark]:
    return [Mark(label=names.district(code), value=value, is_out=is_out) for code, value, is_out in points]


def _span(name: str, points: Sequence[tuple[str, float | None, bool]], speak: Words) -> str:
    """Return the least and the greatest value of a line in words."""
    values = [value for _, value, _ in points if value is not None]
    scale = {"sources": 1.0, "closing": 1 / cells.MINUTE}.get(name, 100.0)
    low, high = (
        number(scale * one, speak, decimals=1 if name == "sources" else 0) for one in (min(values), max(values))
    )
    return speak(f"control.known.{name}.span", low=low, high=high)


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
        detectable=_detectable(name, told, speak), says=speak(f"control.{name}.says"),
        unmeasured="" if measured and minutes else speak("control.nothing"),
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
        detectable=speak("control.detectable.whole") if rows else "", says=speak("control.cameras.says"),
        unmeasured=speak("control.cameras.income" if rows else "control.cameras.none"),
    )  # fmt: skip


def _severity(told: Content, names: Names) -> Panel:
    speak = names.speak
    rows = [
        [names.district(one["district"]), cells.count(one["count"], speak), cells.said(one["ratio"], speak)]
        for one in told["severity"]
    ]
    heads = [speak(f"control.head.{one}") for one in ("district", "major", "expected")]
    return Panel(
        measure="severity", title=speak("control.severity"), lead=speak("control.severity.lead"), heads=heads, rows=rows,
        detectable=_detectable("severity", told, speak), unmeasured="" if rows else speak("control.few"),
    )  # fmt: skip


def _categories(told: Content, speak: Words) -> Panel:
    found = told["categories"]
    index, known = found["index"], categories()
    appeared = [known[one["category"]].name(speak.lang) for one in found["appeared"] if one["category"] in known]
    rows = [
        [speak("control.stability"), speak("transparency.unmeasured") if index is None else number(index, speak, decimals=3)],
        [speak("control.unknown"), cells.share((found["unknown"], found["of"]), speak)],
        [speak("control.appeared"), ", ".join(appeared) or "–"],
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("measure", "value")]
    return Panel(
        measure="categories", title=speak("control.categories"), lead=speak("control.categories.lead"), heads=heads, rows=rows,
        detectable=_detectable("categories", told, speak), unmeasured="" if index is not None else _why_no_change(told, speak),
    )  # fmt: skip


def _uses(told: Content, names: Names) -> Panel:
    speak = names.speak
    kinds = [kind for kind in USES if not told["uses"] or kind in told["uses"][0]]
    rows = [[names.role(one["role"]), *(cells.count(one[kind], speak) for kind in kinds)] for one in told["uses"]]
    heads = [speak("control.head.role"), *(speak(f"control.use.{kind}") for kind in kinds)]
    return Panel(
        measure="uses", title=speak("control.uses"), lead=speak("control.uses.lead"), heads=heads, rows=rows,
        detectable=_detectable("exports", told, speak), unmeasured="" if rows else speak("control.uses.none"),
    )  # fmt: skip


def _withheld(name: str, told: Content, names: Names) -> Panel:
    speak, found = names.speak, told.get(name, ())
    is_whole = any(one["part"] is not None for one in found)  # of classes there is no part
    rows = [
        [names.organisation(one["organisation"]), *(cells.count(one[part], speak) for part in ("records", "withheld")),
         *([cells.percent(one["part"], speak, decimals=2)] if is_whole else [])]
        for one in found
    ]  # fmt: skip
    heads = ["organisation", f"{name}.records", f"{name}.withheld", *(["part"] if is_whole else [])]
    return Panel(
        measure=name, title=speak(f"control.{name}"), lead=speak(f"control.{name}.lead"),
        heads=[speak(f"control.head.{one}") for one in heads], rows=rows, detectable=_detectable(name, told, speak),
        unmeasured="" if rows else speak(f"control.{name}.none"),
    )  # fmt: skip


def _detectable(measure: str, told: Content, speak: Words) -> str:
    """Return what the silence of a measure is worth: the least difference that it would have found."""
    ends = told["detectable"][measure]
    if ends is None:
        return _why_no_change(told, speak) if measure == "exposure" else speak("control.detectable.none")
    is_index = measure in ("effort", "categories")
    low, high = (number(value, speak, decimals=2) if is_index else times(value, speak) for value in ends)
    span = low if low == high else speak("control.detectable.span", low=low, high=high)
    return speak(f"control.detectable.{measure}", span=span, weeks=told["window_weeks"], before=told["baseline_weeks"])


def _why_no_change(told: Content, speak: Words) -> str:
    return speak("control.detectable.none" if told["has_baseline"] else "control.young", before=told["baseline_weeks"])


def _outside(districts: Sequence[Content], names: Names) -> str:
    out = [names.district(one["district"]) for one in districts if one["outside"]]
    return names.speak("control.out", districts=", ".join(out)) if out else names.speak("control.none_out")


def _kind(interval: Sequence[float]) -> str:
    return "out" if interval[1] > _BAND[1] or interval[2] < _BAND[0] else "in"


def _few(count: int | None) -> str:
    return "few" if count is not None and count < 10 else "in"
