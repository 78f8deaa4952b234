"""One CAP message in the publisher's words: from an `alert`, or from an index entry that repeats its elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from datasources.readers.text import identifier
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord

_ENVELOPE = frozenset({"identifier", "sender", "sent", "status", "msgType", "scope", "references"})
_TOLD = frozenset(
    {
        "language",
        "event",
        "urgency",
        "severity",
        "certainty",
        "effective",
        "onset",
        "expires",
        "headline",
        "description",
        "instruction",
    }
)
_AREA = frozenset({"areaDesc", "polygon", "circle", "geocode"})
# MeteoAlarm's index spells one element its own way.
_ALIASES = {"message_type": "msgType"}
# Elements of the index itself, and what follows from those above.
_OF_THE_INDEX = frozenset({"id", "title", "link", "updated", "published", "author", "summary", "content", "guid"})
_MAX_PARTS = 2000  # infos of one message, areas of one info, codes of one area


@dataclass(slots=True)
class CapArea:
    """Where an info holds: texts of shapes (latitude first) and codes of zones."""

    names: list[str] = field(default_factory=list)
    polygons: list[str] = field(default_factory=list)
    circles: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CapInfo:
    """What a message says in one language, for one level and its areas."""

    words: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    event_codes: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    areas: list[CapArea] = field(default_factory=list)

    @property
    def language(self) -> str:
        """Two letters; the standard makes English of an info that names no language."""
        return self.words.get("language", "").strip().lower()[:2] or "en"


@dataclass(slots=True)
class CapAlert:
    """One message."""

    words: dict[str, str] = field(default_factory=dict)
    infos: list[CapInfo] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    media: int = 0

    def word(self, name: str) -> str:
        """Return a word of a closed list, in lower case; empty when the message lacks it."""
        return self.words.get(name, "").lower()

    def references(self) -> dict[str, str]:
        """Return the messages it names, identifier -> when it was sent, as told; raise InvalidRecord for no reference."""
        named: dict[str, str] = {}
        for reference in self.words.get("references", "").split():
            parts = reference.split(",")
            # "sender,identifier,sent"; some publishers write the identifier alone.
            if len(parts) not in (1, 3):
                raise InvalidRecord("a reference to an earlier message is not sender,identifier,sent")
            named[identifier(parts[len(parts) // 2])] = parts[-1] if len(parts) == 3 else ""
        return named


def read_alert(element: Element) -> CapAlert:
    """Return the message an `alert` element holds; signatures and whatever else we do not use are only named."""
    alert = CapAlert()
    for child in element:
        name = local(child)
        if name in _ENVELOPE:
            alert.words.setdefault(name, text_of(child))
        elif name == "info" and len(alert.infos) < _MAX_PARTS:
            alert.infos.append(_read_info(child, alert))
        elif name:
            alert.unread.add(name)
    return alert


def read_entry(element: Element) -> CapAlert | None:
    """Return the message whose elements an index entry repeats; None when it names none and must be followed."""
    alert, info, area = CapAlert(), CapInfo(), CapArea()
    for child in element:
        name = _ALIASES.get(local(child), local(child))
        if name in _ENVELOPE:
            alert.words.setdefault(name, text_of(child))
        elif name in _AREA:
            _read_area_part(child, name, area)
        elif name not in _OF_THE_INDEX:
            _read_info_part(child, name, info, alert)
    if not {"identifier", "status", "msgType"} <= alert.words.keys() or "event" not in info.words:
        return None
    if alert.word("msgType") == "cancel" and "references" not in alert.words:
        return None  # what it cancels stands in the message itself
    info.areas.append(area)
    alert.infos.append(info)
    return alert


def _read_info(element: Element, alert: CapAlert) -> CapInfo:
    info = CapInfo()
    for child in element:
        name = local(child)
        if name == "area" and len(info.areas) < _MAX_PARTS:
            area = CapArea()
            for part in child:
                _read_area_part(part, local(part), area)
            info.areas.append(area)
        else:
            _read_info_part(child, name, info, alert)
    return info


def _read_info_part(element: Element, name: str, info: CapInfo, alert: CapAlert) -> None:
    text = text_of(element)
    if name in _TOLD:
        info.words.setdefault(name, text)
    elif name == "category" and text:
        info.categories.append(text)
    elif name == "responseType":
        info.responses.append(text.lower())
    elif name == "eventCode":
        info.event_codes.extend(value for _, value in _pairs(element))
    elif name == "parameter":
        info.parameters |= {key.lower(): value for key, value in _pairs(element)}
    elif name == "resource":
        alert.media += sum(local(part) in ("uri", "derefUri") and bool(text_of(part)) for part in element)
        alert.unread.update(f"info.resource.{local(part)}" for part in element if local(part))
    elif name:
        alert.unread.add(f"info.{name}")


def _read_area_part(element: Element, name: str, area: CapArea) -> None:
    text = text_of(element)
    if name == "areaDesc" and text:
        area.names.append(text)
    elif name == "polygon" and text:
        area.polygons.append(text)
    elif name == "circle" and text:
        area.circles.append(text)
    elif name == "geocode":
        for _, value in _pairs(element):
            # Some publishers put a whole list of codes under one name.
            area.codes.extend(value.split()[: _MAX_PARTS - len(area.codes)])


def _pairs(element: Element) -> Iterator[tuple[str, str]]:
    """Yield name and value of `valueName`, `value` couples; an index may put several under one element."""
    name = ""
    for child in element:
        if local(child) == "valueName":
            name = text_of(child)
        elif local(child) == "value":
            yield name, text_of(child)
