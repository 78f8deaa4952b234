"""The agenda: each local day bears its worst open conflict, its list and what begins on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.audience import PARTNERS
from events.validity import Period, Validity
from store.conflict_decisions import Decider, decide
from store.conflicts import ConflictState
from tests.api.served import Served, event
from tests.api.test_conflicts_told import watch_over

PARIS = ZoneInfo("Europe/Paris")
TODAY = datetime.now(PARIS).date()
AT = {"type": "Point", "coordinates": [5.44, 43.21]}


def on(day: int, start: int = 14, end: int = 18) -> Period:
    """Return hours of a local day, so many days from today."""
    there = TODAY + timedelta(days=day)
    return Period(*(datetime.combine(there, time(hour), PARIS).astimezone(UTC) for hour in (start, end)))


def in_force(*periods: Period) -> Validity:
    return Validity(start=periods[0].start, end=periods[-1].end, periods=periods)


MATCH = event("match", category="match", headline="Match", geometry=AT, validity=in_force(on(3), on(5)))
WORKS = event("works", category="chantier", headline="Chantier", geometry=AT, audience=PARTNERS,
              validity=in_force(Period(on(2).start, on(9).end)))  # fmt: skip
VISIT = event("visit", category="visite", headline="Visite", geometry=AT, validity=in_force(on(5, 15, 16)))


@pytest.fixture
def city(served) -> Served:
    served.admit(MATCH, WORKS, VISIT)
    watch_over(served.house).look()
    return served


def agenda(served: Served, viewer: str = "partner", query: str = "") -> dict:
    answer = served.get(f"/api/agenda{query}", viewer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def day_of(told: dict, day: int) -> dict:
    return next(one for one in told["days"] if one["date"] == (TODAY + timedelta(days=day)).isoformat())


def rules_on(told: dict, day: int) -> list[tuple[str, str]]:
    listed = [told["conflicts"][number] for number in day_of(told, day)["conflicts"]]
    return [(one["rule"], one["state"]) for one in listed]


def test_thirty_days_ahead_each_with_its_worst_open_conflict_and_its_list(city) -> None:
    told = agenda(city)
    assert [one["date"] for one in told["days"]] == [(TODAY + timedelta(days=n)).isoformat() for n in range(30)]
    assert told["today"] == TODAY.isoformat()
    assert (day_of(told, 3)["worst"], rules_on(told, 3)) == (2, [("event-works", "open")])
    assert day_of(told, 5)["worst"] == 3
    assert set(rules_on(told, 5)) == {("visit-anything", "open"), ("event-works", "open")}
    assert rules_on(told, 5)[0][0] == "visit-anything", "the worst first"
    assert (day_of(told, 4)["worst"], day_of(told, 4)["open"], rules_on(told, 4)) == (None, 0, [])
    assert (day_of(told, 4)["events"], day_of(told, 5)["events"]) == (1, 3)


def test_who_sees_one_side_only_has_a_day_without_that_conflict(city) -> None:
    told = agenda(city, "public")
    assert day_of(told, 3)["worst"] is None
    assert "Chantier" not in city.get("/api/agenda", "public").text
    assert rules_on(told, 5) == [("visit-anything", "open")], "match and visit are public"


def test_a_decided_conflict_is_listed_and_colours_no_day(city) -> None:
    worst = next(one for one in agenda(city)["conflicts"] if one["rule"] == "event-works")
    by = Decider(organisation="city", role="manager", at=datetime.now(UTC))
    with city.house.database.write() as connection:
        decide(connection, worst["id"], ConflictState.ACCEPTED, None, by)
    told = agenda(city)
    assert (day_of(told, 3)["worst"], day_of(told, 3)["settled"], rules_on(told, 3)) == (
        None,
        1,
        [("event-works", "accepted")],
    )
    assert day_of(agenda(city, query="?state=open"), 3)["conflicts"] == []


def test_any_month_and_a_day_of_25_hours(city) -> None:
    night = Period(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    city.admit(replace(MATCH, external_id="night", validity=in_force(night)),
               replace(WORKS, external_id="night-works", validity=in_force(night)))  # fmt: skip
    watch_over(city.house).look()
    told = agenda(city, query="?from=2027-10-01&to=2027-10-31")
    assert len(told["days"]) == 31
    assert [one["date"] for one in told["days"] if one["open"]] == ["2027-10-31"]


def test_midnight_belongs_to_the_day_that_begins(city) -> None:
    until_midnight = Period(
        on(7, 20, 23).start, datetime.combine(TODAY + timedelta(days=8), time(), PARIS).astimezone(UTC)
    )
    city.admit(replace(MATCH, external_id="late", validity=in_force(until_midnight)))
    watch_over(city.house).look()
    told = agenda(city)
    assert (day_of(told, 7)["open"], day_of(told, 8)["open"]) == (1, 0)


def test_filters_and_districts(city) -> None:
    everything = agenda(city)
    assert [one for one in everything["districts"] if one["open"]] == [{"code": "13209", "open": 3, "worst": 3}]
    for query, count in (
        ("?district=9", 3),
        ("?district=1", 0),
        ("?category=visite", 2),
        ("?severity=3", 2),
        ("?q=chantier", 2),
    ):
        assert len(agenda(city, query=query)["conflicts"]) == count, query


def test_the_same_answer_is_not_sent_twice(city) -> None:
    answer = city.get("/api/agenda", "partner")
    again = city.get("/api/agenda", "partner", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    city.admit(replace(WORKS, headline="Grand chantier", published_at=datetime.now(UTC) + timedelta(minutes=1)))
    assert city.get("/api/agenda", "partner", headers={"If-None-Match": answer.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?from=yesterday", "from"),
        ("?from=0001-01-01", "from"),
        ("?to=9999-12-31", "to"),
        ("?from=2026-11-14&to=2026-11-13", "to"),
        ("?from=2026-11-01&to=2027-01-02", "to"),
        ("?month=11", "month"),
    ],
)
def test_a_span_that_makes_no_sense_is_named(city, query: str, parameter: str) -> None:
    answer = city.get(f"/api/agenda{query}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (400, parameter)


def test_what_begins_on_each_day(city) -> None:
    first = TODAY + timedelta(days=2)
    told = city.get(f"/api/agenda/begins?from={first}&to={first + timedelta(days=3)}", "partner").json()
    begun = {one["date"]: [row["headline"] for row in one["events"]] for one in told["days"]}
    assert begun == {
        (TODAY + timedelta(days=day)).isoformat(): names
        for day, names in ((2, ["Chantier"]), (3, ["Match"]), (4, []), (5, ["Match", "Visite"]))
    }
    assert not told["is_cut"]
    public = city.get(f"/api/agenda/begins?from={first}", "public")
    assert "Chantier" not in public.text
    assert city.get(f"/api/agenda/begins?from={first}&to={first + timedelta(days=7)}", "all").status_code == 400


def test_what_ends_or_goes_on_that_day_does_not_begin(city) -> None:
    last = on(9).start.astimezone(PARIS).date()
    told = city.get(f"/api/agenda/begins?from={last}&to={last}", "all").json()
    assert told["days"] == [{"date": last.isoformat(), "events": []}]
