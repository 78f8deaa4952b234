"""Stacked bars by day beside the period before, as plain shapes: what `plot.draw_days` draws on the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from components.analysis_panels import noon
from components.charts import Box, Chart, Note, Shape
from components.formats import ordinal_day
from components.holidays import Mark
from components.texts import Words

WIDTH, HEIGHT = 560.0, 215.0
_LEFT, _RIGHT, _TOP, _FOOT = 30.0, 150.0, 8.0, 20.0
_FLOOR = HEIGHT - _FOOT
_STEPS = (1, 2, 5)
_MOST_LINES, _MOST_DAYS = 5, 8
_LINE = 16.0
_ROW = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """A name, its families, a value a day and the token of a colour for each series, from the foot upwards.

    `before` has one value a day of the period before; days of `partial` are faded; `marks` stand over their days.
    """

    series: Sequence[tuple[str, Sequence[str], Sequence[int], str]]
    days: Sequence[date]
    before: Sequence[int]
    partial: Collection[date]
    marks: Sequence[Mark] = ()

    @property
    def most(self) -> int:
        """The highest value that is drawn."""
        totals = [sum(values[i] for _, _, values, _ in self.series) for i in range(len(self.days))]
        return max([*totals, *self.before, 1])

    @property
    def across(self) -> float:
        """How wide a day is."""
        return (WIDTH - _LEFT - _RIGHT) / max(1, len(self.days))


def draw_day_bars(told: DayBars, *, zone: ZoneInfo, words: Words, ink: Mapping[str, str]) -> Chart:
    """Return the bars with their scale, and the total of the compared period as a dashed line."""
    step = _step(told.most)
    top = step * -(-told.most // step)
    head = _TOP + _ROW * (1 + max((one.row for one in told.marks), default=-1))
    scale = (_FLOOR - head) / top
    levels = range(0, top + 1, step)
    every = max(1, -(-len(told.days) // _MOST_DAYS))
    shapes = [
        Shape(path=f"M{_LEFT} {_FLOOR - n * scale:.1f}H{WIDTH - _RIGHT}", stroke=ink["--ob-border"], width=0.7)
        for n in levels
    ]
    notes = [Note(x=_LEFT - 4, y=_FLOOR - n * scale + 3, text=str(n), anchor="end") for n in levels]
    notes += [
        Note(x=_LEFT + (i + 0.5) * told.across, y=HEIGHT - 6, text=_day(day, zone, words))
        for i, day in enumerate(told.days) if i % every == 0
    ]  # fmt: skip
    if any(told.before):
        points = enumerate(list(told.before)[: len(told.days)])
        shapes.append(_dashed([(_LEFT + (i + 0.5) * told.across, _FLOOR - n * scale) for i, n in points], ink))
    notes += [
        Note(x=_LEFT + (one.middle + 0.5) * told.across, y=head - 4 - one.row * _ROW, text=one.text)
        for one in told.marks
    ]
    legend = _legend(told, words, ink)
    return Chart(
        width=WIDTH, height=HEIGHT, ink=ink, boxes=[*_bands(told, head, ink), *_bars(told, scale, ink), *legend.boxes],
        shapes=[*shapes, *legend.shapes], notes=[*notes, *legend.notes],
    )  # fmt: skip


def _bands(told: DayBars, head: float, ink: Mapping[str, str]) -> Iterator[Box]:
    for one in told.marks:
        if one.kind != "partial":  # those are faded
            left = _LEFT + (one.first - told.days[0]).days * told.across
            width = ((one.last - one.first).days + 1) * told.across
            fill = ink["--ob-surface-3" if one.kind == "public" else "--ob-surface-2"]
            yield Box(x=left, y=head, width=width, height=_FLOOR - head, fill=fill)


def _bars(told: DayBars, scale: float, ink: Mapping[str, str]) -> Iterator[Box]:
    done = [0.0] * len(told.days)
    for _, _, values, token in told.series:
        for i, n in enumerate(values):
            if n:
                yield Box(
                    x=_LEFT + (i + 0.12) * told.across, y=_FLOOR - (done[i] + n) * scale, width=told.across * 0.76,
                    height=n * scale, fill=ink[token], is_faded=told.days[i] in told.partial,
                )  # fmt: skip
                done[i] += n


def _legend(told: DayBars, words: Words, ink: Mapping[str, str]) -> Chart:
    left, y = WIDTH - _RIGHT + 12, _TOP + 8
    boxes, shapes, notes = [], [], []
    lines = [(name, ink[token], False) for name, _, _, token in reversed(told.series)]
    if any(day in told.partial for day in told.days):
        lines.append((words("report.partial"), ink["--ob-compare"], True))
    for name, fill, is_faded in lines:
        boxes.append(Box(x=left, y=y - 8, width=10, height=10, fill=fill, is_faded=is_faded))
        notes.append(Note(x=left + 15, y=y + 1, text=name, anchor="start"))
        y += _LINE
    if any(told.before):
        shapes.append(_dashed([(left - 4, y - 3), (left + 12, y - 3)], ink))
        notes.append(Note(x=left + 15, y=y + 1, text=words("analysis.then"), anchor="start"))
    return Chart(width=WIDTH, height=HEIGHT, ink=ink, boxes=boxes, shapes=shapes, notes=notes)


def _dashed(points: Sequence[tuple[float, float]], ink: Mapping[str, str]) -> Shape:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Shape(path=path, stroke=ink["--ob-text"], width=1.4, dash="4 3")


def _day(day: date, zone: ZoneInfo, words: Words) -> str:
    local = noon(day, zone).astimezone(zone)
    return f"{ordinal_day(local.day, words)} {words('date.months').split(',')[local.month - 1]}"


def _step(most: int) -> int:
    """Return a round step of which at most five reach `most`."""
    steps: list[int] = [step * 10**power for power in range(9) for step in _STEPS]
    return next(step for step in steps if step * _MOST_LINES >= most)
