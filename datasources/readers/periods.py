"""Validities told in several parts, joined into one: in force in any of them, or in two at once.

Parts that cannot be told as one rule are written out as periods, from the month before `around` on, so that the same
parts give the same periods all month and a rule that began twenty years ago is written out for today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from events.errors import InvalidRecord
from events.validity import MAX_PERIODS, Period, Validity

WRITTEN_OUT = timedelta(days=400)
MAX_RULES = 60  # of one record; each is run through day by day
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = "its periods leave no moment in which it is in force"


def any_of(parts: Sequence[Validity], around: datetime) -> Validity:
    """Return the validity of what is in force when one of its parts is; raise InvalidRecord when none ever is."""
    first = parts[0]
    if len(parts) == 1:
        return first
    start = min((part.start for part in parts if part.start), default=None) if all(p.start for p in parts) else None
    end = max((part.end for part in parts if part.end), default=None) if all(p.end for p in parts) else None
    if all((part.recurrences, part.exceptions) == (first.recurrences, first.exceptions) for part in parts):
        spans = [period for part in parts for period in part.periods or (_hull(part),)]
        return replace(first, start=start, end=end, periods=_told(spans))
    if all(replace(part, recurrences=()) == replace(first, recurrences=()) and part.recurrences for part in parts):
        return replace(first, recurrences=tuple(dict.fromkeys(r for part in parts for r in part.recurrences)))
    _ration(parts)
    return Validity(start=start, end=end, periods=_told(period for part in parts for period in written(part, around)))


def both(one: Validity, other: Validity, around: datetime) -> Validity:
    """Return the validity of what is in force when both are; raise InvalidRecord when they never are together."""
    start = max((told.start for told in (one, other) if told.start), default=None)
    end = min((told.end for told in (one, other) if told.end), default=None)
    if start is not None and end is not None and end < start:
        raise InvalidRecord(_NEVER)
    if is_plain(one) or _inside(one) == _inside(other):
        return replace(other, start=start, end=end)
    if is_plain(other):
        return replace(one, start=start, end=end)
    _ration((one, other))
    ours, theirs = (written(replace(told, start=start, end=end), around) for told in (one, other))
    return Validity(start=start, end=end, periods=_told(_crossed(ours, theirs)))


def is_plain(validity: Validity) -> bool:
    """Tell whether a validity is its hull and nothing inside."""
    return not (validity.periods or validity.recurrences or validity.exceptions)


def written(validity: Validity, around: datetime) -> tuple[Period, ...]:
    """Return the periods of a validity near a moment: of one that is over or begins later, its last or first ones."""
    since = (around.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)).replace(day=1)
    if validity.end is not None and validity.end < since:
        since = validity.end - WRITTEN_OUT
    if validity.start is not None and validity.start > since:
        since = validity.start
    until = since + WRITTEN_OUT
    return validity.expand(since, min(until, validity.end) if validity.end else until)


def _hull(part: Validity) -> Period:
    return Period(part.start or _BEFORE_ALL, part.end)


def _inside(validity: Validity) -> object:
    return validity.periods, validity.recurrences, validity.exceptions


def _ration(parts: Iterable[Validity]) -> None:
    if sum(max(1, len(part.recurrences)) for part in parts) > MAX_RULES:
        raise InvalidRecord(f"it repeats in more than {MAX_RULES} ways")


def _told(periods: Iterable[Period]) -> tuple[Period, ...]:
    told = tuple(
        sorted(dict.fromkeys(periods), key=lambda one: (one.start, one.end or datetime.max.replace(tzinfo=UTC)))
    )
    if not told:
        raise InvalidRecord(_NEVER)
    return told[:MAX_PERIODS]


def _crossed(ours: Sequence[Period], theirs: Sequence[Period]) -> list[Period]:
    """Return where two lists of periods, each in order and apart, lie together."""
    found: list[Period] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        one, other = ours[i], theirs[j]
        start = max(one.start, other.start)
        ends = [end for end in (one.end, other.end) if end is not None]
        end = min(ends) if ends else None
        if end is None or start < end:
            found.append(Period(start, end))
        is_one_first = one.end is not None and (other.end is None or one.end <= other.end)
        i, j = (i + 1, j) if is_one_first else (i, j + 1)
    return found
