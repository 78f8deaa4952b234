"""Links in the detail panel: what they say, and the one way in for what a member decides of them."""

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
from components.links import LinksView, MayBeSame, ToldBy, draw_said
from components.texts import Words, words
from events.errors import AccessDenied, InvalidRecord, StoreUnavailable
from store.kept import KeptEvent
from store.links import Link, LinkState, pair_of

ACTIONS = ("confirm", "refuse", "separate")


def links_of(kept: KeptEvent, services: Services, speak: Words) -> LinksView:
    """Return the links of an event as the panel draws them."""
    titles = {source.id: source.title for source in services.sources}
    return LinksView(
        event_id=kept.id,
        told_by=tuple(
            ToldBy(
                event_id=one.event_id,
                number=f"EV-{one.number}",
                source=titles.get(one.source_id, one.source_id),
                fields=", ".join(speak(f"link.field.{name}") for name in one.fields),
            )
            for one in kept.told_by
        ),
        proposed=tuple(
            MayBeSame(
                event_id=one.other.id,
                number=f"EV-{one.other.number}",
                title=one.other.event.headline,
                source=titles.get(one.other.event.source_id, one.other.event.source_id),
                alike=round(100 * one.likeness),
                why=_why(one.link, speak),
            )
            for one in services.links(kept.id)
            if one.link.state is LinkState.PROPOSED
        ),
        may_decide=services.may_link(),
    )


def _why(link: Link, speak: Words) -> tuple[str, ...]:
    where = (
        speak("link.why.distance", n=round(link.distance_m))
        if link.shared_line is None
        else speak("link.why.line", n=round(100 * link.shared_line))
    )
    kind = speak("link.why.category" if link.is_same_category else "link.why.family")
    return where, speak("link.why.time", n=round(100 * link.shared_time)), kind


def take_decision(services: Services, asked: Mapping[str, Any], speak: Words) -> tuple[bool, str]:
    """Do what a button asks for; return whether it was done, and what to tell its reader."""
    action, one, other = (str(asked.get(name) or "") for name in ("action", "event", "other"))
    if action not in ACTIONS or not one or not other or one == other:
        return False, speak("link.unknown")
    try:
        # To separate is said of the other one: it leaves, the one that is looked at stays.
        services.decide_link(action, (one, other) if action == "separate" else pair_of(one, other))
    except AccessDenied as error:
        return False, speak(str(error))
    except InvalidRecord:
        return False, speak("link.over")
    except StoreUnavailable:
        return False, speak("link.away")
    return True, speak(f"link.done.{action}")


def register_links(app: Dash, services: Services) -> None:
    """Join the buttons of the block to the decisions."""

    @app.callback(Output(ids.LINK_ANSWER, "children"), Input(ids.LINK_ORDER, "data"), prevent_initial_call=True)
    def decide(asked: object) -> Component | None:
        speak = words(language_of(request))
        if not isinstance(asked, dict):
            return None
        try:
            return draw_said(*take_decision(services, asked, speak))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader must learn that nothing was done
            return draw_said(False, speak("error.ref", ref=note_failure("link", error), time=""))
