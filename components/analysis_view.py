"""What the Analysis page shows, written from the numbers of a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from components.analysis import AnalysisView, BarRow, DistrictLine, FigureCard
from components.analysis_panels import (
    DISTRICTS,
    FIGURES,
    PANELS,
    TOGETHER,
    Found,
    names_of_categories,
    names_of_families,
    noon,
    panel,
    written,
)
from components.analysis_parts import table_of
from components.differences import against, change_of
from components.district_map import Sheet, breaks_of, class_of
from components.formats import district, number, short_day, span
from components.holidays import Mark, marks_of
from components.plot import config, draw_days, draw_heat
from components.texts import Words
from events.city import City
from events.taxonomy import document

_MOST_AXES = 6
_MOST_DAYS_NAMED = 3


def view_of(found: Found, city: City, sheet: Sheet, speak: Words, theme: str, names: dict[str, str]) -> AnalysisView:
    """Return a period written for the page; `names` holds the titles of the sources."""
    zone = ZoneInfo(city.timezone)
    told = {key: panel(key, found, city, speak) for key in PANELS}
    breaks = heat_breaks(found)
    return AnalysisView(
        lead=_lead(found, zone, speak),
        comparison=_comparison(found),
        partial=_partial(found, zone, speak, names),
        complete=_complete(found, speak),
        notes=_notes(found, zone, speak),
        figures=_figures(found, speak),
        panels=told,
        tables={key: table_of(one, zone, speak) for key, one in told.items() if key != FIGURES},
        map=_map(found, sheet, speak),
        days=draw_days(
            series_of(found, speak),
            found.question.days.each(),
            found.before_by_day,
            hatched(found),
            day_marks(found, city, speak),
            words=speak,
            theme=theme,
        ),
        heat=draw_heat(found.heat, breaks, words=speak, theme=theme),
        heat_classes=class_names(breaks, speak, decimals=decimals_of(breaks)),
        config=config(speak),
        categories=_bars(found, speak),
        districts=_lines(found, told[DISTRICTS].rows, city, zone, speak),
        axes=_axes(found, city, speak),
        is_empty=not found.total.now and not found.total.then,
    )


def _comparison(found: Found) -> str:
    question = found.question
    return "annee" if question.compared == question.days.year_before() else "precedente"


def _lead(found: Found, zone: ZoneInfo, speak: Words) -> str:
    days = found.question.days
    key = "analysis.lead.year" if _comparison(found) == "annee" else "analysis.lead.before"
    return speak.count(
        key, len(days), period=_period(days, zone, speak), then=_period(found.question.compared, zone, speak)
    )


def _period(days: Any, zone: ZoneInfo, speak: Words) -> str:
    return f"{short_day(noon(days.first, zone), zone, speak)} – {short_day(noon(days.last, zone), zone, speak)}"


def _partial(found: Found, zone: ZoneInfo, speak: Words, names: dict[str, str]) -> str:
    partial = found.coverage.partial
    if not partial:
        return ""
    days = [short_day(noon(day, zone), zone, speak) for day in sorted(partial)]
    told = ", ".join(days[:_MOST_DAYS_NAMED])
    if len(days) > _MOST_DAYS_NAMED:
        told = speak("analysis.partial.more", days=told, n=len(days) - _MOST_DAYS_NAMED)
    sources = list(dict.fromkeys(source for day in sorted(partial) for source in partial[day]))
    said = names.get(sources[0], sources[0])
    if len(sources) > 1:
        said = speak("analysis.partial.sources", source=said, n=len(sources) - 1)
    return speak("analysis.partial", when=told, source=said)


def _complete(found: Found, speak: Words) -> str:
    share = found.coverage.share
    # The share is of the days that were collected: where the period began late, the note says which were not.
    if share is None or found.coverage.since is not None:
        return ""
    return speak("analysis.complete", pct=int(share * 100))


def _notes(found: Found, zone: ZoneInfo, speak: Words) -> Sequence[str]:
    notes = []
    since, filters = found.coverage.since, found.question.filters
    if since is not None:
        notes.append(speak("analysis.since", day=short_day(noon(since, zone), zone, speak)))
    if (begun := found.coverage.compared_since) is not None:
        notes.append(speak("analysis.compared.partial", day=short_day(noon(begun, zone), zone, speak)))
    if filters.categories or filters.organisations or filters.severity or filters.text:
        notes.append(speak("analysis.roads.filters"))
    return notes


def _figures(found: Found, speak: Words) -> tuple[FigureCard, ...]:
    is_whole = found.coverage.compared_since is None

    def card(key: str, figure: Any, kind: str, value: str, unit: str = "") -> FigureCard:
        return FigureCard(
            title=speak(f"analysis.figure.{key}"),
            value="–" if figure.now is None else value,
            unit="" if figure.now is None else unit,
            against=speak("analysis.unmeasured")
            if figure.now is None
            else against(figure, kind, speak, is_whole=is_whole),
            trend=figure.series,
        )

    closed, share, delay = found.closed_hours, found.congested_share, found.delay
    value, _, unit = span(delay.now or 0.0, speak).partition(" ")
    return (
        card("total", found.total, "count", number(found.total.now or 0, speak)),
        card("serious", found.serious, "count", number(found.serious.now or 0, speak)),
        card("closed", closed, "hours", number(round(closed.now or 0.0), speak), "h"),
        card("congested", share, "share", number(round((share.now or 0.0) * 100), speak), "%"),
        card("delay", delay, "minutes", value, unit),
    )


def series_of(found: Found, speak: Words) -> list[tuple[str, Sequence[str], Sequence[int], str]]:
    """Return the families told apart, then all others as one, without those that have no event."""
    names = names_of_families(speak)
    tokens = {str(one["id"]): str(one["token"]) for one in document()["families"]}
    apart = {family for group in TOGETHER for family in group}
    others = tuple(family for family in names if family not in apart)
    groups = [group for group in (*TOGETHER, others) if set(group) & set(found.families)]
    if len(groups) == 1:  # a filter left one: its families are told apart
        groups, others = [(family,) for family in names], ()
    found_series: list[tuple[str, Sequence[str], Sequence[int], str]] = []
    for group in groups:
        there = [found.families[family] for family in group if family in found.families]
        if there:
            is_rest = group is others
            name = speak("analysis.others") if is_rest else ", ".join(names[family] for family in group)
            token = "--ob-compare" if is_rest else tokens[group[-1]]
            found_series.append((name, group, [sum(values) for values in zip(*there, strict=True)], token))
    return found_series


def hatched(found: Found) -> frozenset[date]:
    """Return the days of which too little was heard."""
    since, first = found.coverage.since, found.question.days.first
    unheard = [] if since is None else [first + timedelta(days=number) for number in range((since - first).days)]
    return frozenset((*found.coverage.partial, *unheard))


def heat_breaks(found: Found) -> tuple[float, ...]:
    """Return the upper bounds of the five lower classes of hindered axes by hour."""
    values = [value for row in found.heat for value in row if value is not None]
    return breaks_of(values, step=_step_of(max(values, default=0.0)))


def day_marks(found: Found, city: City, speak: Words) -> Sequence[Mark]:
    """Return what the chart by day marks: holidays of the city, and days that were not wholly collected."""
    days = found.question.days
    return marks_of(city.calendar.during(days.first, days.last), hatched(found), days.each(), speak)


def _step_of(top: float) -> float:
    return 1.0 if top >= 6 else 0.1 if top >= 0.6 else 0.01


def decimals_of(breaks: Sequence[float]) -> int:
    """Return how many decimals tell the bounds of the classes apart."""
    return 0 if breaks[0] >= 1 else 1 if breaks[0] >= 0.1 else 2


def class_names(breaks: Sequence[float], speak: Words, *, decimals: int) -> list[str]:
    """Return what each class of a map is called in its legend, lowest first; a class of one whole number is that number."""

    def told(value: float) -> str:
        return number(value, speak, decimals=decimals)

    lower = [breaks[0], *breaks]

    def between(low: float, high: float) -> str:
        return told(high) if low == high else speak("analysis.class.between", low=told(low), high=told(high))

    middle = [between(low if decimals else low + 1, high) for low, high in zip(lower[1:-1], breaks[1:], strict=True)]
    return [
        speak("analysis.class.least", n=told(breaks[0])), *middle, speak("analysis.class.most", n=told(breaks[-1]))
    ]  # fmt: skip


def _map(found: Found, sheet: Sheet, speak: Words) -> dict[str, Any]:
    rows = {row.code: row for row in found.districts}
    counts = breaks_of([row.now for row in rows.values()], step=1.0)
    rates = breaks_of([row.rate for row in rows.values() if row.rate is not None and not row.is_small], step=0.1)
    chosen = set(found.question.filters.districts)

    def shape(code: str, short: str) -> dict[str, Any]:
        row = rows.get(code)
        name = speak("analysis.map.name", name=district(short, speak))
        if row is None:
            return {"classes": {"count": 0, "rate": 0}, "says": {"count": name, "rate": speak("analysis.map.out")}}
        is_told = row.rate is not None and not row.is_small
        rate = speak("analysis.map.rate.small") if row.rate is None or not is_told else speak(
            "analysis.map.rate.says", n=number(row.rate, speak, decimals=1)
        )  # fmt: skip
        return {
            "classes": {
                "count": class_of(row.now, counts),
                "rate": class_of(row.rate, rates) if row.rate is not None and is_told else 0,
            },
            "says": {"count": speak.count("analysis.map.count.says", row.now, name=name), "rate": rate},
        }

    shapes = [
        {"short": one.short, "path": one.path, "x": one.x, "y": one.y, "chosen": one.code in chosen,
         **shape(one.code, one.short)}
        for one in sheet.outlines
    ]  # fmt: skip
    return {
        "width": sheet.width,
        "height": sheet.height,
        "shapes": shapes,
        "legends": {
            "count": list(reversed(class_names(counts, speak, decimals=0))),
            "rate": list(reversed(class_names(rates, speak, decimals=1))),
        },
        "label": speak("analysis.map.label"),
        "hollow": speak("analysis.map.hollow"),
    }


def _bars(found: Found, speak: Words) -> list[BarRow]:
    """Return the families, or the categories of the one family that is left."""
    rows: Sequence[Any] = found.kinds
    is_open = len(rows) == 1
    if is_open:
        rows = found.categories
    names = names_of_categories(speak) if is_open else names_of_families(speak)
    icons = {str(one["id"]): str(one["icon"]) for one in document()["categories" if is_open else "families"]}
    top = max((max(row.now, row.then) for row in rows), default=0) or 1
    return [
        BarRow(
            label=names.get(row.category, row.category),
            value=number(row.now, speak),
            parts=(("is-count", row.now / top),),
            before=row.then / top,
            icon=icons.get(row.category, "dot"),
            family=row.family,
            filter=("category", row.category),
        )
        for row in rows
    ]


def _lines(found: Found, rows: Sequence[Sequence[Any]], city: City, zone: ZoneInfo, speak: Words) -> list[DistrictLine]:
    top = max((row.now for row in found.districts), default=0) or 1
    shorts = {one.code: one.short for one in city.districts}
    chosen = set(found.question.filters.districts)
    is_whole = found.coverage.compared_since is None
    return [
        DistrictLine(
            name=str(told[0]),
            short=shorts.get(row.code, row.code),
            cells=(
                number(row.now, speak), change_of(row, speak) if is_whole else "–", number(row.serious, speak),
                written(row.closed_s / 3600, "hours", zone, speak),
            ),
            share=row.now / top,
            trend=row.series,
            order=(
                float(place), float(row.now), (row.now - row.then) / row.then if is_whole and row.is_comparable else None,
                float(row.serious), row.closed_s,
            ),
            is_chosen=row.code in chosen,
        )
        for place, (row, told) in enumerate(zip(found.districts, rows, strict=True))
    ]  # fmt: skip


def _axes(found: Found, city: City, speak: Words) -> list[BarRow]:
    names = {one.id: one.name for one in city.axes}
    return [
        BarRow(
            label=names.get(row.axis_id, row.axis_id),
            value=speak("analysis.percent", n=number(round(row.hindered * 100), speak)),
            parts=(("is-closed", row.closed), ("is-congested", row.congested), ("is-slow", row.slow)),
        )
        for row in found.axes[:_MOST_AXES]
    ]
