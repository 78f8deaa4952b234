"""Which events may be the same: place, time and kind, each with its reason; ten thousand stay cheap."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import LineString, Point

from events.audience import PUBLIC
from events.records import Event
from events.validity import Period, Validity
from events.vocabulary import GeometryPrecision, InformationStatus, Severity
from insight.linking import Figure, Nearby, Rule, already_told, compare, figure_of_draft, likeness
from store.kept import KeptEvent

NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = Rule()


def a_figure(event_id="a", source="one", place=None, **told):
    values = {
        "category": "accident", "family": "circulation", "information_status": InformationStatus.REAL,
        "place": place or Point(0, 0), "periods": (Period(told.pop("start", NOON), told.pop("end", NOON + 2 * HOUR)),),
    }  # fmt: skip
    return Figure(event_id=event_id, source_id=source, **(values | told))


def test_a_link_tells_each_of_its_reasons():
    other = a_figure("b", "two", Point(90, 120 * 0), start=NOON + HOUR / 2, end=NOON + 3 * HOUR)
    link = compare(other, a_figure(), RULE)
    assert link is not None
    assert link.pair == ("a", "b")
    assert link.distance_m == pytest.approx(90)
    assert link.shared_time == pytest.approx(0.75)
    assert (link.shared_line, link.is_same_category) == (None, True)
    assert likeness(link, RULE) == pytest.approx((0.4 + 0.75 + 1) / 3)


@pytest.mark.parametrize(
    "told",
    [
        {"place": Point(151, 0)},
        {"source": "one"},
        {"family": "meteo"},
        {"information_status": InformationStatus.EXERCISE},
        {"start": NOON + HOUR, "end": NOON + 3 * HOUR},  # one half in common is not more than half
        {"start": NOON + 3 * HOUR, "end": None},
    ],
    ids=["too far", "same source", "other family", "exercise", "half of the window", "begins after it"],
)
def test_a_near_miss_is_no_candidate(told):
    source, place = told.pop("source", "two"), told.pop("place", Point(100, 0))
    assert compare(a_figure(), a_figure("b", source, place, **told), RULE) is None


def test_an_open_end_lasts_as_long_as_the_other_needs():
    open_one = a_figure("b", "two", start=NOON - 5 * HOUR, end=None)
    assert compare(a_figure(), open_one, RULE).shared_time == 1.0
    assert compare(a_figure(end=None), open_one, RULE).shared_time == 1.0


def test_what_repeats_is_compared_when_it_takes_place_and_not_in_between():
    nights = tuple(Period(NOON + n * 24 * HOUR + 9 * HOUR, NOON + n * 24 * HOUR + 17 * HOUR) for n in range(30))
    works = a_figure(periods=nights)
    assert compare(works, a_figure("b", "two", start=NOON + 49 * HOUR, end=NOON + 52 * HOUR), RULE) is None
    link = compare(works, a_figure("b", "two", start=NOON + 58 * HOUR, end=NOON + 60 * HOUR), RULE)
    assert link.shared_time == 1.0
    hull = a_figure("c", "two", start=NOON, end=NOON + 31 * 24 * HOUR)
    assert compare(hull, works, RULE).shared_time == compare(works, hull, RULE).shared_time == 1.0


def test_two_lines_are_compared_by_what_they_share_and_not_by_where_they_cross():
    way = a_figure(place=LineString([(0, 0), (1000, 0)]))
    beside = compare(way, a_figure("b", "two", LineString([(200, 20), (800, 20)])), RULE)
    assert beside.shared_line == pytest.approx(1.0)
    half = LineString([(700, 10), (1500, 10)])
    assert compare(way, a_figure("b", "two", half), RULE) is None
    crossing = LineString([(500, -400), (500, 400)])
    assert compare(way, a_figure("b", "two", crossing), RULE) is None


def test_the_grid_finds_what_a_comparison_of_all_finds():
    chance = random.Random(3)
    figures = [
        a_figure(
            f"{number:03}",
            chance.choice(("one", "two", "three")),
            Point(chance.uniform(0, 3000), chance.uniform(0, 3000))
            if number % 4
            else LineString([(chance.uniform(0, 3000), chance.uniform(0, 3000)) for _ in range(2)]),
            family=chance.choice(("circulation", "meteo")),
            start=NOON + chance.uniform(0, 6) * HOUR,
            end=chance.choice((None, NOON + 8 * HOUR)),
        )
        for number in range(200)
    ]
    nearby = Nearby(RULE)
    for figure in figures:
        nearby.put(figure)
    for figure in figures[::7]:
        nearby.drop(figure.event_id)
    kept = [figure for number, figure in enumerate(figures) if number % 7]
    every = {
        link.pair
        for number, one in enumerate(kept)
        for other in kept[:number]
        if (link := compare(one, other, RULE)) is not None
    }
    assert set(nearby.links(figure.event_id for figure in figures)) == every
    assert len(every) > 30


def test_a_change_among_ten_thousand_costs_less_than_a_hundredth_of_comparing_all():
    chance = random.Random(5)
    nearby = Nearby(RULE)
    figures = [
        a_figure(f"{number:05}", f"s{number % 12}", Point(chance.uniform(0, 20_000), chance.uniform(0, 20_000)))
        for number in range(10_000)
    ]
    for figure in figures:
        nearby.put(figure)
    started = time.perf_counter()
    for figure in figures[:100]:
        nearby.put(figure)
        nearby.links([figure.event_id])
    by_grid = (time.perf_counter() - started) / 100
    started = time.perf_counter()
    for other in figures:
        compare(figures[0], other, RULE)
    assert by_grid < (time.perf_counter() - started) / 100


def test_what_covers_a_whole_city_is_no_place():
    nearby = Nearby(RULE)
    nearby.put(a_figure("wide", "two", Point(0, 0).buffer(8000)))
    nearby.put(a_figure())
    assert nearby.links(["a", "wide"]) == {}


def kept(geometry, category="rassemblement", start=NOON):
    event = Event(
        source_id="s", external_id="x", organisation="o", category=category, headline="h", audience=PUBLIC,
        validity=Validity(start=start, end=start + 2 * HOUR), severity=Severity.MINOR, geometry=geometry,
        geometry_precision=GeometryPrecision.EXACT,
    )  # fmt: skip
    return KeptEvent(
        id="e", number=1, version=1, event=event, periods=(Period(start, start + 2 * HOUR),), changed_at=start,
        recorded_at=start, last_seen_at=start, sha256="", withdrawn_at=None, source_error=False,
    )  # fmt: skip


def point(metres_east=0.0):
    return {"type": "Point", "coordinates": [5.380 + metres_east / 81_030, 43.290]}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (kept(point()), True),
        (kept(point(140)), True),
        (kept(point(160)), False),
        (kept(point(), category="chantier"), False),
        (kept(point(), start=NOON + 0.9 * HOUR), True),
        (kept(point(), start=NOON + 1.1 * HOUR), False),
        (kept(None), False),
    ],
)
def test_what_is_being_written_is_judged_like_what_sources_tell(other, expected):
    mine = figure_of_draft("manifestation", point(), Period(NOON, NOON + 2 * HOUR), 43.29)
    assert [one.id for one, _ in already_told(mine, [other], RULE, 43.29)] == (["e"] if expected else [])
    wider = Rule(distance_m=200.0)
    assert bool(already_told(mine, [kept(point(160))], wider, 43.29))
