"""Local days of a zone as numbers, as the sums by day keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.columns import FAR

_INSTANT = timedelta(microseconds=1)
_REMEMBERED = 50_000


class LocalDays:
    """Numbers the local days of a zone, from the year 1 on."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._known: dict[datetime, int] = {}

    def number(self, moment: datetime) -> int:
        """Return the number of the local day of a moment; hours are looked up once, since offsets change on them."""
        hour = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        found = self._known.get(hour)
        if found is None:
            found = hour.astimezone(self._zone).date().toordinal() if hour.year > 1 else 1
            if len(self._known) < _REMEMBERED:
                self._known[hour] = found
        return found

    def runs(self, periods: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[int, int | None]]:
        """Yield the runs of days that the periods touch: first day and the day after the last one, None when open."""
        first: int | None = None
        after: int | None = 0
        for start, until in sorted(periods):
            begins = self.number(start)
            ends = None if until >= FAR else self.number(max(start, until - _INSTANT)) + 1
            if first is None:
                first, after = begins, ends
            elif after is None or begins <= after:
                after = None if after is None or ends is None else max(after, ends)
            else:
                yield first, after
                first, after = begins, ends
        if first is not None:
            yield first, after
