"""What is published of a week: the same whatever is asked, whole weeks that are over, coarser before more holes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from events.audience import PARTNERS, PUBLIC
from events.records import Tally
from privacy.counts import PublishedCount, publish

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 9, tzinfo=PARIS)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
AREAS = tuple(f"132{number:02d}" for number in range(1, 17))


def slot_counts(values: np.ndarray, *, monday: datetime = MONDAY, hours: int = 6, **told: object) -> list[Tally]:
    per_day = 24 // hours
    tallies = []
    for row, area in enumerate(AREAS[: len(values)]):
        for column in range(values.shape[1]):
            day, slot = divmod(column, per_day)
            start = (monday + timedelta(days=day)).replace(hour=slot * hours)
            end = (monday + timedelta(days=day + (slot + 1) // per_day)).replace(hour=(slot + 1) * hours % 24)
            facts: dict[str, object] = {
                "source_id": "police", "external_id": f"{area}-{start.isoformat()}", "organisation": "police",
                "audience": PARTNERS, "measure": "operations", "area_code": area, "start": start.astimezone(UTC),
                "end": end.astimezone(UTC), "value": float(values[row, column]),
            }  # fmt: skip
            tallies.append(Tally(**(facts | told)))  # type: ignore[arg-type]
    return tallies


def published(tallies: Sequence[Tally], now: datetime = NOW, least: int = 5) -> tuple[PublishedCount, ...]:
    return publish(tallies, least=least, timezone="Europe/Paris", now=now)


def days_of(counts: Sequence[PublishedCount]) -> set[float]:
    return {round((one.end - one.start).total_seconds() / 3600) for one in counts if one.area_code == AREAS[0]}


@pytest.mark.parametrize(
    ("mean", "hours"), [(60, {6, 168}), (4, {24, 168}), (0.4, {168})], ids=["slots", "days", "week"]
)
def test_coarser_time_comes_before_holes(mean, hours):
    values = np.random.default_rng(3).poisson(mean, (16, 28)).astype(float)
    assert days_of(published(slot_counts(values))) == hours


@pytest.mark.parametrize("seed", range(25))
def test_forty_filter_pairs_of_a_random_week_tell_no_small_count(seed):
    """Whoever joins the answers to any filters knows the union of them: a count under 5 follows at no grain."""
    chance = np.random.default_rng(seed)
    values = chance.poisson(chance.choice([0.4, 2, 5, 9]), (16, 28)).astype(float)
    counts = published(slot_counts(values))
    assert counts
    known: dict[tuple[object, ...], float | None] = {}
    for _ in range(40):
        for one in asked(counts, chance):
            place = one.area_code, one.start, one.end
            assert known.setdefault(place, one.value) == one.value, "an answer depends on the question"
    told = [value for value in known.values() if value is not None]
    assert all(value == 0 or value >= 5 for value in told)
    basis = span_of([place for place, value in known.items() if value is not None])
    for grain in (1, 4, 28):
        for row in range(16):
            for first in range(0, 28, grain):
                if 0 < values[row, first : first + grain].sum() < 5:
                    mark = np.zeros((16, 28))
                    mark[row, first : first + grain] = 1
                    flat = mark.reshape(-1)
                    assert not np.allclose(basis @ (basis.T @ flat), flat, atol=1e-7), (row, first, grain)


def asked(counts: Sequence[PublishedCount], chance: np.random.Generator) -> list[PublishedCount]:
    start = MONDAY + timedelta(hours=int(chance.integers(0, 150)))
    end = start + timedelta(hours=int(chance.integers(1, 168)))
    areas = set(chance.choice(AREAS, size=int(chance.integers(1, 16)), replace=False)) | {None}
    return [one for one in counts if one.end > start and one.start < end and one.area_code in areas]


def span_of(places: Sequence[tuple[object, ...]]) -> np.ndarray:
    rows = []
    for area, start, end in places:
        assert isinstance(start, datetime)
        assert isinstance(end, datetime)
        mark = np.zeros((16, 28))
        first, last = ((moment - MONDAY) // timedelta(hours=6) for moment in (start, end))
        mark[slice(None) if area is None else AREAS.index(str(area)), first:last] = 1
        rows.append(mark.reshape(-1))
    _, sizes, right = np.linalg.svd(np.array(rows), full_matrices=False)
    return right[sizes > 1e-9].T


def test_a_week_is_told_once_it_is_over_and_whole():
    values = np.full((16, 28), 9.0)
    tallies = slot_counts(values)
    assert published(tallies, now=MONDAY + timedelta(days=6, hours=23)) == ()
    assert published(tallies, now=MONDAY + timedelta(days=7)) != ()
    assert published([one for one in tallies if one.start >= MONDAY + timedelta(days=1)]) == ()


def test_the_weeks_of_a_changing_clock_are_whole_too():
    autumn = slot_counts(np.full((16, 28), 9.0), monday=datetime(2026, 10, 19, tzinfo=PARIS))
    assert len({(one.start, one.end) for one in published(autumn)}) == 29


def test_a_longer_period_of_the_same_measure_is_left_out():
    """A publisher's own sum of the week, beside its slots, would give a hidden one away."""
    week = Tally(
        source_id="police", external_id="w", organisation="police", audience=PARTNERS, measure="operations",
        area_code="13201", start=MONDAY, end=MONDAY + timedelta(days=7), value=11.0,
    )  # fmt: skip
    slots = slot_counts(np.full((16, 28), 9.0))
    assert published([*slots, week]) == published(slots)


def test_counts_of_different_audiences_are_published_apart():
    values = np.full((2, 28), 9.0)
    mixed = [*slot_counts(values[:1], audience=PUBLIC), *slot_counts(values)[28:]]
    assert {one.area_code for one in published(mixed)} == {"13201", "13202"}


def test_what_the_publisher_hid_stays_hidden_and_a_rate_is_not_a_count():
    values = np.full((16, 28), 30.0)
    tallies = slot_counts(values)
    hidden = [*tallies[1:], slot_counts(values[:1, :1], value=None, is_suppressed=True)[0]]
    first = next(one for one in published(hidden) if one.area_code == "13201" and one.start == tallies[0].start)
    assert first.value is None
    rate = slot_counts(np.full((1, 1), 2.0), unit="per_1000")
    assert [one.value for one in published(rate)] == [2.0]
