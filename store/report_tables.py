"""Reports that come again: who asked for which, and the copies that were made, with the events each names."""

from __future__ import annotations

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, Table, UniqueConstraint

from store.columns import ClearedText, Code, Moment, PrintedDocument, described
from store.metadata import FOR_SESSIONS, WITH_ACCOUNT, WITH_RECORD, metadata

recurring_report = Table(
    "recurring_report",
    metadata,
    described("id", Code(36), primary_key=True, purpose="names it", retention=WITH_ACCOUNT),
    described("account_id", Code(64), ForeignKey("account.id"), index=True, purpose="which post asked for it", retention=WITH_ACCOUNT),
    described("title", ClearedText("recurring_report.title"), purpose="how the post calls it", retention=WITH_ACCOUNT),
    described("query", ClearedText("recurring_report.query"), nullable=True, purpose="the filters of the view; none: all", retention=WITH_ACCOUNT),
    described("kind", Code(16), purpose="situation or analysis", retention=WITH_ACCOUNT),
    described("lang", Code(8), purpose="in which words", retention=WITH_ACCOUNT),
    described("weekday", Integer, nullable=True, purpose="of the week, Monday 0; none: each day", retention=WITH_ACCOUNT),
    described("minute", Integer, purpose="of the day on the city's clock", retention=WITH_ACCOUNT),
    described("is_sent", Boolean, purpose="to the organisation's box, too", retention=WITH_ACCOUNT),
    described("from_at", Moment, purpose="nothing is due before", retention=WITH_ACCOUNT),
    described("paused_at", Moment, nullable=True, purpose="since when it rests", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
)  # fmt: skip

report_copy = Table(
    "report_copy",
    metadata,
    described("id", Code(36), primary_key=True, purpose="names the copy", retention=FOR_SESSIONS),
    described("report_id", Code(36), ForeignKey("recurring_report.id"), purpose="of which report", retention=FOR_SESSIONS),
    described("slot", Code(10), purpose="of which local day: each is made once", retention=FOR_SESSIONS),
    described("due_at", Moment, purpose="when it was to be made", retention=FOR_SESSIONS),
    described("tried_at", Moment, purpose="when it was last begun", retention=FOR_SESSIONS),
    described("tries", Integer, purpose="how often", retention=FOR_SESSIONS),
    described("made_at", Moment, nullable=True, purpose="when it was printed", retention=FOR_SESSIONS),
    described("state", Code(16), purpose="making, made, sending, sent, unsent, failed or erased", retention=FOR_SESSIONS),
    described("reason", Code(32), nullable=True, purpose="why not, a key of the texts", retention=FOR_SESSIONS),
    described("content", PrintedDocument, nullable=True, purpose="the document", retention=FOR_SESSIONS),
    UniqueConstraint("report_id", "slot"),
)  # fmt: skip
Index("ix_report_copy_due_at", report_copy.c.due_at)

# Whoever erases an event erases the documents that name it.
report_event = Table(
    "report_event",
    metadata,
    described("copy_id", Code(36), ForeignKey("report_copy.id"), primary_key=True, purpose="which copy", retention=WITH_RECORD),
    described("event_id", Code(36), primary_key=True, index=True, purpose="names which event", retention=WITH_RECORD),
)  # fmt: skip

# The figures of an analysis as its copy told them: the next one is read beside them.
report_figures = Table(
    "report_figures",
    metadata,
    described("copy_id", Code(36), ForeignKey("report_copy.id"), primary_key=True, purpose="of which copy", retention=WITH_RECORD),
    described("audience", Code(16), purpose="for whom they were counted: public or partners", retention=WITH_RECORD),
    described("first", Code(10), purpose="the first local day counted", retention=WITH_RECORD),
    described("last", Code(10), purpose="the last one", retention=WITH_RECORD),
    described("is_whole", Boolean, purpose="whether every day was wholly collected", retention=WITH_RECORD),
    described("total", Float, nullable=True, purpose="events in force", retention=WITH_RECORD),
    described("serious", Float, nullable=True, purpose="those critical or major", retention=WITH_RECORD),
    described("closed", Float, nullable=True, purpose="hours of closed axes", retention=WITH_RECORD),
    described("congested", Float, nullable=True, purpose="share of the time, 0 to 1", retention=WITH_RECORD),
    described("delay", Float, nullable=True, purpose="median seconds to the first record", retention=WITH_RECORD),
)  # fmt: skip
