"""What an order to a source led to."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.elements import Icon


def draw_answer(is_taken: bool, said: str) -> Component:
    """Return the line that says whether an order was taken."""
    icon = Icon(
        "checkcircle" if is_taken else "warno",
        class_name="ob-state-icon is-ok" if is_taken else "ob-state-icon is-late",
    )
    return html.P([icon, said], className="ob-card ob-order-said")
