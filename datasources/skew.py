"""Partners whose clock is ahead: what they date in the future is taken as told when it came.

Else a publication dated two hours ahead would keep out, for two hours, every correction that follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from datasources.contract import Fetched, Outcome
from events.records import Event, RoadState

PATIENCE = timedelta(minutes=5)  # clocks differ; less is no fault

_Dated = TypeVar("_Dated", Event, RoadState)


def in_the_present(outcome: Outcome, came_at: datetime) -> tuple[Outcome, timedelta]:
    """Return the outcome without dates of publication or observation after `came_at`, and how far the furthest was."""
    if not isinstance(outcome, Fetched):
        return outcome, timedelta(0)
    reading, furthest = outcome.reading, [came_at]

    def told(moment: datetime | None) -> datetime | None:
        if moment is None or moment <= came_at + PATIENCE:
            return moment
        furthest.append(moment)
        return came_at

    kept = replace(
        reading,
        events=_each(reading.events, ("published_at", "observed_at"), told),
        road_states=_each(reading.road_states, ("observed_at",), told),
        published_at=told(reading.published_at),
    )
    ahead = max(furthest) - came_at
    return (replace(outcome, reading=kept) if ahead else outcome), ahead


def _each(
    records: tuple[_Dated, ...], names: tuple[str, ...], told: Callable[[datetime | None], datetime | None]
) -> tuple[_Dated, ...]:
    made: list[_Dated] = []
    for record in records:
        before = {name: getattr(record, name) for name in names}
        after: dict[str, Any] = {name: told(moment) for name, moment in before.items()}
        made.append(record if after == before else replace(record, **after))
    return tuple(made)
