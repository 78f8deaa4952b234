"""Copies of reports go with what they tell: an event that is erased, or whose words are withdrawn, leaves no document behind."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, update

from store.report_tables import report_copy, report_event, report_figures

ERASED = "erased"


def forget_of_events(connection: Connection, ids: Collection[str]) -> None:
    """Empty every copy that names one of these events, inside the caller's transaction."""
    naming = select(report_event.c.copy_id).where(report_event.c.event_id.in_(list(ids)))
    emptied = {"content": None, "state": ERASED, "reason": ERASED}
    connection.execute(update(report_copy).where(report_copy.c.id.in_(naming)).values(emptied))
    connection.execute(delete(report_event).where(report_event.c.event_id.in_(list(ids))))


def forget_copies(connection: Connection, ids: Collection[str]) -> None:
    """Delete copies with what they name, inside the caller's transaction."""
    for beside in (report_event, report_figures):
        connection.execute(delete(beside).where(beside.c.copy_id.in_(list(ids))))
    connection.execute(delete(report_copy).where(report_copy.c.id.in_(list(ids))))
