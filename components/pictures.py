"""Drawings as files of their own: a map or a chart with all that must stand beside it, to become a picture in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.charts import Chart
from components.documents import draw_print
from components.map_legend import Legend
from components.marks import glyphs
from components.printed_map import PrintedMap
from components.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPicture:
    """A map with its legend, what it shows and when, of which sources, and whether nothing of it is real."""

    title: str
    told: str
    map: PrintedMap
    legend: Legend
    view: str
    sources: str
    credits: Sequence[str]
    is_demo: bool


def draw_map_picture(picture: MapPicture, words: Words) -> str:
    """Return the map as SVG, whole: it says by itself what it is."""
    return draw_print("map_picture", words, picture=picture, ink=picture.map.ink)


def draw_chart_picture(chart: Chart, told: str, words: Words) -> str:
    """Return a chart as SVG: the page puts title, time and marks around it."""
    return draw_print("chart_picture", words, chart=chart, told=told, glyphs=glyphs())
