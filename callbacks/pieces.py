"""Pictures and clips of an event: joined to it when it is saved, drawn in its panel for who may see them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from callbacks.services import Services
from components.pieces import PieceView
from components.texts import Words
from events.errors import AppError
from store.kept import KeptEvent
from store.media import CLIP, HIDDEN, MAKING, PUBLISHED, WAITING, KeptMedia

MOST = 12
_log = logging.getLogger(__name__)
_SHOWN = frozenset({WAITING, PUBLISHED, HIDDEN})


def join_pieces(
    services: Services, event_id: str, form: Mapping[str, Any], told: dict[str, Any], speak: Words
) -> dict[str, Any]:
    """Join the pieces that a form names to the event it was saved as; return what is `told`, with what could not be joined.

    The event is kept by then: pieces that fail now are told of, and joined by the next save of the same form.
    """
    named = form.get("pieces")
    ids = [one for one in named if isinstance(one, str) and len(one) <= 36] if isinstance(named, list) else []
    if not ids:
        return told
    try:
        services.join_media(event_id, ids[:MOST])
    except AppError as error:
        _log.warning("event %s: its pieces were not joined: %s", event_id, error)
        return told | {"said": f"{told['said']} {speak('media.not_joined')}"}
    return told


def pieces_of(services: Services, kept: KeptEvent, speak: Words) -> tuple[PieceView, ...]:
    """Return the pieces of an event as its panel draws them."""
    return tuple(_view(one, kept, services, speak) for one in services.media_of(kept.id))


def _view(one: KeptMedia, kept: KeptEvent, services: Services, speak: Words) -> PieceView:
    is_clip = one.kind == CLIP
    reason = one.reason or "other"
    is_of_file = speak.has(f"media.refused.{reason}")
    why = speak(f"media.refused.{reason}" if is_of_file else f"media.reason.{reason}") if one.state == "refused" else ""
    return PieceView(
        id=one.id,
        is_clip=is_clip,
        is_shown=one.state in _SHOWN,
        text=speak("media.alt.clip" if is_clip else "media.alt.photo", title=kept.event.headline),
        state="" if one.state == PUBLISHED else speak(f"media.state.{one.state}"),
        why=why,
        is_made=one.state != MAKING,
        may_withdraw=services.may_withdraw_media(one),
        may_report=one.state == PUBLISHED,
    )
