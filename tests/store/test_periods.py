"""Every number of the analysis is what SQL written by hand finds in the events and the history themselves."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import bindparam, text

from events.audience import ANONYMOUS, CITY_READER, PARTNERS, PUBLIC, Viewer, listed
from events.city import Axis, City
from events.validity import Recurrence, Validity
from events.vocabulary import Severity, StoredStatus, TrafficState
from insight.periods import Periods, Question, Setting
from insight.statistics import Days
from store.columns import Moment
from store.half_hours import moment_of
from store.kept import EventQuery
from store.road_days import sum_days

ZONE = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
QUAY = {"type": "LineString", "coordinates": [[5.55, 43.25], [5.56, 43.25]]}
# section -> its axis, and who may see it
SECTIONS = {"q1": ("quay", PUBLIC), "q2": ("quay", PUBLIC), "h1": ("hill", PUBLIC), "h2": ("hill", PARTNERS), "x": (None, PUBLIC)}  # fmt: skip
DISTRICTS_OF_AXES = {"quay": ("13202",), "hill": ("13201", "13202")}
AUDIENCES = {"anyone": (ANONYMOUS, "audience = 'public'"), "reader": (CITY_READER, "audience IN ('public', 'partners')"),
             "all": (Viewer(sees_restricted=True), "audience <> ''")}  # fmt: skip


@pytest.fixture
def city(town) -> City:
    axes = tuple(
        Axis(id=name, name=name, road_class="primary", length_m=1.0, district_codes=codes, geometry=QUAY)
        for name, codes in DISTRICTS_OF_AXES.items()
    )
    return City(
        id="town", name="Town", timezone="Europe/Paris", area=town.city.area, districts=town.city.districts, axes=axes
    )


def an_event(town, number: int, chance: random.Random):
    start = town.now + timedelta(minutes=chance.randrange(-2000, 3000))
    nightly = Recurrence(time(21), time(5), "Europe/Paris", frozenset({0, 2, 4}))
    twice = (Recurrence(time(9), time(12), "Europe/Paris"), Recurrence(time(14), time(17), "Europe/Paris"))
    west = chance.choice((5.2, 5.49999, 5.7))
    line = {"type": "LineString", "coordinates": [[west, 43.3], [west + 0.1, 43.3]]}
    return town.event(
        f"e{number}",
        category=chance.choice(("accident", "chantier", "spectacle", "manifestation")),
        severity=chance.choice(tuple(Severity)),
        organisation=chance.choice(("town", "voirie")),
        audience=chance.choice((PUBLIC, PUBLIC, PARTNERS, listed(["voirie"]))),
        status=chance.choice((None, None, None, StoredStatus.TO_CONFIRM, StoredStatus.DRAFT, StoredStatus.CANCELLED)),
        geometry=chance.choice((None, line, line)),
        validity=Validity(
            start=start, end=start + timedelta(minutes=chance.randrange(30, 9000)),
            recurrences=chance.choice(((), (), (nightly,), twice)),
        ),
    )  # fmt: skip


def a_history(town, chance: random.Random) -> None:
    """Three weeks of events and roads, over the night the clocks go back; the days before the last are summed up."""
    town.now = datetime(2026, 10, 15, 6, tzinfo=UTC)
    end = datetime(2026, 11, 6, 15, 20, tzinfo=UTC)
    number = 0
    while town.now < end:
        told = [an_event(town, number + more, chance) for more in range(chance.randrange(0, 3))]
        number += len(told)
        gone = (f"e{chance.randrange(max(1, number))}",) if chance.random() < 0.1 else ()
        roads = [
            town.road(name, state=chance.choice(tuple(TrafficState)), axis_id=SECTIONS[name][0], audience=SECTIONS[name][1],
                      observed_at=town.now)
            for name in chance.sample(sorted(SECTIONS), 2)
        ]  # fmt: skip
        town.poll(*told, road_states=roads, withdrawn=gone)
        if town.now < end - 3 * DAY:
            sum_days(town.database, town.now)
        town.now += timedelta(minutes=chance.randrange(20, 500))


def questions(chance: random.Random) -> list[tuple[str, Question]]:
    found = []
    for _ in range(10):
        first = datetime(2026, 10, 14, tzinfo=UTC).date() + chance.randrange(0, 20) * DAY
        days = Days(first, first + chance.randrange(0, 12) * DAY)
        filters = EventQuery(
            districts=chance.choice(((), (), ("13201",), ("13202",), ("13201", "13202"))),
            categories=chance.choice(((), (), ("accident",), ("chantier", "spectacle"))),
            organisations=chance.choice(((), (), ("voirie",))),
            severity=chance.choice((None, None, 2, 4)),
            text=chance.choice((None, None, None, "accident e1")),
        )
        # Compared days follow each other, are far apart, or lie over each other.
        compared = chance.choice((days.before(), days.before(), days.year_before(), Days(first - 2 * DAY, days.last)))
        found.append((chance.choice(sorted(AUDIENCES)), Question(days=days, compared=compared, filters=filters)))
    return found


class ByHand:
    """SQL on the events, their periods and the history of roads; nothing of the software answers it."""

    def __init__(self, town, who: str, filters: EventQuery) -> None:
        self.town, self.who, self.filters = town, who, filters
        self.is_sqlite = town.database.is_sqlite
        self.visible = AUDIENCES[who][1]

    def ask(self, statement: str, **moments):
        typed = [bindparam(name, type_=Moment()) for name in moments]
        with self.town.database.read() as connection:
            return connection.execute(text(statement).bindparams(*typed), moments).all()

    def conditions(self) -> str:
        told = [self.visible, "(status IS NULL OR status = 'to_confirm')"]
        for name in ("categories", "organisations"):
            wanted = getattr(self.filters, name)
            column = {"categories": "category", "organisations": "organisation"}[name]
            if wanted:
                told.append(f"{column} IN ({', '.join(repr(one) for one in wanted)})")
        if self.filters.severity is not None:
            told.append(f"severity >= {self.filters.severity}")
        if self.filters.text:
            told.append(f"search LIKE '%{self.filters.text}%'")
        if self.filters.districts:
            codes = ", ".join(repr(one) for one in self.filters.districts)
            told.append(f"EXISTS (SELECT 1 FROM event_district d WHERE d.event_id = id AND d.district IN ({codes}))")
        return " AND ".join(told)

    def moment(self, at: datetime) -> str:
        """Return a moment as SQL."""
        written = at.replace(tzinfo=None).isoformat(" ", "microseconds")
        return f"'{written}'" if self.is_sqlite else f"timestamptz '{written}+00'"

    def in_force(self, what: str, start: datetime, end: datetime, more: str = "", **moments: datetime) -> list:
        """Return what is asked of the events that are in force at some moment of [start, end[."""
        return self.ask(
            f"SELECT {what} FROM event WHERE {self.conditions()} AND EXISTS (SELECT 1 FROM event_period p WHERE "
            "p.event_id = id AND p.start < :b AND (p.until > :a OR (p.until = p.start AND p.start = :a))) " + more,
            a=start, b=end, **moments,
        )  # fmt: skip

    def count(self, start: datetime, end: datetime, more: str = "") -> int:
        return self.in_force("count(*)", start, end, more)[0][0]

    def seconds(self, start: datetime, end: datetime) -> dict[tuple[str, str], float]:
        """Return the seconds of each section in each state within [start, end[, of all whatever their audience."""
        length = (
            "(julianday({0}) - julianday({1})) * 86400" if self.is_sqlite else "extract(epoch FROM ({0} - {1}))"
        ).format("CASE WHEN closing > :b THEN :b ELSE closing END", "CASE WHEN at < :a THEN :a ELSE at END")
        rows = self.ask(
            "WITH spells AS (SELECT road_id, state, recorded_at AS at, coalesce(lead(recorded_at) OVER "
            "(PARTITION BY road_id ORDER BY recorded_at, id), :b) AS closing FROM road_state_history) "
            f"SELECT road_id, state, sum({length}) FROM spells WHERE at < :b AND closing > :a GROUP BY road_id, state",
            a=start, b=end,
        )  # fmt: skip
        return {(row[0].partition(":")[2], row[1]): float(row[2]) for row in rows if row[2] > 0}


def midnight(day) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def bounds(days: Days) -> tuple[datetime, datetime]:
    return midnight(days.first), midnight(days.last + DAY)


def traffic(hand: ByHand, town, days: Days, districts) -> dict:
    """Return seconds by (day, local hour, axis, state), each section weighing its part of its axis."""
    found: dict = defaultdict(float)
    for day in days.each():
        start, end = midnight(day), min(midnight(day + DAY), town.now)
        if end <= start:
            continue
        told = {name for name, _ in hand.seconds(start, end)}
        for hour in range(int((end - start).total_seconds() // 3600) + 1):
            begin = start + timedelta(hours=hour)
            if begin >= end:
                continue
            for (name, state), spent in hand.seconds(begin, min(end, begin + timedelta(hours=1))).items():
                axis, audience = SECTIONS[name]
                if axis is None or not AUDIENCES[hand.who][0].may_see(audience):
                    continue
                if districts and not set(districts) & set(DISTRICTS_OF_AXES[axis]):
                    continue
                parts = sum(1 for one in told if SECTIONS[one][0] == axis)
                found[day, begin.astimezone(ZONE).hour, axis, state] += spent / parts
    return found


def total(times: dict, *, states, daytime: bool = False, **wanted) -> float:
    names = ("day", "hour", "axis", "state")
    return sum(
        seconds
        for key, seconds in times.items()
        if key[3] in states and (not daytime or 7 <= key[1] < 20)
        and all(dict(zip(names, key, strict=True))[name] == value for name, value in wanted.items())
    )  # fmt: skip


KNOWN = ("free", "slow", "congested", "closed")


def check_events(told: Periods, hand: ByHand, question: Question) -> None:
    now, then = bounds(question.days), bounds(question.compared)
    serious = f"AND severity >= {max(3, question.filters.severity or 0)}"
    assert (told.total.now, told.total.then) == (hand.count(*now), hand.count(*then))
    assert (told.serious.now, told.serious.then) == (hand.count(*now, serious), hand.count(*then, serious))
    each = [(midnight(day), midnight(day + DAY)) for day in question.days.each()]
    assert told.total.series == tuple(hand.count(*day) for day in each)
    assert told.serious.series == tuple(hand.count(*day, serious) for day in each)
    before = [(midnight(day), midnight(day + DAY)) for day in question.compared.each()]
    assert told.before_by_day == tuple(hand.count(*day) for day in before)
    kinds = [dict(hand.in_force("category, count(*)", *span, "GROUP BY category")) for span in (now, then)]
    assert {row.category: (row.now, row.then) for row in told.categories} == {
        name: (kinds[0].get(name, 0), kinds[1].get(name, 0)) for name in {*kinds[0], *kinds[1]}
    }
    by_kind = {"circ": "accident", "chant": "chantier", "fete": "spectacle", "rass": "manifestation"}
    for family, series in told.families.items():
        assert series == tuple(hand.count(*day, f"AND category = '{by_kind[family]}'") for day in each)
    for row in told.districts:
        there = f"AND EXISTS (SELECT 1 FROM event_district t WHERE t.event_id = id AND t.district = '{row.code}')"
        assert (row.now, row.then) == (hand.count(*now, there), hand.count(*then, there))
        assert row.serious == hand.count(*now, f"{serious} {there}")
        assert row.series == tuple(hand.count(*day, there) for day in each)
        assert row.rate == pytest.approx(row.now * 10)  # of 1,000 inhabitants


def check_delay(told: Periods, hand: ByHand, question: Question, heard: datetime) -> None:
    """What was told late counts in whole seconds; what began before its source was first heard does not."""
    length = (
        "CAST((julianday(recorded_at) - julianday(start)) * 86400 + 0.0001 AS INTEGER)"
        if hand.is_sqlite
        else "floor(extract(epoch FROM recorded_at - start))"
    )

    def delay(start, end):
        rows = hand.in_force(length, start, end, "AND start >= :a AND start < :b AND recorded_at >= start AND start >= :heard", heard=heard)  # fmt: skip
        return median(float(row[0]) for row in rows) if rows else None

    now, then = bounds(question.days), bounds(question.compared)
    assert (told.delay.now, told.delay.then) == (delay(*now), delay(*then))
    # On a day of its own an event of the period counts where it began, whenever in the period it was in force.
    for day, value in zip(question.days.each(), told.delay.series, strict=True):
        begun = f"AND start >= :a AND start < :b AND recorded_at >= start AND start >= :heard AND start >= {hand.moment(midnight(day))} AND start < {hand.moment(midnight(day + DAY))}"
        rows = hand.in_force(length, *now, begun, heard=heard)
        assert value == (median(float(row[0]) for row in rows) if rows else None)


def check_roads(told: Periods, hand: ByHand, town, question: Question) -> None:
    districts = question.filters.districts
    times = traffic(hand, town, question.days, districts)
    before = traffic(hand, town, question.compared, districts)
    for value, of in ((told.closed_hours.now, times), (told.closed_hours.then, before)):
        assert value == (pytest.approx(total(of, states=["closed"]) / 3600, abs=0.001) if of else None)
    for value, of in ((told.congested_share.now, times), (told.congested_share.then, before)):
        known = total(of, states=KNOWN, daytime=True)
        jam = total(of, states=["congested"], daytime=True)
        assert value == (pytest.approx(jam / known, abs=1e-6) if known else None)
    assert {row.axis_id for row in told.axes} == {
        axis for (_, hour, axis, state) in times if state in KNOWN and 7 <= hour < 20
    }
    for row in told.axes:
        known = total(times, states=KNOWN, daytime=True, axis=row.axis_id)
        for state, share in (("closed", row.closed), ("congested", row.congested), ("slow", row.slow)):
            expected = total(times, states=[state], daytime=True, axis=row.axis_id) / known
            assert share == pytest.approx(expected, abs=1e-6)
    for row in told.districts:
        closed = sum(total(times, states=["closed"], axis=axis) for axis, codes in DISTRICTS_OF_AXES.items() if row.code in codes)  # fmt: skip
        assert row.closed_s == pytest.approx(closed, abs=1)
    for weekday, row in enumerate(told.heat):
        for hour, value in enumerate(row):
            cells = {key: spent for key, spent in times.items() if key[0].weekday() == weekday and key[1] == hour}
            known = total(cells, states=KNOWN)
            hindered = total(cells, states=["closed", "congested"])
            expected = pytest.approx(hindered / known * len(told.axes), abs=1e-5) if known else None
            assert value == expected, (weekday, hour)


@pytest.mark.parametrize("seed", [1])
def test_every_number_is_what_sql_by_hand_finds_for_ten_sets_of_filters(town, city, seed):
    chance = random.Random(seed)
    a_history(town, chance)
    setting = Setting(city=city, now=town.now, sources=("town-works",), regular=("town-works",))
    with town.database.read() as connection:
        first = connection.execute(text("SELECT min(half_hour) FROM poll_half_hour")).scalar_one()
    for who, question in questions(chance):
        told = Periods(town.database, AUDIENCES[who][0], question, setting)
        hand = ByHand(town, who, question.filters)
        begun = moment_of(first).astimezone(ZONE).date()
        assert told.coverage.compared_since == (begun if question.compared.first < begun else None)
        check_events(told, hand, question)
        check_delay(told, hand, question, moment_of(first + 1))
        check_roads(told, hand, town, question)
