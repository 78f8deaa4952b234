"""The block of the detail panel that says which sources tell an event, and which others may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import Icon, attributes
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBy:
    """One source of a joined event: `fields` in words, empty for who speaks first."""

    event_id: str
    number: str
    source: str
    fields: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MayBeSame:
    """Another event that may be the same: `why` holds each reason in words, `alike` how alike in percent."""

    event_id: str
    number: str
    title: str
    source: str
    alike: int
    why: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView:
    """What is known of the links of one event, for one viewer; `may_decide` shows the buttons."""

    event_id: str
    told_by: Sequence[ToldBy] = ()
    proposed: Sequence[MayBeSame] = ()
    may_decide: bool = False


def draw_links(view: LinksView, words: Words) -> Component | None:
    """Return the block, None when one source alone tells the event and nothing is like it."""
    if not view.told_by and not view.proposed:
        return None
    parts: list[Component] = [html.H3(words("link.title"))]
    if view.told_by:
        parts.append(html.P(words("link.told_by", n=len(view.told_by))))
        parts.append(html.Ul([_teller(one, view, words) for one in view.told_by], className="ob-links"))
    if view.proposed:
        parts.append(html.P(words("link.proposed")))
        parts.append(html.Ul([_proposal(one, view, words) for one in view.proposed], className="ob-links"))
    return html.Section(parts, className="ob-block", **attributes({"data-ob-links": view.event_id}))


def _teller(one: ToldBy, view: LinksView, words: Words) -> Component:
    is_first = one.event_id == view.event_id
    said = (
        words("link.first") if is_first else words("link.adds", fields=one.fields) if one.fields else words("link.same")
    )
    parts: list[Component] = [html.P([html.B(one.source), f" · {one.number}"]), html.P(said, className="ob-muted")]
    if not is_first and view.may_decide:
        parts.append(_button("separate", view, one.event_id, one.number, words))
    return html.Li(parts)


def _proposal(one: MayBeSame, view: LinksView, words: Words) -> Component:
    link = html.A(
        [html.B(one.title), html.Span(f"{one.number} · {one.source}")],
        href=f"?ev={one.event_id}",
        **attributes({"data-ob-select": one.event_id}),
    )
    parts: list[Component] = [
        link,
        html.P(words("link.alike", n=one.alike)),
        html.Ul([html.Li(reason) for reason in one.why], className="ob-muted"),
    ]
    if view.may_decide:
        buttons = [_button(action, view, one.event_id, one.number, words) for action in ("confirm", "refuse")]
        parts.append(html.Div(buttons, className="ob-orders"))
    return html.Li(parts)


def _button(action: str, view: LinksView, other_id: str, number: str, words: Words) -> Component:
    told = {"data-ob-link": action, "data-ob-event": view.event_id, "data-ob-other": other_id}
    told["aria-label"] = f"{words(f'link.{action}')} ({number})"
    icon = Icon("check" if action == "confirm" else "close")
    return html.Button([icon, words(f"link.{action}")], type="button", className="ob-btn is-small", **attributes(told))


def draw_said(is_taken: bool, said: str) -> Component:
    """Return the line that says whether a decision was taken."""
    return html.P([Icon("check" if is_taken else "warn"), said], className="ob-note")
