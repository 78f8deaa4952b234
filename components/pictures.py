"""Drawings as files of their own: a map or a chart with all that must stand beside it, to become a picture in the browser."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from components.charts import Chart
from components.documents import draw_print
from components.map_legend import Legend
from components.marks import glyphs
from components.printed_map import PrintedMap
from components.texts import Words

_WIDEST = 0.56
"""Width of a letter, of its size: a picture has not the fonts of the page, and no line of it may end beyond its edge."""
_SIZES = {"view": 10.5, "sources": 9.0, "credits": 8.0}


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
    texts = {"view": (picture.view,), "sources": (picture.sources,), "credits": picture.credits}
    lines = {name: _lines(told, picture.map.width, _SIZES[name]) for name, told in texts.items()}
    return draw_print("map_picture", words, picture=picture, ink=picture.map.ink, lines=lines, sizes=_SIZES)


def _lines(texts: Sequence[str], width: float, size: float) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, int(width / (size * _WIDEST)))]


def draw_chart_picture(chart: Chart, told: str, words: Words) -> str:
    """Return a chart as SVG: the page puts title, time and marks around it."""
    return draw_print("chart_picture", words, chart=chart, told=told, glyphs=glyphs())
