"""What somebody who may can do with an event: edit, close, withdraw, reopen, say what passed, answer a proposal, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from components.elements import Entry, Icon, attributes
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The acts that this reader has on an event at `version`; `now` is the present time as the form takes it.

    `points` are the labels of the way's checkpoints, empty unless passages may be told; `answer` is why a proposal was refused.
    """

    event_id: str
    version: int
    now: str
    may_edit: bool = False
    is_over: bool = False
    is_following: bool = False
    may_answer: bool = False
    may_confirm: bool = False
    is_proposal: bool = False
    awaits_alert: bool = False
    answer: str | None = None
    points: Sequence[str] = field(default=())


def draw_acts(acts: Acts, words: Words) -> Component:
    """Return the block of acts; each button names what it does, forms open in place."""
    notes = [
        html.P([Icon("question"), words(key)], className="ob-note")
        for key, holds in (("acts.proposal", acts.is_proposal), ("sev.4.proposed", acts.awaits_alert))
        if holds
    ]
    if acts.answer:
        notes.append(html.P([Icon("xcircle"), words("acts.refused", reason=acts.answer)], className="ob-note"))
    parts: list[Component] = [*notes]
    if acts.may_answer:
        parts += [_button("accept", "check", "acts.accept", words, is_primary=True), _refusal(words)]
    if acts.may_confirm:
        parts.append(_button("confirm", "siren", "acts.confirm", words, is_primary=True))
    if acts.may_edit:
        parts += _own(acts, words)
    parts.append(html.P(className="ob-entry-problem", role="status", **attributes({"data-ob-said": ""})))
    return html.Section(
        [html.H3(words("acts.title")), *parts],
        className="ob-block ob-event-acts",
        **attributes({"data-ob-event": acts.event_id, "data-ob-version": str(acts.version)}),
    )


def _own(acts: Acts, words: Words) -> list[Component]:
    if acts.is_over and acts.is_following:
        return [html.P(words("acts.follows"), className="ob-entry-note")]
    if acts.is_over:
        return [
            _button("reopen", "refresh", "acts.reopen", words),
            _button("withdraw", "close", "acts.withdraw", words),
        ]
    if acts.is_following:
        return [html.P(words("acts.follows"), className="ob-entry-note"), _close(words, acts)]
    edit = html.A(
        [Icon("pencil"), html.Span(words("ev.edit"))],
        href=f"/evenements/{acts.event_id}/modifier",
        className="ob-btn is-small",
    )
    withdraw = _folded(
        "acts.withdraw",
        words,
        html.P(words("acts.withdraw_text")),
        _button("withdraw", "close", "acts.withdraw_now", words),
    )
    passages = [_passages(acts, words)] if acts.points else []
    return [edit, *passages, _close(words, acts), withdraw]


def _close(words: Words, acts: Acts) -> Component:
    return _folded(
        "acts.close",
        words,
        _field("ended", words("acts.ended"), acts.now),
        _field("residual", words("acts.residual"), ""),
        _button("close", "check", "acts.close_now", words, is_primary=True),
    )


def _passages(acts: Acts, words: Words) -> Component:
    rows = [
        html.Li(
            [
                html.Span(label, className="ob-grow"),
                *(
                    html.Button(
                        words(f"acts.{part}"),
                        type="button",
                        className="ob-btn is-small",
                        **attributes(
                            {
                                "data-ob-act": "passage", "data-ob-part": part, "data-ob-at": str(number),
                                "aria-label": words(f"acts.{part}_at", place=label),
                            }
                        ),
                    )
                    for part in ("head", "tail")
                ),
            ]
        )
        for number, label in enumerate(acts.points)
    ]  # fmt: skip
    at = _field("at", words("acts.passed_at"), acts.now)
    return _folded("acts.passages", words, at, html.Ol(rows, className="ob-passed"), is_open=True)


def _refusal(words: Words) -> Component:
    return _folded(
        "acts.refuse",
        words,
        _field("reason", words("acts.reason"), ""),
        _button("refuse", "close", "acts.refuse_now", words),
    )


def _folded(key: str, words: Words, *content: Component, is_open: bool = False) -> Component:
    return html.Details(
        [html.Summary(words(key)), html.Div(list(content), className="ob-acts-form")],
        open=is_open,
        className="ob-folded",
    )


def _field(name: str, label: str, value: str) -> Component:
    return html.Label(
        [html.Span(label), Entry("text", name=name, value=value, className="ob-input", autoComplete="off")],
        className="ob-entry-label",
    )


def _button(act: str, icon: str, key: str, words: Words, *, is_primary: bool = False) -> Component:
    return html.Button(
        [Icon(icon), html.Span(words(key))],
        type="button",
        className="ob-btn is-small is-primary" if is_primary else "ob-btn is-small",
        **attributes({"data-ob-act": act}),
    )
