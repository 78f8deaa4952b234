"""One incident of CIFS, the closure format of Waze, from its XML or its JSON form."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time

from datasources.contract import Document, Source
from datasources.readers.datex2_codes import DIRECTIONS
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.places import number_of
from datasources.readers.times import Times, clock_time
from datasources.readers.xml import Element, empty, local, stream_elements, text_of
from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES, Area, check_geometry, positions
from events.records import Geometry
from events.validity import Recurrence, Validity

READ = frozenset(
    {
        "id", "type", "subtype", "polyline", "street", "starttime", "endtime", "description", "schedule",
        "creationtime", "updatetime", "direction",
    }
)  # fmt: skip
Told = Mapping[str, object]
_GROUPS = ("location",)  # what older documents put around street and polyline
_DAYS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_BOTH = frozenset({"both_directions", "both"})
_ONE = frozenset({"one_direction", "one"})
_SECTORS = (
    "northBound", "northEastBound", "eastBound", "southEastBound",
    "southBound", "southWestBound", "westBound", "northWestBound",
)  # fmt: skip
_SHORT_DEGREES = 0.0001  # some ten metres: a loop, or a point written twice, leads nowhere
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_MAX_HOURS = 70
_MAX_TOLD = 1000
_NO_SCHEDULE = "the schedule is not made of day names and hours such as 08:00-10:00"


def incidents_of(document: Document, source: Source, encoding: str | None) -> Iterator[tuple[str, Told | None]]:
    """Yield the place in the document and the fields of each incident, None for what is no incident.

    `encoding` replaces the one an XML document declares. Raises DocumentUnreadable, at the latest after the last
    incident, for what is no CIFS document.
    """
    with document.open() as stream:
        is_json = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    if is_json:
        yield from _from_json(document, source)
    else:
        yield from _from_xml(document, source, encoding)


def line_of(told: Told, area: Area) -> Geometry | None:
    """Return the line, or the point, latitude first as the format says; None when there is none.

    Some publishers write longitude first: a line that fits the source's area only that way is read so.
    """
    text = told.get("polyline")
    if text is None or not str(text).strip():
        return None
    parts = str(text).split(maxsplit=2 * MAX_VERTICES + 1)
    if len(parts) > 2 * MAX_VERTICES:
        raise InvalidRecord(f"geometry has more than {MAX_VERTICES} positions")
    numbers = [number_of(part) for part in parts]
    if len(numbers) % 2:
        raise InvalidRecord("the line is not made of pairs of numbers")
    pairs = list(zip(numbers[1::2], numbers[::2], strict=True))
    try:
        return check_geometry(_figure(pairs), area)
    except InvalidRecord as problem:
        try:
            return check_geometry(_figure([(lat, lon) for lon, lat in pairs]), area)
        except InvalidRecord:
            raise problem from None


def direction_of(told: Told, geometry: Geometry | None) -> str | None:
    """Return both directions in words; of one, that in which the line is written, as the format says."""
    word = str(told.get("direction") or "").strip().casefold()
    if word in _BOTH:
        return DIRECTIONS["bothWays"]
    if word not in _ONE or geometry is None or geometry["type"] != "LineString":
        return None
    (west, south), *_, (east, north) = positions(geometry)
    across, up = (east - west) * math.cos(math.radians(north)), north - south
    if math.hypot(across, up) < _SHORT_DEGREES:
        return None
    return DIRECTIONS[_SECTORS[round(math.degrees(math.atan2(across, up)) / 45) % 8]]


def validity_of(told: Told, times: Times) -> Validity:
    """Return the hull and what repeats inside it: the schedule's hours are the wall clock of the source."""
    start = times.moment(told.get("starttime"))
    if start is None:
        raise InvalidRecord("the incident has no start time")
    recurrences = tuple(_recurrences(told.get("schedule"), times.zone.key))
    return Validity(start=start, end=times.moment(told.get("endtime"), is_end=True), recurrences=recurrences)


def updated_at(told: Told, times: Times) -> datetime | None:
    """Return when the incident was last changed, else when it was made."""
    return times.moment(told.get("updatetime")) or times.moment(told.get("creationtime"))


def _from_json(document: Document, source: Source) -> Iterator[tuple[str, Told | None]]:
    content = read_container(document, source)
    items = content.get("incidents") if isinstance(content, Mapping) else None
    if not isinstance(items, list):
        raise unreadable(source, "it holds no list at 'incidents'")
    if len(items) > MAX_ITEMS:
        raise unreadable(source, f"its list has more than {MAX_ITEMS} members")
    for index, item in enumerate(items):
        inner = item.get("incident", item) if isinstance(item, Mapping) else None
        yield f"incidents[{index}]", _flat(inner) if isinstance(inner, Mapping) else None


def _flat(told: Told) -> Told:
    groups = [group for name in _GROUPS if isinstance(group := told.get(name), Mapping)]
    flat = {name: value for name, value in told.items() if name not in _GROUPS}
    return {name: value for group in groups for name, value in group.items()} | flat


def _from_xml(document: Document, source: Source, encoding: str | None) -> Iterator[tuple[str, Told | None]]:
    count = 0
    for event, element in stream_elements(document.open, ("incident",), source.id, encoding, events=("end",)):
        if event == "root":
            if local(element) != "incidents":
                raise unreadable(source, "it is no document of incidents")
            continue
        count += 1
        if count > MAX_ITEMS:
            raise unreadable(source, f"it has more than {MAX_ITEMS} incidents")
        yield f"incident[{count}]", _fields(element)
        empty(element)


def _fields(element: Element) -> Told:
    told: dict[str, object] = {"id": element.get("id")}
    for child in element.iterchildren():
        name = local(child)
        if name in _GROUPS:
            told |= {local(part): text_of(part) for part in child if local(part) in READ}
        elif name == "schedule":
            told[name] = [(local(day), text_of(day)) for day in child]
        else:
            told[name] = text_of(child) if name in READ else name
    return told


def _figure(pairs: list[tuple[float | None, float | None]]) -> dict[str, object]:
    points = [list(pair) for pair in pairs]
    if all(point == points[0] for point in points):
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": points}


def _recurrences(schedule: object, zone: str) -> Iterator[Recurrence]:
    if schedule in (None, "", {}, []):
        return
    days = list(schedule.items()) if isinstance(schedule, Mapping) else schedule
    if not isinstance(days, list):
        raise InvalidRecord(_NO_SCHEDULE)
    hours = [(str(day).casefold(), part) for day, told in days for part in _parts(told)]
    if len(hours) > _MAX_HOURS:
        raise InvalidRecord(f"the schedule has more than {_MAX_HOURS} entries")
    for day, part in hours:
        found = _HOURS.fullmatch(part)
        if found is None or (day != "everyday" and day not in _DAYS):
            raise InvalidRecord(_NO_SCHEDULE)
        weekdays = frozenset() if day == "everyday" else frozenset({_DAYS[day]})
        yield Recurrence(_clock(found[1]), _clock(found[2]), zone, weekdays)


def _parts(told: object) -> list[str]:
    texts = told if isinstance(told, list) else [told]
    if len(texts) > _MAX_HOURS or any(len(str(text)) > _MAX_TOLD for text in texts):
        raise InvalidRecord(f"the schedule has more than {_MAX_HOURS} entries")
    return [part.strip() for text in texts for part in str(text).split(",")]


def _clock(text: str) -> time:
    clock = clock_time(text)
    if clock is None:
        raise InvalidRecord(_NO_SCHEDULE)
    return clock
