"""The Agenda page: filters as everywhere, and the days that the live scripts fill from `/api/agenda`."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import attributes
from components.filters import draw_filters
from components.frame import draw_bars, draw_watermark
from components.texts import Words

RULES = "conflict-rules"
"""The right that opens the table of rules."""


def draw_agenda_page(boot: Boot, words: Words) -> Component:
    """Return the page; who may change the rules of conflicts finds the way to them."""
    may = boot.member is not None and RULES in boot.member.rights
    return html.Div(
        [
            *draw_bars(boot, words, page="agenda"),
            draw_filters(boot, words, page="agenda"),
            html.Main(
                [
                    html.Div([html.H1(words("nav.agenda")), html.P(words("agenda.lead"))], className="ob-page-head"),
                    html.Div(id=ids.AGENDA, **attributes({"data-ob-rules": ""} if may else {})),
                ],
                id=ids.MAIN,
                className="ob-scroll-page",
                tabIndex=-1,
            ),
            draw_watermark(boot, words, is_faint=True),
        ],
        className="ob-screen is-scrolling",
    )
