"""The sums by day are what a scan of the events finds, after whatever happened to the events."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select, update

from events.audience import ANONYMOUS, CITY_READER, PARTNERS, PUBLIC, Viewer, listed
from events.validity import Recurrence, Validity
from events.vocabulary import Severity, StoredStatus
from store import readers, rollup
from store.kept import EventQuery
from store.local_days import LocalDays
from store.maintenance import extend_periods
from store.period_sums import PeriodQuestion
from store.summed import Span
from store.tables import category_day, delay_day, district_day, event, event_day, event_district, event_period
from store.tables import rollup as rollup_table

DAY = timedelta(days=1)
SUMS = (event_day, district_day, category_day, delay_day)
VIEWERS = (ANONYMOUS, CITY_READER, Viewer(organisation="voirie", is_partner=True), Viewer(sees_restricted=True))
FILTERS = (
    {},
    {"districts": ["13202"]},
    {"categories": ["accident", "spectacle"]},
    {"districts": ["13201", "13202"]},
    {"severity": 3},
    {"organisations": ["voirie"], "districts": ["13201"], "severity": 2},
)


def answers(town, *, asked: EventQuery, viewer: Viewer, is_summed: bool = True):
    # Rome has the days of Paris, and no sums: the events themselves are counted.
    zone = "Europe/Paris" if is_summed else "Europe/Rome"
    return readers.day_counts(town.database, viewer=viewer, query=asked, timezone=zone)


def check(town, chance: random.Random) -> None:
    first = town.noon + chance.randrange(-420, 380) * DAY
    for viewer in VIEWERS:
        for told in FILTERS:
            asked = EventQuery(start=first, end=first + chance.randrange(1, 500) * DAY, **told)
            summed = answers(town, asked=asked, viewer=viewer)
            assert summed == answers(town, asked=asked, viewer=viewer, is_summed=False)
            by_district = {}
            for row in summed:
                by_district[row.day, row.district] = by_district.get((row.day, row.district), 0) + row.n
            overview = readers.district_days(town.database, viewer=viewer, query=asked)
            assert {(row.day, row.district): row.n for row in overview} == by_district
            check_periods(town, chance, viewer, told)


def check_periods(town, chance: random.Random, viewer: Viewer, told: dict) -> None:
    """Two periods in one pass, one after the other, apart or over each other: as the events themselves tell them."""
    first = town.noon.date() + chance.randrange(-420, 380) * DAY
    later = first + chance.randrange(-20, 90) * DAY
    periods = [Span(day, day + chance.randrange(0, 60) * DAY, chance.random() < 0.7) for day in (later, first)]
    for read in (readers.kinds, readers.places):
        summed, scanned = (
            read(
                town.database,
                viewer=viewer,
                asked=PeriodQuestion(periods=periods, query=EventQuery(**told), serious=3, timezone=zone),
            )
            for zone in ("Europe/Paris", "Europe/Rome")
        )
        assert summed == scanned


def an_event(town, key: str, chance: random.Random):
    start = town.noon + timedelta(minutes=chance.randrange(-600_000, 500_000))
    end = chance.choice((None, start, start + timedelta(minutes=chance.randrange(1, 200_000))))
    nightly = Recurrence(time(21), time(5), "Europe/Paris", frozenset({0, 2}))
    west = chance.choice((5.2, 5.49999, 5.7))
    return town.event(
        key,
        category=chance.choice(("accident", "chantier", "spectacle")),
        severity=chance.choice(tuple(Severity)),
        organisation=chance.choice(("town", "voirie")),
        audience=chance.choice((PUBLIC, PARTNERS, listed(["voirie"]))),
        status=chance.choice((None, None, StoredStatus.TO_CONFIRM, StoredStatus.DRAFT, StoredStatus.CANCELLED)),
        geometry=chance.choice((None, {"type": "LineString", "coordinates": [[west, 43.3], [west + 0.1, 43.3]]})),
        validity=Validity(start=start, end=end, recurrences=chance.choice(((), (), (nightly,)))),
    )


def something_happens(town, chance: random.Random) -> None:
    keys = [f"e{number}" for number in range(12)]
    told = [an_event(town, key, chance) for key in chance.sample(keys, chance.randrange(0, 6))]
    town.now += timedelta(hours=chance.randrange(0, 100))
    choice = chance.randrange(6)
    if choice == 0:
        town.poll(withdrawn=tuple(chance.sample(keys, 3)))
    elif choice == 1:
        extend_periods(town.database, town.now)
    elif choice == 2:
        purge(town, chance)
    elif choice == 3:
        town.poll(*told, max_age_s=86_400.0)
    else:
        town.listed(*told)


def purge(town, chance: random.Random) -> None:
    """Delete one event with all that hangs on it, as retention does."""
    with town.database.write() as connection:
        ids = list(connection.execute(select(event.c.id).order_by(event.c.id)).scalars())
        if not ids:
            return
        gone = chance.choice(ids)
        sums = rollup.DayRollup(connection, town.city.timezone)
        sums.take_out([gone])
        for table in (event_period, event_district):
            connection.execute(delete(table).where(table.c.event_id == gone))
        connection.execute(delete(event).where(event.c.id == gone))
        sums.close()


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_what_a_scan_finds_after_anything(town, seed):
    chance = random.Random(seed)
    for _ in range(4):
        for _ in range(5):
            something_happens(town, chance)
        check(town, chance)
    with town.database.write() as connection:
        rollup.drop_zeros(connection)
        kept = [sorted(connection.execute(select(table)).all()) for table in SUMS]
        rollup.rebuild(connection, town.city.timezone)
        assert [sorted(connection.execute(select(table)).all()) for table in SUMS] == kept


def test_a_store_without_sums_gets_them_with_its_next_batch(town):
    town.poll(town.event("a"))
    with town.database.write() as connection:
        connection.execute(delete(event_day))
        connection.execute(delete(rollup_table))
    town.poll(town.event("b"))
    asked = EventQuery(start=town.noon, end=town.noon)
    rows = answers(town, asked=asked, viewer=ANONYMOUS)
    assert [row.n for row in rows] == [2]


def test_days_of_another_zone_and_other_conditions_are_scanned(town):
    town.poll(town.event("a"))
    with town.database.write() as connection:
        connection.execute(update(event_day).values(n=50))
    asked = {"start": town.noon, "end": town.noon}
    assert readers.day_counts(town.database, viewer=ANONYMOUS, query=EventQuery(**asked))[0].n == 50
    told = readers.day_counts(town.database, viewer=ANONYMOUS, query=EventQuery(**asked), timezone="Indian/Reunion")
    assert told[0].n == 1
    worded = EventQuery(**asked, text="accident")
    assert readers.day_counts(town.database, viewer=ANONYMOUS, query=worded)[0].n == 1


def test_trap_a_source_that_is_not_passed_on_is_in_no_sum(town):
    town.poll(town.event("a"))
    of_police = town.event("a", source_id="town-police")
    town.poll(of_police, run=town.run(source_id="town-police"))
    today = Span(town.noon.date(), town.noon.date())
    asked = PeriodQuestion(periods=[today], query=EventQuery(), serious=3, timezone="Europe/Paris")
    for read in (readers.kinds, readers.places):
        for withheld, n in (((), 2), (("town-police",), 1), (("town-police", "town-works"), 0)):
            viewer = Viewer(is_partner=True, withheld=frozenset(withheld))
            (told,) = read(town.database, viewer=viewer, asked=asked)
            assert sum(told.once.values()) == n


def test_local_days_follow_the_clock_of_the_city():
    local = LocalDays("Europe/Paris")
    at = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # midnight in Paris
    assert local.number(at) == local.number(at - timedelta(microseconds=1)) + 1
    assert list(local.runs([(at, at + timedelta(hours=25)), (at + timedelta(hours=25), at + timedelta(hours=26))])) == [
        (local.number(at), local.number(at) + 2)
    ]
