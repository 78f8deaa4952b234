"""The wall display: containers without pointer, focus or scroll, filled by the live scripts, scene after scene."""

from __future__ import annotations

import json

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import attributes
from components.frame import draw_watermark
from components.situation import draw_map
from components.texts import Words

_DISPLAY = "wall"  # the role of a display's token; a person's account is none


def draw_wall(boot: Boot, words: Words) -> Component:
    """Return the wall: header with clock and counters, the panels of every scene, foot with data age and scenes.

    `data-ob-scenes` holds the scenes as JSON. Restricted events are for displays that a token lets in, in scenes made
    for them: a person who opens this page sees none, whatever the account may read elsewhere.
    """
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
            html.Main(_columns(boot, words), id=ids.MAIN, className="ob-wall-middle"),
            html.Section(
                [
                    html.Span(words("demo.watermark"), className="ob-wall-demo") if boot.is_demo else None,
                    html.Div(id=ids.WALL_FOOT, className="ob-wall-foot-state"),
                    html.Div(id=ids.WALL_SCENE, className="ob-wall-scene"),
                ],
                className="ob-wall-foot",
                **attributes({"aria-label": words("wall.foot")}),
            ),
        ],
        className="ob-wall",
        **attributes({"data-ob-screen": "wall", "data-ob-scenes": scenes_json(boot)}),
    )


def scenes_json(boot: Boot) -> str:
    """Return the scenes that this display may play: id, template, name, duration in seconds, view, restricted."""
    is_display = boot.member is not None and boot.member.role == _DISPLAY
    return json.dumps(
        [
            {
                "id": one.id, "template": one.template, "name": one.name, "duration": one.duration_s, "view": one.view,
                "restricted": one.is_restricted and is_display,
            }
            for one in boot.scenes
        ]
    )  # fmt: skip


def _columns(boot: Boot, words: Words) -> list[Component]:
    board = html.Section(
        [draw_map(), draw_watermark(boot, words)],
        className="ob-map ob-wall-map",
        **attributes({"aria-label": words("map.label")}),
    )
    return [
        html.Div([_panel(ids.WALL_LIST, words("list.label")), _panel(ids.WALL_NEXT, words("wall.next"))], className="ob-wall-left"),
        html.Div([board, _panel(ids.WALL_DAY, words("wall.day"))], className="ob-wall-centre"),
        html.Div(
            [
                _panel(ids.WALL_TRAFFIC, words("wall.traffic")),
                _panel(ids.WALL_MARCH, words("wall.march")),
                _panel(ids.WALL_SOURCES, words("wall.sources")),
            ],
            className="ob-wall-right",
        ),
    ]  # fmt: skip


def _panel(panel_id: str, name: str) -> Component:
    return html.Section(id=panel_id, className="ob-wall-panel", **attributes({"aria-label": name}))
