"""The legend under a printed map: what each line and each shape says, in three rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from components.marks import Look, MarkShapes, shapes_of
from components.printed_map import RoadLine, strokes_of
from components.texts import Words

ROW = 17.0
_FIRST, _LEFT = 10.0, 66.0
_GAP = 14.0
_LETTER = 5.1  # about how wide a letter is
_LINE, _SHAPE = 30.0, 24.0
_STATES = (("free", "f"), ("slow", "r"), ("congested", "s"), ("closed", "x"), ("unknown", "i"))
_SIZES = (13, 14, 17, 18, 19)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One sample with its words: a line, a pictogram, a badge, the way of a march or a group; `x` is where it begins."""

    text: str
    room: float = _SHAPE
    line: RoadLine | None = None
    shapes: MarkShapes | None = None
    size: float = 0.0
    note: str = ""
    way: str = ""
    count: str = ""
    x: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Samples of one kind after their title."""

    y: float
    title: str
    samples: Sequence[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """The rows and how high they are together."""

    rows: Sequence[Row]
    height: float


def legend(ink: Mapping[str, str], words: Words) -> Legend:
    """Return the legend in a theme's colours."""
    rows = [
        _row(0, words("map.legend.traffic"), _traffic(ink, words)),
        _row(1, words("map.legend.severity"), _severity(ink, words)),
        _row(2, words("report.legend.events"), _statuses(ink, words)),
    ]
    return Legend(rows=rows, height=_FIRST + ROW * len(rows))


def _row(number: int, title: str, items: Iterable[Item]) -> Row:
    x, placed = _LEFT, []
    for item in items:
        placed.append(replace(item, x=round(x, 1)))
        x += item.room + len(item.text) * _LETTER + _GAP
    return Row(y=_FIRST + ROW * number, title=title, samples=placed)


def _traffic(ink: Mapping[str, str], words: Words) -> Iterable[Item]:
    for state, letter in _STATES:
        line = RoadLine(state=state, path="M0 0H26", strokes=strokes_of(state, ink))
        yield Item(text=words(f"traffic.{letter}"), room=_LINE, line=line)


def _severity(ink: Mapping[str, str], words: Words) -> Iterable[Item]:
    for severity in range(4, -1, -1):
        shapes = shapes_of(Look(severity=severity, icon="dot", family="circ"), ink)
        yield Item(text=words(f"sev.{severity}"), shapes=shapes, size=_SIZES[severity])


def _statuses(ink: Mapping[str, str], words: Words) -> Iterable[Item]:
    planned = shapes_of(Look(severity=2, icon="dot", family="circ", phase="planned"), ink)
    yield Item(text=words("status.prevu"), shapes=planned, size=17)
    yield Item(text=words("status.a_confirmer"), note="?")
    yield Item(text=words("report.legend.group"), count="9")
    yield Item(text=words("report.legend.way"), way=ink["--ob-fam-rass"], room=_LINE)
