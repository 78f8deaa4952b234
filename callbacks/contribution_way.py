"""The way of a march in the form: points drawn one by one, its timetable filled by the pace, the axes it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from access.closures import closure_effect
from access.drafts import MOST_CHECKPOINTS, Problem
from events.city import City
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.place_names import PlaceNames
from events.records import Checkpoint, Effect, Geometry, Route
from events.timetable import PACE_KMH, Closure, chainages, closures, dispersed_at, fill
from events.vocabulary import CheckpointKind
from privacy.title import passage_label

MOST_POINTS = 400
MOST_HALT_MIN = 600
_LONGEST_LABEL = 281  # one more than may be kept: the form tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A drawn way: `route` is None while fewer than two points are passages; `names` are labels that nobody typed."""

    line: Geometry | None
    route: Route | None
    closures: tuple[Closure, ...] = ()
    effects: tuple[Effect, ...] = ()
    length_m: float = 0.0
    ends_at: datetime | None = None


def read_way(
    form: Mapping[str, Any], start: datetime, size: int | None, city: City, places: PlaceNames, problems: list[Problem]
) -> Way:
    """Return the way that a form's `points` draw: each has `p` (longitude, latitude) and, when it is a passage, more."""
    told = form.get("points")
    points = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    positions = [pair for one in points if (pair := _pair(one.get("p"))) is not None]
    if len(positions) != len(points) or not 2 <= len(points) <= MOST_POINTS:
        problems.append(Problem("geometry", "form.route_points"))
        return Way(line=None, route=None)
    try:
        line = check_geometry({"type": "LineString", "coordinates": [list(pair) for pair in positions]}, city.area)
        along = chainages(line, positions)
    except InvalidRecord:
        problems.append(Problem("geometry", "form.outside", {"city": city.name}))
        return Way(line=None, route=None)
    passing = [n for n, one in enumerate(points) if one.get("pass") is not False]
    if not 2 <= len(passing) <= MOST_CHECKPOINTS:
        problems.append(Problem("route", "form.route_count", {"most": MOST_CHECKPOINTS}))
        return Way(line=line, route=None, length_m=along[-1])
    zone = ZoneInfo(city.timezone)
    bare = [
        _checkpoint(
            points[at], along[at], positions[at], start, zone, places.name_at(positions[at]) or passage_label(n, "fr")
        )
        for n, at in enumerate(passing, 1)
    ]
    filled = _timed(_kinds(bare), start, form.get("pace"), problems)
    off = {str(one) for one in form.get("axes_off") or ()} if isinstance(form.get("axes_off"), list) else set()
    found = closures(line, filled, city.axes, size, city.march)
    return Way(
        line=line, route=Route(checkpoints=filled), closures=found, length_m=along[-1],
        effects=tuple(closure_effect(one, zone) for one in found if one.axis_id not in off),
        ends_at=_minute(dispersed_at(filled, size, city.march)),
    )  # fmt: skip


def with_passages(
    line: Geometry, route: Route, effects: Sequence[Effect], size: int | None, city: City
) -> tuple[Effect, ...]:
    """Return the effects with the windows of closed axes as the observed passages move them."""
    zone = ZoneInfo(city.timezone)
    now = {one.axis_id: one for one in closures(line, route.checkpoints, city.axes, size, city.march)}
    return tuple(closure_effect(now[one.axis_id], zone) if one.axis_id in now else one for one in effects)


def way_form(line: Geometry, route: Route, effects: Sequence[Effect], size: int | None, city: City) -> dict[str, Any]:
    """Return a kept way as the form's points, every kept time fixed, and the axes that were left open."""
    zone, points = ZoneInfo(city.timezone), []
    rest = list(route.checkpoints)
    coordinates = line["coordinates"]
    assert isinstance(coordinates, Sequence)
    for pair in coordinates:
        here = rest[0] if rest and rest[0].position and _is_same(rest[0].position, pair) else None
        if here is None:
            points.append({"p": list(pair[:2]), "pass": False})
            continue
        rest.pop(0)
        points.append(
            {
                "p": list(pair[:2]), "pass": True, "label": here.label, "halt": here.halt_min or 0,
                "tolerance": here.tolerance_min or 0,
                "time": here.planned_at.astimezone(zone).strftime("%H:%M") if here.planned_at else "",
                "observed": _iso(here.observed_at), "tail": _iso(here.tail_observed_at),
            }
        )  # fmt: skip
    told = {one.axis_id for one in effects if one.axis_id is not None}
    off = [
        one.axis_id for one in closures(line, route.checkpoints, city.axes, size, city.march) if one.axis_id not in told
    ]
    return {"points": points, "axes_off": off, "pace": PACE_KMH}


def _checkpoint(
    told: Mapping[str, Any],
    metres: float,
    position: tuple[float, float],
    start: datetime,
    zone: ZoneInfo,
    name: str,
) -> Checkpoint:
    label = str(told.get("label") or "").strip()[:_LONGEST_LABEL]
    return Checkpoint(
        label=label or name,
        chainage_m=metres,
        position=(round(position[0], 6), round(position[1], 6)),
        planned_at=_clock(told.get("time"), start, zone),
        observed_at=_instant(told.get("observed")),
        tail_observed_at=_instant(told.get("tail")),
        halt_min=_minutes(told.get("halt")),
        tolerance_min=_minutes(told.get("tolerance")),
    )


def _minutes(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= MOST_HALT_MIN else None


def _kinds(points: Sequence[Checkpoint]) -> list[Checkpoint]:
    last = len(points) - 1

    def kind(index: int, point: Checkpoint) -> CheckpointKind:
        if index in (0, last):
            return CheckpointKind.DISPERSAL if index else CheckpointKind.START
        return CheckpointKind.HALT if point.halt_min else CheckpointKind.PASS

    return [replace(point, kind=kind(index, point)) for index, point in enumerate(points)]


def _timed(
    points: Sequence[Checkpoint], start: datetime, pace: object, problems: list[Problem]
) -> tuple[Checkpoint, ...]:
    try:
        filled = fill(points, start, float(pace) if isinstance(pace, int | float) else PACE_KMH)
    except InvalidRecord:
        problems.append(Problem("pace", "form.pace"))
        filled = fill(points, start)
    for number, (told, given) in enumerate(zip(points, filled, strict=True)):
        if number and told.planned_at is not None and told.planned_at != given.planned_at:
            params = {"before": filled[number - 1].planned_at, "after": told.planned_at}
            problems.append(Problem("route", "form.route_order", params))
            break
    # Whole minutes, as people read them: a closing window is never told to the second.
    return tuple(replace(one, planned_at=_minute(one.planned_at)) for one in filled)


def _clock(text: object, start: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first moment from half a day before the start on at which the city's clocks show this time."""
    if not isinstance(text, str) or not text:
        return None
    try:
        at = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day: its zone is given below
    except ValueError:
        return None
    local = start.astimezone(zone)
    moment = datetime.combine(local.date(), at, zone)
    if moment < local:
        moment = datetime.combine(local.date() + timedelta(days=1), at, zone)
        if moment - local > timedelta(hours=16):
            moment = datetime.combine(local.date(), at, zone)
    return moment.astimezone(UTC)


def _minute(at: datetime | None) -> datetime | None:
    return None if at is None else (at + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text[:32]) if isinstance(text, str) and text else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _pair(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2 or not all(type(one) in (int, float) for one in value):
        return None
    return float(value[0]), float(value[1])


def _is_same(one: Sequence[float], other: Sequence[float]) -> bool:
    return abs(one[0] - other[0]) < 2e-6 and abs(one[1] - other[1]) < 2e-6
