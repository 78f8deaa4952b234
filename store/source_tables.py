"""The tables of what people decide about sources: orders in their order, the fields each source has told."""

from __future__ import annotations

from sqlalchemy import Index, Integer, Table

from store.columns import ClearedText, Code, Moment, described
from store.metadata import ALWAYS, FOR_RUNS, RowNumber, metadata

_ALWAYS = ALWAYS

# Append-only: what holds is the last order of its kind, and what was ordered stays to be read.
source_order = Table(
    "source_order",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order of orders", retention=_ALWAYS),
    described("source_id", Code(100), purpose="which source", retention=_ALWAYS),
    described("what", Code(16), purpose="pause, resume, relaunch, note or allow", retention=_ALWAYS),
    described("ordered_at", Moment, purpose="when", retention=_ALWAYS),
    described("authority", Code(100), purpose="which organisation or role ordered it", retention=_ALWAYS),
    described(
        "told",
        ClearedText("source_order.told"),
        nullable=True,
        purpose="the note, or what the decision is called",
        retention=FOR_RUNS,
    ),
    described("field", Code(64), nullable=True, purpose="which field a decision allows", retention=_ALWAYS),
    described(
        "reference",
        ClearedText("source_order.reference"),
        nullable=True,
        purpose="where the decision is written",
        retention=FOR_RUNS,
    ),
)
Index("ix_source_order_source", source_order.c.source_id, source_order.c.id)

source_field = Table(
    "source_field",
    metadata,
    described("source_id", Code(100), primary_key=True, purpose="which source", retention=_ALWAYS),
    described("field", Code(64), primary_key=True, purpose="which field of ours it fills", retention=_ALWAYS),
    described("is_known", Integer, purpose="1: it is kept; 0: it waits for a decision", retention=_ALWAYS),
    described("first_seen_at", Moment, purpose="when it was told first", retention=_ALWAYS),
    described("order_id", RowNumber, nullable=True, purpose="the decision that allows it", retention=_ALWAYS),
    sqlite_with_rowid=False,
)

source_schema = Table(
    "source_schema",
    metadata,
    described("source_id", Code(100), primary_key=True, purpose="which source", retention=_ALWAYS),
    described("readings", Integer, purpose="readings its known fields were learnt from", retention=_ALWAYS),
    sqlite_with_rowid=False,
)

# An outage is what subscribers are told of; one that is open has no end.
source_outage = Table(
    "source_outage",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order of outages", retention=FOR_RUNS),
    described("source_id", Code(100), purpose="which source", retention=FOR_RUNS),
    described("state", Code(16), purpose="late, stale, frozen or failing, as it began", retention=FOR_RUNS),
    described("began_at", Moment, purpose="when we noticed", retention=FOR_RUNS),
    described("ended_at", Moment, nullable=True, purpose="when it was well again", retention=FOR_RUNS),
)
Index("ix_source_outage_began", source_outage.c.began_at)

__all__ = ["source_field", "source_order", "source_outage", "source_schema"]
