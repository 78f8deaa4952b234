"""Plotly figures in the colours and the type of the design, one template for each theme."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import plotly.graph_objects as go

from components.district_map import class_of
from components.holidays import Mark, draw_marks
from components.texts import Words

TOKENS = Path(__file__).resolve().parents[1] / "assets" / "02-tokens.css"
_THEMES = {"light": '[data-bs-theme="light"]', "dark": '[data-bs-theme="dark"]'}
_TOKEN = re.compile(r"(--ob-[\w-]+):\s*(#[0-9A-Fa-f]{6})\s*;")
_FADED = 0.45


@cache
def colours(theme: str) -> Mapping[str, str]:
    """Return the colour tokens of a theme, light or dark, as `assets/02-tokens.css` declares them."""
    sheet = TOKENS.read_text(encoding="utf-8")
    start = sheet.index(_THEMES[theme] + " {")
    return dict(_TOKEN.findall(sheet[start : sheet.index("}", start)]))


@cache
def template(theme: str) -> go.layout.Template:
    """Return the template of a theme: type, surfaces, grid and hover labels from the tokens."""
    ink = colours(theme)
    font = {
        "family": "Atkinson Hyperlegible Next Variable, system-ui, sans-serif",
        "size": 13,
        "color": ink["--ob-text-2"],
    }
    axis = {"gridcolor": ink["--ob-border"], "linecolor": ink["--ob-border-strong"], "zeroline": False}
    return go.layout.Template(
        layout={
            "font": font,
            "paper_bgcolor": ink["--ob-surface"],
            "plot_bgcolor": ink["--ob-surface"],
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": ink["--ob-surface"],
                "bordercolor": ink["--ob-border-strong"],
                "font": {**font, "color": ink["--ob-text"]},
            },
            "hovermode": "closest",
            "transition": {"duration": 0},
        }
    )


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
    series: Sequence[tuple[str, Sequence[str], Sequence[int], str]],
    days: Sequence[date],
    before: Sequence[int],
    partial: Collection[date],
    marks: Sequence[Mark] = (),
    *,
    words: Words,
    theme: str,
) -> go.Figure:
    """Return stacked bars by day, with the total of the compared period as a dashed line.

    `series` holds a name, the families in it, a value a day and the token of its colour, from the foot upwards. `before`
    has one value a day, drawn over the day of the same rank. Days of `partial` are hatched and faded; `marks` say so in words, and holidays.
    """
    ink = colours(theme)
    figure = go.Figure()
    hover = words("analysis.hover", n="%{y}")
    for name, families, values, token in series:
        # Partial days are a trace of their own: a legend shows the look of the first bar.
        for is_partial in (False, True):
            there = [(day, n) for day, n in zip(days, values, strict=True) if (day in partial) is is_partial]
            figure.add_bar(
                x=[day for day, _ in there],
                y=[n for _, n in there],
                name=name,
                customdata=[",".join(families)] * len(there),
                legendgroup=name,
                showlegend=is_partial is all(day in partial for day in days),
                marker={
                    "color": ink[token],
                    "opacity": _FADED if is_partial else 1.0,
                    "pattern": {"shape": "/" if is_partial else "", "size": 5, "solidity": 0.25},
                    "line": {"color": ink["--ob-surface"], "width": 1},
                },
                hovertemplate="%{x|%a %-d %b}" + hover + "<extra>%{fullData.name}</extra>",
            )
    if any(before):
        figure.add_scatter(
            x=list(days),
            y=list(before)[: len(days)],
            name=words("analysis.then"),
            mode="lines",
            line={"color": ink["--ob-text"], "width": 1.6, "dash": "dash"},
            hovertemplate="%{y} " + words("analysis.unit") + "<extra>%{fullData.name}</extra>",
        )
    return figure.update_layout(
        template=template(theme),
        barmode="stack",
        bargap=0.25,
        separators=", " if words.lang == "fr" else ".,",
        xaxis={"showgrid": False, "tickformat": "%-d %b", "nticks": 8},
        yaxis={"rangemode": "tozero", "nticks": 5},
        legend={"orientation": "v", "x": 1.01, "y": 1, "traceorder": "reversed"},
        **draw_marks(marks, days[0], ink),
    )


def draw_heat(
    values: Sequence[Sequence[float | None]], breaks: Sequence[float], *, words: Words, theme: str
) -> go.Figure:
    """Return seven rows of 24 hours, Monday at the top, in six classes of one hue; high values are written.

    `breaks` are the upper bounds of the five lower classes.
    """
    ink = colours(theme)
    classes = [[None if value is None else class_of(value, breaks) for value in row] for row in values]
    shades = [ink[f"--ob-seq-{number}"] for number in range(1, 7)]
    scale = [(number / 6, shade) for shade, at in zip(shades, range(6), strict=True) for number in (at, at + 1)]
    high = [["" if value is None or class_of(value, breaks) < 6 else f"{value:.0f}" for value in row] for row in values]
    hours = list(range(24))
    figure = go.Figure(
        go.Heatmap(
            x=hours,
            y=words("date.days").split(","),
            z=classes,
            customdata=values,
            text=high,
            texttemplate="%{text}",
            textfont={"color": ink["--ob-on-accent"], "size": 12},
            zmin=0.5,
            zmax=6.5,
            colorscale=scale,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            hovertemplate=words("analysis.heat.hover", day="%{y}", hour="%{x}", n="%{customdata:.1f}")
            + "<extra></extra>",
        )
    )
    marks = list(range(0, 24, 3))
    return figure.update_layout(
        template=template(theme),
        separators=", " if words.lang == "fr" else ".,",
        margin={"l": 40, "r": 8, "t": 4, "b": 26},
        xaxis={
            "showgrid": False, "tickvals": marks, "ticktext": [words("analysis.hour", n=hour) for hour in marks],
        },
        yaxis={"showgrid": False, "autorange": "reversed", "ticklen": 0},
    )  # fmt: skip
