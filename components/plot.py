"""Plotly figures in the colours and the type of the design, one template for each theme."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import plotly.graph_objects as go

from components.texts import Words

TOKENS = Path(__file__).resolve().parents[1] / "assets" / "02-tokens.css"
_THEMES = {"light": '[data-bs-theme="light"]', "dark": '[data-bs-theme="dark"]'}
_TOKEN = re.compile(r"(--ob-[\w-]+):\s*(#[0-9A-Fa-f]{6})\s*;")


@cache
def colours(theme: str) -> Mapping[str, str]:
    """Return the colour tokens of a theme, light or dark, as `assets/02-tokens.css` declares them."""
    sheet = TOKENS.read_text(encoding="utf-8")
    start = sheet.index(_THEMES[theme] + " {")
    return dict(_TOKEN.findall(sheet[start : sheet.index("}", start)]))


def config(words: Words) -> dict[str, object]:
    """Return the settings of every graph: no mode bar, resizing, dates in the reader's language.

    The locale's files of Plotly are modules that do nothing as an asset, so the names travel in the settings.
    """
    days, months = words("date.days").split(","), words("date.months").split(",")
    names = {
        "days": words("date.days.long").split(","),
        "shortDays": [*days[-1:], *days[:-1]],
        "months": words("date.months.long").split(","),
        "shortMonths": months,
        "date": "%d/%m/%Y",
        "decimal": ",",
        "thousands": " ",
    }
    locales = {words.lang: {"dictionary": {}, "format": names}}
    return {"displayModeBar": False, "responsive": True, "locale": words.lang, "locales": locales}


def draw_days(
    series: Mapping[str, Sequence[int]],
    names: Mapping[str, str],
    days: Sequence[date],
    then: Sequence[int],
    *,
    words: Words,
    theme: str,
) -> go.Figure:
    """Return stacked bars by day and family, with the total of the compared period as a dashed line.

    `series` and `names` are by family id; `then` has one value a day, drawn over the day of the same rank.
    """
    ink = colours(theme)
    figure = go.Figure()
    for family, values in series.items():
        figure.add_bar(
            x=list(days),
            y=list(values),
            name=names[family],
            marker={"color": ink[f"--ob-fam-{family}"], "line": {"color": ink["--ob-surface"], "width": 1}},
            hovertemplate="%{x|%a %-d %b} : %{y} " + words("analysis.unit") + "<extra>%{fullData.name}</extra>",
        )
    if any(then):
        figure.add_scatter(
            x=list(days),
            y=list(then)[: len(days)],
            name=words("analysis.then"),
            mode="lines",
            line={"color": ink["--ob-text"], "width": 1.6, "dash": "dash"},
            hovertemplate="%{y} " + words("analysis.unit") + "<extra>%{fullData.name}</extra>",
        )
    return figure.update_layout(_layout(ink, words))


def _layout(ink: Mapping[str, str], words: Words) -> dict[str, object]:
    font = {
        "family": "Atkinson Hyperlegible Next Variable, system-ui, sans-serif",
        "size": 13,
        "color": ink["--ob-text-2"],
    }
    axis = {"gridcolor": ink["--ob-border"], "linecolor": ink["--ob-border-strong"], "zeroline": False}
    return {
        "template": "none",
        "barmode": "stack",
        "font": font,
        "paper_bgcolor": ink["--ob-surface"],
        "plot_bgcolor": ink["--ob-surface"],
        "separators": ", " if words.lang == "fr" else ".,",
        "margin": {"l": 44, "r": 12, "t": 8, "b": 36},
        "xaxis": {**axis, "showgrid": False, "tickformat": "%-d %b", "nticks": 8},
        "yaxis": {**axis, "rangemode": "tozero", "nticks": 5},
        "legend": {"orientation": "v", "x": 1.01, "y": 1, "traceorder": "reversed"},
        "hoverlabel": {
            "bgcolor": ink["--ob-surface"],
            "bordercolor": ink["--ob-border-strong"],
            "font": {**font, "color": ink["--ob-text"]},
        },
        "hovermode": "closest",
        "bargap": 0.25,
        "transition": {"duration": 0},
    }
