"""The address's filters on the server, and the statistics they lead to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.analysis import page_of, question_of
from callbacks.view_state import ViewState, read_view
from components.analysis_view import class_names, decimals_of, view_of
from components.differences import against
from components.district_map import breaks_of, class_of, sheet
from components.holidays import draw_marks, marks_of
from components.plot import colours, template
from components.texts import words
from events.calendar import Calendar, Holiday
from events.city import City
from events.taxonomy import in_family
from insight.heard import Coverage
from insight.statistics import AxisRow, CategoryRow, Days, DistrictRow, Figure, days_between
from tests.callbacks.conftest import CITY

ZONE = ZoneInfo("Europe/Paris")


def read(search: str, city: City, now: datetime) -> ViewState:
    return read_view(search, city, now, start="-28j", end="+0h")


def test_nothing_asked_gives_the_defaults(plain_house: Any, now: datetime) -> None:
    view = read("", plain_house.city, now)
    assert (view.start, view.end) == (now - timedelta(days=28), now)
    assert (view.districts, view.categories, view.organisations, view.severity, view.text) == ((), (), (), 0, "")
    assert days_between(view.start, view.end, ZONE) == Days(date(2026, 10, 18), date(2026, 11, 14))


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
    for search in ("?arr=99", "?cat=nope"):
        view = read(search, plain_house.city, now)
        assert view.is_impossible is True
        assert question_of(view, ZONE).is_impossible is True


def test_range_is_bounded_and_in_order(plain_house: Any, now: datetime) -> None:
    view = read("?du=1999-01-01&au=2026-11-01", plain_house.city, now)
    assert view.end - view.start == timedelta(days=800)
    swapped = read("?du=%2B7j&au=-7j", plain_house.city, now)
    assert swapped.start < swapped.end


def test_typed_days_are_counted_whole_to_their_last(plain_house: Any, now: datetime) -> None:
    view = read("?du=2026-11-01T00:00&au=2026-11-14T23:59", plain_house.city, now)
    assert days_between(view.start, view.end, ZONE) == Days(date(2026, 11, 1), date(2026, 11, 14))


def test_a_question_holds_the_filters_and_the_period_beside(plain_house: Any, now: datetime) -> None:
    search = "?du=2026-11-13T00:00&au=2026-11-14T23:59&org=prefecture&arr=2&grav=3"
    asked = question_of(read(search, plain_house.city, now), ZONE)
    assert (asked.days, asked.compared) == (
        Days(date(2026, 11, 13), date(2026, 11, 14)),
        Days(date(2026, 11, 11), date(2026, 11, 12)),
    )
    assert (asked.filters.organisations, asked.filters.districts, asked.filters.severity) == (
        ("prefecture",),
        ("13202",),
        3,
    )
    year = question_of(read(search + "&cmp=annee", plain_house.city, now), ZONE)
    assert year.compared == asked.days.year_before()
    assert hash(asked) == hash(question_of(read(search, plain_house.city, now), ZONE))  # answers are kept by it


def drawn(house: Any, search: str = "", theme: str = "light", lang: str = "fr") -> str:
    page = page_of(house, sheet(house.city), {"search": search, "theme": theme}, lang)
    return json.dumps(page, cls=PlotlyJSONEncoder, ensure_ascii=False)


THREE_DAYS = "?du=2026-11-12T00:00&au=2026-11-14T23:59"
TOLD = {
    "total": Figure(40, 20, (10, 12, 18)),
    "serious": Figure(3, 8, (1, 0, 2)),
    "closed_hours": Figure(286.4, 255.0, (90.0, None, 100.0)),
    "congested_share": Figure(0.14, 0.15, (0.1, None, 0.2)),
    "delay": Figure(360.0, 480.0, (None, 300.0, 400.0)),
    "families": {"circ": (6, 8, 10), "fete": (4, 4, 8)},
    "before_by_day": (5, 6, 9),
    "categories": (CategoryRow("accident", "circ", 24, 12), CategoryRow("match", "fete", 16, 8)),
    "districts": (
        DistrictRow("13201", 9, 20, 1, None, 0.0, (3, 3, 3)),
        DistrictRow("13202", 31, 10, 2, 12.4, 7200.0, (7, 9, 15)),
    ),
    "axes": (AxisRow("quay", 0.1, 0.2, 0.3, 0.05),),
    "heat": (*(((0.0,) * 24,) * 5), (*((0.5,) * 15), 4.0, 5.0, *((0.5,) * 7)), (None,) * 24),
}


def test_page_says_its_figures_in_words(plain_house: Any) -> None:
    plain_house.told = TOLD
    page = drawn(plain_house, THREE_DAYS)
    for words_said in (
        "+100 % contre 20", "−5 contre 8", "+12 % contre 255 h", "−1 pt contre 15 %", "−2 min contre 8 min",
        "40 événements ; le jour le plus chargé est sam. 14 nov. avec 18 en cours",
        "Pic : samedi 15 h – 17 h, 5,0 axes",
        "quay : 30 % du temps mesuré",
    ):  # fmt: skip
        assert words_said in page, words_said
    assert colours("light")["--ob-fam-tc"] in page
    assert colours("dark")["--ob-fam-tc"] in drawn(plain_house, THREE_DAYS, "dark")
    assert "3 days (Thu 12 Nov – Sat 14 Nov)" in drawn(plain_house, THREE_DAYS, lang="en")


def test_trap_few_events_give_no_rate_and_no_place_in_an_order(plain_house: Any) -> None:
    plain_house.told = TOLD | {"districts": (DistrictRow("13201", 9, 20, 1, 3.6, 0.0, (3, 3, 3)), TOLD["districts"][1])}
    shown = view_of(plain_house.periods(a_question()), CITY, sheet(CITY), words("fr"), "light", {})
    small, large = shown.districts
    assert (small.cells[1], small.order[2]) == ("−11", None)
    assert (large.cells[1], large.order[2]) == ("+210 %", pytest.approx(2.1))
    by_short = {shape["short"]: shape for shape in shown.map["shapes"]}
    assert by_short["1"]["classes"]["rate"] == 0
    assert by_short["1"]["says"]["rate"] == "trop peu d’événements pour un taux"
    assert by_short["2"]["says"]["rate"] == "12,4 pour 10 000 habitants"


def a_question() -> Any:
    return question_of(read(THREE_DAYS, CITY, datetime(2026, 11, 14, 13, tzinfo=UTC)), ZONE)


def test_partial_days_are_named_and_hatched(plain_house: Any) -> None:
    day = date(2026, 11, 13)
    plain_house.told = TOLD | {"coverage": Coverage(share=0.961, partial={day: ("roads",)}, since=None)}
    shown = view_of(plain_house.periods(a_question()), CITY, sheet(CITY), words("fr"), "light", {"roads": "Capteurs"})
    assert shown.partial == "Données partielles : ven. 13 nov. (Capteurs)"
    assert shown.complete == "Complétude 96 %"
    hatched = [bar for bar in shown.days.data if bar.type == "bar" and bar.marker.pattern.shape == "/"]
    assert {one for bar in hatched for one in bar.x} == {day}
    assert all(day not in bar.x for bar in shown.days.data if bar.type == "bar" and bar not in hatched)
    (note,), (frame,) = shown.days.layout.annotations, shown.days.layout.shapes
    assert (note.text, note.x, frame.line.dash) == ("partiel", datetime(2026, 11, 13), "dash")


ARMISTICE = date(2026, 11, 13)
CALENDAR = Calendar(
    holidays=(
        Holiday(first=date(2026, 11, 1), last=date(2026, 11, 12), name={"fr": "Vacances d’automne"}),
        Holiday(first=ARMISTICE, last=ARMISTICE, name={"fr": "Armistice"}, is_public=True),
    ),
    since=date(2026, 9, 1), until=date(2026, 12, 31), attribution="Ministère",
)  # fmt: skip


def test_holidays_are_shaded_with_their_word_and_stand_in_the_table(plain_house: Any) -> None:
    plain_house.told = TOLD
    city = replace(CITY, calendar=CALENDAR)
    shown = view_of(plain_house.periods(a_question()), city, sheet(CITY), words("fr"), "light", {})
    said = {note.text: note.x for note in shown.days.layout.annotations}
    assert list(said) == ["Vacances scolaires", "férié"]
    schools, public = shown.days.layout.shapes
    # Only what the period holds of them: its first day, and its second.
    assert (schools.x0, schools.x1) == (datetime(2026, 11, 11, 12), datetime(2026, 11, 12, 12))
    assert (public.x0, public.x1) == (datetime(2026, 11, 12, 12), datetime(2026, 11, 13, 12))
    assert schools.fillcolor != public.fillcolor
    told = shown.panels["days"]
    assert [row[-1] for row in told.rows] == ["Vacances d’automne", "Armistice (férié)", ""]
    assert told.summary.endswith("Ministère.")


def test_trap_days_after_the_calendar_ends_are_not_ordinary_days(plain_house: Any) -> None:
    plain_house.told = TOLD
    city = replace(CITY, calendar=replace(CALENDAR, until=ARMISTICE))
    shown = view_of(plain_house.periods(a_question()), city, sheet(CITY), words("fr"), "light", {})
    assert "connus du 1er sept. 2026 au 13 nov. 2026 seulement" in shown.panels["days"].summary


def test_days_before_the_first_poll_are_told_as_empty_not_calm(plain_house: Any) -> None:
    plain_house.told = TOLD | {"coverage": Coverage(share=1.0, partial={}, since=date(2026, 11, 14))}
    told = drawn(plain_house, THREE_DAYS)
    assert "Rien n’a été relevé avant sam. 14 nov." in told
    assert "Complétude" not in told, "a share of the days that were collected"


def test_trap_a_compared_period_that_was_not_collected_gives_no_difference(plain_house: Any) -> None:
    begun = Coverage(share=1.0, partial={}, since=None, compared_since=date(2026, 11, 11))
    plain_house.told = TOLD | {"coverage": begun}
    page = drawn(plain_house, THREE_DAYS)
    assert "La période comparée n’est relevée que depuis mer. 11 nov." in page
    assert "contre 20, période incomplète" in page
    for difference in ("+100 %", "−5 contre", "+210 %", "−11"):
        assert difference not in page, difference
    shown = view_of(plain_house.periods(a_question()), CITY, sheet(CITY), words("fr"), "light", {})
    assert [(line.cells[1], line.order[2]) for line in shown.districts] == [("–", None)] * 2
    assert [row[3] for row in shown.panels["districts"].rows] == [None, None]


def test_words_of_a_chart_by_day_do_not_meet() -> None:
    first = date(2026, 9, 1)
    days = [first + timedelta(days=number) for number in range(75)]
    singles = [Holiday(first=day, last=day, name={}, is_public=True) for day in (date(2026, 11, 1), date(2026, 11, 11))]
    schools = Holiday(first=date(2026, 10, 17), last=date(2026, 11, 1), name={})
    marks = marks_of([schools, *singles], [date(2026, 11, 3), date(2026, 11, 4)], days, words("fr"))
    told = draw_marks(marks, days[0], colours("light"))
    assert [note["text"] for note in told["annotations"]] == ["Vacances scolaires", "férié", "partiel", "férié"]
    ends: dict[int, float] = {}
    for note in told["annotations"]:
        middle, half = (note["x"] - datetime(2026, 9, 1)) / timedelta(days=1), len(note["text"]) * 75 / 150
        assert ends.get(note["yshift"], -1.0) <= middle - half
        ends[note["yshift"]] = middle + half
    assert len(ends) > 1
    assert told["margin"]["t"] > max(ends)


def test_a_filter_that_traffic_does_not_know_says_so(plain_house: Any) -> None:
    plain_house.told = TOLD
    said = "ne changent rien à la circulation"
    assert said in drawn(plain_house, THREE_DAYS + "&cat=accident")
    assert said not in drawn(plain_house, THREE_DAYS + "&arr=1")


def test_what_was_not_measured_is_no_zero(plain_house: Any) -> None:
    plain_house.told = TOLD | {"closed_hours": Figure(None, None), "axes": (), "heat": ((None,) * 24,) * 7}
    page = drawn(plain_house, THREE_DAYS)
    assert "Non mesuré sur la période" in page
    assert "Aucun état des axes n’est connu sur la période." in page


def test_nothing_kept_says_so(plain_house: Any) -> None:
    assert "No event matches these filters" in drawn(plain_house, lang="en")


@pytest.mark.parametrize(
    ("figure", "kind", "expected"),
    [
        (Figure(412, 380), "count", "+8 % contre 380"),
        (Figure(3, 8), "count", "−5 contre 8"),
        (Figure(5, None), "count", "Rien de conservé pour la période comparée"),
        (Figure(9.4, 2.0), "hours", "+7 contre 2 h"),
        (Figure(239.7, 240.0), "minutes", "0 s contre 4 min"),
    ],
)
def test_difference_in_words(figure: Figure, kind: str, expected: str) -> None:
    assert against(figure, kind, words("fr")) == expected


def test_classes_rise_and_hold_every_value() -> None:
    breaks = breaks_of([71, 33, 28, 6, 0], step=1.0)
    assert list(breaks) == sorted(set(breaks))
    assert [class_of(value, breaks) for value in (0, 71)] == [1, 6]
    assert class_of(breaks[2], breaks) == 3
    assert breaks_of([], step=1.0) == (1, 2, 3, 4, 5)


def test_themes_take_their_colours_from_the_tokens() -> None:
    assert colours("light")["--ob-surface"] == "#FFFFFF"
    assert colours("dark")["--ob-surface"] == "#172027"
    assert template("dark").layout.paper_bgcolor == "#172027"


def test_class_of_one_whole_number_is_that_number() -> None:
    small = (0.01, 0.02, 0.03, 0.04, 0.05)
    assert len(set(class_names(small, words("fr"), decimals=decimals_of(small)))) == 6
    assert [decimals_of((first, 7.0)) for first in (0.1, 0.5, 1.0)] == [1, 1, 0]
    named = class_names((1.0, 2.0, 3.0, 5.0), words("fr"), decimals=0)
    assert named == ["1 ou moins", "2", "3", "4 à 5", "plus de 5"]
