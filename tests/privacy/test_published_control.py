"""What everyone reads of a control report is of public records alone, without a cell under the least count."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from events.small_counts import class_of
from insight.control.beside import Beside
from insight.control.exposure import Place
from insight.control.findings import PUBLIC_PART
from insight.control.observed import MODES, observe
from insight.control.report import report
from privacy.published_control import is_publishable, published, published_flags
from store.control_rows import Attached, Screened, Told, Use

END = datetime(2026, 11, 1, tzinfo=UTC)
LEAST = 5
DISTRICTS = tuple("abcdefgh")


def records(rng: np.random.Generator, *, is_public: bool = True, usual: float = 4) -> list[Told]:
    """Return the records of a city with few of them (`usual` in a cell), so that many of its cells are small."""
    return [
        Told(
            organisation=organisation, mode=mode, category="accident", severity=int(rng.integers(0, 5)), districts=(district,),
            start=END - timedelta(days=3), recorded_at=END - timedelta(days=3, minutes=-9), closed_at=END - timedelta(days=2),
            is_public=is_public, is_confirmed=bool(rng.random() < 0.8), is_lacking=bool(rng.random() < 0.1),
        )
        for organisation, mode, district in itertools.product(("police", "streets"), MODES, DISTRICTS)
        for _ in range(int(rng.poisson(rng.gamma(1, usual))))
    ]  # fmt: skip


def made(seed: int, restricted: int | None = None, usual: float = 4) -> dict[str, Any]:
    """Return the report of a small city; `restricted`: the seed of its records that are not open to all."""
    rng = np.random.default_rng(seed)
    rows = records(rng, usual=usual)
    hidden = [] if restricted is None else records(np.random.default_rng(restricted), is_public=False)
    uses = [Use(END - timedelta(hours=1), "reader", "city", "export.csv", "done")] * int(rng.integers(0, 9))
    uses += [Use(END - timedelta(hours=1), "contributor", "police", "media.stopped", "done")] * int(rng.integers(0, 9))
    runs = [Screened(END - timedelta(hours=1), "s", 40, int(rng.integers(0, 9)))]
    sent = [Attached(END - timedelta(hours=1), "police", "refused", 0, 0)] * int(rng.integers(0, 9))
    places = {code: Place(code=code, inhabitants=1000, axis_km=2.0, area_km2=3.0) for code in DISTRICTS}
    zone = ZoneInfo("Europe/Paris")
    beside = Beside(places=places, uses=uses, runs=runs, sent=sent, organisation_of={"s": "police"}, zone=zone)
    public = report(observe(rows, DISTRICTS, END), Beside(places=places, zone=zone), PUBLIC_PART)
    return {**report(observe([*rows, *hidden], DISTRICTS, END), beside), "public": public}


@pytest.mark.parametrize("seed", range(10))
def test_records_that_are_not_open_to_all_move_no_figure(seed: int) -> None:
    alone, beside = made(seed), made(seed, restricted=99)
    assert beside["records"] > alone["records"]
    assert beside["levels"] != alone["levels"]
    assert published(beside, LEAST) == published(alone, LEAST)


def test_a_report_that_counted_all_records_alone_cannot_be_published() -> None:
    whole = made(1)
    assert is_publishable(whole)
    del whole["public"]
    assert not is_publishable(whole)


def test_a_difference_that_public_records_do_not_show_is_not_published_and_one_of_uses_is_to_a_tenth() -> None:
    def flag(measure: str, count: int = 80) -> dict[str, object]:
        names = dict.fromkeys(("district", "organisation", "role"), "")
        return {
            "key": measure,
            "measure": measure,
            **names,
            "ratio": [2.0417, 1.5123, 2.7812],
            "p": 0.001,
            "count": count,
        }

    whole = made(1)
    whole["flags"] = [flag("exposure"), flag("effort"), flag("exports"), flag("media", LEAST - 1)]
    whole["public"] = {**whole["public"], "flags": [flag("effort")]}
    told = {one["measure"]: one["ratio"] for one in published_flags(whole, LEAST)}
    assert told == {"effort": [2.0417, 1.5123, 2.7812], "exports": [2.0, 1.5, 2.8]}


@pytest.mark.parametrize("seed", range(30))
def test_no_count_under_the_least_is_published(seed: int) -> None:
    whole = made(seed)
    shown = published(whole, LEAST)
    counts = [one["count"] for part in ("levels", "severity") for one in shown[part]] + [shown["records"]]
    assert [one for one in counts if one is not None and 0 < one < LEAST] == []
    assert all(one["ratio"] is None for one in shown["severity"] if one["count"] is None), (
        "its interval tells the count"
    )
    classes = [one[kind] for one in shown["uses"] for kind in ("export", "search")]
    classes += [one[part] for name in ("refusals", "media") for one in shown[name] for part in ("records", "withheld")]
    assert all(tuple(one) == class_of(one[0], LEAST) for one in classes), "a number where a class is told"


@pytest.mark.parametrize("seed", range(30))
def test_a_share_never_tells_a_count_under_the_least(seed: int) -> None:
    whole = made(seed)
    shown = published(whole, LEAST)
    levels = whole["public"]["levels"]
    count = {(one["district"], one["mode"]): one["count"] for one in levels if not one["organisation"]}
    for one in shown["effort"]:
        place = one["district"]
        if one["share"] is not None:
            assert all(not 0 < count.get((place, mode), 0) < LEAST for mode in ("initiative", ""))
        if one["index"] is not None:
            assert not 0 < count.get((place, "report"), 0) < LEAST


def test_a_part_of_records_is_told_where_it_and_the_rest_are_enough_and_never_their_counts() -> None:
    hidden = 0
    for seed in range(30):
        whole = made(seed)
        for one, kept in zip(published(whole, LEAST)["known"], whole["public"]["known"], strict=True):
            for name in ("confirmed", "lacking"):
                counts = kept[name]["count"], kept[name]["of"] - kept[name]["count"]
                is_few = any(0 < count < LEAST for count in counts)
                assert set(one[name]) == {"share", "outside"}
                assert one[name]["share"] == (None if is_few else kept[name]["share"])
                hidden += is_few
    assert hidden > 20


def test_small_cells_were_there_to_be_published() -> None:
    whole = [made(seed) for seed in range(30)]
    small = sum(0 < one["count"] < LEAST for content in whole for one in content["levels"])
    hidden = sum(one["share"] is None for content in whole for one in published(content, LEAST)["effort"])
    assert small > 100
    assert hidden > 5


def test_nothing_of_an_organisation_in_a_district_and_no_camera_that_is_not_public_is_published() -> None:
    shown = published(made(1), LEAST)
    assert {tuple(sorted(one)) for one in shown["levels"]} == {
        ("count", "district", "outside", "per_city", "per_inhabitants", "per_km")
    }
    assert shown["cameras"] == []
    assert "count" not in str(shown["flags"])


@pytest.mark.parametrize(
    ("before", "unknown", "is_told"),
    [((12, 60), 12, True), ((LEAST - 1, 60), LEAST - 1, False), ((57, 60), 57, False), ((0, 60), 0, True)],
)  # fmt: skip
def test_a_part_is_told_where_it_and_the_rest_are_enough(before: tuple[int, int], unknown: int, is_told: bool) -> None:
    whole = made(3)
    public = whole["public"]
    public["effort"][0]["before"] = list(before)
    public["categories"] |= {"unknown": unknown, "of": before[1], "appeared": [{"category": "seen", "count": LEAST}]}
    public["categories"]["appeared"].append({"category": "rare", "count": LEAST - 1})
    shown = published(whole, LEAST)
    assert (shown["effort"][0]["before"] is not None) == is_told
    assert (shown["categories"]["unknown"] is not None) == is_told
    assert shown["categories"]["appeared"] == [{"category": "seen"}]


def test_a_median_of_fewer_records_than_the_least_is_not_told_and_how_many_there_were_never() -> None:
    whole = made(2)
    told = whole["public"]["publishing"]["districts"]
    told[0] |= {"count": LEAST - 1}
    told[1] |= {"count": LEAST}
    first, second, *_ = published(whole, LEAST)["publishing"]["districts"]
    assert (first["median"], second["median"] is None) == (None, False)
    assert set(first) == {"district", "median", "few", "outside"}


def test_an_index_of_counts_of_which_one_is_hidden_is_not_published_and_one_of_shown_counts_is() -> None:
    seen = set()
    for seed in range(20):
        whole = made(seed, usual=4 if seed % 2 else 1)
        shown = published(whole, LEAST)
        events, eyes = shown["concentration"]
        is_hidden = any(one["count"] is None for one in shown["levels"])
        assert (events["why"] == "hidden") == is_hidden
        if is_hidden:
            assert (events["count"], events["indices"], events["by_chance"]) == (None, None, None)
        else:
            assert events == whole["public"]["concentration"][0]
        assert eyes["count"] == 0, "no camera is open to all"
        seen.add(is_hidden)
    assert seen == {True, False}


def voice(count: int, of: int, district: str) -> dict[str, object]:
    names = {"district": district, "category": "accident", "organisation": "police"}
    return {**names, "share": count / of, "count": count, "of": of}


@pytest.mark.parametrize(
    ("count", "of", "is_told"),
    [(20, 20 + LEAST, True), (20, 20, True), (20, 19 + LEAST, False), (20, 21, False), (LEAST - 1, LEAST - 1, False)],
)
def test_one_organisation_s_part_of_a_category_is_published_where_it_and_the_others_are_enough(
    count: int, of: int, is_told: bool
) -> None:
    whole = enough_everywhere()
    whole["public"]["voices"]["found"] = [voice(count, of, DISTRICTS[0])]
    found = published(whole, LEAST)["voices"]["found"]
    assert [one["share"] for one in found] == ([round(count / of, 2)] if is_told else [])
    assert all(set(one) == {"district", "category", "organisation", "share"} for one in found), "a count is told"


def test_one_organisation_s_part_is_not_published_of_a_district_whose_own_count_is_hidden() -> None:
    """That it has ten events of a category would narrow what is hidden beside it."""
    told = 0
    for seed in range(10):
        whole = made(seed, usual=1)
        whole["public"]["voices"]["found"] = [voice(40, 40, district) for district in DISTRICTS]
        shown = published(whole, LEAST)
        counts = {one["district"]: one["count"] for one in shown["levels"]}
        found = {one["district"] for one in shown["voices"]["found"]}
        assert found == {district for district, count in counts.items() if count is not None}
        told += len(DISTRICTS) - len(found)
    assert told > 5


def test_a_report_of_the_second_version_is_published_without_the_measures_of_the_third() -> None:
    whole = made(1)
    for content in (whole, whole["public"]):
        content["version"] = 2
        del content["concentration"], content["voices"]
    shown = published(whole, LEAST)
    assert shown["version"] == 2
    assert not {"concentration", "voices"} & set(shown)


def enough_everywhere() -> dict[str, Any]:
    """Return a report none of whose districts is hidden."""
    whole = made(1)
    assert all(one["count"] is not None for one in published(whole, LEAST)["levels"])
    return whole
