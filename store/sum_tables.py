"""Tables of the sums by day that stand for the events themselves: small, quick to add up, without a text."""

from __future__ import annotations

from sqlalchemy import Integer, Table

from store.columns import Code, described
from store.metadata import ALWAYS, metadata

# Differences, so that an event costs two rows a district however long it lasts: how many more events are in force
# on this local day than on the day before. `store.rollup` keeps it true.
event_day = Table(
    "event_day",
    metadata,
    described("category", Code(64), primary_key=True, purpose="filter", retention=ALWAYS),
    described("district", Code(16), primary_key=True, purpose="filter; empty: in none", retention=ALWAYS),
    described("day", Integer, primary_key=True, autoincrement=False, purpose="local day from year 1 on", retention=ALWAYS),
    described("severity", Integer, primary_key=True, autoincrement=False, purpose="filter", retention=ALWAYS),
    described("organisation", Code(100), primary_key=True, purpose="filter", retention=ALWAYS),
    described("audience", Code(), primary_key=True, purpose="who may be told of it", retention=ALWAYS),
    described("n", Integer, purpose="events more than on the day before", retention=ALWAYS),
    sqlite_with_rowid=False,
)  # fmt: skip
# The same whatever the events were: an overview of years adds up a twentieth of the rows.
district_day = Table(
    "district_day",
    metadata,
    described("day", Integer, primary_key=True, autoincrement=False, purpose="local day from year 1 on", retention=ALWAYS),
    described("district", Code(16), primary_key=True, purpose="overview; empty: in none", retention=ALWAYS),
    described("audience", Code(), primary_key=True, purpose="who may be told of it", retention=ALWAYS),
    described("n", Integer, purpose="events more than on the day before", retention=ALWAYS),
    sqlite_with_rowid=False,
)  # fmt: skip
# The same for the whole city: an event in two districts counts once.
category_day = Table(
    "category_day",
    metadata,
    described("day", Integer, primary_key=True, autoincrement=False, purpose="local day from year 1 on", retention=ALWAYS),
    described("category", Code(64), primary_key=True, purpose="filter", retention=ALWAYS),
    described("severity", Integer, primary_key=True, autoincrement=False, purpose="filter", retention=ALWAYS),
    described("organisation", Code(100), primary_key=True, purpose="filter", retention=ALWAYS),
    described("audience", Code(), primary_key=True, purpose="who may be told of it", retention=ALWAYS),
    described("n", Integer, purpose="events more than on the day before", retention=ALWAYS),
    sqlite_with_rowid=False,
)  # fmt: skip

rollup = Table(
    "rollup",
    metadata,
    described("kind", Code(32), primary_key=True, purpose="which table of sums is whole", retention=ALWAYS),
    described("timezone", Code(64), purpose="whose days it counts", retention=ALWAYS),
    described("last_day", Integer, nullable=True, purpose="up to which day, when not to the last", retention=ALWAYS),
)
