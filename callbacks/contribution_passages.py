"""A tap of an authorised post: the head, or the last of them, was seen at a checkpoint; what follows moves by the delay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from access.answers import Unpublishable
from access.drafts import Draft, Problem
from callbacks.contribution_way import with_passages
from events.city import City
from events.errors import InvalidRecord
from events.timetable import delay, observe
from events.vocabulary import MarchStatus

EARLIEST = timedelta(hours=2)  # a march that leaves earlier than that is another one: it is edited

LEAST = timedelta(minutes=1)


def pass_here(draft: Draft, told: Mapping[str, Any], at: datetime, now: datetime, city: City) -> Draft:
    """Return the draft after a passage: `point` counts from 0, `part` is head or tail.

    Planned times stand. The end, unless it was verified, and the closing windows move by the delay of the head. Raises
    InvalidRecord for an event without a way or a passage out of order, Unpublishable for one in the future or long before.
    """
    route, line, index = draft.route, draft.geometry, told.get("point")
    if route is None or line is None or not isinstance(index, int) or not 0 <= index < len(route.checkpoints):
        raise InvalidRecord("form.not_kept")
    if not draft.start - EARLIEST <= at <= now + timedelta(minutes=1):
        raise Unpublishable([Problem("at", "form.passage_when", {"start": draft.start})])
    at = at.replace(second=0, microsecond=0)
    if told.get("part") == "tail":
        points = tuple(
            replace(one, tail_observed_at=at) if number == index else one
            for number, one in enumerate(route.checkpoints)
        )
    else:
        points = observe(route.checkpoints, index, at)
    draft = _under_way(draft, index, len(points), told.get("part") == "tail", at)
    moved = delay(points) - delay(route.checkpoints)
    end = draft.end + moved if draft.end is not None and not draft.is_end_verified else draft.end
    passed = replace(route, checkpoints=points)
    effects = with_passages(line, passed, draft.effects, draft.size_class, city)
    return replace(draft, route=passed, end=end, effects=effects)


def _under_way(draft: Draft, index: int, count: int, is_tail: bool, at: datetime) -> Draft:
    """Return the draft with what a passage proves: it is under way; the last of them gone from the end, it is over."""
    if is_tail and index == count - 1:
        return replace(
            draft,
            march_status=draft.march_status and MarchStatus.DISPERSED,
            end=max(at, draft.start + LEAST),
            is_end_verified=True,
        )
    started = replace(draft, is_start_verified=draft.is_start_verified or index == 0)
    waits = draft.march_status not in (None, MarchStatus.DISPERSED)
    return replace(started, march_status=MarchStatus.UNDER_WAY) if waits else started
