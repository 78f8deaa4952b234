"""The Sources page: cards by state, one row per source, and the panel of one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import DayBars, Icon, Kept, attributes
from components.frame import draw_bars, draw_watermark
from components.source_panel import SourcePanel, draw_panel, draw_runs, draw_warn_me
from components.source_state import SourceView, draw_state, draw_state_icon
from components.texts import Words

STATES = ("failing", "frozen", "stale", "late", "never", "ok", "paused")
"""States in the order of the table: what needs a person first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """The whole page: rows in the order of STATES, `panel` when one source is open, `effect` one sentence."""

    rows: Sequence[SourceView]
    effect: str
    panel: SourcePanel | None = None
    unknown_id: str | None = None


def draw_sources_page(boot: Boot, words: Words, *, source_id: str | None) -> Component:
    """Return the page with an empty body: the rows come from one callback, again after each poll."""
    return html.Div(
        [
            *draw_bars(boot, words, page="sources"),
            html.Main(
                [
                    html.Div(
                        [
                            html.H1(words("sources.title")),
                            html.P(words("sources.lead")),
                            html.Span(className="ob-grow"),
                            draw_warn_me(words),
                            html.A(
                                [Icon("download"), words("sources.csv")],
                                href=f"/sources.csv?lang={words.lang}",
                                className="ob-btn",
                            ),
                            html.Button(
                                [Icon("refresh"), words("sources.relaunch_all")],
                                type="button",
                                className="ob-btn",
                                **attributes({"data-ob-order": "relaunch_all", "data-ob-source": ""}),
                            ),
                        ],
                        className="ob-page-head",
                    ),
                    Kept(ids.SOURCES_CHOSEN, data=source_id),
                    Kept(ids.SOURCES_ORDER),
                    html.Div(id=ids.SOURCES_ANSWER, role="status", className="ob-order-answer"),
                    html.Div(id=ids.SOURCES_BODY, className="ob-sources-body"),
                    draw_watermark(boot, words, is_faint=True),
                ],
                id=ids.MAIN,
                className="ob-scroll-page",
                tabIndex=-1,
            ),
        ],
        className="ob-screen is-scrolling",
    )


def draw_sources(view: SourcesView, words: Words) -> list[Component]:
    """Return cards, table and panel."""
    chosen = view.panel.source.id if view.panel else None
    table = html.Section(
        html.Div(draw_table(view.rows, words, chosen=chosen), className="ob-table-scroll", tabIndex=0, role="group",
                 **attributes({"aria-label": words("sources.table")})),
        className="ob-card ob-sources-table",
        **attributes({"aria-label": words("sources.table")}),
    )  # fmt: skip
    parts: list[Component] = [table]
    if view.panel:
        parts.append(draw_panel(view.panel, words))
    elif view.unknown_id:
        parts.append(_unknown(words))
    drawn: list[Component] = [_cards(view, words), html.Div(parts, className="ob-sources-grid")]
    if view.panel and view.panel.runs:
        drawn.append(draw_runs(view.panel, words))
    return drawn


def _cards(view: SourcesView, words: Words) -> Component:
    cards = []
    for state in ("ok", "late", "frozen", "stale", "failing", "never", "paused"):
        n = sum(row.state == state for row in view.rows)
        if n or state in ("ok", "late", "failing", "paused"):
            cards.append(
                html.Li(
                    [draw_state_icon(state), html.B(str(n)), html.Span(words(f"sources.count.{state}"))],
                    className="ob-card ob-count-card",
                )
            )
    n = sum(row.locked > 0 for row in view.rows)
    if n:
        told: list[Component] = [
            Icon("lock", class_name="ob-state-icon is-late"),
            html.B(str(n)),
            html.Span(words("sources.count.locked")),
        ]
        cards.append(html.Li(told, className="ob-card ob-count-card"))
    cards.append(
        html.Li(
            [Icon("info"), html.Div([html.B(words("sources.effect")), html.P(view.effect)])],
            className="ob-card ob-effect-card",
        )
    )
    return html.Ul(cards, className="ob-source-cards")


def draw_table(rows: Sequence[SourceView], words: Words, *, chosen: str | None) -> Component:
    """Return the table of sources, one row each; a row's name is the link to its panel."""
    columns = ("state", "source", "format", "last", "age", "cadence", "day", "objects", "next", "remark")
    numeric = {"age", "cadence", "objects"}
    heads = [
        html.Th(words(f"sources.col.{name}"), scope="col", className="ob-num" if name in numeric else None)
        for name in columns
    ]
    caption = html.Caption(words("sources.caption"), className="ob-sr")
    body = [_row(row, words, is_chosen=row.id == chosen) for row in rows]
    return html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(body)], className="ob-table")


def _row(row: SourceView, words: Words, *, is_chosen: bool) -> Component:
    current = attributes({"aria-current": "true"}) if is_chosen else {}
    age = html.Time(row.age, **attributes({"data-ob-age": str(row.age_at)})) if row.age_at is not None else row.age
    return html.Tr(
        [
            html.Td([draw_state(row.state, words), *_lock(row, words)]),
            html.Th(
                [html.A(row.title, href=f"/sources/{row.id}", **current), html.Span(row.owner)],
                scope="row",
                className="ob-source-name",
            ),
            html.Td(row.format),
            html.Td(row.last_call),
            html.Td(
                age, className="ob-num is-strong" if row.state in ("late", "stale", "frozen", "failing") else "ob-num"
            ),
            html.Td(row.cadence, className="ob-num ob-muted"),
            html.Td(draw_bars_of_day(row.bars, words)),
            html.Td(row.objects, className="ob-num"),
            html.Td(row.next_call),
            html.Td(row.remark, className="ob-remark"),
        ],
        className=f"is-{row.state}{' is-chosen' if is_chosen else ''}",
    )


def _lock(row: SourceView, words: Words) -> list[Component]:
    if not row.locked:
        return []
    told = words.count("sources.locked", row.locked)
    return [html.Span([Icon("lock"), told], className="ob-state is-late is-lock")]


def draw_bars_of_day(bars: Sequence[str], words: Words) -> Component:
    """Return 48 bars whose height says the state as well as their colour, with the same in words."""
    failed, late = sum(bar == "failed" for bar in bars), sum(bar == "late" for bar in bars)
    label = words("sources.bars", failed=failed, late=late, ok=sum(bar == "ok" for bar in bars))
    return DayBars(bars, label=label)


def _unknown(words: Words) -> Component:
    return html.Aside(
        [html.H2(words("sources.unknown")), html.A(words("sources.all"), href="/sources")],
        className="ob-card ob-source-panel",
        **attributes({"aria-label": words("sources.unknown")}),
    )
