"""The panel of one source: why it is as it is, orders, facts, runs, what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from components.elements import Entry, Icon, Spark, attributes
from components.reasons import Said
from components.source_state import SourceView, draw_state, draw_state_icon
from components.texts import Words

RUN_COLUMNS = ("seen", "new", "changed", "absent", "withdrawn", "rejected", "withheld", "delay")
MAX_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One run or one order in plain words, with the reason when it has one."""

    time: str
    state: str
    text: str
    reason: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run with its counts, in the order of RUN_COLUMNS."""

    time: str
    state: str
    word: str
    counts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLine:
    """One record that could not be used."""

    where: str
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """Words the gate withheld: of which record and field, at which characters, and what to do; never the words."""

    record: str
    field: str
    start: int
    end: int
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedField:
    """A field that waits for a decision, since when."""

    name: str
    label: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePanel:
    """What the side panel says of one source: `facts` are pairs of label and value, `effect` what readers see.

    `delays_ms` are how long the last polls took, oldest first. `refusal` is why this reader may give no orders, None
    when orders are taken; `can_resume` is False for what its entry or its agreement pauses.
    """

    source: SourceView
    why: str
    effect: str
    facts: Sequence[tuple[str, str]]
    log: Sequence[LogLine] = field(default=())
    rejects: Sequence[RejectLine] = field(default=())
    rejects_total: int = 0
    withheld: Sequence[WithheldLine] = field(default=())
    withheld_total: int = 0
    runs: Sequence[RunLine] = field(default=())
    delays_ms: Sequence[float] = field(default=())
    delay: str = ""
    dropped: Sequence[str] = field(default=())
    locked: Sequence[LockedField] = field(default=())
    note: str = ""
    refusal: str | None = None
    can_resume: bool = True


def draw_panel(panel: SourcePanel, words: Words) -> Component:
    """Return the side panel: why, facts, rejects with their place and reason, log in plain words."""
    facts = [part for label, value in panel.facts for part in (html.Dt(label), html.Dd(value))]
    lines = [html.Li([html.Time(line.time), draw_state_icon(line.state), _log_text(line)]) for line in panel.log]
    parts: list[Component] = [
        html.Div(
            [
                draw_state_icon(panel.source.state),
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
        html.P([draw_state(panel.source.state, words), " ", panel.why]),
        html.P([html.B(words("sources.effect")), " ", panel.effect]),
        *draw_orders(panel, words),
        html.P(draw_warn_me(words, source_id=panel.source.id)),
        html.Dl(facts, className="ob-facts"),
        *_delays(panel, words),
        html.H3(words("sources.rejects", n=panel.rejects_total)),
        _rejects(panel, words),
        html.H3(words("sources.dropped", n=len(panel.dropped))),
        _dropped(panel, words),
        html.H3(words("sources.withheld", n=panel.withheld_total)),
        *_withheld(panel, words),
        html.H3(words("sources.log")),
        html.Ul(lines, className="ob-log") if lines else html.P(words("sources.log.none"), className="ob-muted"),
    ]
    return html.Aside(parts, className="ob-card ob-source-panel", **attributes({"aria-label": panel.source.title}))


def draw_runs(panel: SourcePanel, words: Words) -> Component:
    """Return the last runs with their counts, as a table of its own beside the panel."""
    heads = [html.Th(words(f"sources.run.{name}"), scope="col") for name in ("time", "verdict")]
    heads += [html.Th(words(f"sources.run.{name}"), scope="col", className="ob-num") for name in RUN_COLUMNS]
    rows = [
        html.Tr(
            [
                html.Th(line.time, scope="row"),
                html.Td(html.Span([draw_state_icon(line.state), line.word], className="ob-run-verdict")),
                *(html.Td(count, className="ob-num") for count in line.counts),
            ]
        )
        for line in panel.runs
    ]
    title = words("sources.runs", title=panel.source.title)
    export = html.A(
        [Icon("download"), words("sources.csv")],
        href=f"/sources/{panel.source.id}/runs.csv",
        className="ob-btn is-small",
    )
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ob-table")
    return html.Section(
        [
            html.Div([html.H2(title), export], className="ob-runs-head"),
            html.Div(table, className="ob-table-scroll", tabIndex=0, role="group", **attributes({"aria-label": title})),
        ],
        className="ob-card ob-runs",
        **attributes({"aria-label": title}),
    )


def _said(said: Said) -> Component:
    return html.Span(said.text, lang=said.lang)


def _log_text(line: LogLine) -> Component:
    if line.reason is None:
        return html.Span(line.text)
    return html.Span([line.text, html.Br(), html.Span(line.reason.text, lang=line.reason.lang, className="ob-muted")])


def _delays(panel: SourcePanel, words: Words) -> list[Component]:
    if not panel.delay:
        return []
    return [html.H3(words("sources.delay")), html.P([Spark(panel.delays_ms), panel.delay], className="ob-source-delay")]


def _dropped(panel: SourcePanel, words: Words) -> Component:
    if not panel.dropped:
        return html.P(words("sources.dropped.none"), className="ob-muted")
    names = [html.Li(html.Code(name)) for name in panel.dropped]
    return html.Div([html.P(words("sources.dropped.lead")), html.Ul(names, className="ob-dropped")])


def _rejects(panel: SourcePanel, words: Words) -> Component:
    if not panel.rejects:
        return html.P(words("sources.rejects.none"), className="ob-muted")
    rows = [html.Tr([html.Td(html.Code(line.where)), html.Td(_said(line.reason))]) for line in panel.rejects]
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


def draw_orders(panel: SourcePanel, words: Words) -> list[Component]:
    """Return what a person may order of the source: relaunch, pause or resume, a note, a field; or why not."""
    parts: list[Component] = []
    if panel.note:
        parts.append(html.P([Icon("pencil"), panel.note], className="ob-source-note"))
    if panel.refusal:
        return [*parts, html.P(panel.refusal, className="ob-muted")]
    is_paused = panel.source.state == "paused"
    switch = ("resume", "refresh") if is_paused else ("pause", "pausecircle")
    buttons = [] if is_paused else [_order("relaunch", "refresh", panel, words, is_primary=True)]
    if panel.can_resume or not is_paused:
        buttons.append(_order(*switch, panel, words))
    note = _entry("told", words("sources.note.label"))
    parts.append(html.Div(buttons, className="ob-orders"))
    parts.append(html.Div([note, _order("note", "pencil", panel, words)], className="ob-order-form"))
    parts.extend(_decision(one, panel, words) for one in panel.locked)
    return parts


def _decision(one: LockedField, panel: SourcePanel, words: Words) -> Component:
    return html.Fieldset(
        [
            html.Legend([Icon("lock"), words("sources.locked.field", field=one.label, time=one.since)]),
            _entry("told", words("sources.locked.decision")),
            _entry("reference", words("sources.locked.reference")),
            _order("allow", "check", panel, words, field=one.name),
        ],
        className="ob-order-form ob-locked",
    )


def _entry(name: str, label: str) -> Component:
    return html.Label([html.Span(label), Entry("text", name=name, className="ob-input", autoComplete="off")])


def _order(
    what: str, icon: str, panel: SourcePanel, words: Words, *, is_primary: bool = False, field: str = ""
) -> Component:
    data = {"data-ob-order": what, "data-ob-source": panel.source.id, "data-ob-field": field}
    return html.Button(
        [Icon(icon), words(f"sources.{what}")],
        type="button",
        className="ob-btn is-small is-primary" if is_primary else "ob-btn is-small",
        **attributes(data),
    )


def draw_warn_me(words: Words, *, source_id: str = "") -> Component:
    """Return the button that opens the subscriptions of an account with outages ticked, of one source or of all."""
    return html.Button(
        [Icon("bell"), words("sources.warn_me")],
        type="button",
        className="ob-btn is-small" if source_id else "ob-btn",
        **attributes({"data-ob-subscribe": "source-late", "data-ob-source": source_id}),
    )
