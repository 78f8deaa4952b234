"""The wall display: containers without pointer, focus or scroll, filled by the live scripts."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import attributes
from components.frame import draw_watermark
from components.situation import draw_map
from components.texts import Words


def draw_wall(boot: Boot, words: Words) -> Component:
    """Return the wall: header with clock and counters, map and list, foot with data age."""
    return html.Div(
        [
            html.Header(
                [
                    html.H1(words("wall.title"), className="ob-sr"),
                    html.Div(id=ids.WALL_CLOCK, className="ob-wall-clock"),
                    html.Div(id=ids.WALL_COUNTERS, className="ob-wall-counters"),
                ],
                className="ob-wall-head",
            ),
            html.Main(
                [
                    html.Section(
                        [draw_map(boot), draw_watermark(boot, words)],
                        className="ob-map",
                        **attributes({"aria-label": words("map.label")}),
                    ),
                    html.Section(
                        id=ids.WALL_LIST, className="ob-wall-list", **attributes({"aria-label": words("list.label")})
                    ),
                ],
                id=ids.MAIN,
                className="ob-wall-middle",
            ),
            html.Section(
                [
                    html.Span(words("demo.watermark"), className="ob-wall-demo") if boot.is_demo else None,
                    html.Div(id=ids.WALL_FOOT, className="ob-wall-foot-state"),
                ],
                className="ob-wall-foot",
                **attributes({"aria-label": words("wall.foot")}),
            ),
        ],
        className="ob-wall",
        **attributes({"data-ob-screen": "wall"}),
    )
