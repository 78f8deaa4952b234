"""The menu of the filter bar through which a view leaves: files to save, addresses to subscribe to."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Entry, Icon, attributes
from components.texts import Words

FILES = ("csv", "geojson", "ics")
REPORTS = {"situation": "situation", "analyse": "analysis"}
"""The report of a page, by the page's name: printed by the server when it is asked for."""
FEEDS = ("ics", "atom", "cifs", "datex2", "cap")
SEE_RESTRICTED = frozenset({"manager", "contributor", "supervisor"})
"""Roles whose accounts may ask for restricted events; the server decides, this only draws the box."""


def draw_exports(boot: Boot, words: Words, page: str) -> Component:
    """Return the menu; `ob-57-exports.js` keeps its addresses those of the view."""
    may_ask = boot.member is not None and boot.member.role in SEE_RESTRICTED
    return html.Details(
        [
            html.Summary(
                [Icon("download"), html.Span(words("export.button"))],
                className="ob-btn is-quiet is-small",
                **attributes({"aria-label": words("export.title")}),
            ),
            html.Div(
                [
                    html.P(html.B(words("export.files"))),
                    *([_report(REPORTS[page], words)] if page in REPORTS else []),
                    *([_picture(words)] if page == "situation" else []),
                    *([_recurring(words)] if boot.member is not None and page in REPORTS else []),
                    *(_file(key, words) for key in FILES),
                    *([_restricted(words)] if may_ask else []),
                    html.P(words("export.note"), className="ob-help"),
                    html.P(html.B(words("export.feeds"))),
                    *(_feed(key, words) for key in FEEDS),
                    html.P(words("export.feeds.note"), className="ob-help"),
                ],
                className="ob-menu",
                role="group",
                **attributes({"aria-label": words("export.title")}),
            ),
        ],
        id=ids.EXPORTS,
        className="ob-filter ob-tool",
    )


def _file(key: str, words: Words) -> Component:
    return html.A(
        [Icon("download"), html.Span(words(f"export.{key}"))],
        href=f"/api/exports/events.{key}",
        download="",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-export": key}),
    )


def _report(name: str, words: Words) -> Component:
    return html.A(
        [Icon("download"), html.Span(words(f"export.{name}"))],
        href=f"/api/reports/{name}.pdf",
        download="",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-export": name, "data-ob-made": "yes"}),
    )


def _picture(words: Words) -> Component:
    return html.Button(
        [Icon("image"), html.Span(words("export.png"))],
        type="button",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-picture": "map"}),
    )


def _recurring(words: Words) -> Component:
    return html.A(
        [Icon("clock"), html.Span(words("export.recurring"))],
        href="/compte#rapports",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-recurring": "yes"}),
    )


def _feed(key: str, words: Words) -> Component:
    return html.Button(
        [Icon("copy"), html.Span(words("export.copy", format=words(f"export.{key}")))],
        type="button",
        className="ob-btn is-small is-quiet",
        **attributes({"data-ob-export-address": key}),
    )


def _restricted(words: Words) -> Component:
    return html.Label(
        [Entry("checkbox", className="ob-box"), html.Span(words("export.restricted"))], className="ob-check"
    )
