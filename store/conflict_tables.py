"""Conflicts as they were found, what was decided of each, and the versions of the table of rules that found them."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, Integer, Table

from store.columns import ClearedText, Code, Moment, SnapshotText, described
from store.metadata import FOR_CONTROL, WITH_EVENT, RowNumber, metadata

conflict = Table(
    "conflict",
    metadata,
    described("id", Code(36), primary_key=True, purpose="the same as long as rule and sides are", retention=WITH_EVENT),
    described("rule", Code(48), purpose="which rule is broken", retention=WITH_EVENT),
    described("severity", Integer, purpose="colour of the day, 0 to 4, as the rule says", retention=WITH_EVENT),
    described("a_id", Code(36), ForeignKey("event.id"), index=True, purpose="one side", retention=WITH_EVENT),
    described("b_id", Code(36), ForeignKey("event.id"), nullable=True, index=True, purpose="the other side; none: a fixed place, or nothing that covers", retention=WITH_EVENT),
    described("place_id", Code(36), nullable=True, purpose="a fixed place on the other side", retention=WITH_EVENT),
    described("place_kind", Code(24), nullable=True, purpose="its kind", retention=WITH_EVENT),
    described("place_source", Code(100), nullable=True, purpose="the city, or the source that tells it", retention=WITH_EVENT),
    described("place_title", ClearedText("conflict.place_title"), nullable=True, purpose="how it is called", retention=WITH_EVENT),
    described("owner", Code(100), purpose="the organisation that answers for the first side", retention=WITH_EVENT),
    described("districts", Code(), purpose="filter by district", retention=WITH_EVENT),
    described("lon", Float, purpose="where the sides meet", retention=WITH_EVENT),
    described("lat", Float, purpose="where the sides meet", retention=WITH_EVENT),
    described("distance_m", Float, nullable=True, purpose="why: how far apart; none where a side is told roughly", retention=WITH_EVENT),
    described("required", Code(), purpose="measures that the rule requires", retention=WITH_EVENT),
    described("state", Code(16), purpose="open, accepted, mitigated or obsolete", retention=WITH_EVENT),
    described("found_at", Moment, purpose="when it was found", retention=WITH_EVENT),
    described("changed_at", Moment, purpose="when it last became another one", retention=WITH_EVENT),
    described("decided_at", Moment, nullable=True, purpose="when it was last decided", retention=WITH_EVENT),
    described("decided_state", Code(16), nullable=True, purpose="what was decided then", retention=WITH_EVENT),
    described("decided_by", Code(100), nullable=True, purpose="which organisation decided", retention=WITH_EVENT),
    described("decided_as", Code(16), nullable=True, purpose="in which function", retention=WITH_EVENT),
    described("reason", ClearedText("conflict.reason"), nullable=True, purpose="why it was decided so", retention=WITH_EVENT),
    described("reopened_at", Moment, nullable=True, purpose="when the decision held no longer", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_conflict_state", conflict.c.state)

conflict_window = Table(
    "conflict_window",
    metadata,
    described("conflict_id", Code(36), ForeignKey("conflict.id"), primary_key=True, purpose="which conflict", retention=WITH_EVENT),
    described("start", Moment, primary_key=True, purpose="both sides meet from", retention=WITH_EVENT),
    described("until", Moment, primary_key=True, purpose="both sides meet until, far when open", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_conflict_window_until", conflict_window.c.until, conflict_window.c.start)

conflict_measure = Table(
    "conflict_measure",
    metadata,
    described("conflict_id", Code(36), ForeignKey("conflict.id"), primary_key=True, purpose="which conflict", retention=WITH_EVENT),
    described("measure", Code(24), primary_key=True, purpose="a measure that is present", retention=WITH_EVENT),
    described("present_at", Moment, purpose="since when it is told to be", retention=WITH_EVENT),
    described("told_by", Code(100), purpose="which organisation told it", retention=WITH_EVENT),
    described("told_as", Code(16), purpose="in which function", retention=WITH_EVENT),
)  # fmt: skip

conflict_rules = Table(
    "conflict_rules",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="number of this version of the table", retention=FOR_CONTROL),
    described("made_at", Moment, purpose="when", retention=FOR_CONTROL),
    described("made_by", Code(100), purpose="which organisation changed it", retention=FOR_CONTROL),
    described("made_as", Code(16), purpose="in which function", retention=FOR_CONTROL),
    described("content", SnapshotText, purpose="every rule: codes and numbers", retention=FOR_CONTROL),
)  # fmt: skip
