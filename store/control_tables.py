"""The tables of the control of drift: reports that nobody changes, and what was answered to each difference they flag."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Table

from store.columns import ClearedText, Code, Moment, SnapshotText, described
from store.metadata import FOR_CONTROL, RowNumber, metadata

# Chained like versions: a report that was changed or taken out shows.
control_report = Table(
    "control_report",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order of reports", retention=FOR_CONTROL),
    described("made_at", Moment, index=True, purpose="when it was computed", retention=FOR_CONTROL),
    described("month", Code(7), nullable=True, unique=True, purpose="the month it is published for; none: on demand", retention=FOR_CONTROL),
    described("content", SnapshotText, purpose="every measure: codes and numbers", retention=FOR_CONTROL),
    described("prev_sha256", Code(64), nullable=True, purpose="link before", retention=FOR_CONTROL),
    described("sha256", Code(64), purpose="link of the chain", retention=FOR_CONTROL),
)  # fmt: skip

control_review = Table(
    "control_review",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_CONTROL),
    described("report_id", RowNumber, ForeignKey("control_report.id"), index=True, purpose="the report that flagged it", retention=FOR_CONTROL),
    described("flag", Code(), index=True, purpose="which difference, the same from report to report", retention=FOR_CONTROL),
    described("measure", Code(16), purpose="what was measured", retention=FOR_CONTROL),
    described("district", Code(16), purpose="where; empty: everywhere", retention=FOR_CONTROL),
    described("organisation_id", Code(100), purpose="of whose records; empty: of all", retention=FOR_CONTROL),
    described("role", Code(16), purpose="of which role; empty: of all", retention=FOR_CONTROL),
    described("ratio", Float, purpose="how large it was", retention=FOR_CONTROL),
    described("low", Float, purpose="least it may have been", retention=FOR_CONTROL),
    described("high", Float, purpose="most it may have been", retention=FOR_CONTROL),
    described("opened_at", Moment, purpose="when", retention=FOR_CONTROL),
    described("due_at", Moment, purpose="answer expected by", retention=FOR_CONTROL),
    described("owner_id", Code(64), purpose="the post that answers", retention=FOR_CONTROL),
    described("finding", ClearedText("control_review.finding"), nullable=True, purpose="what was found", retention=FOR_CONTROL),
    described("decision", Code(24), nullable=True, purpose="what was decided; none: open", retention=FOR_CONTROL),
    described("decided_at", Moment, nullable=True, purpose="when", retention=FOR_CONTROL),
    described("decided_by", Code(64), nullable=True, purpose="the post that decided", retention=FOR_CONTROL),
)  # fmt: skip
