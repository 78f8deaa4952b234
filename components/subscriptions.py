"""The place of an account's subscriptions on a page of its own; `ob-9a-subscriptions.js` fills it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.texts import Words


def draw_subscriptions(words: Words) -> Component:
    """Return the section that a page of the account includes."""
    return html.Section([html.H2(words("sub.title")), html.Div(id=ids.SUBSCRIPTIONS, className="ob-subscriptions")])
