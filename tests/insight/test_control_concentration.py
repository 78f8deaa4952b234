"""Concentration over the area by its definitions, square kilometre by square kilometre; where one organisation tells most."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from components.control_names import Names
from components.control_panels import panels
from components.texts import words
from insight.control.beside import Beside
from insight.control.concentration import ALONE, AREAS, CAMERAS, EVENTS, FEW, by_chance, concentrations, gini, theil
from insight.control.exposure import LEAST, Place
from insight.control.observed import observe
from insight.control.report import report
from insight.control.voices import has_enough, voices
from insight.coverage import Covered
from store.control_rows import Told

END = datetime(2026, 11, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
AREA = {"a": 1.0, "b": 4.0, "c": 10.0, "d": 5.0}  # whole square kilometres


def told(district: str, count: int = 1, **changes: object) -> list[Told]:
    start = END - timedelta(days=3)
    values = {
        "organisation": "police", "mode": "report", "category": "accident", "severity": 1, "districts": (district,),
        "start": start, "recorded_at": start, "closed_at": None,
    }  # fmt: skip
    return [Told(**{**values, **changes})] * count  # type: ignore[arg-type]


def places(**areas: float | None) -> dict[str, Place]:
    return {
        code: Place(code=code, inhabitants=1000, axis_km=1.0, area_km2=area) for code, area in {**AREA, **areas}.items()
    }


def cameras(**counts: int) -> dict[str, Covered]:
    return {code: Covered(cameras=count, area=0.1, axes=None) for code, count in counts.items()}


def by_square_kilometre(counts: dict[str, int]) -> list[float]:
    """Return how many lie in each square kilometre of the city, spread evenly inside its district."""
    return [counts[code] / area for code, area in AREA.items() for _ in range(int(area))]


@pytest.mark.parametrize("counts", [(10, 10, 10, 10), (90, 1, 0, 9), (2, 8, 20, 10), (0, 0, 7, 0), (3, 0, 40, 1)])
def test_gini_is_half_the_mean_absolute_difference_of_two_square_kilometres_over_their_mean(
    counts: tuple[int, ...],
) -> None:
    each = by_square_kilometre(dict(zip(AREA, counts, strict=True)))
    mean = sum(each) / len(each)
    apart = sum(abs(one - other) for one, other in itertools.product(each, each)) / len(each) ** 2
    assert gini(np.array(counts, dtype=float), np.array([*AREA.values()])) == pytest.approx(
        apart / (2 * mean), abs=1e-12
    )


@pytest.mark.parametrize("counts", [(10, 10, 10, 10), (90, 1, 0, 9), (2, 8, 20, 10), (0, 0, 7, 0), (3, 0, 40, 1)])
def test_theil_is_the_mean_over_square_kilometres_of_a_density_times_its_logarithm(counts: tuple[int, ...]) -> None:
    each = by_square_kilometre(dict(zip(AREA, counts, strict=True)))
    mean = sum(each) / len(each)
    expected = sum((one / mean) * math.log(one / mean) for one in each if one) / len(each)
    assert theil(np.array(counts, dtype=float), np.array([*AREA.values()])) == pytest.approx(expected, abs=1e-12)


def test_what_is_spread_like_the_area_has_no_concentration_and_what_is_in_one_district_all_of_it() -> None:
    areas = np.array([*AREA.values()])
    assert gini(areas * 3, areas) == pytest.approx(0, abs=1e-12)
    assert theil(areas * 3, areas) == pytest.approx(0, abs=1e-12)
    alone = np.array([8.0, 0, 0, 0])  # on a twentieth of the area
    assert gini(alone, areas) == pytest.approx(0.95)
    assert theil(alone, areas) == pytest.approx(math.log(20))


def test_a_trap_counts_that_are_equal_are_not_even_where_the_areas_differ() -> None:
    areas = np.array([*AREA.values()])
    assert gini(np.full(4, 10.0), areas) > 0.3


@pytest.mark.parametrize("count", [60, 600])
def test_what_chance_alone_gives_is_what_counts_laid_out_by_chance_have_on_average(count: int) -> None:
    rng, areas = np.random.default_rng(8), np.random.default_rng(9).uniform(2, 30, 16)
    drawn = rng.multinomial(count, areas / areas.sum(), 3000).astype(float)
    found = by_chance(count, areas)
    assert found.gini == pytest.approx(np.mean([gini(one, areas) for one in drawn]), rel=0.05)
    assert found.theil == pytest.approx(np.mean([theil(one, areas) for one in drawn]), rel=0.08)


def test_the_report_takes_the_events_of_the_window_and_the_cameras_of_each_district() -> None:
    rows = [*told("a", 20), *told("b", 4), *told("c", 10), *told("d", 6, districts=("d", "a"))]
    before = told("d", 500, start=END - timedelta(weeks=40))
    seen = cameras(a=5, b=4, c=0, d=3)
    found = report(observe([*rows, *before], "abcd", END), Beside(places=places(), covered=seen, zone=PARIS))
    events, eyes = found["concentration"]
    areas = np.array([*AREA.values()])
    assert (events["of"], events["count"], eyes["of"], eyes["count"]) == (EVENTS, 46, CAMERAS, 12)
    for one, counts in ((events, [26, 4, 10, 6]), (eyes, [5, 4, 0, 3])):
        expected = gini(np.array(counts, dtype=float), areas), theil(np.array(counts, dtype=float), areas)
        assert one["indices"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("area", "events", "eyes", "whys", "said"),
    [
        ({"c": None}, 40, 9, (AREAS, AREAS), ("surface inconnue (c)", "surface inconnue (c)")),
        ({}, LEAST - 1, 9, (FEW, ""), ("il en faut 30 dans la période, il y en a 29",)),
        ({}, LEAST, 3, ("", FEW), ("au moins une par arrondissement (4), il y en a 3",)),
    ],
)  # fmt: skip
def test_without_areas_or_with_few_events_the_index_is_not_measured_and_the_panel_says_why(
    area: dict[str, None], events: int, eyes: int, whys: tuple[str, str], said: tuple[str, ...]
) -> None:
    beside = Beside(places=places(**area), covered=cameras(a=eyes), zone=PARIS)
    made = report(observe(told("a", events), "abcd", END), beside)
    assert tuple(one["why"] for one in made["concentration"]) == whys
    assert [one["indices"] is None for one in made["concentration"]] == [bool(why) for why in whys]
    panel = next(one for one in panels(made, names("fr")) if one.measure == "concentration")
    assert all(one in panel.unmeasured for one in said)
    assert len(panel.rows) == 2
    assert [row[2] == "–" for row in panel.rows] == [bool(why) for why in whys]


def test_one_district_alone_has_no_concentration() -> None:
    found = concentrations(observe(told("a", 50), "a", END), places(), cameras(a=9))
    assert [one.why for one in found] == [ALONE, ALONE]


@pytest.mark.parametrize(("lang", "sentence"), [("fr", "Caméras : Gini 0,00"), ("en", "Cameras: Gini 0.00")])
def test_the_panel_is_a_sentence_and_a_table_in_both_languages(lang: str, sentence: str) -> None:
    seen = cameras(a=1, b=4, c=10, d=5)
    made = report(observe(told("a", 50), "abcd", END), Beside(places=places(), covered=seen, zone=PARIS))
    panel = next(one for one in panels(made, names(lang)) if one.measure == "concentration")
    assert sentence in panel.lead
    assert len(panel.heads) == len(panel.rows[0]) == 6
    assert panel.unmeasured == ""


def test_one_organisation_that_tells_most_of_a_category_in_a_district_is_told_for_that_category_alone() -> None:
    """Over both categories it tells 60 % of the district at most: a note of the whole district says nothing."""
    rows = [*told("a", 9), *told("a", 3, organisation="streets")]
    rows += [*told("a", 6, category="travaux"), *told("a", 9, category="travaux", organisation="streets")]
    rows += told("b", 9, organisation="streets")
    (only,) = voices(observe(rows, "ab", END))
    assert (only.district, only.category, only.organisation) == ("a", "accident", "police")
    assert (only.count, only.of) == (9, 12)


def test_six_in_ten_is_not_more_and_nine_events_say_nothing() -> None:
    even = [*told("a", 6), *told("a", 4, organisation="streets")]
    assert voices(observe(even, "a", END)) == ()
    assert has_enough(observe(even, "a", END))
    assert not has_enough(observe(told("a", 9), "a", END))


@pytest.mark.parametrize(("count", "unmeasured", "rows"), [(9, True, 0), (12, False, 1)])
def test_the_panel_of_one_voice_names_district_category_organisation_and_part(
    count: int, unmeasured: bool, rows: int
) -> None:
    made = report(observe(told("a", count), "abcd", END), Beside(places=places(), zone=PARIS))
    panel = next(one for one in panels(made, names("en")) if one.measure == "voices")
    assert bool(panel.unmeasured) == unmeasured
    found = panel.more.rows if panel.more else ()
    assert len(found) == rows
    assert all([*row] == ["a", "Accident", "police", "12", "100%"] for row in found)


def names(lang: str) -> Names:
    return Names({}, {}, words(lang))
