"""A callback that fails: one line in the log, a reference on the screen that leads to it."""

from __future__ import annotations

import logging
import secrets

from dash.development.base_component import Component

from components.messages import draw_away_card, draw_failure_card
from components.texts import words
from events.errors import StoreUnavailable

logger = logging.getLogger("callbacks")


def failure_card(what: str, title: str, error: Exception, lang: str, time: str) -> list[Component]:
    """Return what stands in a page whose body could not be computed because of `error`; `what` names it in the log."""
    speak = words(lang)
    if isinstance(error, StoreUnavailable):
        return draw_away_card(speak)
    return draw_failure_card(speak, what=title, reference=note_failure(what, error), time=time)


def note_failure(what: str, error: Exception) -> str:
    """Log a failure with its trace and return its reference.

    Only the kind of error is in the log line's text: its message could quote a record.
    """
    reference = secrets.token_hex(3).upper()
    trace = error.__traceback__
    last = trace
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last is not None else "?"
    logger.error("%s failed, reference %s: %s at %s", what, reference, type(error).__name__, place)
    return reference
