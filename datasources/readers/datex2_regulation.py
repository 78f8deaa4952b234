"""One `trafficRegulation` of DATEX II version 3 in the publisher's words, and the event it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from datasources.contract import Source
from datasources.readers.datex2_location import Location, read_location
from datasources.readers.datex2_regulation_codes import (
    FREE_WORDS,
    MEASURES,
    NAMED,
    SPEED,
    WORDS,
    category_of,
    status_of,
)
from datasources.readers.datex2_validity import read_validity
from datasources.readers.periods import any_of, both, is_plain, written
from datasources.readers.text import DESCRIPTION_CHARS, clean, headline_of
from datasources.readers.times import Times
from datasources.readers.xml import Element, chosen, is_true, local, text_of, xsi_type
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Effect, Event
from events.taxonomy import category as category_named
from events.validity import Period, Validity

_VALIDITIES = frozenset({"validityByOrder", "implementedValidity", "validity"})
MAX_REGULATIONS = 200  # of one order
_MAX_WHO = 60
_MAX_CONDITIONS = 2000
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})?")  # of a limit; one that cannot be read loses no regulation


@dataclass(slots=True)
class Order:
    """What an order says for all its regulations."""

    id: str
    version: str | None = None
    number: str | None = None
    description: str | None = None
    authority: str | None = None
    status: str = ""
    validity: Validity | None = None

    def told(self) -> str | None:
        """Return what the order is about, who made it and its number: the way to the text that has force of law."""
        by = ", ".join(part for part in (self.authority, self.number) if part)
        return clean(
            f"{self.description} ({by})" if self.description and by else self.description or by, DESCRIPTION_CHARS
        )


@dataclass(slots=True)
class Regulation:
    """The elements of a regulation that we use; what its conditions say is gathered by kind."""

    kinds: list[tuple[str, str]] = field(default_factory=list)
    status: str = ""
    location: Location = field(default_factory=Location)
    validity: Validity | None = None
    without: list[Period] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    excepted: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    is_for_some: bool = False
    conditions: int = 0
    unread: set[str] = field(default_factory=set)

    def to_event(self, external_id: str, order: Order, source: Source, around: datetime) -> Event:
        """Return the event; raise InvalidRecord with the reason when the regulation cannot be one."""
        if not self.kinds:
            raise InvalidRecord("the regulation does not say what it regulates")
        found, precision = self.location.geometry()
        geometry = check_geometry(found, source.area) if found else None
        named = category_named(category_of(self.kinds, is_for_some=self.is_for_some))
        road, place = clean(self.location.road()), clean(self.location.place(()))
        kind, code = self.kinds[0]
        return Event(
            source_id=source.id,
            external_id=external_id,
            situation_id=order.id,
            version=order.version,
            organisation=source.organisation,
            category=named.id,
            source_code=clean(f"{kind}: {code}" if code else kind),
            headline=headline_of(named.name("fr"), road, place),
            description=order.told(),
            severity=named.default_severity,
            status=status_of(order.status, self.status),
            detection_mode=source.detection_mode,
            validity=self._validity(order, around),
            geometry=geometry,
            geometry_precision=precision,
            place=place,
            road_name=road,
            direction=clean(self.location.direction),
            effects=tuple(Effect(text=text) for text in self._effects()),
            audience=source.default_audience,
            attribution=source.attribution,
        )

    def _validity(self, order: Order, around: datetime) -> Validity:
        told = [one for one in (order.validity, self.validity) if one is not None]
        if not told:
            raise InvalidRecord("neither the order nor the regulation says when it is in force")
        validity = reduce(lambda one, other: both(one, other, around), told)
        if not self.without:
            return validity
        return Validity(
            start=validity.start, end=validity.end, periods=validity.periods, recurrences=validity.recurrences,
            exceptions=(*validity.exceptions, *self.without),
        )  # fmt: skip

    def _effects(self) -> Iterator[str]:
        yield from dict.fromkeys(self.effects)
        for head, names in (("vise", self.targets), ("sauf", self.excepted)):
            text = clean(", ".join(dict.fromkeys(names)))
            if text:
                yield clean(f"{head} : {text}") or text


def regulations_of(element: Element) -> list[Element]:
    """Return the regulations of an order; raise InvalidRecord when it has none or too many."""
    regulations = element.findall("{*}trafficRegulation")
    if not regulations or len(regulations) > MAX_REGULATIONS:
        raise InvalidRecord(f"the order holds no regulation, or more than {MAX_REGULATIONS}")
    return regulations


def read_order(element: Element, order_id: str, times: Times, around: datetime) -> Order:
    """Return what the order says for all its regulations; raise InvalidRecord for a validity that is none."""
    order = Order(id=order_id, version=clean(element.get("version")))
    for child in element.iterchildren():
        name = local(child)
        if name in _VALIDITIES:
            order.validity = _validity_of(child, times, around)
        elif name in _OF_ORDER:
            attribute, read = _OF_ORDER[name]
            setattr(order, attribute, read(child))
    return order


_OF_ORDER: dict[str, tuple[str, Callable[[Element], str | None]]] = {
    "description": ("description", lambda one: clean(chosen(one)[0], DESCRIPTION_CHARS)),
    "issuingAuthority": ("authority", lambda one: clean(chosen(one)[0])),
    "regulationId": ("number", lambda one: clean(text_of(one).partition("#")[0])),  # DiaLog adds its own identifier
    "status": ("status", text_of),
}


def read_regulation(element: Element, times: Times, around: datetime) -> Regulation:
    """Return a regulation from its element; raise InvalidRecord for a value that cannot be read."""
    found = Regulation()
    for child in element.iterchildren():
        name = local(child)
        if name == "status":
            found.status = text_of(child)
        elif name == "typeOfRegulation":
            _read_type(child, found)
        elif name in _VALIDITIES:
            found.validity = _joined(found.validity, _validity_of(child, times, around), around)
        elif name == "condition":
            told = _read_condition(child, found, times, around, is_negated=False)
            found.validity = _joined(found.validity, told, around)
        elif name:
            found.unread.add(name)
    if element.find(".//{*}recurringSpecialDay") is not None:
        found.unread.add("recurringSpecialDay")
    return found


def _joined(one: Validity | None, other: Validity | None, around: datetime) -> Validity | None:
    return both(one, other, around) if one is not None and other is not None else one or other


def _validity_of(element: Element, times: Times, around: datetime) -> Validity:
    return read_validity(element, times).to_validity(zone=times.zone.key, known_at=around, ended_at=None, around=around)


def _read_type(element: Element, found: Regulation) -> None:
    kind, code = xsi_type(element), ""
    for child in element.iterchildren():
        name = local(child)
        if name.endswith("Type"):
            code = code or text_of(child)
        elif name == "maxValue" and kind == SPEED:
            speed = (child.findtext("{*}numericValue") or "").strip()
            if _NUMBER.fullmatch(speed):
                code = speed
                found.effects.append(f"vitesse limitée à {speed} km/h")
        elif name == "otherObligation":
            found.effects += [text for text in (clean(chosen(child)[0]),) if text]
    if kind:
        found.kinds.append((kind, code))


def _read_condition(
    element: Element, found: Regulation, times: Times, around: datetime, *, is_negated: bool
) -> Validity | None:
    """Gather what a condition and those inside it say; return when they hold, None when they do not speak of time."""
    found.conditions += 1
    if found.conditions > _MAX_CONDITIONS:
        raise InvalidRecord(f"the regulation has more than {_MAX_CONDITIONS} conditions")
    parts = {local(child): child for child in element.iterchildren()}
    kind = xsi_type(element)
    is_negated ^= "negate" in parts and is_true(parts["negate"])
    if kind == "ConditionSet" or "conditions" in parts:
        told = [
            validity
            for child in element.iterchildren("{*}conditions")
            if (validity := _read_condition(child, found, times, around, is_negated=is_negated)) is not None
        ]
        is_any = "operator" in parts and text_of(parts["operator"]) == "or"
        if not told:
            return None
        return any_of(told, around) if is_any else reduce(lambda one, other: both(one, other, around), told)
    if kind == "ValidityCondition":
        return _read_time(element, found, times, around, is_negated=is_negated)
    if kind == "LocationCondition":
        if is_negated:
            found.unread.add("LocationCondition.negate")
        else:
            read_location(element, found.location)
        return None
    _read_who(element, found, is_negated=is_negated)
    return None


def _read_time(
    element: Element, found: Regulation, times: Times, around: datetime, *, is_negated: bool
) -> Validity | None:
    told = [_validity_of(child, times, around) for child in element.iterchildren() if local(child) in _VALIDITIES]
    if not told:
        return None
    validity = reduce(lambda one, other: both(one, other, around), told)
    if not is_negated:
        return validity
    hull = (Period(validity.start or around, validity.end),) if is_plain(validity) else written(validity, around)
    found.without.extend(hull)
    return None


def _read_who(element: Element, found: Regulation, *, is_negated: bool) -> None:
    """Gather whom a condition names. What is not said of all, or not of a limit turned round, is for some only."""
    names = [text for part in element.iter() if (text := _name_of(part)) is not None][:_MAX_WHO]
    has_limit = any(local(part) in MEASURES for part in element.iter())
    if is_negated and not has_limit:
        found.excepted.extend(names)
    else:
        found.is_for_some = True
        found.targets.extend(names)


def _name_of(element: Element) -> str | None:
    name = local(element)
    if name in MEASURES:
        words, unit = MEASURES[name]
        limit = text_of(element)
        return f"{words} {limit.replace('.', ',')} {unit}" if _NUMBER.fullmatch(limit) else None
    if name in NAMED:
        code = text_of(element)
        return WORDS.get(code) or clean(code)
    return clean(text_of(element)) if name in FREE_WORDS else None
