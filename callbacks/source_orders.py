"""Orders that people give to sources: one way in, refused with a reason, obeyed by the process that polls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output
from dash.development.base_component import Component
from flask import request

from callbacks.failures import note_failure
from callbacks.request import language_of
from callbacks.services import Services
from components import ids
from components.source_orders import draw_answer
from components.texts import Words, words
from events.errors import AccessDenied, InvalidRecord, StoreUnavailable
from store.orders import What

ALL = "relaunch_all"


def give_order(services: Services, asked: Mapping[str, Any], speak: Words) -> tuple[bool, str]:
    """Give what a button asks for; return whether it was taken, and what to tell its reader."""
    what, source_id = str(asked.get("what")), str(asked.get("source"))
    known = {source.id: source for source in services.sources}
    if what == ALL:
        wanted = [source_id for source_id, source in known.items() if source.is_enabled]
    elif what in list(What) and source_id in known:
        wanted = [source_id]
    else:
        return False, speak("sources.order.unknown")
    kind = What.RELAUNCH if what == ALL else What(what)
    told = {name: str(asked.get(name) or "").strip() for name in ("told", "field", "reference")}
    try:
        for one in wanted:
            services.order(one, kind, **told)
    except AccessDenied as error:
        return False, speak(str(error))
    except InvalidRecord:
        return False, speak("sources.order.refused" if kind is not What.ALLOW else "sources.order.incomplete")
    except StoreUnavailable:
        return False, speak("sources.order.away")
    title = known[source_id].title if source_id in known else ""
    return True, speak(f"sources.order.{what}", title=title)


def register_orders(app: Dash, services: Services) -> None:
    """Join the buttons of the page to the orders."""

    def fail(error: Exception) -> Component:
        speak = words(language_of(request))
        return draw_answer(False, speak("error.ref", ref=note_failure("source order", error), time=""))

    @app.callback(
        Output(ids.SOURCES_ANSWER, "children"),
        Output(ids.SOURCES_TICK, "data", allow_duplicate=True),
        Input(ids.SOURCES_ORDER, "data"),
        prevent_initial_call=True,
    )
    def take_order(asked: object) -> tuple[Component | None, object]:
        speak = words(language_of(request))
        if not isinstance(asked, dict):
            return None, None
        try:
            is_taken, said = give_order(services, asked, speak)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader must learn that nothing was done
            return fail(error), None
        return draw_answer(is_taken, said), asked.get("n")
