"""The Events page: filters as everywhere, and the table that the live scripts fill from the browser's own data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import attributes
from components.filters import draw_filters
from components.frame import CONTRIBUTE, draw_bars, draw_watermark
from components.texts import Words


def draw_events_page(boot: Boot, words: Words) -> Component:
    """Return the page; a contributor's rows can be chosen, to be closed together."""
    may = boot.member is not None and CONTRIBUTE in boot.member.rights
    told = {"data-ob-own": boot.member.organisation_id} if may and boot.member else {}
    if may and boot.member and "edit-any" in boot.member.rights:
        told["data-ob-own"] = "*"
    return html.Div(
        [
            *draw_bars(boot, words, page="evenements"),
            draw_filters(boot, words, page="situation"),
            html.Main(
                [
                    html.H1(words("nav.evenements")),
                    html.Div(id=ids.EVENTS_TABLE, className="ob-events", **attributes(told)),
                ],
                id=ids.MAIN,
                className="ob-scroll-page",
            ),
            draw_watermark(boot, words, is_faint=True),
        ],
        className="ob-screen is-scrolling",
    )
