"""The Analysis page: five figures, events by day and family, events by district. Drawn from plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Icon, Spark, attributes
from components.filters import draw_filters
from components.frame import draw_bars, draw_watermark
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCard:
    """One figure: `value` and `against` are written; `trend` is the series behind it, first day first."""

    title: str
    value: str
    against: str
    trend: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRow:
    """One district; `share` is its part of the largest count, 0 to 1."""

    name: str
    short: str
    count: str
    share: float
    difference: str
    serious: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One day of the table that stands for the chart: a count for each family, then the total."""

    day: str
    counts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisView:
    """All that the page shows; `families` are the heads of the day table, `summary` says the chart in a sentence."""

    lead: str
    figures: Sequence[FigureCard]
    chart: go.Figure
    config: Any
    summary: str
    families: Sequence[str]
    days: Sequence[DayRow]
    districts: Sequence[DistrictRow]
    districts_summary: str
    is_empty: bool = False


def draw_analysis_page(boot: Boot, words: Words) -> Component:
    """Return the page with an empty body: the figures come from one callback, again when the filters change."""
    return html.Div(
        [
            *draw_bars(boot, words, page="analyse"),
            draw_filters(boot, words, page="analyse"),
            html.Main(
                [
                    html.H1(words("nav.analyse")),
                    html.Div(id=ids.ANALYSIS_BODY, className="ob-analysis"),
                    draw_watermark(boot, words, is_faint=True),
                ],
                id=ids.MAIN,
                className="ob-scroll-page",
                tabIndex=-1,
            ),
        ],
        className="ob-screen is-scrolling",
    )


def draw_analysis(view: AnalysisView, words: Words) -> list[Component]:
    """Return the body of the page."""
    lead = html.P(view.lead, className="ob-lead")
    if view.is_empty:
        return [lead, draw_nothing(words)]
    return [
        lead,
        html.P(words("analysis.unit.help"), className="ob-help"),
        html.Ul([_figure(card) for card in view.figures], className="ob-figures"),
        html.Div([_days_card(view, words), _districts_card(view, words)], className="ob-analysis-grid"),
    ]


def draw_nothing(words: Words) -> Component:
    """Return what stands where no event matches the filters."""
    return html.Div(
        [
            Icon("funnel"),
            html.H2(words("empty.filter")),
            html.Button(words("filter.clear"), type="button", className="ob-btn", **attributes({"data-ob-clear": "*"})),
        ],
        className="ob-card ob-nothing",
    )


def _figure(card: FigureCard) -> Component:
    return html.Li(
        [html.H2(card.title), html.B(card.value), Spark(card.trend) if any(card.trend) else None, html.P(card.against)],
        className="ob-card ob-figure",
    )


def _swap(words: Words, target: str) -> Component:
    return html.Button(
        [Icon("table"), html.Span(words("analysis.table"))],
        type="button",
        className="ob-btn is-quiet is-small",
        **attributes({"data-ob-swap": target, "aria-pressed": "false"}),
    )


def _days_card(view: AnalysisView, words: Words) -> Component:
    heads = [html.Th(words("analysis.day"), scope="col")]
    heads += [html.Th(name, scope="col", className="ob-num") for name in (*view.families, words("analysis.total"))]
    rows = [
        html.Tr([html.Th(row.day, scope="row"), *(html.Td(count, className="ob-num") for count in row.counts)])
        for row in view.days
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table")
    graph = dcc.Graph(figure=view.chart, config=view.config, className="ob-graph", responsive=True)
    return html.Figure(
        [
            html.Div([html.H2(words("analysis.days")), _swap(words, ids.ANALYSIS_DAYS)], className="ob-card-head"),
            html.Div(
                [
                    html.Div(graph, className="ob-as-chart", role="img", **attributes({"aria-label": view.summary})),
                    html.Div(table, className="ob-as-table ob-table-scroll", tabIndex=0, role="group",
                             **attributes({"aria-label": words("analysis.days")})),
                ],
                id=ids.ANALYSIS_DAYS,
                className="ob-swap",
            ),
            html.Figcaption(view.summary),
        ],
        className="ob-card",
    )  # fmt: skip


def _districts_card(view: AnalysisView, words: Words) -> Component:
    columns = ("district", "count", "bar", "difference", "serious")
    heads = [
        html.Th(
            html.Span(words(f"analysis.col.{name}"), className="ob-sr" if name == "bar" else None),
            scope="col",
            className=None if name in ("district", "bar") else "ob-num",
        )
        for name in columns
    ]
    rows = [_district_row(row) for row in view.districts]
    return html.Figure(
        [
            html.Div(html.H2(words("analysis.districts")), className="ob-card-head"),
            html.Div(
                html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table"),
                id=ids.ANALYSIS_DISTRICTS,
                className="ob-table-scroll",
                tabIndex=0,
                role="group",
                **attributes({"aria-label": words("analysis.districts")}),
            ),
            html.Figcaption([view.districts_summary, " ", words("fair.quiet")]),
        ],
        className="ob-card",
    )


def _district_row(row: DistrictRow) -> Component:
    bar = html.Span(className="ob-share", style={"width": f"{row.share * 100:.1f}%"})
    return html.Tr(
        [
            html.Th(html.A(row.name, href="#", **attributes({"data-ob-filter-district": row.short})), scope="row"),
            html.Td(row.count, className="ob-num"),
            html.Td(
                html.Div(bar, className="ob-share-track", **attributes({"aria-hidden": "true"})),
                className="ob-share-cell",
            ),
            html.Td(row.difference, className="ob-num"),
            html.Td(row.serious, className="ob-num"),
        ]
    )
