"""Every question the store answers, under the names of docs/architecture.md."""

from __future__ import annotations

from store.changes import changes, is_past, last_change, last_head, raw_changes
from store.conflict_decisions import rule_tables
from store.conflicts_query import conflicts
from store.current_query import cameras, roads, tallies, tallies_state
from store.days import day_counts, district_days
from store.delays import publication_delays
from store.events_query import count_events, events, events_by_id, groups, recent_versions, replaced, versions
from store.events_query import event_of as event
from store.half_hours import half_hours
from store.heard_days import first_heard, heard_days
from store.orders import fields_of, fields_of_each, last_order, orders, orders_after, paused
from store.outages import open_outages, outages
from store.period_sums import kinds, places
from store.road_history import heard, road_past
from store.road_time import axis_times, day_times, fresh_times, hour_times
from store.sources import in_force, rejects, run_history, runs, source_states
from store.starts import starts
from store.withheld import withheld_words

__all__ = [
    "axis_times",
    "cameras",
    "changes",
    "conflicts",
    "count_events",
    "day_counts",
    "day_times",
    "district_days",
    "event",
    "events",
    "events_by_id",
    "fields_of",
    "fields_of_each",
    "first_heard",
    "fresh_times",
    "groups",
    "half_hours",
    "heard",
    "heard_days",
    "hour_times",
    "in_force",
    "is_past",
    "kinds",
    "last_change",
    "last_head",
    "last_order",
    "open_outages",
    "orders",
    "orders_after",
    "outages",
    "paused",
    "places",
    "publication_delays",
    "raw_changes",
    "recent_versions",
    "rejects",
    "replaced",
    "road_past",
    "roads",
    "rule_tables",
    "run_history",
    "runs",
    "source_states",
    "starts",
    "tallies",
    "tallies_state",
    "versions",
    "withheld_words",
]
