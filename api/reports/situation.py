"""The situation at a moment as its viewer may see it: events of a view, axes, counters, sources; what the screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shapely.geometry import shape

from api.answers import Problem
from api.exports.asked import MOMENT, Asked
from api.exports.spool import events_for
from api.house import House
from api.parameters import read_moment
from api.reports.moments import Moment, query_at, roads_at
from api.rows import event_row
from events.audience import Viewer
from events.records import Event, Geometry
from events.taxonomy import category
from events.timetable import passings
from events.validity import Period
from events.vocabulary import MarchStatus, Phase, StoredStatus
from store.kept import EventQuery, KeptEvent
from store.past import phase_at

_TRAFFIC = ("unknown", "free", "slow", "congested", "closed")  # the later one wins where sections differ
_LEAST_AGE_S, _CADENCES = 300, 2.5
USUAL = (Phase.ONGOING, Phase.PLANNED)
COUNTERS = ("critical", "major", "moderate", "closed", "jam", "march")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One event of the view: where it stands now, the period to speak of, and where its pictogram is."""

    kept: KeptEvent
    phase: Phase
    period: Period | None
    position: tuple[float, float] | None
    figure: Geometry | None  # never the point of a restricted event

    @property
    def event(self) -> Event:
        """What is told of it."""
        return self.kept.event

    @property
    def is_march(self) -> bool:
        """Whether it is counted as a march: a gathering with a way."""
        return self.is_on_a_way and category(self.event.category).family == "rass"

    @property
    def is_on_a_way(self) -> bool:
        """Whether it moves along checkpoints."""
        return self.event.route is not None and len(self.event.route.checkpoints) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is shown of a view at a moment; each list in the order of the screen. `shown` is None for the present.

    `written_at` is when it was read; `sources` stand as they did then.
    """

    at: datetime
    written_at: datetime
    shown: Moment | None
    ongoing: tuple[Shown, ...]
    planned: tuple[Shown, ...]
    ended: tuple[Shown, ...]
    roads: Mapping[str, Mapping[str, object]]  # by axis, or by road on none: its row, with the state to show
    counters: Mapping[str, int]
    sources: Sequence[Mapping[str, object]]

    @property
    def all(self) -> tuple[Shown, ...]:
        """Every event shown."""
        return self.ongoing + self.planned + self.ended


def situation(house: House, viewer: Viewer, query: EventQuery, shown: Moment | None = None) -> Situation:
    """Return the situation of a view, now or at another moment; raises StoreUnavailable. `query.phases` empty: ongoing and planned."""
    written_at = query.now or house.clock()
    now = written_at if shown is None else shown.at
    query = replace(query, now=now) if shown is None else query_at(query, shown)
    wanted = {str(one) for one in query.phases or USUAL}
    kept = events_for(house, viewer, replace(query, phases=()))
    found = [one for each in kept if (one := _shown(each, query, now)) and _passes(one, wanted)]
    sources = house.source_rows()
    if shown is None:
        roads = road_states(house.road_rows(viewer), sources, now.timestamp())
    else:
        roads = worst_states(roads_at(house, viewer, query, shown))
    ongoing = _ordered(found, Phase.ONGOING)
    return Situation(
        at=now, written_at=written_at, shown=shown, ongoing=ongoing, planned=_ordered(found, Phase.PLANNED),
        ended=_ordered(found, Phase.ENDED), roads=roads, counters=count(ongoing, roads), sources=sources,
    )  # fmt: skip


def asked_situation(house: House, asked: Asked) -> Situation:
    """Return the situation that a report asks for: `moment` is the one it shows, else what was `known_at`, else now."""
    now = asked.query.now or house.clock()
    edge = asked.query.known_at or now
    if edge > now:
        raise Problem(400, "what will be known later cannot be told", "known_at")
    if MOMENT in asked.keys:
        at = read_moment(asked.keys[MOMENT], MOMENT, house.zone)
        return situation(house, asked.viewer, asked.query, Moment(at, edge))
    return situation(house, asked.viewer, asked.query, None if edge == now else Moment(edge, edge))


def road_states(
    rows: Iterable[Mapping[str, object]], sources: Iterable[Mapping[str, object]], at_s: float
) -> dict[str, dict[str, object]]:
    """Return per axis, or per road on none, the row whose state is shown: the worst of its sections, by the screen's rule.

    A state is unknown once neither the road nor its source has spoken for five minutes or two and a half cadences.
    """
    known = {one["id"]: one for one in sources}

    def state_of(row: Mapping[str, object]) -> str:
        source = known.get(row["src"])
        if source is not None:
            heard = max(_number(row["at"]), _number(source["at"]))
            if at_s - heard > max(_LEAST_AGE_S, _CADENCES * _number(source["every"])):
                return _TRAFFIC[0]
        return str(row["st"])

    return worst_states({**row, "st": state_of(row)} for row in rows)


def worst_states(rows: Iterable[Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Return per axis, or per road on none, the row of the worst state among its sections."""
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        name = str(row["ax"] or row["id"])
        if name not in found or _TRAFFIC.index(str(row["st"])) > _TRAFFIC.index(str(found[name]["st"])):
            found[name] = dict(row)
    return found


