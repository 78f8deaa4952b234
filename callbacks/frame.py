"""The layout of each request, and the page at an address."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from flask import has_request_context, request

from callbacks.request import language_of, page_address
from callbacks.services import Services
from components import ids
from components.boot import LANGUAGES, Boot
from components.pages import draw_page, layout, title_of, validation_layout
from components.texts import words


def boot_of_request(services: Services) -> Boot:
    """Return the city as the frame draws it for the present request; outside one, as Dash asks at start, in French."""
    if not has_request_context():
        return services.boot(LANGUAGES[0])
    lang = language_of(request)
    return replace(_boot(services, lang), path=page_address(request))


def page_content(services: Services, path: str, drawn: str | None) -> Component | None:
    """Return the page at `path`, None when the layout already drew it."""
    if path == drawn:
        return None
    lang = language_of(request)
    return draw_page(replace(_boot(services, lang), path=path), path)


def _boot(services: Services, lang: str) -> Boot:
    member, waiting = services.signed_in(lang), services.open_reviews()
    return replace(services.boot(lang), lang=lang, member=member, open_reviews=waiting)


def register(app: Dash, services: Services) -> None:
    """Set the layout, draw pages whose address the layout could not know, join the small browser functions."""
    drawn_once = lru_cache(maxsize=64)(layout)  # what a browser is told at an address differs by nothing
    app.layout = lambda: drawn_once(boot_of_request(services))
    app.validation_layout = validation_layout(services.boot(LANGUAGES[0]))  # type: ignore[assignment]

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.PAGE_DRAWN, "data"),
        Output(ids.PAGE_TITLE, "data"),
        Input(ids.URL, "pathname"),
        State(ids.PAGE_DRAWN, "data"),
    )
    def show_page(path: str | None, drawn: str | None) -> tuple[object, object, object]:
        speak = words(language_of(request))
        if not isinstance(path, str):
            return no_update, no_update, no_update
        title = title_of(path, speak)
        content = page_content(services, path, drawn)
        return (no_update, no_update, title) if content is None else (content, path, title)

    show_title = ClientsideFunction("ob", "showTitle")
    app.clientside_callback(show_title, Input(ids.PAGE_TITLE, "data"))  # type: ignore[no-untyped-call]


__all__ = ["boot_of_request", "page_content", "register"]
