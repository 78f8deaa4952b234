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
    """Return a table of differences by these filters: how many more events than on the day before, by who may be told of them."""
    return Table(
        name,
        metadata,
        *filters,
        _filter("audience", Code(), "who may be told of it"),
        described("n", Integer, purpose="events more than on the day before", retention=ALWAYS),
        sqlite_with_rowid=False,
    )


_DAY = "local day from year 1 on"

# Differences, so that an event costs two rows a district however long it lasts: how many more events are in force
# on this local day than on the day before. `store.rollup` keeps it true.
event_day = _daily(
    "event_day",
    _filter("category", Code(64)),
    _filter("district", Code(16), "filter; empty: in none"),
    _filter("day", Integer, _DAY),
    _filter("severity", Integer),
    _filter("organisation", Code(100)),
)
# The same whatever the events were: an overview of years adds up a twentieth of the rows.
district_day = _daily(
    "district_day", _filter("day", Integer, _DAY), _filter("district", Code(16), "overview; empty: in none")
)
# The same for the whole city: an event in two districts counts once.
category_day = _daily(
    "category_day",
    _filter("day", Integer, _DAY),
    _filter("category", Code(64)),
    _filter("severity", Integer),
    _filter("organisation", Code(100)),
)

rollup = Table(
    "rollup",
    metadata,
    described("kind", Code(32), primary_key=True, purpose="which table of sums is whole", retention=ALWAYS),
    described("timezone", Code(64), purpose="whose days it counts", retention=ALWAYS),
    described("last_day", Integer, nullable=True, purpose="up to which day, when not to the last", retention=ALWAYS),
)
