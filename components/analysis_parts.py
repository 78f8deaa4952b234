"""What the cards of the analysis share: head with its menu, chart and table that change places, a sentence at the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from components.analysis_panels import Panel, written
from components.elements import Icon, attributes
from components.texts import Words

_ICONS = {"table": "table", "png": "image"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a panel is drawn: `table` takes the chart's place when asked; `image` is the id of what can be saved as a picture.

    `drawing` is the name under which the server draws what is rows of the page. `title` and `says` stand for the panel's own title and sentence.
    """

    chart: Sequence[Component]
    class_name: str
    table: Component | None = None
    note: str = ""
    title: str = ""
    says: str = ""
    image: str = ""
    drawing: str = ""
    foot: Component | None = None


def card(panel: Panel, words: Words, look: Look) -> Component:
    """Return one panel of the page."""
    body: list[Component] = [html.Div(list(look.chart), className="ob-as-chart")]
    place = f"analysis-{look.class_name.removeprefix('is-')}"
    tools: list[Component] = []
    if look.table is not None:
        body.append(look.table)
        tools.append(_tool("table", panel, words, {"data-ob-swap": place, "aria-pressed": "false"}))
    if look.image:
        tools.append(_tool("png", panel, words, {"data-ob-image": look.image}))
    if look.drawing:
        tools.append(_tool("png", panel, words, {"data-ob-drawing": look.drawing}))
    tools.append(
        html.A(
            Icon("download"), href=f"/api/analysis/{panel.key}.csv", download="", title=words("analysis.csv"),
            className="ob-btn is-quiet is-small",
            **attributes({"data-ob-panel": panel.key, "aria-label": words("analysis.csv.of", panel=panel.title)}),
        )
    )  # fmt: skip
    head = [
        html.H2(look.title or panel.title),
        html.Span(look.note, className="ob-card-note"),
        html.Div(tools, className="ob-card-tools"),
    ]
    return html.Figure(
        [
            html.Div(head, className="ob-card-head"),
            html.Div(body, id=place, className="ob-swap"),
            look.foot,
            html.Figcaption(look.says or panel.summary),
        ],
        className=f"ob-card ob-chart-card {look.class_name}",
    )


def _tool(name: str, panel: Panel, words: Words, told: Mapping[str, str]) -> Component:
    label = {"aria-label": words(f"analysis.{name}.of", panel=panel.title)}
    return html.Button(
        Icon(_ICONS[name]), type="button", title=words(f"analysis.{name}"), className="ob-btn is-quiet is-small",
        **attributes({**told, **label}),
    )  # fmt: skip


def table_of(panel: Panel, zone: ZoneInfo, words: Words) -> Component:
    """Return a panel's table; it scrolls by keyboard too."""
    heads = [
        html.Th(column.label, scope="col", className="ob-num" if column.is_number else None) for column in panel.columns
    ]
    rows = []
    for row in panel.rows:
        told = [written(value, column.kind, zone, words) for value, column in zip(row, panel.columns, strict=True)]
        cells = [
            html.Td(text, className="ob-num" if column.is_number else None)
            for text, column in zip(told[1:], list(panel.columns)[1:], strict=True)
        ]
        rows.append(html.Tr([html.Th(told[0], scope="row"), *cells]))
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table is-dense"),
        className="ob-as-table ob-table-scroll",
        tabIndex=0,
        role="group",
        **attributes({"aria-label": panel.title}),
    )


def segments(label: str, choices: Sequence[tuple[str, Mapping[str, str], bool]]) -> Component:
    """Return buttons of which one is pressed; each has its text, its attributes and whether it is the one."""
    return html.Div(
        [
            html.Button(text, type="button", **attributes(dict(told) | {"aria-pressed": "true" if is_on else "false"}))
            for text, told, is_on in choices
        ],
        className="ob-segments",
        role="group",
        **attributes({"aria-label": label}),
    )
