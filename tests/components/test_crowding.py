"""Pictograms on paper are grouped, moved and drawn by the rules of the screen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from components.crowding import CELL, Spot, crowded
from components.marks import SIZES, glyphs
from tests.screens import seen_by_screen

ROOT = Path(__file__).resolve().parents[2]
SCREEN = """
const clusters = require(process.argv[1] + "/assets/ob-42-clusters.js");
const marks = JSON.parse(require("fs").readFileSync(0, "utf8"));
const groups = clusters.cluster(marks, 13);
process.stdout.write(JSON.stringify({ singles: clusters.spread(groups.singles).map((m) => [m.id, m.dx, m.dy]),
  crowds: groups.clusters.map((c) => [c.members.map((m) => m.id).sort(), c.sev]) }));
"""


@pytest.mark.parametrize(("count", "wide"), [(5, 400), (60, 300), (150, 600), (400, 900)])
def test_what_is_grouped_and_moved_is_what_the_screen_groups_and_moves(count: int, wide: int) -> None:
    chance = random.Random(count)
    spots = [
        Spot(
            id=f"e{n:04}", severity=chance.randint(0, 4), x=chance.uniform(0, wide), y=chance.uniform(0, wide), size=30
        )
        for n in range(count)
    ]
    asked = [{"id": one.id, "sev": one.severity, "x": one.x, "y": one.y, "size": one.size} for one in spots]
    seen = seen_by_screen(SCREEN, asked)
    singles, crowds = crowded(spots, CELL)
    assert [[one.id, one.dx, one.dy] for one in singles] == seen["singles"]
    told = sorted((sorted(one.id for one in crowd.members), crowd.severity) for crowd in crowds)
    assert told == sorted((ids, severity) for ids, severity in seen["crowds"])
    assert all(one.severity < 4 for crowd in crowds for one in crowd.members)


def test_sizes_shapes_and_pictograms_are_those_of_the_screen() -> None:
    script = (ROOT / "assets" / "ob-12-dom.js").read_text(encoding="utf-8")
    assert f"SIZES = {list(SIZES)}" in script
    for path in (
        "M50 8Q54 8 56 12L95 82Q98 90 90 91H10Q2 90 5 82L44 12Q46 8 50 8Z",
        "M33 7H67L93 33V67L67 93H33L7 67V33Z",
    ):
        assert path in script
    sheet = (ROOT / "assets" / "icons.svg").read_text(encoding="utf-8")
    assert len(glyphs()) == sheet.count("<symbol ")
