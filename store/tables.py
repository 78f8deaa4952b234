"""The tables. Versions are append-only; `event`, `road_state`, `camera` and `tally` hold the current state.

Times in `until` columns are never empty: the last moment there is stands for open-ended, so that indexes serve.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from store.access_tables import account, api_key, audit, kiosk, organisation, sign_in
from store.camera_tables import camera_purpose, camera_task
from store.columns import ClearedText, Code, Moment, SnapshotText, described
from store.conflict_tables import conflict, conflict_measure, conflict_rules, conflict_window
from store.contribution_tables import contribution
from store.control_tables import control_report, control_review
from store.keeping_tables import agreement, upkeep
from store.link_tables import event_joined, event_link
from store.media_tables import media, media_job, media_part
from store.metadata import ALWAYS, FOR_RUNS, WITH_EVENT, WITH_RECORD, RowNumber, metadata
from store.poll_tables import poll_half_hour, poll_run, reject
from store.report_tables import recurring_report, report_copy, report_event, report_figures
from store.road_tables import road_day, road_hour
from store.screen_tables import feed_key, notice, saved_view, subscription, waiting
from store.source_tables import source_field, source_order, source_outage, source_schema
from store.sum_tables import category_day, day_place, delay_day, district_day, event_day, rollup

_WITH_EVENT = WITH_EVENT
_WITH_RECORD = WITH_RECORD
_RUN = FOR_RUNS
_ALWAYS = ALWAYS
_RowNumber = RowNumber

event = Table(
    "event",
    metadata,
    described("id", Code(36), primary_key=True, purpose="our identifier, UUIDv7", retention=_WITH_EVENT),
    described("number", Integer, unique=True, purpose="the city's number, shown EV-1210", retention=_WITH_EVENT),
    described("source_id", Code(100), purpose="which source told it", retention=_WITH_EVENT),
    described(
        "external_id", ClearedText("event.external_id"), purpose="the publisher's identifier", retention=_WITH_EVENT
    ),
    described("v", Integer, purpose="number of the current version", retention=_WITH_EVENT),
    described("organisation", Code(100), purpose="who answers for it", retention=_WITH_EVENT),
    described("category", Code(64), purpose="filter by kind", retention=_WITH_EVENT),
    described("severity", Integer, purpose="filter by effect, 0 to 4", retention=_WITH_EVENT),
    described("status", Code(16), nullable=True, purpose="draft, to_confirm or cancelled", retention=_WITH_EVENT),
    described("audience", Code(), purpose="who may see it", retention=_WITH_EVENT),
    described("start", Moment, purpose="start of the validity", retention=_WITH_EVENT),
    described("until", Moment, purpose="end of the validity, far when open", retention=_WITH_EVENT),
    described("west", Float, nullable=True, purpose="filter by place", retention=_WITH_EVENT),
    described("south", Float, nullable=True, purpose="filter by place", retention=_WITH_EVENT),
    described("east", Float, nullable=True, purpose="filter by place", retention=_WITH_EVENT),
    described("north", Float, nullable=True, purpose="filter by place", retention=_WITH_EVENT),
    described(
        "search",
        ClearedText("event.search"),
        purpose="headline and place without accents, to be searched",
        retention=_WITH_EVENT,
    ),
    described("published_at", Moment, nullable=True, purpose="order of publications", retention=_WITH_EVENT),
    described("recorded_at", Moment, purpose="when it was first recorded", retention=_WITH_EVENT),
    described("changed_at", Moment, purpose="our last change", retention=_WITH_EVENT),
    described("last_seen_at", Moment, purpose="age on screen", retention=_WITH_EVENT),
    described("absences", Integer, purpose="complete readings in a row that lacked it", retention=_WITH_EVENT),
    described("withdrawn_at", Moment, nullable=True, purpose="when it was withdrawn", retention=_WITH_EVENT),
    described("withdrawn_by", Code(16), nullable=True, purpose="absence, publisher or age", retention=_WITH_EVENT),
    described("source_error", Boolean, purpose="the last record was broken", retention=_WITH_EVENT),
    described("recurs", Boolean, purpose="its periods are expanded nightly", retention=_WITH_EVENT),
    described("snapshot", SnapshotText, purpose="the record", retention=_WITH_EVENT),
    described("fingerprint", Code(64), purpose="tells a new version from a repetition", retention=_WITH_EVENT),
    described("snapshot_sha256", Code(64), purpose="tells a newer publication of the same", retention=_WITH_EVENT),
    described("sha256", Code(64), purpose="last link of the chain", retention=_WITH_EVENT),
    UniqueConstraint("source_id", "external_id"),
)
Index("ix_event_start", event.c.start, event.c.id)
Index("ix_event_until", event.c.until, event.c.start)
Index("ix_event_category", event.c.category, event.c.until, event.c.start)
Index("ix_event_live", event.c.source_id, event.c.withdrawn_at, event.c.until)
Index("ix_event_recurs", event.c.recurs, event.c.until)

event_version = Table(
    "event_version",
    metadata,
    described("event_id", Code(36), primary_key=True, purpose="which event, even one deleted", retention=_ALWAYS),
    described("v", Integer, primary_key=True, autoincrement=False, purpose="order of versions", retention=_ALWAYS),
    described("valid_from", Moment, purpose="start of the validity it told", retention=_ALWAYS),
    described("valid_to", Moment, nullable=True, purpose="end of the validity it told", retention=_ALWAYS),
    described("recorded_at", Moment, purpose="when we learnt it", retention=_ALWAYS),
    described("superseded_at", Moment, nullable=True, purpose="when the next version came", retention=_ALWAYS),
    described("source_id", Code(100), purpose="which source told it", retention=_ALWAYS),
    described("organisation", Code(100), purpose="who answered for it", retention=_ALWAYS),
    described("audience", Code(), purpose="who might see it", retention=_ALWAYS),
    described("category", Code(64), purpose="filter of the past", retention=_ALWAYS),
    described("severity", Integer, purpose="filter of the past", retention=_ALWAYS),
    described("status", Code(16), nullable=True, purpose="filter of the past", retention=_ALWAYS),
    described("withdrawn_at", Moment, nullable=True, purpose="set when this version withdrew it", retention=_ALWAYS),
    described("snapshot", SnapshotText, nullable=True, purpose="the record as told", retention=_WITH_EVENT),
    described("diff", SnapshotText, nullable=True, purpose="what changed", retention=_WITH_EVENT),
    described("content_sha256", Code(64), purpose="hash of the record, stays in a tombstone", retention=_ALWAYS),
    described("prev_sha256", Code(64), nullable=True, purpose="link before", retention=_ALWAYS),
    described("sha256", Code(64), purpose="link of the chain", retention=_ALWAYS),
)
Index("ix_event_version_known", event_version.c.recorded_at, event_version.c.superseded_at)

event_period = Table(
    "event_period",
    metadata,
    described(
        "event_id", Code(36), ForeignKey("event.id"), primary_key=True, purpose="which event", retention=_WITH_EVENT
    ),
    described("start", Moment, primary_key=True, purpose="in force from", retention=_WITH_EVENT),
    described("until", Moment, purpose="in force until, far when open", retention=_WITH_EVENT),
    sqlite_with_rowid=False,
)
Index("ix_event_period_start", event_period.c.start, event_period.c.until, event_period.c.event_id)
Index("ix_event_period_until", event_period.c.until, event_period.c.start, event_period.c.event_id)

event_district = Table(
    "event_district",
    metadata,
    described(
        "event_id", Code(36), ForeignKey("event.id"), primary_key=True, purpose="which event", retention=_WITH_EVENT
    ),
    described("district", Code(16), primary_key=True, purpose="filter by district", retention=_WITH_EVENT),
    described("category", Code(64), purpose="index with the district", retention=_WITH_EVENT),
    described("start", Moment, purpose="index with the district", retention=_WITH_EVENT),
    described("until", Moment, purpose="index with the district", retention=_WITH_EVENT),
    sqlite_with_rowid=False,
)
Index(
    "ix_event_district_category",
    event_district.c.category,
    event_district.c.district,
    event_district.c.until,
    event_district.c.start,
    event_district.c.event_id,
)
Index(
    "ix_event_district_until",
    event_district.c.district,
    event_district.c.until,
    event_district.c.start,
    event_district.c.event_id,
)

change = Table(
    "change",
    metadata,
    described("seq", BigInteger, primary_key=True, autoincrement=False, purpose="number without holes", retention=_RUN),
    described("kind", Code(16), purpose="event, road, camera, tally or conflict", retention=_RUN),
    described("object_id", Code(), purpose="which record", retention=_RUN),
    described("what", Code(16), purpose="what happened to it", retention=_RUN),
    described("audience_before", Code(), nullable=True, purpose="who saw it before", retention=_RUN),
    described("audience_after", Code(), nullable=True, purpose="who may see it now", retention=_RUN),
    described("recorded_at", Moment, purpose="when", retention=_RUN),
)

counter = Table(
    "counter",
    metadata,
    described("name", Code(32), primary_key=True, purpose="which number", retention=_ALWAYS),
    described("value", BigInteger, purpose="the last number given", retention=_ALWAYS),
)

leadership = Table(
    "leadership",
    metadata,
    described("role", Code(16), primary_key=True, purpose="what is led: polling", retention=_ALWAYS),
    described(
        "term", BigInteger, purpose="number of the leadership; a batch of an ended one is refused", retention=_ALWAYS
    ),
    described("holder", Code(64), nullable=True, purpose="connections of the process that leads", retention=_ALWAYS),
    described(
        "beat_at", Moment, nullable=True, purpose="when the process that leads was last heard", retention=_ALWAYS
    ),
)


def _current_state(name: str, *columns: Column[object]) -> Table:
    """Return a table of records of which only the current state is kept whole."""
    return Table(
        name,
        metadata,
        described(
            "id", ClearedText(f"{name}.id"), primary_key=True, purpose="source:identifier", retention=_WITH_RECORD
        ),
        described("source_id", Code(100), purpose="which source told it", retention=_WITH_RECORD),
        described("organisation", Code(100), purpose="who answers for it", retention=_WITH_RECORD),
        described("audience", Code(), purpose="who may see it", retention=_WITH_RECORD),
        described("recorded_at", Moment, purpose="when it was first recorded", retention=_WITH_RECORD),
        described("changed_at", Moment, purpose="our last change", retention=_WITH_RECORD),
        described("last_seen_at", Moment, purpose="age on screen", retention=_WITH_RECORD),
        described("absences", Integer, purpose="complete readings in a row that lacked it", retention=_WITH_RECORD),
        described("withdrawn_at", Moment, nullable=True, purpose="when it was withdrawn", retention=_WITH_RECORD),
        described("snapshot", SnapshotText, purpose="the record", retention=_WITH_RECORD),
        described("fingerprint", Code(64), purpose="tells a change from a repetition", retention=_WITH_RECORD),
        *columns,
        Index(f"ix_{name}_live", "source_id", "withdrawn_at"),
    )


road_state = _current_state(
    "road_state",
    described("state", Code(16), purpose="tells a change of state", retention=_WITH_RECORD),
    described("observed_at", Moment, nullable=True, purpose="order of observations", retention=_WITH_RECORD),
)
camera = _current_state("camera")
tally = _current_state(
    "tally",
    described("measure", Code(), purpose="filter by measure", retention=_WITH_RECORD),
    described("start", Moment, purpose="filter by time", retention=_WITH_RECORD),
    described("until", Moment, purpose="filter by time", retention=_WITH_RECORD),
)
Index("ix_tally_until", tally.c.until, tally.c.start)

road_state_history = Table(
    "road_state_history",
    metadata,
    described("id", _RowNumber, primary_key=True, purpose="order", retention=_RUN),
    described("road_id", ClearedText("road_state_history.road_id"), purpose="which segment", retention=_RUN),
    described("state", Code(16), purpose="the state it took", retention=_RUN),
    described("speed_kmh", Float, nullable=True, purpose="speed at that moment", retention=_RUN),
    described("observed_at", Moment, nullable=True, purpose="the publisher's time", retention=_RUN),
    described("at", Moment, purpose="from when on it counts: of its run, or document", retention=_RUN),
    described("recorded_at", Moment, purpose="when we learnt it", retention=_RUN),
)
Index("ix_road_state_history_road", road_state_history.c.road_id, road_state_history.c.at)
Index("ix_road_state_history_at", road_state_history.c.at)

__all__ = [
    "account",
    "agreement",
    "api_key",
    "audit",
    "camera",
    "camera_purpose",
    "camera_task",
    "category_day",
    "change",
    "conflict",
    "conflict_measure",
    "conflict_rules",
    "conflict_window",
    "contribution",
    "control_report",
    "control_review",
    "counter",
    "day_place",
    "delay_day",
    "district_day",
    "event",
    "event_day",
    "event_district",
    "event_joined",
    "event_link",
    "event_period",
    "event_version",
    "feed_key",
    "kiosk",
    "leadership",
    "media",
    "media_job",
    "media_part",
    "metadata",
    "notice",
    "organisation",
    "poll_half_hour",
    "poll_run",
    "recurring_report",
    "reject",
    "report_copy",
    "report_event",
    "report_figures",
    "road_day",
    "road_hour",
    "road_state",
    "road_state_history",
    "rollup",
    "saved_view",
    "sign_in",
    "source_field",
    "source_order",
    "source_outage",
    "source_schema",
    "subscription",
    "tally",
    "upkeep",
    "waiting",
]
