"""Tables of the time that road axes spent in each state, by local day.

A section counts for its part of its axis (one of four: a quarter of its time), so that an axis is one whatever it is cut into.
"""

from __future__ import annotations

from sqlalchemy import Float, Integer, Table

from store.columns import Code, described
from store.metadata import ALWAYS, metadata

road_day = Table(
    "road_day",
    metadata,
    described("day", Integer, primary_key=True, autoincrement=False, purpose="local day from year 1 on", retention=ALWAYS),
    described("axis_id", Code(100), primary_key=True, purpose="which axis of the city", retention=ALWAYS),
    described("is_daytime", Integer, primary_key=True, autoincrement=False, purpose="1: from 7 to 20", retention=ALWAYS),
    described("audience", Code(), primary_key=True, purpose="who may be told of it", retention=ALWAYS),
    *(
        described(f"{state}_s", Float, purpose=f"seconds {state}", retention=ALWAYS)
        for state in ("free", "slow", "congested", "closed", "unknown")
    ),
    sqlite_with_rowid=False,
)  # fmt: skip

road_hour = Table(
    "road_hour",
    metadata,
    described("day", Integer, primary_key=True, autoincrement=False, purpose="local day from year 1 on", retention=ALWAYS),
    described("hour", Integer, primary_key=True, autoincrement=False, purpose="local hour, 0 to 23", retention=ALWAYS),
    described("axis_id", Code(100), primary_key=True, purpose="which axis of the city", retention=ALWAYS),
    described("audience", Code(), primary_key=True, purpose="who may be told of it", retention=ALWAYS),
    described("hindered_s", Float, purpose="seconds closed or congested", retention=ALWAYS),
    described("known_s", Float, purpose="seconds in any known state", retention=ALWAYS),
    sqlite_with_rowid=False,
)  # fmt: skip
