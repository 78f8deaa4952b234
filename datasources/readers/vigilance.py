"""Météo-France's vigilance card: what it says of one phenomenon in one zone, period after period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from datasources.readers.times import Times
from events.errors import InvalidRecord
from events.taxonomy import UNKNOWN_CATEGORY
from events.validity import Period
from events.vocabulary import Severity

GREEN = 1
COLOURS = {2: "jaune", 3: "orange", 4: "rouge"}
SEVERITIES = {2: Severity.MODERATE, 3: Severity.MAJOR, 4: Severity.CRITICAL}
# Number -> name as the service writes it, our category.
PHENOMENA = {
    "1": ("Vent violent", "vent"),
    "2": ("Pluie-inondation", "inondation"),
    "3": ("Orages", "orage"),
    "4": ("Crues", "inondation"),
    "5": ("Neige-verglas", UNKNOWN_CATEGORY),
    "6": ("Canicule", "chaleur"),
    "7": ("Grand froid", UNKNOWN_CATEGORY),
    "8": ("Avalanches", UNKNOWN_CATEGORY),
    "9": ("Vagues-submersion", "inondation"),
}
COUNTRY = "FRA"  # sums up the zones


@dataclass(frozen=True, slots=True)
class Phase:
    """One colour from one moment to another."""

    period: Period
    colour: int


@dataclass(slots=True)
class Watch:
    """One phenomenon in one zone: its phases, or why it cannot be used."""

    zone: str
    phenomenon: str
    where: str
    phases: list[Phase] = field(default_factory=list)
    problem: str | None = None

    def coloured(self) -> list[Phase]:
        """Return the phases above green in their order; phases of one colour that touch are one."""
        merged: list[Phase] = []
        for phase in sorted(self.phases, key=lambda one: one.period):
            last = merged[-1] if merged else None
            if phase.colour == GREEN:
                continue
            if last is not None and last.colour == phase.colour and phase.period.start <= _end(last):
                merged[-1] = Phase(Period(last.period.start, max(_end(last), _end(phase))), last.colour)
            else:
                merged.append(phase)
        return merged


def read_watches(periods: Sequence[object], times: Times) -> Iterator[Watch]:
    """Yield what each period says of each phenomenon of each zone, the country's own sum included."""
    for number, period in enumerate(periods):
        content = _object(period)
        zones = _object(content.get("timelaps")).get("domain_ids")
        for place, zone in enumerate(zones if isinstance(zones, list) else []):
            told = _object(zone)
            items = told.get("phenomenon_items")
            for index, item in enumerate(items if isinstance(items, list) else []):
                where = f"periods[{number}].timelaps.domain_ids[{place}].phenomenon_items[{index}]"
                yield _watch(code_of(told.get("domain_id")), _object(item), content, where, times)


_SHORT = re.compile(r"[0-9A-Z_-]{1,12}")


def code_of(value: object) -> str:
    """Return a code that publishers write as a text or as a number; empty for anything else, sentences included."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    code = str(value).strip().upper()
    return code if _SHORT.fullmatch(code) else ""


def _watch(zone: str, item: Mapping[str, object], period: Mapping[str, object], where: str, times: Times) -> Watch:
    watch = Watch(zone, code_of(item.get("phenomenon_id")), where)
    if not watch.phenomenon:
        watch.problem = "the phenomenon has no number"
        return watch
    try:
        watch.phases.extend(_phases(item, period, times))
    except InvalidRecord as error:
        watch.problem = str(error)
    return watch


def _phases(item: Mapping[str, object], period: Mapping[str, object], times: Times) -> Iterator[Phase]:
    laps = item.get("timelaps_items")
    if not isinstance(laps, list) or not laps:
        # Floods have no hours: their colour holds for the whole period.
        yield _phase(period, ("begin_validity_time", "end_validity_time"), item.get("phenomenon_max_color_id"), times)
        return
    for lap in laps:
        told = _object(lap)
        yield _phase(told, ("begin_time", "end_time"), told.get("color_id"), times)


def _phase(told: Mapping[str, object], names: tuple[str, str], colour: object, times: Times) -> Phase:
    number = code_of(colour)
    if number not in ("1", "2", "3", "4"):
        raise InvalidRecord("a colour is not between 1 (green) and 4 (red)")
    start, end = (times.moment(told.get(name)) for name in names)
    if start is None or end is None:
        raise InvalidRecord("a phase lacks its begin or its end")
    return Phase(Period(start, end), int(number))


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _end(phase: Phase) -> datetime:
    assert phase.period.end is not None  # _phase refuses one without
    return phase.period.end
