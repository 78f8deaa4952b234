"""Which page stands at which address, and the frame around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from components import ids
from components.agenda_page import draw_agenda_page
from components.analysis import draw_analysis_page
from components.boot import Boot
from components.contribution import draw_contribution
from components.elements import Kept
from components.event_page import draw_event_page
from components.events_page import draw_events_page
from components.frame import draw_bars, draw_frame
from components.situation import draw_situation
from components.sources import draw_sources_page
from components.texts import Words, words
from components.wall import draw_wall

_SOURCE = re.compile(r"^/sources/([a-z0-9][a-z0-9-]{0,80})$")

_EDITED = re.compile(r"^/evenements/([0-9a-f-]{8,64})/modifier$")

_EVENT = re.compile(r"^/evenements/([0-9a-f-]{8,64})$")


def page_at(path: str) -> tuple[str, str | None]:
    """Return the id of the page at an address and, for one source or event, its id; "unknown" when there is none."""
    address = path.rstrip("/") or "/"
    known = {
        "/": "situation",
        "/agenda": "agenda",
        "/analyse": "analyse",
        "/sources": "sources",
        "/mur": "mur",
        "/signaler": "signaler",
        "/evenements": "evenements",
    }
    if address in known:
        return known[address], None
    if edited := _EDITED.match(address):
        return "modifier", edited.group(1)
    if shown := _EVENT.match(address):
        return "evenement", shown.group(1)
    source = _SOURCE.match(address)
    return ("sources", source.group(1)) if source else ("unknown", None)


PAGES: Mapping[str, Callable[[Boot, Words], Component]] = {
    "situation": draw_situation, "agenda": draw_agenda_page, "analyse": draw_analysis_page, "signaler": draw_contribution,
    "modifier": draw_contribution, "evenements": draw_events_page, "mur": draw_wall,
}  # fmt: skip


def draw_page(boot: Boot, path: str) -> Component:
    """Return the page at `path` in the request's language."""
    speak = words(boot.lang)
    page, one_id = page_at(path)
    if page == "sources":
        return draw_sources_page(boot, speak, source_id=one_id)
    if page == "evenement":
        return draw_event_page(boot, speak, one_id or "")
    return PAGES.get(page, draw_unknown)(boot, speak)


def title_of(path: str, speak: Words) -> str:
    """Return the title of the document at `path`."""
    page, _ = page_at(path)
    return speak("app.title.plain", page=speak(f"nav.{page}"))


def draw_unknown(boot: Boot, speak: Words) -> Component:
    """Return what stands at an address that has no page."""
    return html.Div(
        [
            *draw_bars(boot, speak, page="unknown"),
            html.Main(
                [
                    html.H1(speak("unknown.title")),
                    html.P(speak("unknown.text")),
                    html.A(speak("unknown.home"), href="/", className="ob-btn is-primary"),
                ],
                id=ids.MAIN,
                className="ob-message-page",
            ),
        ],
        className="ob-screen is-scrolling",
    )


def layout(boot: Boot) -> Component:
    """Return the whole document for one request; an address not known yet is drawn once the browser tells it."""
    page, _ = page_at(boot.path) if boot.path else ("", None)
    content = draw_page(boot, boot.path) if boot.path else html.Div()
    return draw_frame(boot, content, page=page)


def validation_layout(boot: Boot) -> Component:
    """Return every id that a callback may name: the frame with all its pages at once."""
    speak = words(boot.lang)
    pages = [
        draw_situation(boot, speak),
        html.Div(
            [
                html.Div(id=ids.ANALYSIS_HEAD),
                html.Div(id=ids.ANALYSIS_BODY),
                html.Div(id=ids.EVENT_BODY),
                Kept(ids.EVENT_CHOSEN),
                html.Div(id=ids.SOURCES_BODY),
                Kept(ids.SOURCES_CHOSEN),
                Kept(ids.SOURCES_ORDER),
                html.Div(id=ids.SOURCES_ANSWER),
            ]
        ),
    ]
    return draw_frame(boot, html.Div(pages), page="")
