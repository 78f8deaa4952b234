"""When to ask next: cadence with jitter, full-jitter backoff after failures, Retry-After, a circuit that opens."""

from __future__ import annotations

from dataclasses import dataclass

Chance = float
"""A number from 0 (included) to 1 (excluded), drawn evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The pace of polling; spans in seconds."""

    jitter: float = 0.1  # share of the cadence, each way
    first_within_s: float = 1.0  # first polls after the start are spread over this
    failures_to_open: int = 5
    open_s: float = 60.0  # then one poll tries, and the circuit opens again when it fails


def next_delay_s(every_s: float, failures: int, retry_after_s: float | None, chance: Chance, manners: Manners) -> float:
    """Return the seconds to wait after a poll that was the `failures`-th failed one in a row (0: it succeeded).

    `retry_after_s` is the least the publisher asked for. No wait after a failure is longer than the cadence or the
    open circuit, whichever is longer, unless the publisher asked for it.
    """
    if failures == 0:
        return every_s * (1 + manners.jitter * (2 * chance - 1))
    # An eighth of the cadence first: a short outage is over sooner than a whole cadence, and the doubling reaches
    # the cadence itself by the time the circuit opens.
    base = max(every_s / 8, 1.0)
    ceiling = min(base * 2.0 ** min(failures, 30), max(every_s, manners.open_s))
    delay = max(ceiling * chance, min(1.0, every_s))
    if failures >= manners.failures_to_open:
        delay = max(delay, manners.open_s)
    return max(delay, retry_after_s or 0.0)
