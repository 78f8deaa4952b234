"""Drawings of the server as SVG: the map of a situation, and the charts that the page draws as rows."""

from __future__ import annotations

from api.analysis import question_of
from api.exports.asked import Asked
from api.reports.analysis_report import charts_of, view_in
from api.reports.desk import Reports
from api.reports.head import For, audience_of, is_demo, moment, view_told
from api.reports.situation import asked_situation
from api.reports.situation_report import credits_of, made_told, map_of, map_told, numbers_of, sources_of
from components.map_legend import legend
from components.pictures import MapPicture, draw_chart_picture, draw_map_picture
from components.plot import colours

THEMES = {"clair": "light", "sombre": "dark"}
OF_ANALYSIS = ("categories", "axes")


def draw_map(reports: Reports, asked: Asked, told: For, theme: str) -> str:
    """Return the map of a situation with everything that must stand beside it."""
    house, words = reports.house, told.words
    found = asked_situation(house, asked)
    ink = colours(theme)
    view = [f"{name} {value}" for name, value in view_told(house, told, asked.query, found.at)]
    title = "report.picture"
    if found.shown is not None:
        title = "report.picture.replayed" if found.shown.is_past else "report.picture.planned"
        view.insert(0, made_told(found, house, words))
    return draw_map_picture(
        MapPicture(
            title=words(title, city=house.said.name, time=moment(found.at, house, words)),
            told=map_told(found, words),
            map=map_of(
                house, reports.base, found, asked.query, words, ink=ink, numbers=dict.fromkeys(numbers_of(found), 0)
            ),
            legend=legend(ink, words),
            view=" · ".join(view),
            sources=" ".join((words(f"report.audience.{audience_of(told)}"), sources_of(found, house, words))),
            credits=credits_of(house, reports.base, words),
            is_demo=is_demo(house),
        ),
        words,
    )


def draw_chart(reports: Reports, asked: Asked, told: For, theme: str, name: str) -> str:
    """Return a chart of the analysis that the page draws as rows."""
    found = reports.analysed.periods(asked.viewer, question_of(asked.query, asked.keys, reports.house))
    view = view_in(reports.house, found, reports.districts, told.words, theme)
    chart = charts_of(found, view, reports.house.city, told.words, colours(theme))[name]
    return draw_chart_picture(chart, view.panels[name].summary, told.words)
