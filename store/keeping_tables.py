"""The tables of what the house owes: agreements with those who give data, and the nightly work that keeps its promises."""

from __future__ import annotations

from sqlalchemy import Integer, Table

from store.columns import ClearedText, ClearedTexts, Code, Moment, described
from store.metadata import FOR_RUNS, WITH_AGREEMENT, RowNumber, metadata

agreement = Table(
    "agreement",
    metadata,
    described("id", Code(64), primary_key=True, purpose="our identifier", retention=WITH_AGREEMENT),
    described("giver", Code(100), purpose="the organisation that gives", retention=WITH_AGREEMENT),
    described("receivers", Code(), purpose="organisations that receive", retention=WITH_AGREEMENT),
    described("sources", Code(), purpose="sources it covers; empty: all of the giver", retention=WITH_AGREEMENT),
    described("kinds", Code(), purpose="kinds of records that may be read", retention=WITH_AGREEMENT),
    described("fields", Code(), nullable=True, purpose="optional fields that may be read; none: all", retention=WITH_AGREEMENT),
    described("purpose", ClearedText("agreement.purpose"), purpose="what the data serve", retention=WITH_AGREEMENT),
    described("retention_days", Integer, purpose="how long records are kept after their end", retention=WITH_AGREEMENT),
    described("onward", Code(16), purpose="whether receivers may pass them on", retention=WITH_AGREEMENT),
    described("starts_at", Moment, purpose="live from", retention=WITH_AGREEMENT),
    described("ends_at", Moment, purpose="live until; far: an open licence", retention=WITH_AGREEMENT),
    described("dpo_contacts", ClearedTexts("agreement.dpo_contacts"), purpose="functional addresses", retention=WITH_AGREEMENT),
)  # fmt: skip

upkeep = Table(
    "upkeep",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_RUNS),
    described("at", Moment, index=True, purpose="when", retention=FOR_RUNS),
    described("task", Code(16), purpose="purge or rescan", retention=FOR_RUNS),
    described("kind", Code(32), purpose="kind of record; empty: the task as a whole", retention=FOR_RUNS),
    described("source_id", Code(100), purpose="which source; empty: all", retention=FOR_RUNS),
    described("seen", Integer, purpose="rows past their time, or texts read again", retention=FOR_RUNS),
    described("done", Integer, purpose="rows deleted, or records withdrawn", retention=FOR_RUNS),
    described("remaining", Integer, purpose="rows still past their time", retention=FOR_RUNS),
    described("gate", Code(40), nullable=True, purpose="version of the gate that read", retention=FOR_RUNS),
)
