"""The rhythm of a source as its own runs tell it: how old its data usually grow, and how often its documents differ."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

GAPS = 20


@dataclass(frozen=True, slots=True)
class SourceRhythm:
    """Seconds, newest first, at most GAPS each.

    `peak_ages_s`: how old the last datum was each time just before a newer one came. `move_gaps_s`: between documents
    that differ; `moved_at`: when the last one came that differs from the one before.
    """

    peak_ages_s: tuple[float, ...] = ()
    moved_at: datetime | None = None
    move_gaps_s: tuple[float, ...] = ()


def rhythm_of(good: Sequence[Row[Any]], read: Sequence[Row[Any]]) -> SourceRhythm:
    """Return the rhythm told by the last good runs, and by the last ones that read a document; newest first both."""
    moves = _moves(read)
    gaps = [(later - earlier).total_seconds() for later, earlier in itertools.pairwise(moves)]
    return SourceRhythm(_peak_ages(good)[:GAPS], moves[0] if moves else None, tuple(gaps[:GAPS]))


def _peak_ages(good: Sequence[Row[Any]]) -> tuple[float, ...]:
    # A datum that is not newer than the one before ends nothing: a publisher who stands still has no rhythm to learn.
    return tuple(
        max(0.0, (later.finished_at - _datum(earlier)).total_seconds())
        for later, earlier in itertools.pairwise(good)
        if _datum(later) > _datum(earlier)
    )


def _datum(run: Row[Any]) -> datetime:
    """Return the time of what a run knows: an unchanged document was confirmed when it came."""
    ended: datetime = run.finished_at
    return ended if run.verdict == "unchanged" or run.published_at is None else min(run.published_at, ended)


def _moves(read: Sequence[Row[Any]]) -> list[datetime]:
    moves = [later.finished_at for later, earlier in itertools.pairwise(read) if _identity(later) != _identity(earlier)]
    # Of the oldest one there is nothing to compare with: it differs from whatever was before as far as we know.
    return [*moves, read[-1].finished_at] if read else []


def _identity(run: Row[Any]) -> object:
    return run.published_at or run.sha256
