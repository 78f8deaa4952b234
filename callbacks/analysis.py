"""The Analysis page: counts of the store shaped by `insight`, written by `components`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from dash import Dash, Input, Output
from dash.development.base_component import Component
from flask import request

from callbacks.counts import count_tables
from callbacks.failures import failure_card
from callbacks.request import THEMES, language_of
from callbacks.services import Services
from callbacks.view_state import ViewState, read_view
from components import ids
from components.analysis import (
    AnalysisView,
    DayRow,
    DistrictRow,
    FigureCard,
    draw_analysis,
)
from components.counts import draw_counts
from components.formats import clock_time, district, number, short_day, signed
from components.plot import config, draw_days
from components.texts import Words, words
from events.city import City
from events.taxonomy import document
from events.vocabulary import Severity
from insight.statistics import Days, DistrictCount, Figure, Statistics, describe, tabulate
from store.kept import EventQuery

_DEFAULT_START, _DEFAULT_END = "-28j", "+0h"


def days_of(view: ViewState, zone: ZoneInfo) -> Days:
    """Return the local days that a view touches; "the last 28 days" are 28, today included, not 29."""
    start, end = view.start.astimezone(zone), (view.end - timedelta(microseconds=1)).astimezone(zone)
    first, last = start.date(), max(start, end).date()
    is_whole_days = (view.end - view.start) % timedelta(days=1) == timedelta() and start.time() != time()
    return Days(first + timedelta(days=1) if is_whole_days and last > first else first, last)


def query_of(view: ViewState, days: Days, zone: ZoneInfo, *, severity: int) -> EventQuery:
    """Return the question to the store for whole local days."""
    return EventQuery(
        start=_midnight(days.first, zone),
        end=_midnight(days.last + timedelta(days=1), zone) - timedelta(seconds=1),
        districts=view.districts,
        categories=view.categories,
        organisations=view.organisations,
        severity=severity or None,
        text=view.text or None,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def statistics_of(services: Services, view: ViewState) -> Statistics:
    """Return the statistics of a view beside those of the period it is compared with."""
    zone = ZoneInfo(services.city.timezone)
    days = days_of(view, zone)
    compared = days.year_before() if view.comparison == "annee" else days.before()
    serious = max(view.severity, int(Severity.MAJOR))

    def table(span: Days, severity: int) -> pd.DataFrame:
        if view.is_impossible:
            return tabulate(())
        rows = services.day_counts(query_of(view, span, zone, severity=severity))
        chosen = set(view.districts)
        # An event in two districts counts in both: only those asked for are shown.
        return tabulate(
            row for row in rows if (not chosen or row.district in chosen) and span.first <= row.day <= span.last
        )

    return describe(
        table(days, view.severity),
        table(compared, view.severity),
        table(days, serious),
        table(compared, serious),
        days=days,
        compared=compared,
        districts=view.districts or tuple(item.code for item in services.city.districts),
    )


def view_of(found: Statistics, city: City, speak: Words, theme: str, comparison: str) -> AnalysisView:
    """Return the statistics written for the page."""
    families = {str(row["id"]): str(row[speak.lang]) for row in document()["families"]}
    names = {family: families.get(family, family) for family in found.by_day}
    zone = ZoneInfo(city.timezone)
    return AnalysisView(
        lead=_lead(found, zone, speak, comparison),
        figures=_figures(found, city, zone, speak),
        chart=draw_days(found.by_day, names, found.days.each(), found.then_by_day, words=speak, theme=theme),
        config=config(speak),
        summary=_summary(found, names, zone, speak),
        families=tuple(names.values()),
        days=_day_rows(found, zone, speak),
        districts=_district_rows(found.districts, city, speak),
        districts_summary=speak(
            "analysis.districts.summary", n=found.districts_concerned.now, all=len(found.districts)
        ),
        is_empty=not found.total.now and not found.total.then,
    )


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone)


def _span(days: Days, zone: ZoneInfo, speak: Words) -> str:
    return f"{short_day(_noon(days.first, zone), zone, speak)} – {short_day(_noon(days.last, zone), zone, speak)}"


def _lead(found: Statistics, zone: ZoneInfo, speak: Words, comparison: str) -> str:
    key = "analysis.lead.year" if comparison == "annee" else "analysis.lead.before"
    return speak.count(
        key, len(found.days), period=_span(found.days, zone, speak), then=_span(found.compared, zone, speak)
    )


def against(figure: Figure, speak: Words) -> str:
    """Return the difference in words: per cent from ten on, else the difference itself; no judgement, no colour."""
    if not figure.then:
        return speak("analysis.against.none")
    if min(figure.now, figure.then) >= 10:
        change = speak("analysis.percent", n=signed(round(figure.difference * 100 / figure.then), speak))
    else:
        change = signed(figure.difference, speak)
    return speak("analysis.against", change=change, then=number(figure.then, speak))


def _figures(found: Statistics, city: City, zone: ZoneInfo, speak: Words) -> tuple[FigureCard, ...]:
    busiest_day, busiest_n = found.busiest or (None, 0)
    busiest_then = max(found.then_by_day, default=0)
    day = short_day(_noon(busiest_day, zone), zone, speak) if busiest_day else "—"
    concerned = speak("analysis.of", n=found.districts_concerned.now, all=len(city.districts))

    def card(key: str, figure: Figure, value: str | None = None) -> FigureCard:
        written = number(figure.now, speak) if value is None else value
        return FigureCard(
            title=speak(f"analysis.figure.{key}"), value=written, against=against(figure, speak), trend=figure.days
        )

    return (
        card("total", found.total),
        card("serious", found.serious),
        card("mean", found.mean_per_day),
        FigureCard(
            title=speak("analysis.figure.busiest"),
            value=number(busiest_n, speak),
            against=f"{day} · {against(Figure(busiest_n, busiest_then), speak)}",
        ),
        card("districts", found.districts_concerned, concerned),
    )


def _summary(found: Statistics, names: Mapping[str, str], zone: ZoneInfo, speak: Words) -> str:
    if not found.by_day or found.busiest is None:
        return speak("analysis.days.none")
    day, top = found.busiest
    first = next(iter(found.by_day))
    return speak(
        "analysis.days.summary",
        total=number(found.total.now, speak),
        day=short_day(_noon(day, zone), zone, speak),
        top=number(top, speak),
        family=names[first],
        n=number(sum(found.by_day[first]), speak),
    )


def _day_rows(found: Statistics, zone: ZoneInfo, speak: Words) -> tuple[DayRow, ...]:
    rows = []
    for i, day in enumerate(found.days.each()):
        counts = [values[i] for values in found.by_day.values()]
        written = tuple(number(n, speak) for n in (*counts, sum(counts)))
        rows.append(DayRow(day=short_day(_noon(day, zone), zone, speak), counts=written))
    return tuple(rows)


def _district_rows(counts: tuple[DistrictCount, ...], city: City, speak: Words) -> tuple[DistrictRow, ...]:
    top = max((row.now for row in counts), default=0)
    shorts = {item.code: item.short for item in city.districts}
    return tuple(
        DistrictRow(
            name=district(shorts.get(row.code, row.code), speak),
            short=shorts.get(row.code, row.code),
            count=number(row.now, speak),
            share=row.now / top if top else 0.0,
            difference=_difference(row, speak),
            serious=number(row.serious, speak),
        )
        for row in counts
    )


def _difference(row: DistrictCount, speak: Words) -> str:
    if row.is_small:
        return signed(row.now - row.then, speak)
    return speak("analysis.percent", n=signed(round((row.now - row.then) * 100 / row.then), speak))


def body_of(services: Services, asked: Mapping[str, Any], lang: str) -> list[Component]:
    """Return the page for what the browser asks: the address's query and the theme on screen."""
    speak = words(lang)
    view = read_view(
        str(asked.get("search") or ""), services.city, services.clock(), start=_DEFAULT_START, end=_DEFAULT_END
    )
    theme = str(asked.get("theme"))
    found = statistics_of(services, view)
    names = {item.id: item.name for item in services.boot(lang).organisations}
    tables = count_tables(services.published_counts(), view, services.city, names, services.least_count, speak)
    return [
        *draw_analysis(
            view_of(found, services.city, speak, theme if theme in THEMES else THEMES[0], view.comparison), speak
        ),
        *(draw_counts(table, speak) for table in tables),
    ]


def register(app: Dash, services: Services) -> None:
    """Join the address and the theme to the page."""

    def fail(error: Exception) -> list[Component]:
        lang = language_of(request)
        now = clock_time(services.clock(), ZoneInfo(services.city.timezone))
        return failure_card("analysis page", words(lang)("nav.analyse"), error, lang, now)

    @app.callback(
        Output(ids.ANALYSIS_BODY, "children"),
        Input(ids.VIEW_SEARCH, "data"),
        prevent_initial_call=True,
        on_error=fail,
    )
    def show_analysis(asked: Mapping[str, Any] | None) -> list[Component]:
        return body_of(services, asked if isinstance(asked, Mapping) else {}, language_of(request))
