"""Reports as documents to be printed: what every one of them says at its head, and the report of a situation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from components.charts import Chart
from components.documents import draw_print
from components.map_legend import Legend
from components.marks import MarkShapes, glyphs
from components.printed_map import PrintedMap, RoadLine
from components.texts import Words

_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a report says of itself: when it was made, for whom, of which view (name and value), by which city."""

    title: str
    city: str
    made: str
    audience: str
    view: Sequence[tuple[str, str]]
    address: str
    is_restricted: bool
    is_demo: bool
    ink: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One of the six counters: how many of what, with the shape or the line that stands for it."""

    label: str
    value: str
    shapes: MarkShapes | None = None
    line: RoadLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event of the list; `number` is the one beside its pictogram on the map (0: not on the map).

    `language` is that of its words, "" for the report's own.
    """

    event_id: str
    number: int
    shapes: MarkShapes
    title: str
    language: str
    severity: str
    marks: Sequence[str]
    where: str
    when: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """What became of one event since the report before."""

    event_id: str
    what: str
    title: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled(Generic[_Line]):
    """Lines under a title; `more` says how many are not written, "" for none, and `empty` what stands where none is."""

    title: str
    lines: Sequence[_Line]
    more: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source: how it is doing, in a word and a sign, and when its newest datum is of, "" without one."""

    title: str
    state: str
    sign: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationReport:
    """A whole report of a situation."""

    head: Head
    counters: Sequence[Counter]
    map: PrintedMap
    map_told: str
    map_notes: Sequence[str]
    legend: Legend
    lists: Sequence[Titled[EventLine]]
    sources_told: str
    sources: Sequence[SourceLine]
    credits: str
    changes: Titled[ChangeLine] | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The events whose words stand in it."""
        listed = [line.event_id for one in self.lists for line in one.lines]
        changed = [] if self.changes is None else [line.event_id for line in self.changes.lines]
        return tuple(dict.fromkeys(listed + changed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One figure of an analysis with its difference in words; `line` is the path of its series."""

    title: str
    value: str
    unit: str
    against: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPanel:
    """One chart under its title; `told` says it in a sentence."""

    title: str
    chart: Chart
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOf:
    """The numbers of a panel: heads, each with whether its column holds numbers, and written cells."""

    title: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisReport:
    """A whole report of a period; `empty` says that there was nothing."""

    head: Head
    lead: str
    notes: Sequence[str]
    figures: Sequence[Card]
    panels: Mapping[str, DrawnPanel]
    tables: Sequence[TableOf]
    empty: str
    sources_told: str
    credits: str
    since: TableOf | None = None  # what changed since the last copy; without rows: that there is none


def draw_analysis_report(report: AnalysisReport, words: Words) -> str:
    """Return the report as a document to be printed on its side."""
    return draw_print("analysis_report", words, head=report.head, report=report, glyphs=glyphs())


def draw_situation(report: SituationReport, words: Words) -> str:
    """Return the report as a document to be printed."""
    return draw_print("situation_report", words, head=report.head, report=report)
