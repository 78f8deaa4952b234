"""When a source is asked again: cadence, backoff, Retry-After, the open circuit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.rhythm import Manners, next_delay_s

MANNERS = Manners()


@pytest.mark.parametrize(
    ("every_s", "failures", "retry_after_s", "chance", "delay_s"),
    [
        (100, 0, None, 0.0, 90.0),
        (100, 0, None, 0.5, 100.0),
        (100, 1, None, 0.5, 12.5),
        (100, 2, None, 0.5, 25.0),
        (100, 3, None, 0.5, 50.0),
        (100, 4, None, 0.5, 50.0),
        (100, 1, None, 0.0, 1.0),
        (100, 1, 30.0, 0.5, 30.0),
        (100, 1, 5.0, 0.5, 12.5),
        (100, 5, None, 0.1, 60.0),
        (100, 5, None, 0.9, 90.0),
        (100, 500, 3600.0, 0.9, 3600.0),
        (0.5, 1, None, 0.0, 0.5),
    ],
)
def test_delays(every_s: float, failures: int, retry_after_s: float | None, chance: float, delay_s: float) -> None:
    assert next_delay_s(every_s, failures, retry_after_s, chance, MANNERS) == pytest.approx(delay_s)


@given(st.floats(0.05, 86400), st.integers(0, 10_000), st.floats(0, 0.999), st.one_of(st.none(), st.floats(0, 86400)))
def test_delays_are_bounded(every_s: float, failures: int, chance: float, retry_after_s: float | None) -> None:
    delay = next_delay_s(every_s, failures, retry_after_s, chance, MANNERS)
    assert 0 < delay <= max(every_s * 1.1, 60.0, retry_after_s or 0.0)
    assert failures == 0 or delay >= (retry_after_s or 0.0)
    assert failures < 5 or delay >= 60.0
