"""The passing table of a march: planned time, place, halt and tolerance, observed time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import Icon, attributes
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A checkpoint as the screen tells it: `state` done, here or to_come; times and tolerance already written."""

    label: str
    planned: str
    observed: str
    state: str
    tolerance: str = ""
    is_beyond: bool = False


def draw_passages(
    passages: Sequence[Passage], delay_min: int | None, words: Words, *, family: str, language: str
) -> Component:
    """Return the table; `delay_min` is the delay of the last observed passage, `language` that of the labels."""
    rows = []
    for passage in passages:
        state = html.Span(words(f"ev.passage.{passage.state}"), className="ob-sr")
        observed = words("ev.head") if passage.state == "here" else passage.observed
        current = attributes({"aria-current": "step"}) if passage.state == "here" else {}
        rows.append(
            html.Li(
                [
                    html.Span(className="ob-step-dot", **attributes({"aria-hidden": "true"})),
                    html.B(passage.planned, className="ob-step-time"),
                    html.Span([passage.label, " ", state, *_tolerance(passage, words)], className="ob-step-label"),
                    html.Span(observed, className="ob-step-observed"),
                ],
                className=f"is-{passage.state.replace('_', '-')}",
                **current,
            )
        )
    heading = html.Div(
        [
            html.H3(words("ev.passing")),
            html.Span(words("ev.planned")),
            html.B(words("ev.observed")),
        ],
        className="ob-steps-head",
    )
    delay = html.P(html.B(words("ev.delay", n=delay_min)), className="ob-delay") if delay_min else None
    return html.Section(
        [heading, html.Ol(rows, className=f"ob-steps f-{family}", lang=language), delay], className="ob-block"
    )


def _tolerance(passage: Passage, words: Words) -> list[Component | str]:
    if not passage.tolerance:
        return []
    beyond: list[Component | str] = (
        [" ", html.B([Icon("warn"), words("ev.beyond")], className="ob-beyond")] if passage.is_beyond else []
    )
    return [html.Span(passage.tolerance, className="ob-muted"), *beyond]
