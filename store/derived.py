"""What is computed from an event wherever it is written or read: its real periods, its text as searches compare it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import combining, normalize

from events.records import Event
from events.validity import Period

HORIZON = timedelta(days=400)
_FIRST_MARK = "\u0300"  # no letter below it is a mark on another
BEGINNING = datetime.min.replace(tzinfo=UTC)


def fold(text: str) -> str:
    """Return the text in lower case without accents, as searches compare it."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return "".join([letter for letter in normalize("NFKD", folded) if letter < _FIRST_MARK or not combining(letter)])


def real_periods(event: Event, start: datetime, now: datetime) -> tuple[Period, ...]:
    """Return the periods of an event that starts at `start`; repeated ones from -400 to +400 days of `now`."""
    told = event.validity
    if not (told.periods or told.exceptions or told.recurrences):
        return (Period(start, told.end),)
    validity = replace(told, start=start)
    if validity.recurrences:
        return validity.expand(now - HORIZON, now + HORIZON)
    return validity.expand(BEGINNING, datetime.max.replace(tzinfo=UTC))
