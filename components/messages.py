"""What stands in a page when there is nothing else to show."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.elements import Icon
from components.texts import Words


def draw_away_card(words: Words) -> list[Component]:
    """Return what stands in a page while the database cannot be read; the page is asked again when it is back."""
    return [
        html.Div(
            [Icon("xcircle"), html.H2(words("failure.away.title")), html.P(words("storage.away.first"))],
            className="ob-card ob-nothing",
            role="alert",
        )
    ]


def draw_failure_card(words: Words, *, what: str, reference: str, time: str) -> list[Component]:
    """Return what stands in a page whose body could not be computed; `reference` is in the log too."""
    return [
        html.Div(
            [
                Icon("warno"),
                html.H2(words("error.panel", what=what)),
                html.A(words("error.retry"), href="", className="ob-btn is-primary"),
                html.P(words("error.ref", ref=reference, time=time), className="ob-muted"),
            ],
            className="ob-card ob-nothing",
            role="alert",
        )
    ]
