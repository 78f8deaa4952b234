"""Many posts contribute while many screens look on: `make bench` with 500 in a minute, here with a hundred in eleven seconds."""

from __future__ import annotations

import pytest

from benchmarks.contributions import MOST_MS, Size, run
from benchmarks.rows import percentile


@pytest.mark.alone
@pytest.mark.timeout(180)
def test_contributions_of_twenty_posts_are_on_two_hundred_entitled_screens_in_order_and_once() -> None:
    size = Size(contributions=100, within_s=11.0)
    found = run(size)
    assert found.refused == 0
    assert (found.lost, found.doubled, found.disordered, found.overheard) == (0, 0, 0, 0)
    assert len(found.delays_ms) > size.contributions * size.streams / 2
    assert percentile(found.delays_ms, 0.99) < 3 * MOST_MS  # the budget itself is kept by the figure
