"""The Analysis page: the question of an address, asked of the store, written by `components`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dash import ClientsideFunction, Dash, Input, Output
from dash.development.base_component import Component
from flask import request

from callbacks.counts import count_tables
from callbacks.failures import failure_card
from callbacks.request import THEMES, language_of
from callbacks.services import Services
from callbacks.view_state import ViewState, read_view
from components import ids
from components.analysis import draw_analysis, draw_lead
from components.analysis_view import view_of
from components.counts import draw_counts
from components.district_map import Sheet, sheet
from components.formats import clock_time
from components.texts import words
from insight.periods import Question
from insight.statistics import days_between
from store.kept import EventQuery

_DEFAULT_START, _DEFAULT_END = "-28j", "+0h"


def question_of(view: ViewState, zone: ZoneInfo) -> Question:
    """Return what a view asks, for whole local days."""
    days = days_between(view.start, view.end, zone)
    return Question(
        days=days,
        compared=days.year_before() if view.comparison == "annee" else days.before(),
        filters=EventQuery(
            districts=view.districts,
            categories=view.categories,
            organisations=view.organisations,
            severity=view.severity or None,
            text=view.text or None,
        ),
        is_impossible=view.is_impossible,
    )


def page_of(
    services: Services, drawn: Sheet, asked: Mapping[str, Any], lang: str
) -> tuple[list[Component], list[Component]]:
    """Return head and body of the page for what the browser asks: the address's query and the theme on screen."""
    speak, city = words(lang), services.city
    view = read_view(str(asked.get("search") or ""), city, services.clock(), start=_DEFAULT_START, end=_DEFAULT_END)
    theme = str(asked.get("theme"))
    found = services.periods(question_of(view, ZoneInfo(city.timezone)))
    titles = {one.id: one.title for one in services.sources}
    shown = view_of(found, city, drawn, speak, theme if theme in THEMES else THEMES[0], titles)
    names = {item.id: item.name for item in services.boot(lang).organisations}
    tables = count_tables(services.published_counts(), view, city, names, services.least_count, speak)
    return draw_lead(shown, speak), [*draw_analysis(shown, speak), *(draw_counts(table, speak) for table in tables)]


def register(app: Dash, services: Services) -> None:
    """Join the address and the theme to the page."""
    drawn = sheet(services.city)

    def fail(error: Exception) -> tuple[list[Component], list[Component]]:
        lang = language_of(request)
        now = clock_time(services.clock(), ZoneInfo(services.city.timezone))
        return [], failure_card("analysis page", words(lang)("nav.analyse"), error, lang, now)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("ob", "filterByBar"),
        Input(ids.ANALYSIS_DAYS_GRAPH, "clickData", allow_optional=True),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.ANALYSIS_HEAD, "children"),
        Output(ids.ANALYSIS_BODY, "children"),
        Input(ids.VIEW_SEARCH, "data"),
        prevent_initial_call=True,
        on_error=fail,
    )
    def show_analysis(asked: Mapping[str, Any] | None) -> tuple[list[Component], list[Component]]:
        return page_of(services, drawn, asked if isinstance(asked, Mapping) else {}, language_of(request))
