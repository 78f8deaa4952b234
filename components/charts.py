"""The charts of the analysis as plain shapes for paper and pictures: the numbers of the page, without a script.

Places are in units of each drawing; colours are those of a theme's tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.analysis import AnalysisView, BarRow
from components.analysis_panels import weekdays
from components.district_map import class_of
from components.marks import glyphs
from components.texts import Words

_BEFORE = "is-before"
_DARK = 4  # the first class that is dark


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle with its colour; `is_faded` is hatched too, `text` stands in its middle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    is_faded: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words of a drawing; `anchor` is start, middle or end, or on-dark: in light letters on `back`."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    is_strong: bool = False
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An outline, filled, or drawn as a line of `width` where it is not filled."""

    path: str
    fill: str = "none"
    stroke: str = "none"
    width: float = 0.0
    dash: str = "none"
    move: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A whole drawing: boxes under shapes under notes."""

    width: float
    height: float
    ink: Mapping[str, str]
    boxes: Sequence[Box] = ()
    shapes: Sequence[Shape] = ()
    notes: Sequence[Note] = ()


def spark(values: Sequence[float | None], width: float = 86.0, height: float = 30.0) -> tuple[str, str]:
    """Return the line of a series (None: not measured) and the place of its last point; two "" for less than two values."""
    if len(values) < 2:
        return "", ""
    top = max([value for value in values if value is not None] + [0.0]) or 1.0
    path, last, is_drawing = "", "", False
    for number, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        x, y = 3 + number * (width - 6) / (len(values) - 1), height - 4 - value / top * (height - 8)
        last = f"{x:.1f} {y:.1f}"
        path += ("L" if is_drawing else "M") + last
        is_drawing = True
    return path, last


def draw_hours(
    values: Sequence[Sequence[float | None]], breaks: Sequence[float], names: Sequence[str], *, words: Words,
    ink: Mapping[str, str], width: float = 560.0,
) -> Chart:  # fmt: skip
    """Return seven rows of 24 hours, Monday at the top, in six classes of one hue; high values are written; `names` of the classes."""
    left, row, top = 58.0, 20.0, 4.0
    across = (width - left) / 24
    boxes, notes = [], []
    for day, hours in enumerate(values):
        notes.append(Note(x=left - 6, y=top + day * row + row / 2 + 3, text=weekdays(words)[day], anchor="end"))
        for hour, value in enumerate(hours):
            level = 0 if value is None else class_of(value, breaks)
            fill = ink["--ob-surface"] if value is None else ink[f"--ob-seq-{level}"]
            text = f"{value:.0f}" if value is not None and level == 6 else ""
            boxes.append(
                Box(
                    x=left + hour * across + 0.7,
                    y=top + day * row + 0.7,
                    width=across - 1.4,
                    height=row - 1.4,
                    fill=fill,
                    is_faded=value is None,
                    text=text,
                )
            )
    y = top + 7 * row + 11
    notes += [
        Note(x=left + hour * across, y=y, text=words("analysis.hour", n=hour), anchor="start")
        for hour in range(0, 24, 3)
    ]
    x, y = left, y + 8
    for level, name in enumerate(names, start=1):
        boxes.append(Box(x=x, y=y, width=14, height=10, fill=ink[f"--ob-seq-{level}"]))
        notes.append(Note(x=x + 18, y=y + 9, text=name, anchor="start"))
        x += 30 + len(name) * 5.3
    if any(value is None for hours in values for value in hours):
        boxes.append(Box(x=x, y=y, width=14, height=10, fill=ink["--ob-surface"], is_faded=True))
        notes.append(Note(x=x + 18, y=y + 9, text=words("report.unmeasured"), anchor="start"))
    return Chart(width=width, height=y + 16, ink=ink, boxes=boxes, notes=notes)


def draw_bars(
    rows: Sequence[BarRow], legend: Sequence[tuple[str, str]], *, ink: Mapping[str, str], width: float = 400.0
) -> Chart:
    """Return rows of bars: kinds of events with the count before as a hollow dot, or axes with their three shares.

    `legend` holds a part (`is-closed` …) and its words; each part is told by its pattern too.
    """
    left, right, row = 150.0, 46.0, 22.0
    room = width - left - right
    boxes, shapes, notes = [], [], []
    for number, one in enumerate(rows):
        y = number * row + 5
        notes.append(Note(x=20 if one.icon else 0, y=y + 10, text=one.label, anchor="start"))
        notes.append(Note(x=width, y=y + 10, text=one.value, anchor="end", is_strong=True))
        if one.icon and one.icon in glyphs():
            shapes.append(
                Shape(path=f"#{one.icon}", fill=ink[f"--ob-fam-{one.family}"], move=f"translate(0 {y - 1:g})")
            )
        boxes.append(Box(x=left, y=y, width=room, height=12, fill=ink["--ob-surface-3"]))
        x = left
        for part, share in one.parts:
            boxes.append(Box(x=x, y=y, width=share * room, height=12, fill=_of_part(part, ink)))
            shapes += _pattern(part, x, y, share * room, ink)
            x += share * room
        if one.before is not None:
            shapes.append(_dot(left + one.before * room, y + 6, ink))
    y, x = len(rows) * row + 8, 0.0
    for part, text in legend:
        if part == _BEFORE:
            shapes.append(_dot(x + 12, y + 5, ink))
        else:
            boxes.append(Box(x=x, y=y, width=24, height=10, fill=_of_part(part, ink)))
            shapes += _pattern(part, x, y - 1, 24, ink)
        notes.append(Note(x=x + 29, y=y + 9, text=text, anchor="start"))
        x += 46 + len(text) * 5.5
    return Chart(width=width, height=y + (16 if legend else 0), ink=ink, boxes=boxes, shapes=shapes, notes=notes)


def draw_districts(told: Mapping[str, Any], *, ink: Mapping[str, str], width: float = 300.0) -> Chart:
    """Return the districts in classes of one hue by their count, each with its number; `told` is `AnalysisView.map`."""
    scale = width / told["width"]
    shapes = [
        Shape(
            path=one["path"], fill=ink[f"--ob-seq-{one['classes']['count']}"] if one["classes"]["count"] else ink["--ob-surface"],
            stroke=ink["--ob-text"] if one["chosen"] else ink["--ob-surface"], width=1.4, move=f"scale({scale:.4f})",
        )
        for one in told["shapes"]
    ]  # fmt: skip
    notes = [_number(one, scale, ink) for one in told["shapes"]]
    boxes, y = [], told["height"] * scale - 14 * len(told["legends"]["count"]) - 4
    for level, name in zip(range(6, 0, -1), told["legends"]["count"], strict=False):
        boxes.append(Box(x=4, y=y, width=16, height=10, fill=ink[f"--ob-seq-{level}"]))
        notes.append(Note(x=25, y=y + 9, text=name, anchor="start"))
        y += 14
    return Chart(width=width, height=told["height"] * scale, ink=ink, boxes=boxes, shapes=shapes, notes=notes)


def _number(one: Mapping[str, Any], scale: float, ink: Mapping[str, str]) -> Note:
    """Return a district's number: light letters, on its own colour where it is narrow, in the three dark classes."""
    level = one["classes"]["count"]
    return Note(
        x=one["x"] * scale, y=one["y"] * scale + 3, text=one["short"], is_strong=True,
        anchor="on-dark" if level >= _DARK else "middle", back=ink[f"--ob-seq-{level}"] if level >= _DARK else "",
    )  # fmt: skip


