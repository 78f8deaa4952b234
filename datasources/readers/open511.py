"""Open511 documents, JSON or XML, as the same plain members; and what the words of an event mean here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datasources.contract import Document, Source
from datasources.readers.datex2_codes import DIRECTIONS
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.georss import gml_of
from datasources.readers.languages import chosen_text
from datasources.readers.text import clean
from datasources.readers.xml import Element, empty, local, stream_elements, text_of
from events.records import Effect
from events.vocabulary import Severity, TrafficState

Told = Mapping[str, object]
KINDS = {"events": "event", "cameras": "camera", "traffic_segments": "traffic_segment"}
SEVERITIES = {"MINOR": Severity.MINOR, "MODERATE": Severity.MODERATE, "MAJOR": Severity.MAJOR}
CLOSED = "CLOSED"
COMPASS = {"N": 0.0, "NE": 45.0, "E": 90.0, "SE": 135.0, "S": 180.0, "SW": 225.0, "W": 270.0, "NW": 315.0}
_BOUND = {
    "N": "northBound", "NE": "northEastBound", "E": "eastBound", "SE": "southEastBound", "S": "southBound",
    "SW": "southWestBound", "W": "westBound", "NW": "northWestBound", "BOTH": "bothWays",
}  # fmt: skip
_STATES = {
    "fr": {CLOSED: "fermée", "SOME_LANES_CLOSED": "voies réduites", "SINGLE_LANE_ALTERNATING": "circulation alternée"},
    "en": {CLOSED: "closed", "SOME_LANES_CLOSED": "fewer lanes", "SINGLE_LANE_ALTERNATING": "alternating traffic"},
}
_SUBTYPES = {
    "ACCIDENT": "accident", "SPILL": "obstacle", "OBSTRUCTION": "obstacle", "HAZARD": "obstacle", "FIRE": "incendie",
    "CROWD": "rassemblement", "HAIL": "orage", "THUNDERSTORM": "orage", "HEAVY_DOWNPOUR": "orage",
    "STRONG_WINDS": "vent", "WATERLOGGED": "inondation", "FLOOD": "inondation",
}  # fmt: skip
_TYPES = {
    "CONSTRUCTION": "chantier", "SPECIAL_EVENT": "spectacle", "INCIDENT": "obstacle",
    "WEATHER_CONDITION": "obstacle", "ROAD_CONDITION": "obstacle",
}  # fmt: skip
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_TEXTS = frozenset({"headline", "description", "detour", "name"})
_LISTS = frozenset(
    {
        "event_subtypes", "areas", "roads", "schedules", "recurring_schedules", "intervals", "exceptions",
        "specific_dates", "days", "grouped_events", "attachments", "media_files", "restrictions", "impacted_systems",
    }
)  # fmt: skip
_MAX_ROADS = 20
_OTHER = "it is no Open511 document: those of some states and provinces are called 511 too, and are another format"


@dataclass(slots=True)
class Listed:
    """What a document lists: members by kind, with their place in it; the address of the next page."""

    members: list[tuple[str, str, Told | None]] = field(default_factory=list)
    next_url: str | None = None
    is_any: bool = False


def from_json(document: Document, source: Source) -> Listed:
    """Return what a JSON document lists; raise DocumentUnreadable when it is none of Open511."""
    content, found = read_container(document, source), Listed()
    if not isinstance(content, Mapping) or not set(content) & set(KINDS):
        raise unreadable(source, _OTHER)
    for name, kind in KINDS.items():
        items = content.get(name, [])
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise unreadable(source, f"{name!r} is no list of at most {MAX_ITEMS} members")
        found.members += [
            (kind, f"{name}[{index}]", item if isinstance(item, Mapping) else None) for index, item in enumerate(items)
        ]
    pages = content.get("pagination")
    told = pages.get("next_url") if isinstance(pages, Mapping) else None
    found.next_url = told if isinstance(told, str) and told else None
    return found


def from_xml(document: Document, source: Source, encoding: str | None) -> Listed:
    """Return what an XML document lists; raise DocumentUnreadable when it is none of Open511."""
    found = Listed()
    names = (*KINDS.values(), *KINDS, "link")
    for event, element in stream_elements(document.open, names, source.id, encoding, events=("end",)):
        name, parent = local(element), element.getparent()
        if event == "root":
            if name != "open511" or not found.is_any:
                raise unreadable(source, _OTHER)
        elif name in KINDS:
            found.is_any = True
        elif parent is not None:
            _take(element, name, local(parent), found)
            if len(found.members) > MAX_ITEMS:
                raise unreadable(source, f"it has more than {MAX_ITEMS} members")
    return found


def _take(element: Element, name: str, parent: str, found: Listed) -> None:
    if name == "link":
        if parent == "pagination" and element.get("rel") == "next":
            found.next_url = element.get("href")
    elif parent == f"{name}s":
        spoken = (element.getroottree().getroot().get(_LANGUAGE) or "").lower()[:2]
        found.members.append((name, f"{name}[{len(found.members) + 1}]", _members(element, spoken)))
        empty(element)


def text_in(told: Told, name: str, limit: int) -> tuple[str | None, str | None]:
    """Return a text of a member and its language: French, English, then the first."""
    value = told.get(name)
    texts = [one for one in value if isinstance(one, tuple)] if isinstance(value, list) else [(value, "")]
    return chosen_text([(text, language) for text, language in texts if isinstance(text, str)], limit)


def words(told: Told, name: str) -> list[str]:
    """Return a list of codes in capital letters."""
    value = told.get(name)
    return [word.upper() for one in value[:_MAX_ROADS] if (word := clean(one))] if isinstance(value, list) else []


def word(told: Told, name: str) -> str:
    """Return a code in capital letters; empty when there is none."""
    return (clean(told.get(name)) or "").upper()


def category_of(told: Told) -> str | None:
    """Return our category: a subtype we know, else the type; works that close every road they name are a closure."""
    kind = word(told, "event_type")
    states = {word(road, "state") for road in roads_of(told)}
    if kind == "CONSTRUCTION" and states == {CLOSED}:
        return "fermeture"
    return next((_SUBTYPES[one] for one in words(told, "event_subtypes") if one in _SUBTYPES), _TYPES.get(kind))


def roads_of(told: Told) -> list[Told]:
    """Return the roads an event, camera or segment names."""
    roads = told.get("roads")
    return [road for road in roads[:_MAX_ROADS] if isinstance(road, Mapping)] if isinstance(roads, list) else []


def road_name_of(told: Told) -> str | None:
    """Return the names of the roads."""
    return clean(", ".join(dict.fromkeys(name for road in roads_of(told) if (name := _name(road)))))


def direction_of(told: Told) -> str | None:
    """Return the direction in words, when all roads have the same."""
    found = {_direction(road) for road in roads_of(told)}
    return found.pop() if len(found) == 1 else None


def place_of(told: Told) -> str | None:
    """Return from where to where on the first road, else the name of the area."""
    for road in roads_of(told):
        if _stretch(road):
            return _stretch(road)
    areas = told.get("areas")
    named = [_name(area) for area in areas if isinstance(area, Mapping)] if isinstance(areas, list) else []
    return next((name for name in named if name), None)


def effects_of(told: Told, language: str) -> tuple[Effect, ...]:
    """Return what happens on each road that is not wholly open, in French or English."""
    states, colon = _STATES["fr" if language == "fr" else "en"], " : " if language == "fr" else ": "
    found = []
    for road in roads_of(told):
        state, name, toward = word(road, "state"), _name(road), word(road, "direction")
        if name is None or state not in states:
            continue
        where = f"{name} ({toward})" if toward in COMPASS else name
        text = clean(", ".join(part for part in (where, _stretch(road)) if part) + colon + states[state])
        if text:
            found.append(Effect(text=text, state=TrafficState.CLOSED if state == CLOSED else None))
    return tuple(found)


def grouped_with(told: Told) -> Iterator[str]:
    """Yield the identifiers of the events grouped with one, from their addresses: jurisdiction and number."""
    links = told.get("grouped_events")
    for link in links[:_MAX_ROADS] if isinstance(links, list) else []:
        parts = [part for part in str(link).split("?")[0].split("/") if part][-2:]
        if len(parts) == 2 and (named := clean("/".join(parts))):
            yield named


def _name(told: Told) -> str | None:
    return text_in(told, "name", 200)[0]


def _stretch(road: Told) -> str | None:
    ends = [clean(road.get(name)) for name in ("from", "to")]
    return " – ".join(end for end in ends if end) or None


def _direction(road: Told) -> str | None:
    return DIRECTIONS.get(_BOUND.get(word(road, "direction"), ""))


def _members(element: Element, spoken: str) -> dict[str, object]:
    told: dict[str, object] = {}
    texts: dict[str, list[tuple[str, str]]] = {}
    for child in element.iterchildren():
        name = local(child)
        if name in _TEXTS:
            language = (child.get(_LANGUAGE) or spoken).lower()[:2]
            texts.setdefault(name, []).append((text_of(child), language))
        elif name == "geography":
            told[name] = gml_of(child)[0]
        elif name in _LISTS:
            told[name] = [_value(one, spoken) for one in child.iterchildren()]
        elif name and name != "link":
            told[name] = _members(child, spoken) if len(child) else text_of(child)
    return {**told, **texts}


def _value(element: Element, spoken: str) -> object:
    if local(element) == "link":
        return element.get("href")
    return _members(element, spoken) if len(element) else text_of(element)


def media_of(told: Told) -> int:
    """Return how many addresses of images and documents a member holds; none is kept."""
    lists: list[object] = [told.get("attachments"), told.get("media_files")]
    return sum(len(one) for one in lists if isinstance(one, Sequence) and not isinstance(one, str))
