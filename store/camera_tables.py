"""Why somebody looked at cameras beside a demonstration, and what the owners of cameras are asked of their authorisations."""

from __future__ import annotations

from sqlalchemy import Table

from store.columns import ClearedText, Code, Moment, described
from store.metadata import FOR_AUDIT, FOR_CONTROL, RowNumber, metadata

camera_purpose = Table(
    "camera_purpose",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_AUDIT),
    described("at", Moment, index=True, purpose="when", retention=FOR_AUDIT),
    described("who", Code(64), purpose="the post that looked", retention=FOR_AUDIT),
    described("event_id", Code(64), purpose="beside which event", retention=FOR_AUDIT),
    described("purpose", ClearedText("camera_purpose.purpose"), purpose="why, in its own words", retention=FOR_AUDIT),
)

camera_task = Table(
    "camera_task",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_CONTROL),
    described("camera_id", ClearedText("camera_task.camera_id"), index=True, purpose="which camera", retention=FOR_CONTROL),
    described("organisation_id", Code(100), purpose="who owns it", retention=FOR_CONTROL),
    described("until", Code(10), purpose="the last day of its authorisation", retention=FOR_CONTROL),
    described("opened_at", Moment, purpose="when", retention=FOR_CONTROL),
    described("due_at", Moment, purpose="answer expected by", retention=FOR_CONTROL),
    described("answer", Code(24), nullable=True, purpose="what its owner does; none: nobody answered", retention=FOR_CONTROL),
    described("finding", ClearedText("camera_task.finding"), nullable=True, purpose="the answer in words", retention=FOR_CONTROL),
    described("answered_at", Moment, nullable=True, purpose="when", retention=FOR_CONTROL),
    described("answered_by", Code(64), nullable=True, purpose="the post that answered", retention=FOR_CONTROL),
    described("closed_at", Moment, nullable=True, index=True, purpose="when the register answered it", retention=FOR_CONTROL),
    described("closed_for", Code(16), nullable=True, purpose="renewed, withdrawn or out of service", retention=FOR_CONTROL),
)  # fmt: skip
