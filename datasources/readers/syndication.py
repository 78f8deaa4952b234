"""What Atom, RSS and RDF have in common: the names of their roots and entries, and how they write a time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from datasources.readers.times import Times
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord

INDEXES = frozenset({"feed", "rss", "RDF"})
ENTRIES = ("entry", "item")
_TIMES = frozenset({"updated", "lastBuildDate", "pubDate", "date"})


def time_of(root: Element, times: Times) -> datetime | None:
    """Return when the feed says it was made; None when it does not, or not in a way we can read."""
    channel = next((child for child in root if local(child) == "channel"), root)
    for child in channel:
        if local(child) in _TIMES:
            return moment_of(text_of(child), times)
    return None


def moment_of(text: str, times: Times) -> datetime | None:
    """Return a moment written in ISO or as in mail, wall clock of the source without a zone; None when it is neither."""
    try:
        return times.moment(text)
    except InvalidRecord:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=times.zone)).astimezone(UTC)
