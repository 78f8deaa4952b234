"""The Situation page: containers that the live scripts fill, around the map."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Icon, attributes
from components.filters import draw_filters
from components.frame import draw_bars, draw_watermark
from components.texts import Words

CAMERA_PURPOSE = "camera-purpose"  # the right to see cameras beside a demonstration; the server checks it again
KNOWN_AT = "known-at"  # the right to ask what was known at a moment; the server checks it again


def draw_situation(boot: Boot, words: Words) -> Component:
    """Return the page: filters above list, map and detail."""
    return html.Div(
        [
            *draw_bars(boot, words, page="situation"),
            draw_filters(boot, words, page="situation"),
            html.Main(
                [
                    html.H1(words("nav.situation"), className="ob-sr"),
                    _view_tabs(words),
                    _list_panel(words),
                    _map_panel(boot, words),
                    _separator(ids.LIST_SEPARATOR, ids.LIST_PANEL, words("panel.resize_list"), "is-list"),
                    html.Aside(
                        [html.Div(id=ids.DETAIL_BODY), html.Div(id=ids.LINK_ANSWER, role="status")],
                        id=ids.DETAIL,
                        className="ob-panel ob-detail",
                        hidden=True,
                        **attributes({"aria-label": words("ev.detail")}),
                    ),
                    _separator(ids.DETAIL_SEPARATOR, ids.DETAIL, words("panel.resize_detail"), "is-detail"),
                    html.Section(
                        id=ids.TIMELINE,
                        className="ob-panel ob-timeline",
                        tabIndex=-1,
                        **attributes({"aria-label": words("tl.label")}),
                    ),
                ],
                id=ids.MAIN,
                className="ob-situation",
                **attributes({"data-ob-view": "map"}),
            ),
        ],
        className="ob-screen",
    )


def _separator(name: str, panel: str, label: str, side: str) -> Component:
    """Return the edge of a panel that can be dragged, or moved by the arrows."""
    return html.Div(
        id=name,
        className=f"ob-separator {side}",
        role="separator",
        tabIndex=0,
        title=label,
        **attributes(
            {"aria-label": label, "aria-orientation": "vertical", "aria-controls": panel, "aria-valuenow": "404"}
        ),
    )


def _view_tabs(words: Words) -> Component:
    views = (("list", "list", "view.list"), ("map", "map", "view.map"))
    buttons = [
        html.Button(
            [Icon(icon), html.Span(words(key))],
            type="button",
            className="ob-viewtab",
            **attributes({"data-ob-show": view, "aria-pressed": "true" if view == "map" else "false"}),
        )
        for view, icon, key in views
    ]
    return html.Div(buttons, className="ob-viewtabs", role="group", **attributes({"aria-label": words("view.label")}))


def _list_panel(words: Words) -> Component:
    return html.Section(
        [
            html.Button(
                type="button",
                id=ids.SHEET_HANDLE,
                className="ob-sheet-handle",
                **attributes({"aria-label": words("view.list"), "aria-controls": ids.EVENT_LIST}),
            ),
            html.Div(
                [
                    html.H2([html.Span(words("list.title")), html.Span(id=ids.SHEET_TITLE)]),
                    html.A(id=ids.SHEET_FRESHNESS, href="/sources", className="ob-fresh", title=words("fresh.title")),
                    html.Div(id=ids.LIST_TOOLS, className="ob-list-tools"),
                ],
                className="ob-panel-head",
            ),
            html.Div(id=ids.LIST_NEWS, className="ob-list-news", hidden=True),
            html.Div(
                id=ids.SHEET_CHIPS,
                className="ob-sheet-chips",
                role="group",
                **attributes({"aria-label": words("sheet.chips")}),
            ),
            html.Div(id=ids.EVENT_LIST, className="ob-list", tabIndex=-1),
        ],
        id=ids.LIST_PANEL,
        className="ob-panel ob-list-panel",
        **attributes({"aria-label": words("list.label")}),
    )


def _map_panel(boot: Boot, words: Words) -> Component:
    return html.Section(
        [
            html.Div(id=ids.COUNTERS, className="ob-counters"),
            html.Div(
                [
                    draw_map(),
                    html.Div(id=ids.CITY_STRIP, className="ob-city-strip"),
                    html.Div(
                        id=ids.MAP_TIME,
                        className="ob-map-time",
                        **attributes({"data-ob-known": _may(boot, KNOWN_AT)}),
                    ),
                    html.Div(id=ids.MAP_LEGEND, className="ob-map-legend"),
                    draw_watermark(boot, words),
                ],
                id=ids.MAP_REGION,
                className="ob-map",
                role="region",
                tabIndex=-1,
                **attributes({"aria-label": words("map.label"), "data-ob-purpose": _may(boot, CAMERA_PURPOSE)}),
            ),
        ],
        className="ob-map-panel",
        **attributes({"aria-label": words("map.panel")}),
    )


def _may(boot: Boot, right: str) -> str:
    return "yes" if boot.member is not None and right in boot.member.rights else "no"


def draw_map() -> Component:
    """Return the place of the map: the scripts draw it, and on a first page before Dash has drawn anything."""
    return html.Div(id=ids.MAP_SLOT)
