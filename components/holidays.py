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
_MOST_NOTES = 6  # side by side over all days


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

    Never by colour alone. Words of schools stand over those of single days, so that they do not meet; the margin makes
    room for both.
    """
    bands, notes = [], []
    for one in holidays:
        first, last = max(one.first, days[0]), min(one.last, days[-1])
        shade = {"fillcolor": ink["--ob-surface-3" if one.is_public else "--ob-surface-2"], "line": {"width": 0}}
        bands.append(_band(first, last) | shade | {"layer": "below"})
        if one.is_public:
            notes.append(_note(first, last, words("analysis.holiday"), ink))
        elif ((last - first).days + 1) * _MOST_NOTES >= len(days):
            notes.append(_note(first, first, words("analysis.holidays"), ink, row=1))
    for first, last in _runs(sorted(set(partial) & set(days))):
        frame = {"color": ink["--ob-sev2-text"], "width": 1, "dash": "dash"}
        bands.append(_band(first, last) | {"line": frame, "fillcolor": "rgba(0,0,0,0)"})
        notes.append(_note(first, last, words("analysis.partial.day"), ink))
    rows = 1 + max((note["yshift"] // _ROW for note in notes), default=-1)
    return {"shapes": bands, "annotations": notes, "margin": {"l": 40, "r": 8, "t": 8 + _ROW * rows, "b": 30}}


def _band(first: date, last: date) -> dict[str, Any]:
    left, right = (datetime.combine(day, time()) for day in (first, last))  # a day's bar stands around its midnight
    return {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": left - _HALF_DAY, "x1": right + _HALF_DAY}


def _note(first: date, last: date, text: str, ink: Mapping[str, str], *, row: int = 0) -> dict[str, Any]:
    left, right = (datetime.combine(day, time()) for day in (first, last))
    place = {"x": left - _HALF_DAY, "xanchor": "left"} if row else {"x": left + (right - left) / 2, "xanchor": "center"}
    return {
        **place, "xref": "x", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": row * _ROW, "showarrow": False,
        "text": text, "font": {"size": 12, "color": ink["--ob-text-2"]},
    }  # fmt: skip


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of days that follow each other."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        each = [day for _, day in run]
        yield each[0], each[-1]


def _in_full(day: date, words: Words) -> str:
    return f"{ordinal_day(day.day, words)} {words('date.months').split(',')[day.month - 1]} {day.year}"


__all__ = ["calendar_says", "holidays_of", "marks"]
