"""Reports as documents to be printed: what every one of them says at its head, and the report of a situation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.documents import draw_print
from components.map_legend import Legend
from components.marks import MarkShapes
from components.printed_map import PrintedMap, RoadLine
from components.texts import Words


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
class EventList:
    """Events under a title; `more` says how many are not written, "" for none."""

    title: str
    lines: Sequence[EventLine]
    more: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """What became of one event since the report before."""

    what: str
    title: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since the report before."""

    title: str
    lines: Sequence[ChangeLine]
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
    lists: Sequence[EventList]
    sources_told: str
    sources: Sequence[SourceLine]
    credits: str
    changes: Changes | None = None


def draw_situation(report: SituationReport, words: Words) -> str:
    """Return the report as a document to be printed."""
    return draw_print("situation_report", words, head=report.head, report=report)
