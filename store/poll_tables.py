"""The tables of polls: each run, what it could not use, and the runs of each half hour summed."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Table

from store.columns import ClearedText, ClearedTexts, Code, Moment, described
from store.metadata import FOR_RUNS, RowNumber, metadata

poll_run = Table(
    "poll_run",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order of runs", retention=FOR_RUNS),
    described("source_id", Code(100), purpose="which source", retention=FOR_RUNS),
    described("verdict", Code(24), purpose="what the poll concluded", retention=FOR_RUNS),
    described("reason", ClearedText("poll_run.reason"), nullable=True, purpose="why, in our words", retention=FOR_RUNS),
    described("started_at", Moment, purpose="when", retention=FOR_RUNS),
    described("finished_at", Moment, purpose="when", retention=FOR_RUNS),
    described("http_status", Integer, nullable=True, purpose="the publisher's answer", retention=FOR_RUNS),
    described("size", BigInteger, nullable=True, purpose="bytes of the document", retention=FOR_RUNS),
    described("sha256", Code(64), nullable=True, purpose="tells an unchanged document", retention=FOR_RUNS),
    described("published_at", Moment, nullable=True, purpose="the document's own time", retention=FOR_RUNS),
    *(
        described(name, Integer, purpose=purpose, retention=FOR_RUNS)
        for name, purpose in (
            ("records_seen", "records of the document"),
            ("rejected", "records that could not be used"),
            ("new", "records met for the first time"),
            ("changed", "records that differ"),
            ("unchanged", "records that do not differ"),
            ("absent", "records that were missing this time"),
            ("withdrawn", "records withdrawn"),
            ("flagged", "records whose previous version is kept"),
            ("text_withheld", "texts the gate withheld"),
        )
    ),
    described(
        "dropped_fields",
        ClearedTexts("poll_run.dropped_fields"),
        purpose="names of fields no map asked for",
        retention=FOR_RUNS,
    ),
    described(
        "gate", Code(40), nullable=True, purpose="version of the gate and gazetteer that read it", retention=FOR_RUNS
    ),
    described("last_seq", BigInteger, purpose="number of the last change after it", retention=FOR_RUNS),
)
Index("ix_poll_run_source", poll_run.c.source_id, poll_run.c.id)

reject = Table(
    "reject",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_RUNS),
    described("run_id", RowNumber, ForeignKey("poll_run.id"), index=True, purpose="which run", retention=FOR_RUNS),
    described("place", ClearedText("reject.place"), purpose="where in the document", retention=FOR_RUNS),
    described("reason", ClearedText("reject.reason"), purpose="why, in our words", retention=FOR_RUNS),
    described(
        "external_id",
        ClearedText("reject.external_id"),
        nullable=True,
        purpose="the publisher's identifier",
        retention=FOR_RUNS,
    ),
)

# Of the last reading of each source: what to correct at the publisher's. The words themselves are nowhere.
withheld = Table(
    "withheld",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_RUNS),
    described("source_id", Code(100), index=True, purpose="which source", retention=FOR_RUNS),
    described("run_id", RowNumber, ForeignKey("poll_run.id"), index=True, purpose="which run", retention=FOR_RUNS),
    described(
        "record",
        ClearedText("withheld.record"),
        nullable=True,
        purpose="the publisher's identifier",
        retention=FOR_RUNS,
    ),
    described("field", Code(40), purpose="which field", retention=FOR_RUNS),
    described("type", Code(20), purpose="what the words hold", retention=FOR_RUNS),
    described("start_at", Integer, purpose="first character", retention=FOR_RUNS),
    described("end_at", Integer, purpose="character after the last", retention=FOR_RUNS),
)

# A day of a source is 48 rows here and up to thousands of runs; `store.half_hours` keeps it true.
poll_half_hour = Table(
    "poll_half_hour",
    metadata,
    described("source_id", Code(100), primary_key=True, purpose="which source", retention=FOR_RUNS),
    described(
        "half_hour",
        Integer,
        primary_key=True,
        autoincrement=False,
        purpose="half hours from 1970 on, UTC",
        retention=FOR_RUNS,
    ),
    *(
        described(name, Integer, purpose=purpose, retention=FOR_RUNS)
        for name, purpose in (
            ("runs", "polls that ended in it"),
            ("degraded", "those whose reading was incomplete"),
            ("failed", "those that brought nothing usable"),
        )
    ),
    sqlite_with_rowid=False,
)
