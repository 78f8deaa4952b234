"""Counts by district, week by week: police operations and other tallies, small ones hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import attributes
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """One measure of one publisher: `periods` are the heads, `rows` a district's name and its written counts (None: hidden)."""

    title: str
    publisher: str
    periods: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str | None]]]
    least: int


def draw_counts(table: CountTable, words: Words) -> Component:
    """Return the card of one measure, with what hides a count and what no count tells."""
    heads = [html.Th(words("analysis.col.district"), scope="col")]
    heads += [html.Th(period, scope="col", className="ob-num") for period in table.periods]
    rows = [
        html.Tr([html.Th(name, scope="row"), *(_cell(count, words) for count in counts)]) for name, counts in table.rows
    ]
    label = words("counts.title", measure=table.title, publisher=table.publisher)
    return html.Figure(
        [
            html.Div(html.H2(label), className="ob-card-head"),
            html.Div(
                html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table"),
                className="ob-table-scroll",
                tabIndex=0,
                role="group",
                **attributes({"aria-label": label}),
            ),
            html.Figcaption([words("counts.hidden.help", n=table.least), " ", words("counts.recorded")]),
        ],
        className="ob-card",
    )


def _cell(count: str | None, words: Words) -> Component:
    if count is not None:
        return html.Td(count, className="ob-num")
    return html.Td(html.Span(words("counts.hidden"), className="ob-muted"), className="ob-num")
