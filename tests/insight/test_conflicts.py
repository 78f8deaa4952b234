"""Conflicts: planted ones are found exactly, each names its sides, place and window; a change settles what a whole count would."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.errors import ConfigurationError
from events.validity import Period
from insight.conflict_rules import SHIPPED, content_of, read_rules, rules_of
from insight.conflicts import Conflicts, Side

NOON = datetime(2026, 11, 14, 12, tzinfo=UTC)
LATITUDE = 43.3
METRE = 1 / 111_320  # degrees of latitude
RULES = read_rules()


def period(start: float, end: float | None) -> Period:
    return Period(NOON + timedelta(hours=start), None if end is None else NOON + timedelta(hours=end))


def side(name: str, kind: str, metres: float = 0, start: float = 0, end: float | None = 3, **more: object) -> Side:
    """Return a side that stands so many metres north of a common point."""
    at = [5.38, LATITUDE + metres * METRE]
    made = Side(
        id=name, kind=kind, title=f"{kind} {name}", organisation="voirie", periods=(period(start, end),),
        geometry={"type": "Point", "coordinates": at},
    )  # fmt: skip
    return replace(made, **more)


def place(name: str, kind: str, metres: float = 0) -> Side:
    return side(name, kind, metres, periods=(), is_place=True)


def found(*sides: Side) -> set[tuple[str, str, str | None]]:
    held = Conflicts(RULES, LATITUDE)
    held.put(sides)
    return {(one.rule, one.a, one.b) for one in held.found.values()}


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ((side("m", "manifestation"), side("w", "chantier", 10)), {("event-works", "m", "w")}),
        ((side("m", "manifestation"), side("w", "chantier", 20)), set()),
        ((side("m", "manifestation"), side("w", "chantier", 10, start=3, end=9)), set()),
        (
            (side("m", "manifestation", end=None), side("w", "chantier", 10, start=500, end=None)),
            {("event-works", "m", "w")},
        ),
        ((side("m", "match"), side("n", "concert", 140)), {("event-event", "m", "n")}),
        ((side("n", "match"), side("m", "concert", 140)), {("event-event", "m", "n")}),
        ((side("m", "match"), side("n", "concert", 160)), set()),
        ((side("m", "match"), side("n", "concert", 100, start=3.9, end=5)), {("event-event", "m", "n")}),
        ((side("m", "match"), side("n", "concert", 100, start=4, end=5)), set()),
        ((side("m", "manifestation"), place("h", "hospital", 90)), {("emergency-access", "m", "h")}),
        ((side("m", "manifestation"), place("h", "hospital", 110)), set()),
        ((side("m", "manifestation"), place("s", "school", 10)), set()),
        ((side("m", "manifestation"), place("l", "transport_line", 10)), {("event-transport", "m", "l")}),
        ((side("v", "visite"), side("x", "tram", 290, start=4.9, end=6)), {("visit-anything", "v", "x")}),
        ((side("t", "tournage"),), {("no-order", "t", None)}),
        ((side("t", "tournage"), side("o", "restriction", 20, start=-1, end=4)), set()),
        ((side("t", "tournage"), side("o", "restriction", 20, start=-1, end=2)), {("no-order", "t", None)}),
        ((side("t", "tournage"), side("o", "restriction", 40, start=-1, end=4)), {("no-order", "t", None)}),
    ],
)
def test_each_rule_at_its_limits(sides, expected) -> None:
    assert found(*sides) == expected


def test_a_conflict_names_its_sides_place_and_window() -> None:
    held = Conflicts(RULES, LATITUDE)
    held.put([side("m", "manifestation", 0, 0, 3), side("w", "chantier", 12, 1, 9)])
    (one,) = held.found.values()
    assert (one.rule, one.title_a, one.title_b, one.owner) == ("event-works", "manifestation m", "chantier w", "voirie")
    assert one.windows == (period(1, 3),)
    assert one.place == pytest.approx((5.38, LATITUDE + 6 * METRE), abs=2e-6)
    assert one.distance_m == pytest.approx(12, abs=0.1)
    assert (one.severity, one.measures) == (2, ("works_suspended", "fencing"))


def test_every_meeting_is_a_window_and_the_first_is_told() -> None:
    held = Conflicts(RULES, LATITUDE)
    held.put([side("m", "spectacle", periods=tuple(period(24 * day, 24 * day + 4) for day in range(5))),
              side("o", "fermeture", 5, -9, 999), side("w", "chantier", 5, 23, 60)])  # fmt: skip
    (one,) = [one for one in held.found.values() if one.rule == "event-works"]
    assert one.windows == (period(24, 28), period(48, 52))


def line(*metres: float) -> dict[str, object]:
    """Return a line that goes east at the common point, from one metre to another."""
    east = METRE / math.cos(math.radians(LATITUDE))
    return {"type": "LineString", "coordinates": [[5.38 + at * east, LATITUDE] for at in metres]}


def bare(*sides: Side) -> tuple[Period, ...] | None:
    held = Conflicts(RULES, LATITUDE)
    held.put(sides)
    return next((one.windows for one in held.found.values() if one.rule == "no-order"), None)


def test_an_order_covers_place_and_time_alone_or_with_others() -> None:
    fair = side("t", "marche", geometry=line(0, 300), end=8)
    whole, half, rest = line(-10, 310), line(0, 150), line(150, 300)
    assert bare(fair, side("o", "fermeture", geometry=whole, start=-1, end=9)) is None
    assert bare(fair, side("o", "fermeture", geometry=half, start=-1, end=9)) == (period(0, 8),)
    both = [
        side("o", "fermeture", geometry=half, start=-1, end=9),
        side("p", "fermeture", geometry=rest, start=0, end=8),
    ]
    assert bare(fair, *both) is None
    shifts = [
        side("o", "fermeture", geometry=whole, start=-1, end=4),
        side("p", "fermeture", geometry=whole, start=4, end=9),
    ]
    assert bare(fair, *shifts) is None
    assert bare(fair, shifts[0], replace(shifts[1], periods=(period(5, 9),))) == (period(4, 5),)
    assert bare(fair, both[0], replace(both[1], periods=(period(0, 3), period(5, 8)))) == (period(3, 5),)
    assert bare(replace(fair, periods=(period(0, None),)), shifts[1]) == (period(0, 4), period(9, None))


def test_what_belongs_together_is_no_conflict() -> None:
    told_twice = frozenset({"group:1"})
    assert found(side("m", "match", groups=told_twice), side("n", "match", 5, groups=told_twice)) == set()
    assert found(side("m", "match", groups=told_twice), side("n", "match", 5)) == {("event-event", "m", "n")}


def test_the_place_of_a_coarse_side_is_told_to_100_metres_and_without_a_distance() -> None:
    held = Conflicts(RULES, LATITUDE)
    held.put([side("v", "visite", 23, is_coarse=True), side("x", "accident", 40)])
    (one,) = held.found.values()
    assert (one.place, one.distance_m) == ((5.38, 43.3), None)


def test_open_ends_meet_and_stay_open() -> None:
    held = Conflicts(RULES, LATITUDE)
    twice = (period(0, None), period(0, 9))
    held.put([side("m", "match", periods=twice), side("w", "chantier", periods=(period(2, None), period(2, 5)))])
    (one,) = [one for one in held.found.values() if one.rule == "event-works"]
    assert one.windows == (period(2, 5), period(2, 9), period(2, None))


def planted() -> tuple[list[Side], set[tuple[str, str, str | None]]]:
    """Return 40 conflicts of all rules among sides that are alone: 500 metres apart, or at other times."""
    sides: list[Side] = []
    expected: set[tuple[str, str, str | None]] = set()
    for n in range(40):
        here, a, b = n * 2000.0, f"a{n:02}", f"b{n:02}"
        kind = n % 6
        if kind == 0:
            sides += [side(a, "manifestation", here), side(b, "chantier", here + 14)]
            expected.add(("event-works", a, b))
        elif kind == 1:
            sides += [side(a, "match", here), side(b, "concert", here + 149, start=3.5, end=5)]
            expected.add(("event-event", a, b))
        elif kind == 2:
            sides += [side(a, "fermeture", here), place(b, "fire_station", here + 99)]
            expected.add(("emergency-access", a, b))
        elif kind == 3:
            sides += [side(a, "visite", here), side(b, "accident", here + 299)]
            expected.add(("visit-anything", a, b))
        elif kind == 4:
            sides += [side(a, "fermeture", here), place(b, "transport_line", here + 14)]
            expected.add(("event-transport", a, b))
        else:
            sides += [side(a, "tournage", here), side(b, "restriction", here + 31)]
            expected.add(("no-order", a, None))
    for n in range(40):  # what comes close and is no conflict
        sides += [side(f"c{n:02}", "chantier", n * 2000.0 + 600), side(f"d{n:02}", "manifestation", n * 2000.0 + 616)]
        sides += [
            side(f"e{n:02}", "manifestation", n * 2000.0 + 1000),
            side(f"f{n:02}", "chantier", n * 2000.0 + 1005, 3, 4),
        ]
    return sides, expected


def test_forty_planted_conflicts_are_found_exactly_and_explained() -> None:
    sides, expected = planted()
    assert len(expected) == 40
    assert {rule for rule, _, _ in expected} == {rule.id for rule in RULES}
    assert found(*sides) == expected
    held, titles = Conflicts(RULES, LATITUDE), {one.id: one.title for one in sides}
    held.put(sides)
    for one in held.found.values():
        assert (one.title_a, one.title_b) == (titles[one.a], titles[one.b] if one.b else None)
        assert one.windows
        assert all(window.start < window.end for window in one.windows)
        north = [abs((one.place[1] - LATITUDE) / METRE - at) for at in heights(sides, one.a, one.b)]
        assert max(north) < 160  # between its two sides
        assert one.measures


def heights(sides: list[Side], *names: str | None) -> list[float]:
    known = {one.id: (one.geometry["coordinates"][1] - LATITUDE) / METRE for one in sides}
    return [known[name] for name in names if name is not None]


def test_changes_one_by_one_settle_what_a_whole_count_finds() -> None:
    dice = random.Random(11)
    kinds = [
        "manifestation",
        "match",
        "chantier",
        "fermeture",
        "restriction",
        "tournage",
        "visite",
        "spectacle",
        "tram",
    ]
    held, present = Conflicts(RULES, LATITUDE), {}
    for step in range(400):
        name, before = f"s{dice.randrange(60)}", dict(held.found)
        if name in present and dice.random() < 0.3:
            told = held.drop([name])
            del present[name]
        else:
            start = dice.uniform(-5, 5)
            present[name] = side(name, dice.choice(kinds), dice.uniform(0, 2000), start, start + dice.uniform(0.5, 6))
            told = held.put([present[name]])
        if step % 20 == 0:
            whole = Conflicts(RULES, LATITUDE)
            whole.put(present.values())
            assert held.found == whole.found
        assert told == {one for one in before.keys() | held.found if before.get(one) != held.found.get(one)}
    assert len(held.found) > 20


def test_what_came_and_went_is_told() -> None:
    held = Conflicts(RULES, LATITUDE)
    assert held.put([side("t", "tournage")]) == set(held.found)
    (bare,) = held.found
    assert held.put([side("o", "fermeture", 5, -1, 9)]) == {bare}
    assert held.found == {}
    assert held.drop(["o"]) == {bare}
    assert held.put([side("t", "tournage")]) == frozenset()


def test_a_table_that_was_kept_is_the_table() -> None:
    assert rules_of(json.loads(json.dumps(content_of(RULES)))) == RULES
    with pytest.raises(ConfigurationError, match="rule event-works distance_m"):
        rules_of({"rules": [content_of(RULES)["rules"][0] | {"distance_m": -1}]})


def test_a_wrong_rule_is_named(tmp_path: Path) -> None:
    for change, named in (
        ('measures = ["coordination"]', "band"),
        ('b_places = ["transport_line"]', "school"),
        ('distance_m = 15\nseverity = 2\nmeasures = ["works', "distance_m"),
        ("severity = 2", "severity"),
        ('a = ["rass", "fete"]', "famille"),
    ):
        text = SHIPPED.read_text(encoding="utf-8")
        wrong = {
            "distance_m": change.replace("15", "-15"),
            "severity": "severity = 9",
            "famille": 'a = ["famille"]',
            "band": 'measures = ["band"]',
            "school": 'b_places = ["school"]',
        }[named]
        path = tmp_path / "rules.toml"
        path.write_text(text.replace(change, wrong, 1), encoding="utf-8")
        with pytest.raises(ConfigurationError, match=named):
            read_rules(path)
