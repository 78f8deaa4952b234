from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from events.audience import ANONYMOUS, PARTNERS
from events.errors import InvalidRecord
from events.validity import Validity
from events.vocabulary import StoredStatus
from store import readers
from store.kept import EventQuery

DAY = timedelta(days=1)


def counted(town, viewer=None, **query):
    query = {"start": town.noon - DAY, "end": town.noon + DAY} | query
    rows = readers.day_counts(town.database, viewer=viewer or town.all_seeing, query=EventQuery(**query))
    return {(row.day.day, row.district, row.category): row.n for row in rows}


def at(town, day, hour, hours=1):
    start = datetime(2026, 11, day, hour, tzinfo=UTC)
    return Validity(start=start, end=start + timedelta(hours=hours))


def test_days_are_local_and_an_event_counts_on_each_of_them(town):
    town.poll(
        town.event("a", validity=at(town, 13, 10)),
        town.event("midnight", validity=at(town, 13, 23)),  # 0:00 to 1:00 in Paris: the 14th
        town.event("night", validity=at(town, 14, 20, hours=6)),
        town.event("outside", validity=at(town, 20, 10)),
    )
    assert counted(town) == {
        (13, "13201", "accident"): 1,
        (14, "13201", "accident"): 2,
        (15, "13201", "accident"): 1,
    }


def test_districts_categories_and_none(town):
    town.poll(
        town.event("line", geometry={"type": "LineString", "coordinates": [[5.4, 43.5], [5.6, 43.5]]}),
        town.event("works", category="chantier"),
        town.event("nowhere", geometry=None),
    )
    assert counted(town) == {
        (14, "", "accident"): 1,
        (14, "13201", "accident"): 1,
        (14, "13201", "chantier"): 1,
        (14, "13202", "accident"): 1,
    }
    assert counted(town, districts=["13202"]) == {(14, "13202", "accident"): 1}
    assert counted(town, categories=["chantier"]) == {(14, "13201", "chantier"): 1}


def test_what_did_not_take_place_or_may_not_be_seen_is_not_counted(town):
    town.poll(
        town.event("off", status=StoredStatus.CANCELLED),
        town.event("draft", status=StoredStatus.DRAFT),
        town.event("maybe", status=StoredStatus.TO_CONFIRM),
        town.event("shared", audience=PARTNERS),
        town.event("ended-early", validity=Validity(start=town.noon - DAY, end=town.noon + DAY)),
    )
    town.poll(withdrawn=("ended-early",))
    assert counted(town, ANONYMOUS) == {(13, "13201", "accident"): 1, (14, "13201", "accident"): 2}


def test_a_day_of_25_hours_is_one_day(town):
    start = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)  # 23:30 in Paris, after the clocks went back
    town.poll(town.event(validity=Validity(start=start, end=start + timedelta(minutes=20))))
    rows = readers.day_counts(
        town.database, viewer=town.all_seeing, query=EventQuery(start=start - DAY, end=start + DAY)
    )
    assert [(row.day, row.n, row.family) for row in rows] == [(date(2026, 10, 25), 1, "circ")]


def test_two_years_are_counted_and_a_range_without_end_is_refused(town):
    town.poll(town.event())
    assert counted(town, start=town.noon - 730 * DAY) == {(14, "13201", "accident"): 1}
    with pytest.raises(InvalidRecord, match="first and a last moment"):
        counted(town, end=None)
    with pytest.raises(InvalidRecord, match="limited to 1100 days at once, 2002 were asked"):
        counted(town, start=town.noon - 2000 * DAY)
