"""Joins screen and kept records; each topic has its module, `register` joins them to an application."""

from __future__ import annotations

from dash import Dash

from callbacks import analysis, contribution, detail, event_page, frame, sources
from callbacks.services import Services

__all__ = ["Services", "register"]


def register(app: Dash, services: Services) -> None:
    """Give the application its layout and every callback.

    The layout is a function of the request: its language comes from the cookie that `ob-00-theme.js` sets before
    Dash asks for it. Nothing is put in a global, so that several applications can live in one process.
    """
    frame.register(app, services)
    detail.register(app, services)
    contribution.register(app, services)
    event_page.register(app, services)
    sources.register(app, services)
    analysis.register(app, services)
