"""Places in the form: found by what somebody types, and the way between two of them along the city's axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.drafts import MOST_CHECKPOINTS
from callbacks.services import Services
from components.texts import Words
from events.errors import InvalidRecord, SourceError
from events.geometry import is_inside
from events.place_search import Found
from events.street_list import entries, way_by_streets

_LONGEST = 200
_LONGEST_LIST = 4000


def find_places(services: Services, asked: Mapping[str, Any], speak: Words) -> dict[str, Any]:
    """Return the places that a text means; `online` asks the service that the city allows, else tells whether there is one."""
    text = str(asked.get("text") or "")[:_LONGEST]
    if asked.get("online") is not True:
        found = services.search.find(text)
        return {"places": [_place(one, speak) for one in found], "online": services.geocoder is not None}
    if services.geocoder is None:
        return {"places": [], "online": False}
    try:
        found = services.geocoder.find(text)
    except InvalidRecord:
        return {"places": [], "online": False, "told": speak("gate.refused_text")}
    except SourceError:
        return {"places": [], "online": True, "told": speak("form.online_failed")}
    told = "" if found else speak("form.online_none")
    return {"places": [_place(one, speak) for one in found], "online": False, "told": told}


def follow_streets(services: Services, asked: Mapping[str, Any], speak: Words) -> dict[str, Any]:
    """Return the course between two points along the axes, and which ones; without one, that the line is straight."""
    ends = [_pair(asked.get(name), services) for name in ("from", "to")]
    if ends[0] is None or ends[1] is None:
        return {"course": [], "straight": True, "told": speak("form.straight")}
    way = services.streets.way(ends[0], ends[1])
    if way is None:
        return {"course": [], "straight": True, "told": speak("form.straight")}
    return {"course": [list(one) for one in way.course], "straight": False, "told": ", ".join(way.names)}


def list_streets(services: Services, asked: Mapping[str, Any], speak: Words) -> dict[str, Any]:
    """Return the passages that a typed list of streets means, in its order; what is not known of it is told by name."""
    told = entries(str(asked.get("text") or "")[:_LONGEST_LIST])
    if not told:
        return {"places": [], "told": speak("form.streets_none")}
    if len(told) > MOST_CHECKPOINTS:
        return {"places": [], "told": speak("form.streets_many", n=len(told), most=MOST_CHECKPOINTS)}
    listed = way_by_streets(told, services.search)
    said = [speak.count("form.streets_drawn", len(listed.passages))] if listed.passages else []
    if listed.unknown:
        names = ", ".join(speak("form.streets_name", name=one[:_LONGEST]) for one in listed.unknown)
        said.append(speak.count("form.streets_unknown", len(listed.unknown), names=names))
    return {"places": [_place(one, speak) for one in listed.passages], "told": " ".join(said)}


def _place(found: Found, speak: Words) -> dict[str, Any]:
    kind = speak(f"form.place.{found.kind}")
    return {
        "name": found.name,
        "kind": speak("form.place.rough", kind=kind) if found.is_rough else kind,
        "p": list(found.position),
    }


def _pair(value: object, services: Services) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2 or not all(type(one) in (int, float) for one in value):
        return None
    pair = (float(value[0]), float(value[1]))
    return pair if is_inside(pair, services.city.area) else None
