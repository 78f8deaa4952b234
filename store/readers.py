"""Every question the store answers, under the names of docs/architecture.md."""

from __future__ import annotations

from store.changes import changes, is_past, last_change, last_head, raw_changes
from store.current_query import cameras, roads, tallies, tallies_state
from store.days import day_counts, district_days
from store.events_query import count_events, events, events_by_id, groups, recent_versions, versions
from store.events_query import event_of as event
from store.half_hours import half_hours
from store.orders import fields_of, fields_of_each, last_order, orders, orders_after, paused
from store.outages import open_outages, outages
from store.road_history import heard, road_past
from store.road_time import road_times
from store.sources import in_force, rejects, run_history, runs, source_states
from store.withheld import withheld_words

__all__ = [
    "cameras",
    "changes",
    "count_events",
    "day_counts",
    "district_days",
    "event",
    "events",
    "events_by_id",
    "fields_of",
    "fields_of_each",
    "groups",
    "half_hours",
    "heard",
    "in_force",
    "is_past",
    "last_change",
    "last_head",
    "last_order",
    "open_outages",
    "orders",
    "orders_after",
    "outages",
    "paused",
    "raw_changes",
    "recent_versions",
    "rejects",
    "road_past",
    "road_times",
    "roads",
    "run_history",
    "runs",
    "source_states",
    "tallies",
    "tallies_state",
    "versions",
    "withheld_words",
]
