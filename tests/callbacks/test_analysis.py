"""The address's filters on the server, and the statistics they lead to."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.analysis import against, body_of, days_of, statistics_of
from callbacks.view_state import ViewState, read_view
from components.plot import colours
from components.texts import words
from events.city import City
from events.taxonomy import in_family
from insight.statistics import Days, Figure
from store.kept import DayCount

ZONE = ZoneInfo("Europe/Paris")


def read(search: str, city: City, now: datetime) -> ViewState:
    return read_view(search, city, now, start="-28j", end="+0h")


def test_nothing_asked_gives_the_defaults(plain_house: Any, now: datetime) -> None:
    view = read("", plain_house.city, now)
    assert (view.start, view.end) == (now - timedelta(days=28), now)
    assert (view.districts, view.categories, view.organisations, view.severity, view.text) == ((), (), (), 0, "")
    assert days_of(view, ZONE) == Days(date(2026, 10, 18), date(2026, 11, 14))


def test_filters_are_read_as_the_browser_reads_them(plain_house: Any, now: datetime) -> None:
    view = read(
        "?du=2026-11-01T00:00&au=%2B7j&arr=2,9&cat=rass,accident&org=prefecture&grav=3&q=%20port%20&cmp=annee",
        plain_house.city,
        now,
    )
    assert view.start == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert view.end == now + timedelta(days=7)
    assert view.districts == ("13202",)
    assert set(view.categories) == in_family("rass") | {"accident"}
    assert (view.organisations, view.severity, view.text, view.comparison) == (("prefecture",), 3, "port", "annee")
    assert view.is_impossible is False


@pytest.mark.parametrize(
    "search", ["?du=hier", "?du=2026-13-45T00:00", "?grav=9", "?grav=", "?du=-99999h", "?%ff=%00", "?cmp=x"]
)
def test_values_that_mean_nothing_give_the_default(plain_house: Any, now: datetime, search: str) -> None:
    assert read(search, plain_house.city, now) == read("", plain_house.city, now)


def test_a_bare_plus_reads_as_a_space_and_is_understood(plain_house: Any, now: datetime) -> None:
    assert read("?au=+7j", plain_house.city, now).end == now + timedelta(days=7)


def test_a_filter_of_unknown_things_matches_nothing(plain_house: Any, now: datetime) -> None:
    assert read("?arr=99", plain_house.city, now).is_impossible is True
    assert read("?cat=nope", plain_house.city, now).is_impossible is True
    assert statistics_of(plain_house, read("?arr=99", plain_house.city, now)).total.now == 0
    assert plain_house.asked == []


def test_range_is_bounded_and_in_order(plain_house: Any, now: datetime) -> None:
    view = read("?du=1999-01-01&au=2026-11-01", plain_house.city, now)
    assert view.end - view.start == timedelta(days=800)
    swapped = read("?du=%2B7j&au=-7j", plain_house.city, now)
    assert swapped.start < swapped.end


def test_typed_days_are_counted_whole_to_their_last(plain_house: Any, now: datetime) -> None:
    view = read("?du=2026-11-01T00:00&au=2026-11-14T23:59", plain_house.city, now)
    assert days_of(view, ZONE) == Days(date(2026, 11, 1), date(2026, 11, 14))


def test_questions_cover_whole_local_days_of_both_periods(plain_house: Any, now: datetime) -> None:
    statistics_of(plain_house, read("?du=2026-11-13T00:00&au=2026-11-14T23:59&org=prefecture", plain_house.city, now))
    asked = [(query.start, query.severity) for query in plain_house.asked]
    first, before = datetime(2026, 11, 12, 23, tzinfo=UTC), datetime(2026, 11, 10, 23, tzinfo=UTC)
    assert asked == [(first, None), (before, None), (first, 3), (before, 3)]
    assert {tuple(query.organisations) for query in plain_house.asked} == {("prefecture",)}


def test_page_shows_counts_of_the_filtered_districts_only(plain_house: Any) -> None:
    plain_house.counts = [
        DayCount(day=date(2026, 11, 14), district="13201", category="accident", family="circ", n=3),
        DayCount(day=date(2026, 11, 14), district="13202", category="accident", family="circ", n=5),
    ]
    drawn = json.dumps(
        body_of(plain_house, {"search": "?arr=2", "theme": "dark"}, "fr"), cls=PlotlyJSONEncoder, ensure_ascii=False
    )
    assert "5 présences ; le jour le plus chargé est sam. 14 nov. avec 5. Première famille : Circulation, 5." in drawn
    assert colours("dark")["--ob-fam-circ"] in drawn
    assert '"1er"' not in drawn


def test_nothing_kept_says_so(plain_house: Any) -> None:
    drawn = json.dumps(
        body_of(plain_house, {"search": "", "theme": "light"}, "en"), cls=PlotlyJSONEncoder, ensure_ascii=False
    )
    assert "No event matches these filters" in drawn


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure(412, 380), "+8 % contre 380"),
        (Figure(3, 8), "−5 contre 8"),
        (Figure(5, 0), "Rien de conservé pour la période comparée"),
    ],
)
def test_difference_in_words(figure: Figure, expected: str) -> None:
    assert against(figure, words("fr")) == expected


def test_themes_take_their_colours_from_the_tokens() -> None:
    assert colours("light")["--ob-surface"] == "#FFFFFF"
    assert colours("dark")["--ob-surface"] == "#172027"
