"""Two panels of a control report: how concentrated events and cameras are over the area, and where one organisation tells most."""

from __future__ import annotations

from collections.abc import Sequence

from components import control_cells as cells
from components.control_names import Names
from components.control_panel import Content, Panel
from components.formats import number
from components.texts import Words
from events.taxonomy import categories


def concentration(told: Content, names: Names) -> Panel:
    """Return both indices of events and of cameras beside what chance alone would give, or why they were not measured."""
    speak, found = names.speak, told.get("concentration", ())
    measured = [one for one in found if one["indices"]]
    why = " ".join(_why(one, names) for one in found if not one["indices"]) if found else _older(told, speak)
    heads = [
        speak(f"control.head.{one}") for one in ("measure", "number", "gini", "gini_chance", "theil", "theil_chance")
    ]
    return Panel(
        measure="concentration", title=speak("control.concentration"),
        lead=" ".join([*(_told(one, speak) for one in measured), speak("control.concentration.lead")]),
        heads=heads, rows=[_row(one, speak) for one in found], says=speak("control.concentration.says"), unmeasured=why,
    )  # fmt: skip


def voices(told: Content, names: Names) -> Panel:
    """Return the districts and categories of which one organisation tells most; counts are absent from what is published."""
    speak, content = names.speak, told.get("voices")
    found: Sequence[Content] = content["found"] if content else ()
    is_whole = any("of" in one for one in found)
    rows = [
        [names.district(one["district"]), _category(one["category"], speak), names.organisation(one["organisation"]),
         *([cells.count(one["of"], speak)] if is_whole else []), cells.percent([one["share"]], speak, 0)]
        for one in found
    ]  # fmt: skip
    heads = ["district", "category", "organisation", *(["events"] if is_whole else []), "part"]
    more = Panel(
        measure="voices-cells", title=speak("control.voices.cells"), lead=speak.count("control.voices.found", len(rows)),
        heads=[speak(f"control.head.{one}") for one in heads], rows=rows,
    )  # fmt: skip
    is_measured = content is not None and content["enough"]
    why = _older(told, speak) if content is None else speak("control.voices.few")
    none = "" if rows or not is_measured else f" {speak('control.voices.none')}"
    return Panel(
        measure="voices", title=speak("control.voices"), lead=speak("control.voices.lead") + none,
        more=more if rows else None, says=speak("control.voices.says"), unmeasured="" if is_measured else why,
    )  # fmt: skip


def _told(one: Content, speak: Words) -> str:
    gini, theil, gini_chance, theil_chance = _figures(one, speak)
    return speak(
        f"control.concentration.{one['of']}.told", gini=gini, theil=theil, gini_chance=gini_chance, theil_chance=theil_chance
    )  # fmt: skip


def _row(one: Content, speak: Words) -> list[str]:
    gini, theil, gini_chance, theil_chance = _figures(one, speak)
    name = speak(f"control.concentration.{one['of']}")
    return [name, cells.count(one["count"], speak), gini, gini_chance, theil, theil_chance]


def _figures(one: Content, speak: Words) -> list[str]:
    """Return Gini and Theil, then what chance alone would give of each."""
    found = [*(one["indices"] or (None, None)), *(one["by_chance"] or (None, None))]
    return [cells.NONE if value is None else number(value, speak, decimals=3) for value in found]


def _why(one: Content, names: Names) -> str:
    speak, name = names.speak, names.speak(f"control.concentration.{one['of']}")
    if one["why"] == "areas":
        return speak("control.concentration.areas", what=name, districts=", ".join(map(names.district, one["unknown"])))
    if one["why"] == "few":
        return speak(
            f"control.concentration.{one['of']}.few", least=one["least"], count=cells.count(one["count"], speak)
        )
    return speak(f"control.concentration.{one['why']}", what=name)


def _category(name: str, speak: Words) -> str:
    known = categories()
    return known[name].name(speak.lang) if name in known else name


def _older(told: Content, speak: Words) -> str:
    return speak("control.since", n=told["version"])
