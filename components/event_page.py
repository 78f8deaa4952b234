"""The page of one event: what its panel says, its timetable to print, its versions with what each changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.detail import DetailView, draw_detail
from components.elements import Icon, Kept, attributes
from components.frame import draw_bars, draw_watermark
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableRow:
    """One checkpoint: planned, halt and tolerance, expected head, tail, closing and reopening, as written."""

    label: str
    planned: str
    tolerance: str
    head: str
    tail: str
    closed: str
    opened: str
    is_observed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of a version: what it was and what it is, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version: its number, when and by which organisation it was recorded."""

    number: int
    time: str
    organisation: str
    is_withdrawal: bool = False
    changes: Sequence[Change] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """All that the page shows."""

    detail: DetailView
    timetable: Sequence[TimetableRow] = field(default=())
    versions: Sequence[VersionView] = field(default=())
    computed: str = ""


def draw_event_page(boot: Boot, words: Words, event_id: str) -> Component:
    """Return the page; its body comes once it is known who reads."""
    return html.Div(
        [
            *draw_bars(boot, words, page="evenements"),
            html.Main(
                [
                    Kept(ids.EVENT_CHOSEN, data=event_id),
                    html.H1(words("event.title")),
                    html.Div(id=ids.EVENT_BODY, className="ob-event-body"),
                ],
                id=ids.MAIN,
                className="ob-scroll-page ob-event-page",
            ),
            draw_watermark(boot, words, is_faint=True),
        ],
        className="ob-screen is-scrolling",
    )


def draw_event_body(page: EventPage, words: Words) -> list[Component]:
    """Return the body of the page."""
    columns: list[Component] = [html.Div(draw_detail(page.detail, words), className="ob-card ob-event-told")]
    if page.timetable:
        columns.append(_timetable(page, words))
    columns.append(_versions(page.versions, words))
    return columns


def _timetable(page: EventPage, words: Words) -> Component:
    heads = ("passage", "planned", "tolerance", "head", "tail", "closed", "opened")
    rows = [
        html.Tr(
            [
                html.Th(row.label, scope="row"),
                html.Td(row.planned),
                html.Td(row.tolerance),
                html.Td(html.B(row.head) if row.is_observed else row.head),
                *(html.Td(value) for value in (row.tail, row.closed, row.opened)),
            ]
        )
        for row in page.timetable
    ]
    table = html.Table(
        [
            html.Caption(words("event.timetable_note")),
            html.Thead(html.Tr([html.Th(words(f"event.{name}"), scope="col") for name in heads])),
            html.Tbody(rows),
        ],
        className="ob-eq-table ob-timetable",
    )
    button = html.Button(
        [Icon("table"), html.Span(words("event.print"))],
        type="button",
        className="ob-btn is-small ob-no-print",
        **attributes({"data-ob-print": ""}),
    )
    foot = html.P(page.computed, className="ob-muted")
    head = html.Div([html.H2(words("event.timetable")), button], className="ob-event-head")
    scroll = html.Div(
        table,
        className="ob-scroll-x",
        role="region",
        tabIndex=0,
        **attributes({"aria-label": words("event.timetable")}),
    )
    return html.Section([head, scroll, foot], className="ob-card ob-event-timetable")


def _versions(versions: Sequence[VersionView], words: Words) -> Component:
    items = []
    for one in versions:
        what = words("event.withdrawn") if one.is_withdrawal else words("event.version", n=one.number)
        changes = [
            html.Li([html.B(change.name), " ", html.Del(change.before), " ", html.Ins(change.after)])
            for change in one.changes
        ]
        items.append(
            html.Li(
                [html.P([html.B(what), " ", html.Span(f"{one.time} · {one.organisation}", className="ob-muted")]),
                 html.Ul(changes) if changes else html.P(words("event.first") if one.number == 1 else words("event.same"))]
            )
        )  # fmt: skip
    return html.Section(
        [html.H2(words("event.history")), html.Ol(items, className="ob-versions")], className="ob-card ob-no-print"
    )
