"""The detail panel of one event, drawn from plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from components.conflicts import ConflictLine, draw_conflicts
from components.elements import Icon, Marker, attributes
from components.event_acts import Acts, draw_acts
from components.links import LinksView, draw_links
from components.passing import Passage, draw_passages
from components.pieces import PieceView, draw_pieces
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """One effect in words; `icon` is a pictogram of the sprite."""

    text: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedEvent:
    """Another event of the same situation."""

    id: str
    title: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """One event, ready to be drawn: every time is written, every code translated.

    `status` is a key of the catalogue without its prefix (`en_cours`); `information_status` decides whether the
    event is marked as an exercise, so it has no default. `updated_at` is epoch seconds; `embargo` says until when.
    """

    id: str
    number: str
    title: str
    place: str
    category: str
    icon: str
    family: str
    severity: int
    status: str
    is_to_confirm: bool
    march_status: str | None = None
    verified: str = ""
    embargo: str = ""
    information_status: str
    when: str
    updated_at: int
    updated_age: str
    organisation: str
    audience: str
    versions: int
    source_id: str
    source_title: str
    attribution: str | None
    is_source_error: bool = False
    delay_min: int | None = None
    passages: Sequence[Passage] = field(default=())
    effects: Sequence[EffectLine] = field(default=())
    instruction: str | None = None
    description: str | None = None
    language: str = "fr"
    related: Sequence[RelatedEvent] = field(default=())
    acts: Acts | None = None
    links: LinksView | None = None
    conflicts: Sequence[ConflictLine] = field(default=())
    pieces: Sequence[PieceView] = field(default=())


_MARCH_CHIPS = {"forbidden": "is-sev3", "cancelled": "is-sev2", "under_way": "is-accent"}


def draw_detail(view: DetailView, words: Words) -> list[Component]:
    """Return the content of the detail panel, exercises marked first."""
    blocks = [_exercise(words)] if view.information_status == "exercise" else []
    blocks.append(_head(view, words))
    if view.passages:
        lang = view.language
        blocks.append(draw_passages(view.passages, view.delay_min, words, family=view.family, language=lang))
    if view.effects:
        lines = [html.Li([Icon(line.icon), html.Span(line.text)]) for line in view.effects]
        blocks.append(_block(words("ev.effects"), html.Ul(lines, className="ob-effects", lang=view.language)))
    if view.instruction:
        blocks.append(_block(words("ev.instructions"), html.P(view.instruction, lang=view.language)))
    if view.description:
        blocks.append(_block(words("ev.description"), html.P(view.description, lang=view.language)))
    extra = (
        draw_conflicts(view.conflicts, words),
        draw_pieces(view.pieces, words),
        None if view.links is None else draw_links(view.links, words),
    )
    blocks += [block for block in extra if block is not None]
    if view.related:
        blocks.append(_related(view, words))
    if view.acts:
        blocks.append(draw_acts(view.acts, words))
    blocks += [_origin(view, words), _actions(view, words)]
    return blocks


def draw_not_visible(words: Words) -> list[Component]:
    """Return what stands in the panel when the event does not exist or is not for this reader: the same sentence."""
    return [
        html.Div(
            [
                html.Div([html.H2(words("ev.unknown.title"), tabIndex=-1), _close(words)], className="ob-detail-head"),
                html.P(words("ev.unknown.text"), className="ob-muted"),
            ],
            className="ob-block",
        )
    ]


def draw_failure(words: Words, *, reference: str, time: str) -> list[Component]:
    """Return what stands in the panel when it could not be computed; `reference` is in the log too."""
    return [
        html.Div(
            [
                html.Div(
                    [html.H2(words("error.panel", what=words("ev.detail"))), _close(words)], className="ob-detail-head"
                ),
                html.P(words("error.rest")),
                html.Div(
                    [
                        html.Button(
                            [Icon("refresh"), words("error.retry")],
                            type="button",
                            className="ob-btn is-primary",
                            **attributes({"data-ob-retry": ""}),
                        ),
                        html.Button(
                            [Icon("copy"), words("error.copy")],
                            type="button",
                            className="ob-btn",
                            **attributes({"data-ob-copy": reference}),
                        ),
                    ],
                    className="ob-failure-acts",
                ),
                html.P(words("error.ref", ref=reference, time=time), className="ob-muted"),
            ],
            className="ob-block",
            role="alert",
        )
    ]


def _block(title: str, *content: Component) -> Component:
    return html.Section([html.H3(title), *content], className="ob-block")


def _exercise(words: Words) -> Component:
    return html.P([Icon("warn"), html.Strong(words("ev.exercise"))], className="ob-exercise")


def _close(words: Words) -> Component:
    return html.Button(
        Icon("close"),
        type="button",
        className="ob-btn is-quiet is-square is-small",
        title=words("ev.close_panel"),
        **attributes({"data-ob-close-detail": "", "aria-label": words("ev.close_panel")}),
    )


def _head(view: DetailView, words: Words) -> Component:
    state = "planned" if view.status == "prevu" else "ended" if view.status in ("termine", "annule") else "ongoing"
    return html.Div(
        [
            html.Div(
                [
                    html.Span(Marker(view.severity, view.icon, view.family, state=state, scale=1.1)),
                    html.Div(
                        [
                            html.H2(
                                view.title,
                                tabIndex=-1,
                                lang=view.language,
                                **attributes({"data-ob-detail-title": view.id}),
                            ),
                            html.P(view.place, className="ob-detail-place") if view.place else None,
                            html.P(html.B(view.when), className="ob-detail-when") if view.when else None,
                        ],
                        className="ob-grow",
                    ),
                    _close(words),
                ],
                className="ob-detail-head",
            ),
            html.Ul(_chips(view, words), className="ob-detail-chips"),
            html.P(
                [Icon("refresh"), *_updated(view, words)],
                className="ob-updated",
            ),
            html.P([Icon("warn"), words("ev.source_error")], className="ob-note") if view.is_source_error else None,
        ],
        className="ob-block",
    )


def _updated(view: DetailView, words: Words) -> list[Component | str]:
    before, after = words("ev.updated.short", age="\0", org=view.organisation).split("\0")
    return [before, html.Time(view.updated_age, **attributes({"data-ob-age": str(view.updated_at)})), after]


def _chips(view: DetailView, words: Words) -> list[Component]:
    confirm = (
        ("", words("status.a_confirmer"), "question")
        if view.is_to_confirm
        else ("is-ok", words("status.confirme"), "check")
    )
    march = view.march_status
    declared = (
        [html.Li(words(f"march.{march}"), className=f"ob-chip {_MARCH_CHIPS.get(march, 'is-outline')}")]
        if march
        else []
    )
    ends = [html.Li([Icon("check"), view.verified], className="ob-chip is-ok")] if view.verified else []
    held = [html.Li([Icon("hourglass"), view.embargo], className="ob-chip is-held")] if view.embargo else []
    status_class = "is-accent" if view.status == "en_cours" else "is-outline"
    return [
        html.Li(words(f"sev.{view.severity}"), className=f"ob-chip is-sev{view.severity}"),
        html.Li(words(f"status.{view.status}"), className=f"ob-chip {status_class}"),
        *held,
        *declared,
        html.Li([Icon(confirm[2]), confirm[1]], className=f"ob-chip {confirm[0]}"),
        *ends,
        html.Li(view.category, className="ob-chip"),
        html.Li(view.number, className="ob-chip"),
    ]


def _related(view: DetailView, words: Words) -> Component:
    links = [
        html.Li(
            html.A(
                [html.B(other.title), html.Span(other.when)],
                href=f"?ev={other.id}",
                **attributes({"data-ob-select": other.id}),
            )
        )
        for other in view.related
    ]
    return _block(words("ev.related"), html.Ul(links, className="ob-related"))


def _origin(view: DetailView, words: Words) -> Component:
    lines = [
        html.P([words("ev.source"), " ", html.A(view.source_title, href=f"/sources/{view.source_id}")]),
        html.P(view.attribution, className="ob-muted") if view.attribution else None,
        html.P(
            [
                Icon("eye"),
                f"{view.audience}. ",
                html.A(words.count("ev.history", view.versions), href=f"/evenements/{view.id}"),
                ".",
            ],
            className="ob-audience",
        ),
    ]
    return html.Section(lines, className="ob-block is-last", **attributes({"aria-label": words("ev.origin")}))


def _actions(view: DetailView, words: Words) -> Component:
    """Return the buttons that stay at the bottom of the panel."""
    follow = html.Button(
        [Icon("bell"), html.Span(words("follow.on"))],
        type="button",
        className="ob-btn ob-grow",
        **attributes({"data-ob-follow": view.id, "aria-pressed": "false"}),
    )
    share = html.Button(
        [Icon("share"), html.Span(words("share.label"))],
        type="button",
        className="ob-btn ob-grow",
        **attributes({"data-ob-share": view.id}),
    )
    return html.Div(
        [follow, share], className="ob-actions", role="group", **attributes({"aria-label": words("ev.actions")})
    )
