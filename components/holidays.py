"""The holidays of a period in words; holidays and partial days as marks of a chart by day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from components.formats import ordinal_day
from components.texts import Words
from events.calendar import Calendar, Holiday

_HALF_DAY = timedelta(hours=12)
_ROW = 15  # pixels that a line of words takes
_LETTER = 1 / 75  # share of the chart that a letter takes where it is narrow


def holidays_of(day: date, holidays: Sequence[Holiday], words: Words) -> str:
    """Return the holidays that a day lies in, by name; empty on an ordinary day."""
    return ", ".join(
        words("analysis.calendar.public", name=one.name_in(words.lang)) if one.is_public else one.name_in(words.lang)
        for one in holidays
        if one.first <= day <= one.last
    )


def calendar_says(calendar: Calendar, first: date, last: date, words: Words) -> Iterator[str]:
    """Yield whose facts the holidays of these days are, and when some of the days are not known."""
    if calendar.during(first, last):
        yield f"{calendar.attribution}."
    if calendar.holidays and not calendar.knows(first, last):
        since, until = (_in_full(day, words) for day in (calendar.since, calendar.until))
        yield words("analysis.calendar.unknown", first=since, last=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Days of a chart that are marked: `kind` is school, public or partial; `text` stands over their middle.

    `middle` counts days from the first of the chart; `row` is the lowest one, from 0, in which the text meets no other.
    """

    kind: str
    first: date
    last: date
    text: str
    middle: float
    row: int


def marks_of(
    holidays: Sequence[Holiday], partial: Collection[date], days: Sequence[date], words: Words
) -> tuple[Mark, ...]:
    """Return the marks of a chart by day, in order of time: holidays and partial days, each with its word."""
    said: list[tuple[str, date, date, str]] = []
    for one in holidays:
        kind, key = ("public", "analysis.holiday") if one.is_public else ("school", "analysis.holidays")
        said.append((kind, max(one.first, days[0]), min(one.last, days[-1]), words(key)))
    for first, last in _runs(sorted(set(partial) & set(days))):
        said.append(("partial", first, last, words("analysis.partial.day")))
    taken: list[float] = []  # per row, where its last word ends, in days
    found = []
    for kind, first, last, text in sorted(said, key=lambda one: one[1].toordinal() + one[2].toordinal()):
        half = len(text) * _LETTER * len(days) / 2
        middle = (first.toordinal() + last.toordinal()) / 2 - days[0].toordinal()
        middle = min(max(middle, half - 0.5), len(days) - 0.5 - half)
        row = next((number for number, end in enumerate(taken) if end <= middle - half), len(taken))
        taken[row : row + 1] = [middle + half]
        found.append(Mark(kind=kind, first=first, last=last, text=text, middle=middle, row=row))
    return tuple(found)


def draw_marks(marks: Sequence[Mark], first: date, ink: Mapping[str, str]) -> dict[str, Any]:
    """Return, for Plotly, bands under the bars of holidays and frames around partial days, their words above.

    Never by colour alone; the margin makes room for the rows of words. `first` is the first day of the chart.
    """
    start = datetime.combine(first, time())
    looks: dict[str, dict[str, Any]] = {
        "school": {"layer": "below", "fillcolor": ink["--ob-surface-2"], "line": {"width": 0}},
        "public": {"layer": "below", "fillcolor": ink["--ob-surface-3"], "line": {"width": 0}},
        "partial": {
            "fillcolor": "rgba(0,0,0,0)", "line": {"color": ink["--ob-sev2-text"], "width": 1, "dash": "dash"}
        },
    }  # fmt: skip
    bands = [
        # A day's bar stands around its midnight.
        {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": datetime.combine(one.first, time()) - _HALF_DAY,
         "x1": datetime.combine(one.last, time()) + _HALF_DAY, **looks[one.kind]}
        for one in marks
    ]  # fmt: skip
    notes = [
        {"x": start + timedelta(days=one.middle), "xanchor": "center", "xref": "x", "y": 1, "yref": "paper",
         "yanchor": "bottom", "yshift": one.row * _ROW, "showarrow": False, "text": one.text,
         "font": {"size": 12, "color": ink["--ob-text-2"]}}
        for one in marks
    ]  # fmt: skip
    top = 8 + _ROW * (1 + max((one.row for one in marks), default=-1))
    return {"shapes": bands, "annotations": notes, "margin": {"l": 40, "r": 8, "t": top, "b": 30}}


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of days that follow each other."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        each = [day for _, day in run]
        yield each[0], each[-1]


def _in_full(day: date, words: Words) -> str:
    return f"{ordinal_day(day.day, words)} {words('date.months').split(',')[day.month - 1]} {day.year}"


__all__ = ["Mark", "calendar_says", "draw_marks", "holidays_of", "marks_of"]