def draw_view_bars(
    view: AnalysisView, words: Words, *, ink: Mapping[str, str], width: float = 400.0
) -> dict[str, Chart]:
    """Return the charts of a view that the page draws as rows: `categories` and `axes`."""
    parts = [(f"is-{name}", words(f"analysis.axis.{name}")) for name in ("closed", "congested", "slow")]
    return {
        "categories": draw_bars(view.categories, [(_BEFORE, words("analysis.then"))], ink=ink, width=width),
        "axes": draw_bars(view.axes, parts if view.axes else (), ink=ink, width=width),
    }


def _dot(x: float, y: float, ink: Mapping[str, str]) -> Shape:
    """Return the hollow dot that stands for the period before."""
    path = f"M{x - 5:.1f} {y:g}A5 5 0 1 1 {x + 5:.1f} {y:g}A5 5 0 1 1 {x - 5:.1f} {y:g}Z"
    return Shape(path=path, fill=ink["--ob-surface"], stroke=ink["--ob-text"], width=1.5)


def _of_part(part: str, ink: Mapping[str, str]) -> str:
    tokens = {"is-closed": "--ob-tr-closed", "is-congested": "--ob-tr-jam", "is-slow": "--ob-tr-slow"}
    return ink[tokens.get(part, "--ob-seq-3")]


def _pattern(part: str, x: float, y: float, room: float, ink: Mapping[str, str]) -> list[Shape]:
    """Return the strokes over a part: closed is chequered, slow is dashed, congested is plain."""
    if part not in ("is-closed", "is-slow") or room <= 0:
        return []
    dash, width = ("4 4", 8.0) if part == "is-closed" else ("1.2 6", 12.0)
    colour = ink["--ob-tr-closed-2"] if part == "is-closed" else ink["--ob-surface"]
    return [Shape(path=f"M{x:.1f} {y + 6:g}H{x + room:.1f}", stroke=colour, width=width, dash=dash)]
