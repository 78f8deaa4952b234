"""A partner's desk at one moment: what it knows, how it writes hours, references and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from demo.canaries import Canaries
from demo.clock import Clock
from demo.happening import Happening


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a format needs beside the records; `is_poisoned` asks it to break its last record."""

    source: str
    clock: Clock
    now: datetime
    canaries: Canaries
    is_poisoned: bool = False

    @property
    def loop(self) -> int:
        """The loop that plays."""
        return self.clock.loop(self.now)

    @property
    def minute(self) -> float:
        """The played minute."""
        return self.clock.played(self.now)

    def wall(self, minute: float) -> datetime:
        """Return a played minute on the city's wall clock."""
        return self.clock.wall(minute, self.loop)

    def iso(self, minute: float) -> str:
        """Return a played minute as ISO 8601 with the city's offset."""
        return self.wall(minute).isoformat()

    def now_iso(self) -> str:
        """Return this moment, to the minute, as ISO 8601 with the city's offset."""
        return self.now.astimezone(self.clock.zone).replace(second=0, microsecond=0).isoformat()

    def reference(self, record_id: str) -> str:
        """Return the id a record has in this loop: each played day has its own."""
        return f"{record_id}-J{self.loop}"

    def text(self, happening: Happening, field: str, text: str) -> str:
        """Return a text of a happening, its quoted hours told for today, with its canary when there is one."""
        told = self.clock.tell(text, self.loop)
        return self.canaries.planted(told, self.source, happening.id, field)
