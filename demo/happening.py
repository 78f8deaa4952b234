"""What happens in the played day, in played minutes, before any partner puts it into its format."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, fields, replace

from demo.streets import Figure, Position

ALWAYS = -(10**9)
DECLARED, UNDER_WAY = "declared", "under_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A point of a route: metres from its start, planned passage, observed passage once it is played."""

    label: str
    kind: str
    position: Position
    chainage_m: float
    planned: int
    observed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One effect in words, on an axis or not."""

    text: str
    axis: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a partner publishes anew at a played minute: fields of the happening and their values."""

    at: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of the day as its partner knows it; `appears` is the minute it is first published, `march` the status of a march or a gathering."""

    source: str
    id: str
    category: str
    severity: int
    headline: str
    place: str
    start: int
    end: int
    updated: int
    appears: int = ALWAYS
    version: int = 1
    description: str = ""
    instruction: str = ""
    status: str = ""
    march: str = ""
    exercise: bool = False
    size: int | None = None
    geometry: Figure | None = None
    nightly: tuple[int, int] | None = None
    road: str = ""
    lanes: int = 0
    closes: bool = False
    effects: tuple[Consequence, ...] = ()
    stops: tuple[Stop, ...] = ()
    changes: tuple[Change, ...] = field(default=(), repr=False)

    def as_of(self, minute: float) -> Happening | None:
        """Return what the partner publishes at a played minute, None before it knows of it."""
        if minute < self.appears:
            return None
        known = self
        for change in self.changes:
            if change.at <= minute:
                known = replace(known, **change.values, updated=change.at, version=known.version + 1)  # type: ignore[arg-type]
        return known.passed_by(minute)

    def passed_by(self, minute: float) -> Happening:
        """Return this happening without the passages still to come; each one observed is a version, the first starts a march."""
        seen = [stop.observed for stop in self.stops if stop.observed is not None and stop.observed <= minute]
        stops = tuple(
            stop if stop.observed is not None and stop.observed <= minute else replace(stop, observed=None)
            for stop in self.stops
        )
        updated = max([self.updated, *(moment for moment in seen if moment <= minute)])
        march = UNDER_WAY if seen and self.march == DECLARED else self.march
        return replace(self, stops=stops, updated=updated, march=march, version=self.version + len(seen))

    def bumped(self, times: int, minute: float) -> Happening:
        """Return this happening after a number of further publications, the last one at a played minute."""
        if not times:
            return self
        note = f"Point de situation n° {times}."
        told = f"{self.description} {note}".strip()
        return replace(self, description=told, updated=int(minute), version=self.version + times)


CHANGEABLE = frozenset(part.name for part in fields(Happening)) - {"source", "id", "changes", "version", "updated"}


def steady_number(*words: object) -> int:
    """Return a number that depends on these words only, the same in every run and on every machine."""
    return zlib.crc32("/".join(str(word) for word in words).encode())
