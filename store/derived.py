"""What is computed from an event wherever it is written or read: its real periods, its text as searches compare it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import combining, normalize

from events.records import Event
from events.validity import Period

HORIZON = timedelta(days=400)
BEGINNING = datetime.min.replace(tzinfo=UTC)


def fold(text: str) -> str:
    """Return the text in lower case without accents, as searches compare it."""
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))


def real_periods(event: Event, start: datetime, now: datetime) -> tuple[Period, ...]:
    """Return the periods of an event that starts at `start`; repeated ones from -400 to +400 days of `now`."""
    validity = replace(event.validity, start=start)
    if validity.recurrences:
        return validity.expand(now - HORIZON, now + HORIZON)
    return validity.expand(BEGINNING, datetime.max.replace(tzinfo=UTC))
