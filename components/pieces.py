"""Pictures and clips of an event, masked: each with what its reader may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import Icon, attributes
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """One piece: `text` says what it is, `state` is empty once it is published, `why` says why it was refused."""

    id: str
    is_clip: bool
    is_shown: bool
    text: str
    state: str
    why: str
    is_made: bool
    may_withdraw: bool
    may_report: bool


def draw_pieces(pieces: Sequence[PieceView], words: Words) -> Component | None:
    """Return the block of an event's pieces, None when it has none."""
    if not pieces:
        return None
    content = [html.H3(words("media.title")), html.Div([_piece(one, words) for one in pieces], className="ob-gallery")]
    return html.Section(content, className="ob-block")


def _piece(one: PieceView, words: Words) -> Component:
    parts: list[Component] = []
    if one.is_shown and one.is_clip:
        parts.append(
            html.Video(
                src=f"/api/media/{one.id}", poster=f"/api/media/{one.id}/poster", controls=True, muted=True,
                preload="none", **attributes({"aria-label": one.text}),
            )
        )  # fmt: skip
    elif one.is_shown:
        parts.append(html.Img(src=f"/api/media/{one.id}", alt=one.text))
    if one.state:
        said = " ".join(filter(None, (one.state, one.why)))
        parts.append(html.P([Icon("xcircle" if one.why else "hourglass"), said], className="ob-note"))
    acts = []
    if one.may_report:
        acts.append(_act(one, "signaler", words("media.report"), "warn"))
    if one.may_withdraw and one.is_shown:
        acts.append(_act(one, "retirer", words("media.withdraw"), "close"))
    return html.Figure([*parts, html.Div(acts, className="ob-acts")], className="ob-piece-of")


def _act(one: PieceView, act: str, label: str, icon: str) -> Component:
    return html.Button(
        [Icon(icon), html.Span(label)],
        type="button",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-media": one.id, "data-ob-media-act": act}),
    )
