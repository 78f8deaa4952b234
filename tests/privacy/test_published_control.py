"""What everyone reads of a control report has no cell under the least count, whatever the report holds."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from insight.control.exposure import Place
from insight.control.observed import MODES, observe
from insight.control.report import Beside, report
from insight.control.uses import Screened
from privacy.published_control import published
from store.control_rows import Told, Use

END = datetime(2026, 11, 1, tzinfo=UTC)
LEAST = 5
DISTRICTS = tuple("abcdefgh")


def made(seed: int) -> dict[str, object]:
    """Return a report of a city with few records, so that many of its cells are small."""
    rng = np.random.default_rng(seed)
    rows = [
        Told(
            organisation=organisation, mode=mode, category="accident", severity=1, districts=(district,),
            start=END - timedelta(days=3), recorded_at=END - timedelta(days=3, minutes=-9), closed_at=END - timedelta(days=2),
        )
        for organisation, mode, district in itertools.product(("police", "streets"), MODES, DISTRICTS)
        for _ in range(int(rng.poisson(rng.gamma(1, 4))))
    ]  # fmt: skip
    uses = [Use(END - timedelta(hours=1), "reader", "city", "export.csv", "done")] * int(rng.integers(0, 9))
    runs = [Screened(END - timedelta(hours=1), "s", 40, int(rng.integers(0, 9)))]
    places = {code: Place(code=code, inhabitants=1000, axis_km=2.0) for code in DISTRICTS}
    beside = Beside(places=places, uses=uses, runs=runs, organisation_of={"s": "police"}, zone=ZoneInfo("Europe/Paris"))
    return report(observe(rows, DISTRICTS, END), beside)


@pytest.mark.parametrize("seed", range(30))
def test_no_count_under_the_least_is_published(seed: int) -> None:
    whole = made(seed)
    shown = published(whole, LEAST)
    counts = [one["count"] for one in shown["levels"]] + [
        one[kind] for one in shown["uses"] for kind in ("export", "search")
    ]
    counts += [one["withheld"] for one in shown["refusals"]] + [shown["records"]]
    assert [one for one in counts if one is not None and 0 < one < LEAST] == []


@pytest.mark.parametrize("seed", range(30))
def test_a_share_never_tells_a_count_under_the_least(seed: int) -> None:
    whole = made(seed)
    shown = published(whole, LEAST)
    count = {(one["district"], one["mode"]): one["count"] for one in whole["levels"] if not one["organisation"]}
    for one in shown["effort"]:
        place = one["district"]
        if one["share"] is not None:
            assert all(not 0 < count.get((place, mode), 0) < LEAST for mode in ("initiative", ""))
        if one["index"] is not None:
            assert not 0 < count.get((place, "report"), 0) < LEAST


def test_small_cells_were_there_to_be_published() -> None:
    whole = [made(seed) for seed in range(30)]
    small = sum(0 < one["count"] < LEAST for content in whole for one in content["levels"])
    hidden = sum(one["share"] is None for content in whole for one in published(content, LEAST)["effort"])
    assert small > 100
    assert hidden > 5


def test_nothing_of_an_organisation_in_a_district_and_no_camera_is_published() -> None:
    shown = published(made(1), LEAST)
    assert {tuple(sorted(one)) for one in shown["levels"]} == {
        ("count", "district", "outside", "per_city", "per_inhabitants", "per_km")
    }
    assert "cameras" not in shown
    assert "count" not in str(shown["flags"])


def test_a_median_of_fewer_records_than_the_least_is_not_told_and_how_many_there_were_never() -> None:
    whole = made(2)
    whole["publishing"]["districts"][0] |= {"count": LEAST - 1}
    whole["publishing"]["districts"][1] |= {"count": LEAST}
    first, second, *_ = published(whole, LEAST)["publishing"]["districts"]
    assert (first["median"], second["median"] is None) == (None, False)
    assert set(first) == {"district", "median", "few", "outside"}