def count(ongoing: Iterable[Shown], roads: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Return the six counters of the screen."""
    events, states = list(ongoing), [one["st"] for one in roads.values()]
    by_severity = [int(one.event.severity) for one in events]
    return {
        "critical": by_severity.count(4), "major": by_severity.count(3), "moderate": by_severity.count(2),
        "closed": states.count("closed"), "jam": states.count("congested"), "march": sum(one.is_march for one in events),
    }  # fmt: skip


def _shown(kept: KeptEvent, query: EventQuery, now: datetime) -> Shown | None:
    start, end = query.start or now, query.end or now
    row = event_row(kept, (start, end))
    position, figure = row["ll"], row["g"]
    phase = phase_at(kept.periods, kept.event, now)
    one = Shown(
        kept=kept, phase=phase, period=_period(kept.periods, now),
        position=(position[0], position[1]) if isinstance(position, list) else None,
        figure=figure if isinstance(figure, Mapping) else None,
    )  # fmt: skip
    if one.position is not None and phase is Phase.ONGOING and (head := _head(one, now)) is not None:
        return replace(one, position=head)
    return one


def _passes(one: Shown, wanted: set[str]) -> bool:
    phase = Phase.ENDED if one.phase is Phase.CANCELLED else one.phase
    return phase.value in wanted or (
        one.event.status is StoredStatus.TO_CONFIRM and StoredStatus.TO_CONFIRM.value in wanted
    )


def _period(periods: Sequence[Period], now: datetime) -> Period | None:
    """Return the present period, else the next one, else the last one."""
    return next((one for one in periods if one.end is None or one.end > now), periods[-1] if periods else None)


def _ordered(shown: Iterable[Shown], place: Phase) -> tuple[Shown, ...]:
    here = [one for one in shown if (Phase.ENDED if one.phase is Phase.CANCELLED else one.phase) is place]

    def rank(one: Shown) -> tuple[float, float, int]:
        start = one.period.start.timestamp() if one.period else 0.0
        end = one.period.end.timestamp() if one.period and one.period.end else 0.0
        if place is Phase.ONGOING:
            return -int(one.event.severity), -start, one.kept.number
        return (start, 0.0, one.kept.number) if place is Phase.PLANNED else (-end, 0.0, one.kept.number)

    return tuple(sorted(here, key=rank))


def _head(one: Shown, now: datetime) -> tuple[float, float] | None:
    """Return where the head of a march is expected now; None without a way or times, and for one that may not take place."""
    route, line = one.event.route, one.event.geometry
    if route is None or line is None or line["type"] != "LineString" or one.event.march_status is MarchStatus.FORBIDDEN:
        return None
    points = route.checkpoints
    told = [
        (found.head_at, point.chainage_m)
        for found, point in zip(passings(points, one.event.size_class), points, strict=True)
        if found.head_at is not None and point.chainage_m is not None
    ]
    length = points[-1].chainage_m
    if not told or not length:
        return None
    done = _interpolated(told, now)
    at = shape(dict(line)).interpolate(min(1.0, done / length), normalized=True)
    return round(at.x, 5), round(at.y, 5)


def _interpolated(told: Sequence[tuple[datetime, float]], now: datetime) -> float:
    before = [pair for pair in told if pair[0] <= now]
    after = [pair for pair in told if pair[0] > now]
    if not before:
        return 0.0
    if not after:
        return before[-1][1]
    (since, from_m), (until, to_m) = before[-1], after[0]
    return from_m + (now - since) / (until - since) * (to_m - from_m)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
