"""The Sources page: cards by state, one row per source, and the panel of one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Icon, Kept, attributes
from components.frame import draw_bars, draw_watermark
from components.texts import Words

STATES = ("failing", "stale", "late", "never", "ok", "paused")
"""States in the order of the table: what needs a person first."""

STATE_ICONS = {
    "ok": "checkcircle",
    "late": "clockf",
    "stale": "hourglass",
    "failing": "xcircle",
    "paused": "pausecircle",
    "never": "question",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source as a row; times and spans already written.

    `bars` are the last 48 half hours, oldest first: ok, late, failed or none. `age_at` is the epoch second of the
    last datum, None when there never was one.
    """

    id: str
    title: str
    owner: str
    format: str
    state: str
    last_call: str
    age: str
    age_at: int | None
    cadence: str
    bars: Sequence[str]
    objects: str
    next_call: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One run in plain words; `reason` is the log's own sentence, in English like every message to operators."""

    time: str
    state: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLine:
    """One record that could not be used."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """Words the gate withheld: of which record and field, at which characters, and what to do; never the words."""

    record: str
    field: str
    start: int
    end: int
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePanel:
    """What the side panel says of one source: `facts` are pairs of label and value."""

    source: SourceView
    why: str
    facts: Sequence[tuple[str, str]]
    log: Sequence[LogLine] = field(default=())
    rejects: Sequence[RejectLine] = field(default=())
    rejects_total: int = 0
    withheld: Sequence[WithheldLine] = field(default=())
    withheld_total: int = 0


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
                        [html.H1(words("sources.title")), html.P(words("sources.lead"))],
                        className="ob-page-head",
                    ),
                    Kept(ids.SOURCES_CHOSEN, data=source_id),
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
    return [_cards(view, words), html.Div(parts, className="ob-sources-grid")]


def _cards(view: SourcesView, words: Words) -> Component:
    cards = []
    for state in ("ok", "late", "stale", "failing", "never", "paused"):
        n = sum(row.state == state for row in view.rows)
        if n or state in ("ok", "late", "failing", "paused"):
            cards.append(
                html.Li(
                    [_state_icon(state), html.B(str(n)), html.Span(words(f"sources.count.{state}"))],
                    className="ob-card ob-count-card",
                )
            )
    cards.append(
        html.Li(
            [Icon("info"), html.Div([html.B(words("sources.effect")), html.P(view.effect)])],
            className="ob-card ob-effect-card",
        )
    )
    return html.Ul(cards, className="ob-source-cards")


def _state_icon(state: str) -> Component:
    return Icon(STATE_ICONS[state], class_name=f"ob-state-icon is-{state}")


def _state(state: str, words: Words) -> Component:
    return html.Span([_state_icon(state), words(f"fresh.{state}")], className=f"ob-state is-{state}")


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
            html.Td(_state(row.state, words)),
            html.Th(
                [html.A(row.title, href=f"/sources/{row.id}", **current), html.Span(row.owner)],
                scope="row",
                className="ob-source-name",
            ),
            html.Td(row.format),
            html.Td(row.last_call),
            html.Td(age, className="ob-num is-strong" if row.state in ("late", "stale", "failing") else "ob-num"),
            html.Td(row.cadence, className="ob-num ob-muted"),
            html.Td(draw_bars_of_day(row.bars, words)),
            html.Td(row.objects, className="ob-num"),
            html.Td(row.next_call),
            html.Td(row.remark, className="ob-remark"),
        ],
        className=f"is-{row.state}{' is-chosen' if is_chosen else ''}",
    )


def draw_bars_of_day(bars: Sequence[str], words: Words) -> Component:
    """Return 48 bars whose height says the state as well as their colour, with the same in words."""
    failed, late = sum(bar == "failed" for bar in bars), sum(bar == "late" for bar in bars)
    label = words("sources.bars", failed=failed, late=late, ok=sum(bar == "ok" for bar in bars))
    return html.Div(
        [html.Span(className=f"is-{bar}") for bar in bars],
        className="ob-day-bars",
        role="img",
        **attributes({"aria-label": label}),
    )


def draw_panel(panel: SourcePanel, words: Words) -> Component:
    """Return the side panel: why, facts, rejects with their place and reason, log in plain words."""
    facts = [part for label, value in panel.facts for part in (html.Dt(label), html.Dd(value))]
    lines = [html.Li([html.Time(line.time), _state_icon(line.state), _log_text(line)]) for line in panel.log]
    parts: list[Component] = [
        html.Div(
            [
                _state_icon(panel.source.state),
                html.H2(panel.source.title),
                html.A(
                    Icon("close"),
                    href="/sources",
                    className="ob-btn is-quiet is-square is-small",
                    title=words("sources.close"),
                    **attributes({"aria-label": words("sources.close")}),
                ),
            ],
            className="ob-detail-head",
        ),
        html.P([_state(panel.source.state, words), " ", panel.why]),
        html.Dl(facts, className="ob-facts"),
        html.H3(words("sources.rejects", n=panel.rejects_total)),
        _rejects(panel, words),
        html.H3(words("sources.withheld", n=panel.withheld_total)),
        *_withheld(panel, words),
        html.H3(words("sources.log")),
        html.Ul(lines, className="ob-log") if lines else html.P(words("sources.log.none"), className="ob-muted"),
    ]
    return html.Aside(parts, className="ob-card ob-source-panel", **attributes({"aria-label": panel.source.title}))


def _log_text(line: LogLine) -> Component:
    if not line.reason:
        return html.Span(line.text)
    return html.Span([line.text, html.Br(), html.Span(line.reason, lang="en", className="ob-muted")])


def _rejects(panel: SourcePanel, words: Words) -> Component:
    if not panel.rejects:
        return html.P(words("sources.rejects.none"), className="ob-muted")
    rows = [html.Tr([html.Td(html.Code(line.where)), html.Td(line.reason, lang="en")]) for line in panel.rejects]
    heads = [
        html.Th(words("sources.rejects.where"), scope="col"),
        html.Th(words("sources.rejects.reason"), scope="col"),
    ]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table ob-rejects")


def _withheld(panel: SourcePanel, words: Words) -> list[Component]:
    if not panel.withheld:
        return [html.P(words("sources.withheld.none"), className="ob-muted")]
    rows = [
        html.Tr(
            [
                html.Td([html.Code(line.record), html.Br(), html.Code(line.field)]),
                html.Td(words("sources.withheld.characters", first=line.start + 1, last=line.end)),
                html.Td(line.advice),
            ]
        )
        for line in panel.withheld
    ]
    heads = [html.Th(words(f"sources.withheld.{name}"), scope="col") for name in ("where", "which", "what")]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table ob-rejects")
    return [html.P(words("sources.withheld.lead")), table]


def _unknown(words: Words) -> Component:
    return html.Aside(
        [html.H2(words("sources.unknown")), html.A(words("sources.all"), href="/sources")],
        className="ob-card ob-source-panel",
        **attributes({"aria-label": words("sources.unknown")}),
    )
