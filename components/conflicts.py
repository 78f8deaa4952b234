"""The conflicts of one event as its panel lists them, each a way to its place in the agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import Icon
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """One conflict: `rule` and `other` are written, `day` is the local day on which the agenda shows it, `2026-11-14`."""

    id: str
    rule: str
    other: str
    when: str
    day: str
    severity: int
    state: str
    language: str


def draw_conflicts(lines: Sequence[ConflictLine], words: Words) -> Component | None:
    """Return the block, None without any conflict."""
    if not lines:
        return None
    n = sum(one.state == "open" for one in lines)
    rows = [
        html.Li(
            [
                html.P(
                    [
                        html.Span(words(f"sev.{one.severity}"), className=f"ob-chip is-sev{one.severity}"),
                        html.Span(words(f"conflict.state.{one.state}"), className="ob-chip is-outline"),
                    ],
                    className="ob-chips-row",
                ),
                html.A(one.rule, href=f"/agenda?jour={one.day}#conflit-{one.id}"),
                html.Span([html.Span(one.other, lang=one.language), f" · {one.when}"], className="ob-muted"),
            ]
        )
        for one in lines
    ]
    told = words.count("agenda.open", n) if n else words("agenda.none")
    title = html.Span(words("ev.conflicts", told=told))
    return html.Section(
        [html.H3([Icon("warno"), title]), html.Ul(rows, className="ob-links")],
        className="ob-block ob-event-conflicts ob-no-print",
    )
