"""500 events beside 2,000 works: every conflict from nothing, and what one change costs.

python -m benchmarks.conflicts
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from events.validity import Period
from insight.conflict_rules import read_rules
from insight.conflicts import Conflicts, Side

EVENTS, WORKS, CHANGES = 500, 2000, 200
_KINDS = ("manifestation", "match", "concert", "spectacle", "course", "tournage", "visite")
_START = datetime(2026, 11, 14, tzinfo=UTC)


def made_side(dice: random.Random, name: str, kind: str, hours: float) -> Side:
    """Return a short line somewhere in the middle of the city within the next 30 days."""
    lon, lat = dice.uniform(5.33, 5.45), dice.uniform(43.24, 43.35)
    start = _START + timedelta(hours=dice.uniform(0, 720))
    line = [[lon, lat], [lon + dice.uniform(-0.003, 0.003), lat + dice.uniform(-0.003, 0.003)]]
    return Side(
        id=name, kind=kind, title=name, organisation="voirie", geometry={"type": "LineString", "coordinates": line},
        periods=(Period(start, start + timedelta(hours=hours)),),
    )  # fmt: skip


def main() -> None:
    """Print the two times."""
    dice = random.Random(3)
    sides = [made_side(dice, f"e{n}", dice.choice(_KINDS), 6) for n in range(EVENTS)]
    sides += [made_side(dice, f"w{n}", "chantier", 240) for n in range(WORKS)]
    held = Conflicts(read_rules(), 43.3)
    begun = time.perf_counter()
    held.put(sides)
    print(f"complete: {time.perf_counter() - begun:.2f} s, {len(held.found)} conflicts")
    times = []
    for n in range(CHANGES):
        one = made_side(dice, f"e{n}", dice.choice(_KINDS), 6)
        begun = time.perf_counter()
        held.put([one])
        times.append(time.perf_counter() - begun)
    ordered = sorted(times)
    print(
        f"one change: median {statistics.median(ordered) * 1000:.1f} ms, p95 {ordered[int(0.95 * CHANGES)] * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
