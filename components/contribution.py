"""The contribution page: the panel that the live scripts fill, beside the map; for visitors, the way in."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Icon, attributes
from components.frame import CONTRIBUTE, REPORT, draw_bars, draw_watermark
from components.situation import draw_map
from components.texts import Words


def draw_contribution(boot: Boot, words: Words) -> Component:
    """Return the page: the map to draw on, and the panel of four steps for who may contribute."""
    may = boot.member is not None and CONTRIBUTE in boot.member.rights
    return html.Div(
        [
            *draw_bars(boot, words, page="signaler"),
            html.Main(
                [
                    html.H1(words("contribute.title"), className="ob-sr"),
                    html.Div(
                        [
                            draw_map(),
                            html.Div(id=ids.MAP_TIME, className="ob-map-time"),
                            draw_watermark(boot, words),
                        ],
                        id=ids.MAP_REGION,
                        className="ob-map",
                        role="region",
                        tabIndex=-1,
                        **attributes({"aria-label": words("map.label")}),
                    ),
                    html.Aside(
                        [] if may else _way_in(boot, words),
                        id=ids.FORM_PANEL,
                        className="ob-panel ob-form-panel",
                        **attributes(
                            {"aria-label": words("contribute.title")}
                            | (
                                {"data-ob-form": boot.member.account, "data-ob-media": boot.media}
                                if may and boot.member
                                else {}
                            )
                        ),
                    ),
                ],
                id=ids.MAIN,
                className="ob-contribution",
            ),
        ],
        className="ob-screen",
    )


def _way_in(boot: Boot, words: Words) -> list[Component]:
    text = "form.sign_in" if boot.member is None else "form.not_allowed"
    link = html.A(words("nav.connexion"), href=f"/connexion?suite={boot.path or REPORT}", className="ob-btn is-primary")
    return [
        html.Div(
            [Icon("lock"), html.H2(words("contribute.title")), html.P(words(text)), link],
            className="ob-done is-refused",
        )
    ]
