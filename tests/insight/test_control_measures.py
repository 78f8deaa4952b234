"""The measures of the control on figures worked out by hand or measured apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from insight.control.beside import Beside
from insight.control.categories import stability
from insight.control.effort import EFFORT, efforts
from insight.control.evenness import PUBLISHING, parity, uneven
from insight.control.exposure import PER_INHABITANTS, Place, levels
from insight.control.findings import Finding, flagged
from insight.control.intervals import (
    Ratio,
    detectable_ratio,
    dispersion,
    least_outside,
    median_interval,
    odds_change,
    poisson_rate,
)
from insight.control.knowledge import known
from insight.control.observed import LONG, MODES, SHORT, WEEK, WEEKS, observe
from insight.control.report import flags, report
from insight.control.uses import attachments, by_role, export_changes, kind_of, media_changes
from insight.coverage import city_part, covered, footprint
from store.control_rows import STOPPED, Attached, Told, Use
from tests.api.served import CITY

END = datetime(2026, 11, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def told(week: float = 0.5, **changes: object) -> Told:
    start = END - week * WEEK
    values = {
        "organisation": "police", "mode": "initiative", "category": "accident", "severity": 1, "districts": ("a",),
        "start": start, "recorded_at": start + timedelta(minutes=6), "closed_at": start + timedelta(hours=1),
    }  # fmt: skip
    return Told(**{**values, **changes})


@pytest.mark.parametrize(
    ("count", "expected"), [(12, (6.67, 3.44, 11.65)), (0, (0.0, 0.0, 2.05))]
)  # published tables of exact Poisson limits
def test_a_rate_has_the_exact_interval_of_its_count(count: int, expected: tuple[float, ...]) -> None:
    found = poisson_rate(count, 18_000, PER_INHABITANTS)
    assert tuple(round(one, 2) for one in (found.value, found.low, found.high)) == expected


def test_counts_that_vary_as_chance_does_have_no_over_dispersion_and_others_have_theirs() -> None:
    rng = np.random.default_rng(3)
    even = rng.poisson(20, (52, 16)).astype(float)
    uneven_ = rng.poisson(20 * rng.gamma(10, 0.1, (52, 16))).astype(float)  # variance: 20 + 40, mean: 20
    assert dispersion(even) == pytest.approx(1.0, abs=0.15)
    assert dispersion(uneven_) == pytest.approx(3.0, abs=0.6)


def test_a_change_is_wider_when_the_counts_vary_more() -> None:
    calm, loud = (odds_change((80, 600), (260, 3900), over) for over in (1.0, 2.0))
    assert calm.value == loud.value == pytest.approx(2.0, rel=0.01)
    assert loud.low < calm.low < calm.high < loud.high
    assert loud.p > calm.p


def test_the_least_change_that_would_be_found_shrinks_with_the_counts() -> None:
    few, many = (detectable_ratio(count, 6 * count, 1.5, 0.04 / 48) for count in (40.0, 160.0))
    assert many < few
    assert 1.3 < many < 1.9 < few < 2.6
    assert detectable_ratio(0, 10, 1, 0.05) is None


def test_a_median_has_the_interval_of_its_order_statistics() -> None:
    found = median_interval(np.arange(1.0, 11.0))
    assert (found.value, found.low, found.high) == (5.5, 2.0, 9.0)  # 97.9 %: the exact one of ten values
    assert median_interval(np.array([])) is None


def test_only_what_is_large_and_unlikely_is_flagged() -> None:
    def one(p: float, *, is_wide: bool) -> Finding:
        return Finding(measure="m", ratio=Ratio(2, 1.5, 2.5, p), count=50, is_wide=is_wide)

    small, likely, found = one(1e-9, is_wide=False), one(0.2, is_wide=True), one(1e-4, is_wide=True)
    assert flagged([small, likely, found], 0.05) == (found,)
    assert flagged([], 0.05) == ()


def test_records_are_counted_by_week_organisation_mode_and_district_and_nothing_after_the_end() -> None:
    rows = [told(), told(1.5, districts=("a", "b")), told(mode="report", organisation="streets"), told(-1), told(60),
            told(districts=("elsewhere",)), told(districts=())]  # fmt: skip
    found = observe(rows, ["a", "b"], END)
    assert found.counts.sum() == 4
    assert found.counts[WEEKS - 1].sum() == 2
    assert found.counts[WEEKS - 2, 0, MODES.index("initiative")].tolist() == [1, 1]
    assert (found.window, found.organisations) == (LONG, ("police", "streets"))


def test_many_records_are_looked_at_over_four_weeks_and_a_young_observatory_has_no_change() -> None:
    rows = [told(week + 0.5) for week in range(6) for _ in range(30)]
    found = observe(rows, ["a"], END)
    assert (found.window, found.weeks_before, found.has_baseline) == (SHORT, 2, False)
    assert observe([told(week + 0.5) for week in range(20) for _ in range(30)], ["a"], END).has_baseline


def test_what_was_announced_before_it_began_has_no_delay_of_publication() -> None:
    planned = told(recorded_at=END - 2 * WEEK)
    found = observe([told(), planned, told(closed_at=None)], ["a"], END)
    assert found.to_publish["a"].tolist() == [360.0, 360.0]
    assert found.to_close["a"].tolist() == [3600.0, 3600.0]


def test_a_rate_is_told_per_inhabitant_and_per_kilometre_beside_the_rest_of_the_city() -> None:
    rows = [told(districts=("a",)) for _ in range(80)] + [told(districts=("b",)) for _ in range(40)]
    places = {name: Place(code=name, inhabitants=10_000, axis_km=2.0) for name in ("a", "b")}
    found = {(one.district, one.organisation, one.mode): one for one in levels(observe(rows, ["a", "b"], END), places)}
    whole = found["a", "", ""]
    assert (whole.count, whole.per_inhabitants.value, whole.per_km.value) == (80, 80 / SHORT, 40 / SHORT)
    assert whole.per_city.value == pytest.approx(2.0, rel=0.02)
    assert whole.is_outside
    assert found["b", "police", ""].count == found["b", "", "initiative"].count == 40
    nowhere = {name: Place(code=name, inhabitants=None, axis_km=None) for name in ("a", "b")}
    unknown = levels(observe(rows, ["a", "b"], END), nowhere)[0]
    assert (unknown.per_inhabitants, unknown.per_km, unknown.per_city) == (None, None, None)


def test_a_district_looked_at_more_than_it_is_told_of_has_a_high_effort_index() -> None:
    sizes = {("a", "initiative"): 240, ("a", "report"): 60, ("b", "initiative"): 200, ("b", "report"): 240}
    rows = [told(districts=(place,), mode=mode) for (place, mode), count in sizes.items() for _ in range(count)]
    found = observe(rows, ["a", "b"], END)
    index = {one.district: one.index for one in efforts(found)}
    assert index["a"].value == pytest.approx(240 / 60 / (200 / 240), rel=0.02)
    assert index["a"].low > 1 > index["b"].high
    assert {(one.measure, one.district) for one in flags(found)} == {(EFFORT, "a"), (EFFORT, "b")}


def test_a_district_served_later_is_outside_the_band_and_one_with_few_records_never_is() -> None:
    rng = np.random.default_rng(1)
    delays = {name: rng.lognormal(5, 0.3, 60) for name in "bcdefg"} | {
        "a": rng.lognormal(6, 0.3, 60),
        "few": np.full(9, 9e4),
    }
    found = {one.district: one for one in parity(delays)}
    assert [name for name, one in found.items() if one.is_outside] == ["a"]
    assert [one.district for one in flagged(tuple(uneven(PUBLISHING, delays)), 0.01)] == ["a"]


def test_categories_that_move_have_a_stability_index() -> None:
    assert stability(np.array([50.0, 50.0]), np.array([500.0, 500.0])) == 0
    moved = stability(np.array([80.0, 20.0]), np.array([500.0, 500.0]))
    assert moved == pytest.approx(0.3 * np.log(1.6) - 0.3 * np.log(0.4))
    assert stability(np.zeros(2), np.ones(2)) is None


def uses_of(role: str, weekly: list[int], action: str = "export.csv") -> list[Use]:
    weeks = enumerate(reversed(weekly))
    return [
        Use(END - week * WEEK - timedelta(hours=1), role, "city", action, "done") for week, n in weeks for _ in range(n)
    ]


def test_uses_are_counted_by_role_with_those_of_the_night() -> None:
    lines = [*uses_of("manager", [3]), *uses_of("manager", [2], "events.search"), *uses_of("reader", [1], "event.read")]
    refused = Use(END - timedelta(hours=9), "reader", "port", "admin.open", "refused")
    found = {one.role: one for one in by_role([*lines, refused], END, PARIS)}
    assert dict(found["manager"].counts) == {"export": 3, "search": 2, "restricted": 0, "refused": 0}
    assert found["manager"].at_night == 5  # an hour before midnight UTC
    assert (found["reader"].counts["refused"], found["reader"].most_of_one) == (1, 0.5)
    assert kind_of(Use(END, "x", "y", "sign-in", "done")) is None


def test_a_role_that_begins_to_export_far_more_is_found() -> None:
    calm = uses_of("manager", [20] * 26)
    assert flagged(tuple(export_changes([*calm, *uses_of("reader", [10] * 26)], END)), 0.01) == ()
    grown = tuple(export_changes([*calm, *uses_of("reader", [10] * 22 + [60] * 4)], END))
    assert [one.role for one in flagged(grown, 0.01)] == ["reader"]


def test_files_that_the_media_gate_stopped_count_beside_those_a_review_refused() -> None:
    at = END - timedelta(hours=1)
    sent = [Attached(at, "police", state, 0, 0) for state in ("published", "refused", "withdrawn")]
    uses = [Use(at, "contributor", "police", STOPPED, "done"), Use(at, "contributor", "streets", STOPPED, "done")]
    found = {one.organisation: (one.records, one.withheld) for one in attachments(sent, uses, END)}
    assert found == {"police": (4, 3), "streets": (1, 1)}


def test_an_organisation_whose_files_begin_to_be_refused_is_found() -> None:
    calm = [use for name in ("police", "streets") for use in uses_of(name, [12] * 26, STOPPED)]
    stopped = [Use(one.at, "contributor", one.role, STOPPED, "done") for one in calm]
    assert flagged(tuple(media_changes((), stopped, END)), 0.01) == ()
    more = [
        Attached(END - week * WEEK - timedelta(hours=2), "streets", "refused", 1, 1)
        for week in range(4)
        for _ in range(40)
    ]
    grown = flagged(tuple(media_changes(more, stopped, END)), 0.01)
    assert [(one.measure, one.organisation) for one in grown] == [("media", "streets")]


def test_two_overlapping_circles_are_covered_once() -> None:
    one = made_camera((5.3820, 43.2990))
    twin = made_camera((5.3821, 43.2990))
    alone, both = covered([one], CITY)["13201"], covered([one, one], CITY)["13201"]
    assert alone.area == pytest.approx(both.area)
    assert alone.area > 0
    assert alone.area < covered([one, twin], CITY)["13201"].area < 1.1 * alone.area
    assert covered([], CITY)["13201"].area == 0


def test_a_circle_has_its_area_in_metres_and_a_sector_its_part() -> None:
    circle = footprint(made_camera((5.38, 43.30), range_m=60))
    assert circle.area == pytest.approx(np.pi * 60**2, rel=0.005)
    sector = footprint(made_camera((5.38, 43.30), range_m=60, azimuth_deg=90.0, field_of_view_deg=90.0))
    assert sector.area == pytest.approx(circle.area / 4, rel=0.01)
    assert sector.centroid.x > circle.centroid.x, "an azimuth of 90 degrees looks east"


def made_camera(position: tuple[float, float], **changes: object):
    from events.audience import PUBLIC
    from events.records import Camera
    from events.vocabulary import CameraKind

    values = {"source_id": "s", "external_id": "c", "organisation": "city", "audience": PUBLIC, "range_m": 80.0}
    return Camera(**{**values, "position": position, "kind": CameraKind.DOME, **changes})


def test_camera_parity_is_that_of_what_is_seen_masks_taken_out_over_the_whole_city() -> None:
    from events.records import Sector

    whole = [made_camera((5.3820, 43.2990), range_m=300.0), made_camera((5.3915, 43.3135), range_m=300.0)]
    half = Sector(azimuth_deg=90.0, field_of_view_deg=180.0)
    told: dict[bool, list[Any]] = {}
    for is_masked in (False, True):
        known = [replace(one, masks=(half,)) if is_masked else one for one in whole]
        found = covered(known, CITY)
        places = {one.code: Place(code=one.code, inhabitants=one.population, axis_km=1.0) for one in CITY.districts}
        beside = Beside(places=places, covered=found, covered_city=city_part(found, CITY), zone=PARIS)
        told[is_masked] = report(observe([], list(found), END), beside)["cameras"]
    clear, masked = ({one["district"]: one for one in rows} for rows in (told[False], told[True]))
    total = sum(one.area_km2 or 0 for one in CITY.districts)
    city = sum(one["area"] * (area_of(code) / total) for code, one in clear.items())
    assert clear["13201"]["per_city"] == pytest.approx(clear["13201"]["area"] / city, rel=0.02)
    assert sum(one["area"] * area_of(code) for code, one in masked.items()) == pytest.approx(
        sum(one["area"] * area_of(code) for code, one in clear.items()) / 2, rel=0.02
    )
    assert clear["13216"]["per_city"] == 0
    assert clear["13201"]["residents"] > masked["13201"]["residents"] > 0


def area_of(code: str) -> float:
    return next(one.area_km2 or 0.0 for one in CITY.districts if one.code == code)


def test_an_empty_store_gives_a_report_that_measures_nothing() -> None:
    codes = [one.code for one in CITY.districts]
    places = {code: Place(code=code, inhabitants=1000, axis_km=1.0) for code in codes}
    made = report(observe([], codes, END), Beside(places=places, zone=PARIS))
    assert (made["records"], made["has_baseline"], made["flags"], made["levels"]) == (0, False, [], [])
    assert set(made["detectable"].values()) == {None}


def test_the_least_difference_of_a_state_is_found_8_times_in_10() -> None:
    """A ratio at that height, its logarithm varying by the spread: its interval is above the limit and its chance small."""
    rng = np.random.default_rng(5)
    limit, spread, level = 1.25, 0.15, 0.01
    for chance in (None, 0.25):
        least = least_outside(limit, spread, level, chance)
        middle = np.log(least) + rng.normal(0, 1, 20_000) * (chance or spread)
        above = middle - 1.96 * spread > np.log(limit)
        unlikely = middle / (chance or spread) > 2.576
        assert (above & unlikely).mean() == pytest.approx(0.8, abs=0.02)


def test_every_measure_says_the_least_difference_that_it_would_have_found() -> None:
    rng = np.random.default_rng(7)
    rows = [
        told(week + float(rng.random()), districts=(district,), mode=mode, organisation=mode, category=category,
             severity=3 * int(rng.random() < 0.4), recorded_at=END - timedelta(seconds=float(rng.lognormal(9, 0.5))))
        for week in range(30) for district in "abc" for mode in ("initiative", "report") for category in ("x", "y")
        for _ in range(int(rng.poisson(12)))
    ]  # fmt: skip
    beside = Beside(
        places={one: Place(code=one, inhabitants=1000, axis_km=1.0) for one in "abc"},
        uses=[*uses_of("manager", [20] * 26), *uses_of("reader", [20] * 26), *uses_of("police", [9] * 26, STOPPED)],
        sent=[Attached(one.at, one.role, "refused", 0, 0) for one in uses_of("streets", [9] * 26)], zone=PARIS,
    )  # fmt: skip
    found = report(observe(rows, "abc", END), beside)["detectable"]
    assert {measure for measure, ends in found.items() if ends is None} == {"refusals"}
    ends = {measure: found[measure] for measure in found.keys() - {"refusals", "categories"}}
    assert {measure: told for measure, told in ends.items() if not 1 < told[0] <= told[1] < 9} == {}
    assert 0.2 <= found["categories"][0] < 0.5


def test_a_district_of_few_sources_and_unconfirmed_records_is_told_with_its_interval_and_opens_no_review() -> None:
    rows = [told(districts=("a",), source=f"s{n % 4}") for n in range(60)]
    rows += [told(districts=("b",), source="s0", is_confirmed=n < 12, is_lacking=n < 30) for n in range(60)]
    places = {one: Place(code=one, inhabitants=20_000, axis_km=1.0) for one in "ab"}
    observed = observe(rows, "ab", END)
    here, there = known(observed, places)
    assert (here.sources, there.sources) == (2.0, 0.5)
    assert ((there.confirmed.count, there.confirmed.of), there.lacking.share.value) == ((12, 60), 0.5)
    assert there.confirmed.share.low < 0.2 < there.confirmed.share.high
    assert (there.confirmed.is_outside, there.lacking.is_outside, here.confirmed.is_outside) == (True, True, True)
    assert flags(observed) == ()
