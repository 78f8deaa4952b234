"""Closures and incidents in CIFS, the format that navigation services take from cities (Waze's published rules).

Only what a driver meets on a road and what has a place on one goes out. `ROAD_CLOSED` closes the road in every car that
follows the feed: it is written for closures alone, and for events one of whose effects is that a road is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from api.exports.setting import Setting
from api.exports.xml import Element, maker, wrapped
from events.records import Event
from events.validity import Period, Recurrence
from events.vocabulary import GeometryPrecision, StoredStatus, TrafficState
from store.kept import KeptEvent

X = maker()
_CLOSED, _HAZARD = "ROAD_CLOSED", "HAZARD"
_TYPES = {
    "fermeture": (_CLOSED, "ROAD_CLOSED_HAZARD"),
    "fermeture_nuit": (_CLOSED, "ROAD_CLOSED_CONSTRUCTION"),
    "chantier": (_HAZARD, "HAZARD_ON_ROAD_CONSTRUCTION"),
    "demolition": (_HAZARD, "HAZARD_ON_ROAD_CONSTRUCTION"),
    "restriction": (_HAZARD, "HAZARD_ON_ROAD_LANE_CLOSED"),
    "accident": ("ACCIDENT", None),
    "panne": (_HAZARD, "HAZARD_ON_ROAD_CAR_STOPPED"),
    "obstacle": (_HAZARD, "HAZARD_ON_ROAD"),
    "eau": (_HAZARD, "HAZARD_ON_ROAD"),
    "inondation": (_HAZARD, "HAZARD_WEATHER_FLOOD"),
    "congestion": ("JAM", "JAM_HEAVY_TRAFFIC"),
}
_CLOSED_BY = {"chantier": "ROAD_CLOSED_CONSTRUCTION", "demolition": "ROAD_CLOSED_CONSTRUCTION"}
_CLOSED_BY_FAMILY = frozenset(
    {"manifestation", "rassemblement", "ceremonie", "match", "course", "concert", "spectacle", "marche"}
)
_BOTH_WAYS = frozenset({"deux sens", "tous sens"})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DECIMALS = 6


def write_cifs(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield the document; events that are no incident of a road are left out."""
    incidents = (incident for kept in events for incident in _incidents(kept, setting))
    return wrapped(X.incidents(), incidents)


def type_of(event: Event) -> tuple[str, str | None] | None:
    """Return type and subtype of CIFS, None for what a driver does not meet."""
    if any(effect.state is TrafficState.CLOSED for effect in event.effects):
        if event.category in _CLOSED_BY_FAMILY:
            return _CLOSED, "ROAD_CLOSED_EVENT"
        return _CLOSED, _CLOSED_BY.get(event.category, "ROAD_CLOSED_HAZARD")
    return _TYPES.get(event.category)


def polylines_of(event: Event) -> list[list[list[float]]]:
    """Return the lines of an event that lies on a road as positions (longitude, latitude); a point is a line of one.

    Two ends say nothing of the way between them, a surface nothing of a road: neither is a line.
    """
    figure = event.geometry
    if figure is None or event.geometry_precision is not GeometryPrecision.EXACT:
        return []
    at: list[object] = list(figure["coordinates"]) if figure["type"] != "GeometryCollection" else []  # type: ignore[call-overload]
    by_type = {"Point": [[at]], "LineString": [at], "MultiLineString": at, "MultiPoint": [[one] for one in at]}
    return by_type.get(str(figure["type"]), [])  # type: ignore[return-value]


def _incidents(kept: KeptEvent, setting: Setting) -> Iterator[Element]:
    told = kept.event
    kind = type_of(told)
    if kind is None or _street(told) is None or told.status in (StoredStatus.CANCELLED, StoredStatus.DRAFT):
        return
    lines = polylines_of(told)
    if kind[0] == _CLOSED:
        lines = [line for line in lines if len(line) > 1]  # a closure needs the way it closes
    hours = schedule_of(told.validity.recurrences, setting.zone.key)
    hull = Period(told.validity.start or kept.recorded_at, told.validity.end)
    plain = hours is not None and not told.validity.exceptions and not told.validity.periods
    periods = [hull] if plain else list(kept.periods)
    made = [(line, period) for line in lines for period in periods]
    for number, (line, period) in enumerate(made, 1):
        name = kept.id if len(made) == 1 else f"{kept.id}/{number}"
        yield _incident(name, kind, line, period, hours if plain else None, kept, setting)


def _incident(
    name: str, kind: tuple[str, str | None], line: list[list[float]], period: Period,
    hours: list[tuple[str, str]] | None, kept: KeptEvent, setting: Setting,
) -> Element:  # fmt: skip
    told = kept.event
    element = X.incident(
        X.creationtime(_seconds(kept.recorded_at, setting)),
        X.updatetime(_seconds(told.published_at or kept.changed_at, setting)),
        X.type(kind[0]),
        id=name,
    )
    if kind[1] is not None:
        element.append(X.subtype(kind[1]))
    mark = f"{setting.words('export.demo_mark')} " if setting.is_demo else ""
    element.append(X.description(mark + (told.description or told.headline)))
    element.append(X.street(_street(told) or ""))
    element.append(
        X.direction("ONE_DIRECTION" if told.direction and told.direction not in _BOTH_WAYS else "BOTH_DIRECTIONS")
    )
    element.append(X.polyline(" ".join(f"{lat:.{_DECIMALS}f} {lon:.{_DECIMALS}f}" for lon, lat, *_ in line)))
    element.append(X.starttime(_seconds(period.start, setting)))
    if period.end is not None:
        element.append(X.endtime(_seconds(period.end, setting)))
    element.append(X.source(X.reference(told.source_id), X.name(setting.organisation(kept)), X.url(setting.page(kept))))
    if hours:
        element.append(X.schedule(*(X(day, told_hours) for day, told_hours in hours)))
    return element


def _street(event: Event) -> str | None:
    return event.road_name or event.place


def schedule_of(recurrences: tuple[Recurrence, ...], zone: str) -> list[tuple[str, str]] | None:
    """Return day -> hours as the format writes them; None when the recurrences cannot be told that way."""
    by_day: dict[str, list[str]] = {}
    for one in recurrences:
        if one.months or one.timezone != zone:
            return None
        for day in [_DAYS[number] for number in sorted(one.weekdays)] or ["everyday"]:
            by_day.setdefault(day, []).append(f"{one.start_time:%H:%M}-{one.end_time:%H:%M}")
    return [(day, ",".join(hours)) for day, hours in by_day.items()]


def _seconds(moment: datetime, setting: Setting) -> str:
    """Return the form the format asks for: to the second, with an offset in digits."""
    return setting.local(moment) or ""
