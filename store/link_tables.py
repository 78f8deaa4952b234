"""Which events of several sources are told to be the same, and the groups that are shown as one."""

from __future__ import annotations

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, Table

from store.columns import Code, Moment, described
from store.metadata import WITH_EVENT, metadata

event_link = Table(
    "event_link",
    metadata,
    described("low_id", Code(36), ForeignKey("event.id"), primary_key=True, purpose="one event", retention=WITH_EVENT),
    described("high_id", Code(36), ForeignKey("event.id"), primary_key=True, purpose="the other, told by another source", retention=WITH_EVENT),
    described("state", Code(16), purpose="proposed, confirmed or refused", retention=WITH_EVENT),
    described("distance_m", Float, purpose="why: how far apart", retention=WITH_EVENT),
    described("shared_line", Float, nullable=True, purpose="why: part of the shorter line in common", retention=WITH_EVENT),
    described("shared_time", Float, purpose="why: part of the shorter window in common", retention=WITH_EVENT),
    described("is_same_category", Boolean, purpose="why: of one category, not only of one family", retention=WITH_EVENT),
    described("proposed_at", Moment, purpose="when it was found", retention=WITH_EVENT),
    described("decided_at", Moment, nullable=True, purpose="when it was confirmed or refused", retention=WITH_EVENT),
    described("decided_by", Code(100), nullable=True, purpose="which organisation decided, or the rule of the city", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_event_link_high", event_link.c.high_id)

event_joined = Table(
    "event_joined",
    metadata,
    described("event_id", Code(36), ForeignKey("event.id"), primary_key=True, purpose="a member of a group", retention=WITH_EVENT),
    described("joined_id", Code(36), purpose="which group", retention=WITH_EVENT),
    described("precedence", Integer, purpose="precedence of its source when it was joined, least first", retention=WITH_EVENT),
    described("position", Integer, purpose="who speaks first in the group, from 0", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_event_joined_joined", event_joined.c.joined_id, event_joined.c.position)
