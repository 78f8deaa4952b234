"""The holidays of a period in words; holidays and partial days as marks of a chart by day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from components.formats import ordinal_day
from components.texts import Words
from events.calendar import Calendar, Holiday

_HALF_DAY = timedelta(hours=12)
_ROW = 15  # pixels that a line of words takes
_LETTER = 1 / 60  # share of the chart that a letter takes where it is narrow


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


def marks(
    holidays: Sequence[Holiday], partial: Collection[date], days: Sequence[date], ink: Mapping[str, str], words: Words
) -> dict[str, Any]:
    """Return, for Plotly, bands under the bars of holidays and frames around partial days, each with its word above.

    Never by colour alone; the margin makes room for the rows of words.
    """
    bands: list[dict[str, Any]] = []
    said: list[tuple[date, date, str]] = []
    for one in holidays:
        first, last = max(one.first, days[0]), min(one.last, days[-1])
        shade = {"fillcolor": ink["--ob-surface-3" if one.is_public else "--ob-surface-2"], "line": {"width": 0}}
        bands.append(_band(first, last) | shade | {"layer": "below"})
        said.append((first, last, words("analysis.holiday" if one.is_public else "analysis.holidays")))
    for first, last in _runs(sorted(set(partial) & set(days))):
        frame = {"color": ink["--ob-sev2-text"], "width": 1, "dash": "dash"}
        bands.append(_band(first, last) | {"line": frame, "fillcolor": "rgba(0,0,0,0)"})
        said.append((first, last, words("analysis.partial.day")))
    notes = list(_notes(said, days, ink))
    rows = 1 + max((note["yshift"] // _ROW for note in notes), default=-1)
    return {"shapes": bands, "annotations": notes, "margin": {"l": 40, "r": 8, "t": 8 + _ROW * rows, "b": 30}}


def _notes(
    said: Sequence[tuple[date, date, str]], days: Sequence[date], ink: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield each word over the middle of its days, in the lowest row where it meets no other."""
    taken: list[float] = []  # per row, where its last word ends, in days
    for first, last, text in sorted(said, key=lambda one: one[0].toordinal() + one[1].toordinal()):
        middle = (first.toordinal() + last.toordinal()) / 2 - days[0].toordinal()
        half = len(text) * _LETTER * len(days) / 2
        middle = min(max(middle, half - 0.5), len(days) - 0.5 - half)
        row = next((number for number, end in enumerate(taken) if end <= middle - half), len(taken))
        taken[row : row + 1] = [middle + half]
        yield {
            "x": datetime.combine(days[0], time()) + timedelta(days=middle), "xanchor": "center", "xref": "x",
            "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": row * _ROW, "showarrow": False,
            "text": text, "font": {"size": 12, "color": ink["--ob-text-2"]},
        }  # fmt: skip


def _band(first: date, last: date) -> dict[str, Any]:
    left, right = (datetime.combine(day, time()) for day in (first, last))  # a day's bar stands around its midnight
    return {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": left - _HALF_DAY, "x1": right + _HALF_DAY}


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of days that follow each other."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        each = [day for _, day in run]
        yield each[0], each[-1]


def _in_full(day: date, words: Words) -> str:
    return f"{ordinal_day(day.day, words)} {words('date.months').split(',')[day.month - 1]} {day.year}"


__all__ = ["calendar_says", "holidays_of", "marks"]
