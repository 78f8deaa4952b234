"""How much of a period the sources were heard in: what statistics of it rest on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

MISSING_HALF_HOURS = 8
"""From four silent hours on, a day of a source is partial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`share` of the expected half hours in which sources were heard (None: none expected); `partial` days and whose.

    `since` is the day on which the first source was first heard when other days of the period come before it;
    `compared_since` the same of the compared period: differences with it say nothing.
    """

    share: float | None
    partial: Mapping[date, tuple[str, ...]]
    since: date | None
    compared_since: date | None = None


def coverage_of(
    good: Mapping[tuple[str, date], int],
    *,
    days: Collection[date],
    first_heard: Mapping[str, int],
    now: int,
    begins: Callable[[date], int],
    ends: Callable[[date], int],
) -> Coverage:
    """Return how far sources were heard on these days.

    `good` counts good half hours by source and day; half hours are numbered from 1970 on: `first_heard` by source, the
    present one, and where each day begins and ends.
    """
    expected_in_all = heard_in_all = 0
    partial: dict[date, list[str]] = defaultdict(list)
    for day in sorted(days):
        for source_id, earliest in sorted(first_heard.items()):
            # The present half hour may still be to come.
            expected = min(48, min(ends(day), now) - max(begins(day), earliest))
            if expected <= 0:
                continue
            heard = min(expected, good.get((source_id, day), 0))
            expected_in_all += expected
            heard_in_all += heard
            if expected - heard >= MISSING_HALF_HOURS:
                partial[day].append(source_id)
    earliest_of_all = min(first_heard.values(), default=None)
    heard_on = [day for day in sorted(days) if earliest_of_all is not None and earliest_of_all < ends(day)]
    since = heard_on[0] if heard_on and heard_on[0] != min(days) else None
    return Coverage(
        share=heard_in_all / expected_in_all if expected_in_all else None,
        partial={day: tuple(sources) for day, sources in partial.items()},
        since=since,
    )
