"""500 events beside 2,000 works: every conflict from nothing, and what one change costs."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.rows import Row, percentile
from events.validity import Period
from insight.conflict_rules import read_rules
from insight.conflicts import Conflicts, Side

MOST_WHOLE_S = 2.0
MOST_CHANGE_MS = 50.0
_KINDS = ("manifestation", "match", "concert", "spectacle", "course", "tournage", "visite")
_START = datetime(2026, 11, 14, tzinfo=UTC)


def measure(quick: bool) -> Sequence[Row]:
    """Return what all conflicts cost, and one change among them."""
    events, works, changes = (50, 200, 5) if quick else (500, 2000, 200)
    dice = random.Random(3)
    sides = [made_side(dice, f"e{n}", dice.choice(_KINDS), 6) for n in range(events)]
    sides += [made_side(dice, f"w{n}", "chantier", 240) for n in range(works)]
    held = Conflicts(read_rules(), 43.3)
    whole = _timed(held, sides)
    times = [_timed(held, [made_side(dice, f"e{n}", dice.choice(_KINDS), 6)]) * 1000 for n in range(changes)]
    what = f"{events:,} events beside {works:,} works"
    return [
        Row(
            what=f"{what}: every conflict from nothing", ours=whole, unit="s", most=MOST_WHOLE_S,
            note=f"{len(held.found):,} conflicts, each with rule, sides, place and windows",
        ),
        Row(
            what=f"{what}: one change, p95", ours=percentile(times, 0.95), unit="ms", most=MOST_CHANGE_MS,
            repetitions=changes, note=f"p50 {percentile(times, 0.5):.1f} ms",
        ),
    ]  # fmt: skip


def made_side(dice: random.Random, name: str, kind: str, hours: float) -> Side:
    """Return a short line somewhere in the middle of the city within the next 30 days."""
    lon, lat = dice.uniform(5.33, 5.45), dice.uniform(43.24, 43.35)
    start = _START + timedelta(hours=dice.uniform(0, 720))
    line = [[lon, lat], [lon + dice.uniform(-0.003, 0.003), lat + dice.uniform(-0.003, 0.003)]]
    return Side(
        id=name, kind=kind, title=name, organisation="voirie", geometry={"type": "LineString", "coordinates": line},
        periods=(Period(start, start + timedelta(hours=hours)),),
    )  # fmt: skip


def _timed(held: Conflicts, sides: Sequence[Side]) -> float:
    begun = time.perf_counter()
    held.put(sides)
    return time.perf_counter() - begun
