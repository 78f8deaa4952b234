"""The report of an analysis: the figures, charts and tables of the page for a period, written for one viewer in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from api.house import House
from api.reports.head import For, head_of, moment
from api.reports.situation_report import credits_of, sources_told
from components.analysis import AnalysisView
from components.analysis_panels import AXES, CATEGORIES, DAYS, DISTRICTS, HEAT, Panel, written
from components.analysis_view import day_marks, hatched, heat_breaks, series_of, view_of
from components.charts import Chart, draw_districts, draw_hours, draw_view_bars, spark
from components.day_chart import DayBars, draw_day_bars
from components.district_map import Sheet
from components.ground import BaseMap
from components.plot import colours
from components.report import AnalysisReport, Card, DrawnPanel, TableOf
from components.texts import Words
from events.city import City
from insight.periods import Periods
from store.kept import EventQuery

_MOST_ROWS = 40
TABLES = (DISTRICTS, CATEGORIES, AXES, DAYS)


def view_in(house: House, found: Periods, sheet: Sheet, words: Words, theme: str = "light") -> AnalysisView:
    """Return what the page shows of a period."""
    titles = {one.id: one.title for one in house.sources}
    return view_of(found, house.city, sheet, words, theme, titles)


def write_analysis(
    house: House, base: BaseMap, sheet: Sheet, found: Periods, asked: For, query: EventQuery
) -> AnalysisReport:
    """Return the report of a period."""
    words, zone, now = asked.words, house.zone, house.clock()
    view = view_in(house, found, sheet, words)
    charts = charts_of(found, view, house.city, words, colours("light"))
    panels = {
        key: DrawnPanel(title=view.panels[key].title, chart=charts[key], told=view.panels[key].summary)
        for key in (DISTRICTS, DAYS, CATEGORIES, HEAT, AXES)
    }
    return AnalysisReport(
        head=head_of(
            house,
            words("report.analysis"),
            asked,
            query,
            now,
            words("report.established", time=moment(now, house, words)),
        ),
        lead=view.lead,
        notes=[note for note in (view.partial, view.complete, *view.notes) if note],
        figures=[
            Card(title=one.title, value=one.value, unit=one.unit, against=one.against, line=spark(one.trend)[0])
            for one in view.figures
        ],
        panels=panels,
        tables=list(_tables(view, zone, words)),
        empty=words("analysis.days.none") if view.is_empty else "",
        sources_told=sources_told(house.source_rows(), words),
        credits=" ".join(credits_of(house, base, words)),
    )


def charts_of(found: Periods, view: AnalysisView, city: City, words: Words, ink: Mapping[str, str]) -> dict[str, Chart]:
    """Return every chart of a period in a theme's colours, by panel."""
    bars = DayBars(
        series=series_of(found, words),
        days=found.question.days.each(),
        before=found.before_by_day,
        partial=hatched(found),
        marks=day_marks(found, city, words),
    )
    return {
        DISTRICTS: draw_districts(view.map, ink=ink),
        DAYS: draw_day_bars(bars, zone=ZoneInfo(city.timezone), words=words, ink=ink),
        HEAT: draw_hours(found.heat, heat_breaks(found), view.heat_classes, words=words, ink=ink),
        **draw_view_bars(view, words, ink=ink),
    }


def _tables(view: AnalysisView, zone: ZoneInfo, words: Words) -> Iterator[TableOf]:
    for key in TABLES:
        panel: Panel = view.panels[key]
        rows = [
            [written(value, column.kind, zone, words) for value, column in zip(row, panel.columns, strict=True)]
            for row in list(panel.rows)[:_MOST_ROWS]
        ]
        more = len(panel.rows) - _MOST_ROWS
        told = words.count("report.rows", more) if more > 0 else ""
        yield TableOf(
            title=panel.title,
            heads=[(column.label, column.is_number) for column in panel.columns],
            rows=rows,
            told=told,
        )
