"""Kept records as the browser receives them: the short keys of docs/architecture.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from datasources.contract import Source
from events.audience import AudienceLevel
from events.geometry import label_point, zone_around
from events.records import Checkpoint, Event, Geometry
from events.vocabulary import GeometryPrecision, TrafficState
from store.kept import KeptEvent, KeptRoad

Window = tuple[datetime, datetime]

DICTIONARIES = ("cat", "org", "src")
EVENT_COLUMNS = (
    "id", "no", "v", "src", "org", "cat", "sev", "st", "info", "ti", "pl", "ef", "ds", "pe", "ll", "g", "rt", "pr",
    "up", "at", "new", "au", "err", "fx", "tb", "ms", "em",
)  # fmt: skip
# Nearly all rows say the same in these: a third of what a browser reads at ten thousand events was `null` and `public`.
THIN_COLUMNS = ("st", "info", "ef", "g", "rt", "pr", "au", "err", "fx", "tb", "ms", "em")
# A delta goes to browsers with different windows: it carries the periods of the widest usual one.
SCREEN_DECIMALS = 5
# A restricted event is a zone on screens that others walk past, never a point: its middle lies on a grid of about 100 m,
# and whatever the place in a cell (at most 70 m from it), 50 m around it are inside.
RESTRICTED_DECIMALS = 3
RESTRICTED_RADIUS_M = 120
STREAM_BEFORE = timedelta(days=35)
STREAM_AFTER = timedelta(days=35)


def seconds(moment: datetime | None) -> int | None:
    """Return epoch seconds."""
    return None if moment is None else round(moment.timestamp())


def event_row(kept: KeptEvent, window: Window) -> dict[str, object]:
    """Return one event with plain values; periods are those that meet the window."""
    told = kept.event
    return {
        "id": kept.id,
        "no": kept.number,
        "v": kept.version,
        "src": told.source_id,
        "org": told.organisation,
        "cat": told.category,
        "sev": int(told.severity),
        "st": told.status.value if told.status else "",
        "info": told.information_status.value,
        "ti": told.headline,
        "pl": told.place or told.road_name,
        "ef": told.effects[0].text if told.effects else None,
        "ds": list(told.district_codes),
        "pe": [[seconds(one.start), seconds(one.end)] for one in kept.periods if one.meets(*window)],
        **_place(told),
        "rt": [_checkpoint(point) for point in told.route.checkpoints] if told.route else None,
        "pr": told.geometry_precision.value,
        "up": seconds(told.published_at or told.observed_at or kept.changed_at),
        "at": seconds(kept.changed_at),
        "new": seconds(kept.recorded_at),
        "au": audience_word(told.audience.level),
        "err": kept.source_error,
        "fx": [[one.axis_id, one.state.value] for one in told.effects if one.axis_id and one.state] or None,
        "tb": max(1, len(kept.told_by)),
        "ms": told.march_status.value if told.march_status else None,
        "em": seconds(told.embargo_until),
    }


def columns(rows: Sequence[Mapping[str, object]]) -> tuple[dict[str, list[str]], dict[str, object]]:
    """Return the dictionaries and one column per key, all of the same length and order.

    A column is an array, or, of THIN_COLUMNS, `{"most", "rows", "other"}`: what most rows say, and what the named rows say.
    """
    indexes: dict[str, dict[str, int]] = {name: {} for name in (*DICTIONARIES, "ds")}
    table: dict[str, list[object]] = {name: [row[name] for row in rows] for name in EVENT_COLUMNS}
    for name in DICTIONARIES:
        table[name] = [_index(indexes[name], str(value)) for value in table[name]]
    table["no"] = _differences(table["no"])
    table["ds"] = [[_index(indexes["ds"], code) for code in _texts(codes)] for codes in table["ds"]]
    thin = {name: _thin(table[name]) for name in THIN_COLUMNS}
    return {name: list(index) for name, index in indexes.items()}, {**table, **thin}


def _thin(values: Sequence[object]) -> dict[str, object]:
    plain = Counter(value for value in values if not isinstance(value, dict | list))
    most = plain.most_common(1)[0][0] if plain else None
    rows = [at for at, value in enumerate(values) if value != most]
    return {"most": most, "rows": rows, "other": [values[at] for at in rows]}


def _differences(numbers: Sequence[object]) -> list[object]:
    # Numbers follow each other: written as steps they weigh nothing.
    values = [number for number in numbers if isinstance(number, int)]
    return [value - before for value, before in zip(values, [0, *values], strict=False)]


def road_row(
    kept: KeptRoad,
    source: Source | None,
    now: datetime,
    axis_ids: frozenset[str],
    least_age: timedelta,
    cadences: float,
) -> dict[str, object]:
    """Return one road; a state older than max(`least_age`, `cadences` x cadence) is unknown.

    Its age is that of the measurement, however often the same document is served; without one, that of our last sight.
    """
    road = kept.road
    told_at = road.observed_at or kept.changed_at
    limit = least_age if source is None else max(least_age, source.poll_every * cadences)
    is_old = now - (road.observed_at or kept.last_seen_at) > limit
    axis = road.axis_id if road.axis_id in axis_ids else None
    return {
        "id": kept.id,
        "ax": axis,
        "st": TrafficState.UNKNOWN.value if is_old else road.state.value,
        "na": road.name,
        "sp": road.speed_kmh,
        "at": seconds(told_at),
        "src": road.source_id,
        "g": None if axis else road.geometry,
    }


def audience_word(level: AudienceLevel) -> str:
    """Return `public`, `partners` or `restricted`: never which organisations are listed."""
    return "restricted" if level is AudienceLevel.LISTED else level.value


def _place(told: Event) -> dict[str, object]:
    geometry = told.geometry
    if geometry is not None and geometry["type"] == "Point" and told.audience.level is AudienceLevel.LISTED:
        lon, lat = (round(part, RESTRICTED_DECIMALS) for part in label_point(geometry))
        return {"ll": [lon, lat], "g": _drawn(zone_around((lon, lat), RESTRICTED_RADIUS_M))}
    has_place = geometry is not None and told.geometry_precision is not GeometryPrecision.CITY
    return {
        "ll": _coarse(label_point(geometry)) if geometry is not None and has_place else None,
        "g": _drawn(geometry) if geometry is not None and geometry["type"] != "Point" else None,
    }


def _drawn(geometry: Geometry) -> dict[str, object]:
    if geometry["type"] == "GeometryCollection":
        parts = geometry["geometries"]
        assert isinstance(parts, Sequence)
        return {"type": geometry["type"], "geometries": [_drawn(part) for part in parts]}
    return {"type": geometry["type"], "coordinates": _coarse(geometry["coordinates"])}


def _coarse(coordinates: object) -> object:
    # A screen shows a metre at best; the sixth decimal is noise that no compression takes away.
    if isinstance(coordinates, Sequence):
        return [_coarse(part) for part in coordinates]
    assert isinstance(coordinates, int | float)
    return round(coordinates, SCREEN_DECIMALS)


def _checkpoint(point: Checkpoint) -> dict[str, object]:
    return {
        "l": point.label,
        "k": point.kind.value,
        "m": point.chainage_m,
        "t": seconds(point.planned_at),
        "o": seconds(point.observed_at),
        "p": list(point.position) if point.position else None,
    }


def _index(known: dict[str, int], value: str) -> int:
    return known.setdefault(value, len(known))


def _texts(value: object) -> Iterable[str]:
    assert isinstance(value, list)
    return value
