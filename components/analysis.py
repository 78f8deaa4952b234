"""The Analysis page: five figures, a map, charts and tables of a period beside another one. Drawn from plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.analysis_panels import AXES, CATEGORIES, DAYS, DISTRICTS, HEAT, Panel
from components.analysis_parts import Look, card, segments
from components.boot import Boot
from components.elements import DistrictMap, Icon, Spark, attributes
from components.filters import draw_filters
from components.frame import draw_bars, draw_watermark
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCard:
    """One figure: `value`, its `unit` and `against` are written; `trend` is the series behind it, first day first."""

    title: str
    value: str
    unit: str
    against: str
    trend: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """One row of bars: a kind of events with its count, and the one before; or an axis with its three shares.

    `parts` are shares of the row's length with the class that colours each; `before` is where the hollow dot stands.
    `filter` is the key of the address and the value that a click writes, None when it filters nothing.
    """

    label: str
    value: str
    parts: Sequence[tuple[str, float]]
    before: float | None = None
    icon: str | None = None
    family: str = ""
    filter: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLine:
    """One district as the table shows it; `order` holds what its columns are sorted by, None: in no order."""

    name: str
    short: str
    cells: Sequence[str]
    share: float
    trend: Sequence[int]
    order: Sequence[float | None]
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisView:
    """All that the page shows: panels by key, what is drawn beside each, and what the period rests on."""

    lead: str
    comparison: str
    partial: str
    complete: str
    notes: Sequence[str]
    figures: Sequence[FigureCard]
    panels: Mapping[str, Panel]
    tables: Mapping[str, Component]
    map: Mapping[str, Any]
    days: go.Figure
    heat: go.Figure
    heat_classes: Sequence[str]
    config: Any
    categories: Sequence[BarRow]
    districts: Sequence[DistrictLine]
    axes: Sequence[BarRow]
    is_empty: bool = False


def draw_analysis_page(boot: Boot, words: Words) -> Component:
    """Return the page with an empty body: the figures come from one callback, again when the filters change."""
    return html.Div(
        [
            *draw_bars(boot, words, page="analyse"),
            draw_filters(boot, words, page="analyse"),
            html.Main(
                [
                    html.Div(
                        [html.H1(words("nav.analyse")), html.Div(id=ids.ANALYSIS_HEAD, className="ob-analysis-lead")],
                        className="ob-analysis-head",
                    ),
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


def draw_lead(view: AnalysisView, words: Words) -> list[Component]:
    """Return what stands beside the title: the period, what it is compared with, and what it rests on."""
    chips = []
    if view.partial:
        chips.append(html.Span([Icon("warn"), html.Span(view.partial)], className="ob-chip is-sev2"))
    if view.complete:
        chips.append(html.Span([Icon("check"), html.Span(view.complete)], className="ob-chip is-ok"))
    return [
        html.P(view.lead, className="ob-lead"),
        segments(
            words("analysis.compare"),
            [(words(f"analysis.compare.{name}"), {"data-ob-compare": name}, name == view.comparison)
             for name in ("precedente", "annee")],
        ),
        html.Div(chips, className="ob-chips-row ob-analysis-chips"),
    ]  # fmt: skip


def draw_analysis(view: AnalysisView, words: Words) -> list[Component]:
    """Return the body of the page."""
    notes = [html.P(note, className="ob-help") for note in view.notes]
    if view.is_empty:
        return [*notes, draw_nothing(words)]
    return [
        *notes,
        html.Ul([_figure(one) for one in view.figures], className="ob-figures"),
        html.Div(
            [
                _map_card(view, words),
                _days_card(view, words),
                html.Div([_districts_card(view, words), _axes_card(view, words)], className="ob-analysis-side"),
                _categories_card(view, words),
                _heat_card(view, words),
            ],
            className="ob-analysis-grid",
        ),
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


def _figure(one: FigureCard) -> Component:
    known = [value for value in one.trend if value is not None]
    return html.Li(
        [
            html.H2(one.title),
            html.B([one.value, html.Small(one.unit) if one.unit else None]),
            Spark(one.trend) if any(known) else None,
            html.P(one.against),
        ],
        className="ob-card ob-figure",
    )


def _map_card(view: AnalysisView, words: Words) -> Component:
    panel = view.panels[DISTRICTS]
    drawn = [
        DistrictMap(ids.ANALYSIS_MAP, **view.map),
        segments(
            words("analysis.map.of"),
            [
                (words(f"analysis.map.{mode}"), {"data-ob-map-mode": mode}, mode == "count")
                for mode in ("count", "rate")
            ],
        ),
    ]
    return card(panel, words, Look(chart=drawn, table=view.tables[DISTRICTS], note=words("analysis.map.note"),
        class_name="is-map", image=ids.ANALYSIS_MAP,
    ))  # fmt: skip


def _days_card(view: AnalysisView, words: Words) -> Component:
    graph = dcc.Graph(
        id=ids.ANALYSIS_DAYS_GRAPH, figure=view.days, config=view.config, className="ob-graph", responsive=True
    )
    return card(view.panels[DAYS], words, Look(chart=[graph], table=view.tables[DAYS], note=words("analysis.days.note"),
        class_name="is-days", image=ids.ANALYSIS_DAYS_GRAPH,
    ))  # fmt: skip


def _heat_card(view: AnalysisView, words: Words) -> Component:
    graph = dcc.Graph(
        id=ids.ANALYSIS_HEAT_GRAPH, figure=view.heat, config=view.config, className="ob-graph", responsive=True
    )
    legend = html.P(
        [html.Span([html.Span(className=f"ob-seq is-{number}"), html.Span(text)]) for number, text in
         enumerate(view.heat_classes, start=1)],
        className="ob-legend-row",
    )  # fmt: skip
    return card(view.panels[HEAT], words, Look(chart=[graph], table=view.tables[HEAT], note=words("analysis.heat.note"),
        class_name="is-heat", image=ids.ANALYSIS_HEAT_GRAPH, foot=legend,
    ))  # fmt: skip


def _categories_card(view: AnalysisView, words: Words) -> Component:
    rows = html.Ul([_bar_row(row) for row in view.categories], className="ob-bars")
    return card(view.panels[CATEGORIES], words, Look(chart=[rows], table=view.tables[CATEGORIES],
        note=words("analysis.categories.note"), class_name="is-categories", drawing=CATEGORIES,
    ))  # fmt: skip


def _axes_card(view: AnalysisView, words: Words) -> Component:
    rows = html.Ul([_bar_row(row) for row in view.axes], className="ob-bars is-axes")
    legend = html.P(
        [html.Span([html.Span(className=f"ob-axis-part is-{name}"), html.Span(words(f"analysis.axis.{name}"))])
         for name in ("closed", "congested", "slow")]
        + [html.Span(words("analysis.axis.percent"))],
        className="ob-legend-row",
    )  # fmt: skip
    return card(
        view.panels[AXES],
        words,
        Look(chart=[rows], table=view.tables[AXES], class_name="is-axes", foot=legend, drawing=AXES),
    )


def _bar_row(row: BarRow) -> Component:
    label: list[Component | str] = [Icon(row.icon, class_name=f"f-{row.family}")] if row.icon else []
    label.append(html.Span(row.label))
    name: Component = html.Span(label, className="ob-bar-name")
    if row.filter is not None:
        name = html.A(
            label, href="#", className="ob-bar-name", **attributes({f"data-ob-filter-{row.filter[0]}": row.filter[1]})
        )
    track: list[Component] = [
        html.Span(className=f"ob-bar-part {part}", style={"width": f"{share * 100:.2f}%"}) for part, share in row.parts
    ]
    if row.before is not None:
        track.append(html.Span(className="ob-bar-before", style={"left": f"{row.before * 100:.2f}%"}))
    return html.Li(
        [name, html.Span(track, className="ob-bar-track", **attributes({"aria-hidden": "true"})), html.B(row.value)]
    )


def _districts_card(view: AnalysisView, words: Words) -> Component:
    panel = view.panels[DISTRICTS]
    columns = ("district", "count", "bar", "difference", "serious", "closed", "trend")
    heads = [_district_head(name, words) for name in columns]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody([_district_row(line) for line in view.districts])],
        id=ids.ANALYSIS_DISTRICTS,
        className="ob-table is-dense",
    )
    body = html.Div(
        table, className="ob-table-scroll", tabIndex=0, role="group", **attributes({"aria-label": panel.title})
    )
    return card(panel, words, Look(chart=[body], class_name="is-districts", title=words("analysis.districts.table"),
                note=words("analysis.districts.note"), says=" ".join((words("analysis.districts.small"), words("fair.quiet")))))  # fmt: skip


def _district_head(name: str, words: Words) -> Component:
    label = words(f"analysis.col.{name}")
    if name in ("bar", "trend"):
        return html.Th(html.Span(label, className="ob-sr"), scope="col")
    button = html.Button(label, type="button", className="ob-sort", **attributes({"data-ob-sort": name}))
    order = "ascending" if name == "district" else "none"
    is_number = None if name == "district" else "ob-num"
    return html.Th(button, scope="col", className=is_number, **attributes({"aria-sort": order}))


def _district_row(line: DistrictLine) -> Component:
    count, difference, serious, closed = line.cells
    bar = html.Span(className="ob-share", style={"width": f"{line.share * 100:.1f}%"})
    link = html.A(line.name, href="#", **attributes({"data-ob-filter-district": line.short}))
    orders = ("district", "count", "difference", "serious", "closed")
    told = {
        f"data-ob-order-{name}": "" if value is None else f"{value:g}"
        for name, value in zip(orders, line.order, strict=True)
    }
    return html.Tr(
        [
            html.Th(link, scope="row"),
            html.Td(count, className="ob-num"),
            html.Td(
                html.Div(bar, className="ob-share-track", **attributes({"aria-hidden": "true"})),
                className="ob-share-cell",
            ),
            html.Td(difference, className="ob-num"),
            html.Td(serious, className="ob-num"),
            html.Td(closed, className="ob-num"),
            html.Td(Spark(line.trend) if any(line.trend) else None, className="ob-trend-cell"),
        ],
        className="is-chosen" if line.is_chosen else None,
        **attributes(told),
    )


__all__ = [
    "AnalysisView",
    "BarRow",
    "DistrictLine",
    "FigureCard",
    "draw_analysis",
    "draw_analysis_page",
    "draw_lead",
    "draw_nothing",
]
