"""The map of a report: base map, axes by width and dash, routes, zones and numbered pictograms, as plain values to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.crowding import Crowd, Spot, crowded
from components.formats import district
from components.ground import BaseMap, Frame, Ground, frame_around, path_of
from components.marks import SIZES, Look, MarkShapes, shapes_of
from components.texts import Words
from events.geometry import Area

WIDTH, HEIGHT = 680.0, 395.0
SCALE = 0.6  # of the sizes of a screen
CELL = 30.0
ROOM = 1.45  # of its size: a pictogram has its number beside it
MOST_ZONES = 150
ORDER = ("free", "unknown", "slow", "congested", "closed")
_TOKENS = {"free": "free", "slow": "slow", "congested": "jam", "closed": "closed", "unknown": "unknown"}
_WIDTHS = {"free": 1.7, "slow": 3.4, "congested": 4.8, "closed": 5.4, "unknown": 1.8}
_DASHES = {"slow": "9 3", "closed": "4.5 4.5", "unknown": "0.1 4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One event to be drawn; `number` is its line in the list (0: none), `way` the whole line of a march or a race."""

    id: str
    look: Look
    position: tuple[float, float]
    number: int = 0
    geometry: Mapping[str, Any] | None = None
    way: Mapping[str, Any] | None = None
    is_forbidden: bool = False
    is_to_confirm: bool = False
    is_restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One axis, or a road on none: its state, and its own geometry when it is no axis of the city."""

    id: str
    state: str
    geometry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLine:
    """A road as lines over one another: each has a colour, a width, a dash (`none`) and the form of its ends."""

    state: str
    path: str
    strokes: tuple[tuple[str, float, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLine:
    """The zone or the line of an event, or the way of a march."""

    path: str
    colour: str
    fill: str
    fill_opacity: float
    width: float
    dash: str
    is_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPlace:
    """A pictogram: its shapes, where it is drawn, and where its place is when it was moved."""

    shapes: MarkShapes
    x: float
    y: float
    size: float
    from_x: float
    from_y: float
    number: int
    is_to_confirm: bool
    is_restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdPlace:
    """Several pictograms as one: how many, and the bare shape of the highest severity in it."""

    shapes: MarkShapes
    x: float
    y: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedMap:
    """A whole map; `outside` events have a place that is not in the frame."""

    width: float
    height: float
    ground: Ground
    roads: tuple[RoadLine, ...]
    zones: tuple[ZoneLine, ...]
    marks: tuple[MarkPlace, ...]
    crowds: tuple[CrowdPlace, ...]
    outside: int
    scale_m: int
    scale_width: float
    ink: Mapping[str, str]


def draw_map(
    base: BaseMap, events: Sequence[Placed], roads: Sequence[Road], area: Area, *, ink: Mapping[str, str], words: Words
) -> PrintedMap:
    """Return the map of an area; `ink` are the colours of a theme (`components.plot.colours`)."""
    frame = frame_around(area, WIDTH, HEIGHT)
    ground = base.ground(frame, lambda short: district(short, words))
    inside = [one for one in events if frame.holds(*one.position)]
    by_id = {one.id: one for one in inside}
    spots = [
        Spot(id=one.id, severity=one.look.severity, x=x, y=y, size=SIZES[one.look.severity] * SCALE * ROOM)
        for one in inside
        for x, y in [frame.place(*one.position)]
    ]
    singles, crowds = crowded(spots, CELL)
    metres, width = _scale_bar(frame)
    return PrintedMap(
        width=WIDTH, height=HEIGHT, ground=ground,
        roads=tuple(sorted(_roads(roads, ground, frame, ink), key=lambda one: ORDER.index(one.state))),
        zones=tuple(_zones([by_id[one.id] for one in singles], events, frame, ink)),
        marks=tuple(_mark(one, by_id[one.id], ink) for one in reversed(singles)),
        crowds=tuple(_crowd(one, ink) for one in sorted(crowds, key=lambda one: one.severity)),
        outside=len(events) - len(inside), scale_m=metres, scale_width=width, ink=ink,
    )  # fmt: skip


def strokes_of(state: str, ink: Mapping[str, str]) -> tuple[tuple[str, float, str, str], ...]:
    """Return how a state of traffic is drawn, lowest line first: never by its colour alone."""
    colour, width = ink[f"--ob-tr-{_TOKENS[state]}"], _WIDTHS[state]
    if state == "closed":
        over = (ink["--ob-tr-closed-2"], width - 2, _DASHES[state], "butt")
        return ((colour, width, "none", "butt"), over)
    line = (colour, width, _DASHES.get(state, "none"), "round" if state == "unknown" else "butt")
    if state in ("slow", "congested"):
        return ((ink["--ob-tr-casing"], width + 1.8, "none", "butt"), line)
    return (line,)


def _roads(roads: Sequence[Road], ground: Ground, frame: Frame, ink: Mapping[str, str]) -> list[RoadLine]:
    drawn = []
    for one in roads:
        path = path_of(frame.drawn(one.geometry)) if one.geometry is not None else ground.axes.get(one.id, "")
        if path:
            drawn.append(RoadLine(state=one.state, path=path, strokes=strokes_of(one.state, ink)))
    return drawn


def _zones(singles: Sequence[Placed], events: Sequence[Placed], frame: Frame, ink: Mapping[str, str]) -> list[ZoneLine]:
    drawn = [zone for one in singles[:MOST_ZONES] if one.way is None and (zone := _zone(one, frame, ink))]
    return drawn + [way for one in events if one.way is not None and (way := _way(one, one.way, frame, ink))]


def _zone(one: Placed, frame: Frame, ink: Mapping[str, str]) -> ZoneLine | None:
    path = "" if one.geometry is None else path_of(frame.drawn(one.geometry))
    if not path or one.geometry is None:
        return None
    severity, phase = one.look.severity, one.look.phase
    colour = ink[f"--ob-sev{severity}-text"] if severity > 1 else ink[f"--ob-fam-{one.look.family}"]
    is_line = "LineString" in str(one.geometry["type"])
    dash = "5 3.5" if phase == "planned" else "1.5 4" if one.is_restricted else "none"
    fill = ink[f"--ob-sev{severity}"] if severity > 1 else colour
    return ZoneLine(
        path=path, colour=colour, fill="none" if is_line else fill, fill_opacity=0.16 if phase == "ongoing" else 0.06,
        width=2.6 if is_line else 1.3, dash=dash,
    )  # fmt: skip


def _way(one: Placed, way: Mapping[str, Any], frame: Frame, ink: Mapping[str, str]) -> ZoneLine | None:
    path = path_of(frame.drawn(way))
    if not path:
        return None
    if one.is_forbidden:
        colour, width, dash = ink["--ob-text-3"], 2.0, "2 5"
    else:
        colour, width = ink[f"--ob-fam-{one.look.family}"], 4.4
        dash = "7 6" if one.look.phase == "planned" else "none"
    return ZoneLine(path=path, colour=colour, fill="none", fill_opacity=0, width=width, dash=dash, is_way=True)


def _mark(spot: Spot, one: Placed, ink: Mapping[str, str]) -> MarkPlace:
    return MarkPlace(
        shapes=shapes_of(one.look, ink), x=spot.x + spot.dx, y=spot.y + spot.dy, size=spot.size / ROOM, from_x=spot.x,
        from_y=spot.y, number=one.number, is_to_confirm=one.is_to_confirm, is_restricted=one.is_restricted,
    )  # fmt: skip


def _crowd(crowd: Crowd, ink: Mapping[str, str]) -> CrowdPlace:
    bare = shapes_of(Look(severity=crowd.severity, icon="", family="circ"), ink)
    return CrowdPlace(shapes=bare, x=crowd.x, y=crowd.y, count=len(crowd.members))


def _scale_bar(frame: Frame) -> tuple[int, float]:
    """Return a round number of metres of which a bar of at most a fifth of the width is drawn, and how wide it is."""
    metres_per_unit = (frame.area[3] - frame.area[1]) * 111_320 / frame.height
    most = frame.width / 5 * metres_per_unit
    steps = [step * 10**power for power in range(1, 6) for step in (1, 2, 5)]
    metres = max((step for step in steps if step <= most), default=10)
    return metres, round(metres / metres_per_unit, 1)
