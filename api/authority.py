"""Who may give orders to sources: the one place that decides."""

from __future__ import annotations

from access.members import Member
from access.roles import Right
from events.audience import Viewer
from events.errors import AccessDenied

DEMONSTRATION = "demonstration"


def authority_over_sources(viewer: Viewer, *, is_demonstration: bool) -> str:
    """Return under which authority a viewer orders a pause, a relaunch, a note or a field of a source.

    The organisation of who has the right to run sources; in a demonstration, where nothing is real, every visitor's.
    Raises AccessDenied, with a key of the catalogue of texts, for anybody else.
    """
    if isinstance(viewer, Member) and viewer.may(Right.RUN_SOURCES):
        return viewer.home
    if is_demonstration:
        return DEMONSTRATION
    raise AccessDenied("sources.denied")
