"""Tables of the sums by day that stand for the events themselves: small, quick to add up, without a text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, Table

from store.columns import Code, described
from store.metadata import ALWAYS, metadata


def _filter(name: str, kind: Any, purpose: str = "filter") -> Column[Any]:
    options: dict[str, Any] = {"autoincrement": False} if kind is Integer else {}
    return described(name, kind, primary_key=True, purpose=purpose, retention=ALWAYS, **options)


def _daily(name: str, *filters: Column[Any]) -> Table:
    """Return a table of differences by these filters and by who may be told of them.

    `n`: how many more events are in force than on the day before, a group of linked ones counted once. `began` and
    `ended` count events each on its own: runs of days that begin on this day, of events that were in force until the day
    before `since` (0: never), and runs that ended on the day before. An event is in force at some time from day F to day L
    when it is on day F, or when a run of it begins after F, up to L, with `since` <= F: so each event of a period is
    counted once, from sums.
    """
    return Table(
        name,
        metadata,
        *filters,
        _filter("audience", Code(), "who may be told of it"),
        described("n", Integer, purpose="events more than on the day before", retention=ALWAYS),
        described("began", Integer, purpose="events of which a run of days begins", retention=ALWAYS),
        described("ended", Integer, purpose="events of which a run of days is over", retention=ALWAYS),
        sqlite_with_rowid=False,
    )


_DAY = "local day from year 1 on"
_SINCE = "day on which its days before were over; 0: none"

# Differences, so that an event costs two rows however long it lasts. An event in several districts has all of them as
# its place, so that it counts once in any choice of districts. `store.rollup` keeps it true.
event_day = _daily(
    "event_day",
    _filter("category", Code(64)),
    _filter("districts", Code(), "filter, with commas; empty: in none"),
    _filter("day", Integer, _DAY),
    _filter("since", Integer, _SINCE),
    _filter("severity", Integer),
    _filter("organisation", Code(100)),
)
# The same whatever the events were, in each of their districts: an overview of years adds up a fifth of the rows.
district_day = _daily(
    "district_day",
    _filter("day", Integer, _DAY),
    _filter("since", Integer, _SINCE),
    _filter("district", Code(16), "overview; empty: in none"),
    _filter("severity", Integer),
)
# The same for the whole city: an event in two districts counts once.
category_day = _daily(
    "category_day",
    _filter("day", Integer, _DAY),
    _filter("since", Integer, _SINCE),
    _filter("category", Code(64)),
    _filter("severity", Integer),
    _filter("organisation", Code(100)),
)

# Which districts lie together in `event_day`: few, so that a choice of districts becomes a list of places.
day_place = Table(
    "day_place",
    metadata,
    _filter("districts", Code(), "places of several districts, with commas"),
    sqlite_with_rowid=False,
)

# Events that were first told after they had begun: how many seconds after. Ordered by them within a day, so that a
# median is found in one reading.
delay_day = Table(
    "delay_day",
    metadata,
    _filter("day", Integer, "local day of the start, from year 1 on"),
    _filter("delay_s", Integer, "whole seconds from the start to the first record"),
    _filter("first", Integer, "first local day in force"),
    _filter("source_id", Code(100), "leaves out what began before its source was heard"),
    _filter("category", Code(64)),
    _filter("districts", Code(), "filter, with commas; empty: in none"),
    _filter("severity", Integer),
    _filter("organisation", Code(100)),
    _filter("audience", Code(), "who may be told of it"),
    described("n", Integer, purpose="how many events", retention=ALWAYS),
    sqlite_with_rowid=False,
)

rollup = Table(
    "rollup",
    metadata,
    described("kind", Code(32), primary_key=True, purpose="which table of sums is whole", retention=ALWAYS),
    described("timezone", Code(64), purpose="whose days it counts", retention=ALWAYS),
    described("last_day", Integer, nullable=True, purpose="up to which day, when not to the last", retention=ALWAYS),
)
