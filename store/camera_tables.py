"""Why somebody looked at cameras beside a demonstration, kept as long as its line of the audit."""

from __future__ import annotations

from sqlalchemy import Table

from store.columns import ClearedText, Code, Moment, described
from store.metadata import FOR_AUDIT, RowNumber, metadata

camera_purpose = Table(
    "camera_purpose",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_AUDIT),
    described("at", Moment, index=True, purpose="when", retention=FOR_AUDIT),
    described("who", Code(64), purpose="the post that looked", retention=FOR_AUDIT),
    described("event_id", Code(64), purpose="beside which event", retention=FOR_AUDIT),
    described("purpose", ClearedText("camera_purpose.purpose"), purpose="why, in its own words", retention=FOR_AUDIT),
)
