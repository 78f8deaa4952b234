"""A demonstration that stands still: fixed start, no network, documents as bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo.answers import Desks
from demo.canaries import Canaries
from demo.clock import Clock
from demo.day import Day, read_day
from demo.faults import Faults
from demo.partners import Partner, partners
from demo.streets import Streets, read_streets

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "cities" / "marseille"
STARTED_AT = datetime(2026, 3, 14, 9, 5, tzinfo=UTC)


@dataclass
class Theatre:
    """Partners on a clock that tests move by hand; `now` is minutes of real time after the start."""

    day: Day
    streets: Streets
    clock: Clock
    by_source: dict[str, Partner]
    canaries: Canaries = field(default_factory=Canaries)
    minutes: float = 0.0

    def __post_init__(self) -> None:
        self.faults = Faults((), self.clock)
        self.desks = Desks(self.by_source, self.clock, self.faults, self.canaries, self.now)

    def now(self) -> datetime:
        return self.clock.started_at + timedelta(minutes=self.minutes)

    def document(self, source: str, fault: str | None = None) -> bytes:
        return self.desks.answer(self.by_source[source], fault).body


@pytest.fixture(scope="session")
def streets() -> Streets:
    return read_streets(CITY)


@pytest.fixture(scope="session")
def day(streets: Streets) -> Day:
    return read_day(CITY, streets)


@pytest.fixture
def theatre(day: Day, streets: Streets) -> Callable[..., Theatre]:
    def build(*, events: int = 0, speed: float = 1.0, canaries: Canaries | None = None) -> Theatre:
        clock = Clock(STARTED_AT, day.loop_start, ZoneInfo("Europe/Paris"), speed)
        by_source = {partner.source: partner for partner in partners(day, streets, events)}
        return Theatre(day, streets, clock, by_source, canaries or Canaries())

    return build
