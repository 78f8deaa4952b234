"""Played time: minutes since midnight of the played day, and the real moments they stand for.

The played day starts at its loop start (14:32) whenever the program starts, lasts 24 played hours, then begins again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from events.errors import ConfigurationError

DAY_MINUTES = 24 * 60
_MOMENT = re.compile(r"(?:([+-]\d{1,2}) )?([01]\d|2[0-3]):([0-5]\d)")
_QUOTED = re.compile(r"\{([01]\d|2[0-3]):([0-5]\d)\}")


def read_moment(text: object) -> int:
    """Return the played minute of "14:19", "-1 17:00" (the day before) or "+3 08:00"; raise ConfigurationError."""
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ConfigurationError(f"played time {text!r} is not HH:MM, '-1 HH:MM' or '+3 HH:MM'")
    day, hour, minute = match.groups()
    return int(day or 0) * DAY_MINUTES + int(hour) * 60 + int(minute)


@dataclass(frozen=True, slots=True)
class Clock:
    """The correspondence of played and real time; `started_at` (UTC) is the played minute `loop_start` of loop 1.

    `speed` is played minutes per real minute: above 1 the whole day, its future included, comes sooner.
    """

    started_at: datetime
    loop_start: int
    zone: ZoneInfo
    speed: float = 1.0

    @property
    def loop_length(self) -> timedelta:
        """Real time one played day takes."""
        return timedelta(minutes=DAY_MINUTES / self.speed)

    def loop(self, now: datetime) -> int:
        """Return the number of the loop that plays at a real moment, from 1."""
        return max(0, (now - self.started_at) // self.loop_length) + 1

    def played(self, now: datetime) -> float:
        """Return the played minute at a real moment, from `loop_start` to a day later."""
        elapsed = now - self.started_at - (self.loop(now) - 1) * self.loop_length
        return self.loop_start + elapsed / timedelta(minutes=1) * self.speed

    def real(self, minute: float, loop: int) -> datetime:
        """Return the real moment (UTC) of a played minute of a loop."""
        opening = self.started_at + (loop - 1) * self.loop_length
        return opening + timedelta(minutes=(minute - self.loop_start) / self.speed)

    def wall(self, minute: float, loop: int) -> datetime:
        """Return the same moment on the city's wall clock, whole seconds."""
        return self.real(minute, loop).astimezone(self.zone).replace(microsecond=0)

    def tell(self, text: str, loop: int) -> str:
        """Return a text whose quoted hours, written {21:00}, are those of the real day."""

        def told(match: re.Match[str]) -> str:
            minute = int(match[1]) * 60 + int(match[2])
            return self.wall(minute, loop).strftime("%H:%M")

        return _QUOTED.sub(told, text)


def started_now(loop_start: int, zone: ZoneInfo, speed: float) -> Clock:
    """Return a clock that starts at this whole minute."""
    return Clock(datetime.now(UTC).replace(second=0, microsecond=0), loop_start, zone, speed)
