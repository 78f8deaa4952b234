"""One DATEX II `situationRecord` in the publisher's words, and the event it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern

from datasources.contract import Source
from datasources.readers.datex2_codes import (
    BLOCKED,
    CERTAINTIES,
    CLOSURES,
    EXERCISES,
    NO_CERTAINTY,
    PUBLIC_COMMENTS,
    REAL,
    SEVERITIES,
    category_of,
    source_code_of,
)
from datasources.readers.datex2_location import Location, read_location
from datasources.readers.datex2_validity import StatedValidity, read_validity
from datasources.readers.once import Once
from datasources.readers.text import DESCRIPTION_CHARS, clean, headline_of
from datasources.readers.times import Times
from datasources.readers.xml import ByTag, Element, chosen, is_true, local, text_of, xsi_type
from events.audience import PARTNERS, Audience, listed
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Effect, Event
from events.taxonomy import category as category_named
from events.vocabulary import Severity

TEST = "test"


@dataclass(slots=True)
class Situation:
    """What a situation says for all its records."""

    id: str | None = None
    severity: str | None = None
    confidentiality: str | None = None
    information_status: str = "real"


@dataclass(slots=True)
class Context:
    """What a record needs to know of its document and its source."""

    source: Source
    times: Times
    read_at: datetime  # publication time, else the time the document was fetched
    unset_severities: frozenset[str] = frozenset()
    once: Once = field(default_factory=Once)


@dataclass(slots=True)
class SituationRecord:
    """The elements of a record that we use; the others are only named.

    `words` are said once, by element; `lists` are said any number of times: code, cause, journey, constriction,
    descriptor, rerouting, and the names of what is `unread`.
    """

    kind: str
    version_time: datetime | None = None
    words: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    descriptions: list[tuple[str, str | None]] = field(default_factory=list)
    validity: StatedValidity | None = None
    location: Location = field(default_factory=Location)
    is_cancelled: bool = False
    is_ended: bool = False

    def told(self, name: str) -> Sequence[str]:
        """Return what one of the lists holds."""
        return self.lists.get(name, ())

    def add(self, name: str, *texts: str) -> None:
        """Add texts to one of the lists."""
        self.lists.setdefault(name, []).extend(texts)

    def moment(self, name: str, times: Times) -> datetime | None:
        """Return one of the record's own times."""
        return times.moment(self.words.get(name))

    def to_event(self, external_id: str, version: str | None, situation: Situation, context: Context) -> Event:
        """Return the event; raise InvalidRecord with the reason when the record cannot be one."""
        source, times, once = context.source, context.times, context.once
        updated_at = self.version_time or self.moment("situationRecordCreationTime", times)
        known_at = updated_at or context.read_at
        codes, causes, journeys = tuple(self.told("code")), tuple(self.told("cause")), tuple(self.told("journey"))
        category, source_code = once(_named, self.kind, codes, causes, journeys)
        found, precision = self.location.geometry()
        headline, place, road = once(
            _placed, category, self.location.place(self.told("descriptor")), self.location.road()
        )
        described, language = self._described()
        return Event(
            source_id=source.id,
            external_id=external_id,
            situation_id=situation.id,
            version=version,
            organisation=source.organisation,
            category=category,
            source_code=source_code,
            headline=headline,
            description=clean(described, DESCRIPTION_CHARS),
            language=language,
            severity=self._severity(situation, context, category),
            certainty=CERTAINTIES.get(self.words.get("probabilityOfOccurrence", ""), NO_CERTAINTY),
            information_status=EXERCISES.get(situation.information_status, REAL),
            detection_mode=source.detection_mode,
            is_end_verified=self.is_ended,
            validity=(self.validity or StatedValidity()).to_validity(
                zone=times.zone.key,
                known_at=known_at,
                ended_at=known_at if self.is_ended else None,
                around=context.read_at,
            ),
            published_at=updated_at,
            observed_at=self.moment("situationRecordObservationTime", times),
            geometry=check_geometry(found, source.area) if found else None,
            geometry_precision=precision,
            place=place,
            road_name=road,
            direction=once(clean, self.location.direction) if self.location.direction else None,
            effects=self._effects(),
            audience=self._audience(situation, source),
            attribution=source.attribution,
        )

    def _effects(self) -> tuple[Effect, ...]:
        told = self.told("rerouting")
        return tuple(Effect(text=text) for part in told if (text := clean(part))) if told else ()

    def _described(self) -> tuple[str, str]:
        if len(self.descriptions) == 1:
            text, spoken = self.descriptions[0]
            return text, intern(spoken) if spoken else "fr"
        language = next((intern(spoken) for _, spoken in self.descriptions if spoken), "fr")
        return " ".join([text for text, _ in self.descriptions]), language

    def _severity(self, situation: Situation, context: Context, category: str) -> Severity:
        for word in (self.words.get("severity"), situation.severity):
            if word in SEVERITIES and word not in context.unset_severities:
                return SEVERITIES[word]
        usual = category_named(category).default_severity
        is_blocked = not (BLOCKED.isdisjoint(self.told("constriction")) and CLOSURES.isdisjoint(self.told("code")))
        return max(usual, Severity.MAJOR) if is_blocked else usual

    def _audience(self, situation: Situation, source: Source) -> Audience:
        word = self.words.get("confidentialityOverride") or situation.confidentiality or "noRestriction"
        if word == "noRestriction":
            return source.default_audience
        # A word we do not know is read as the narrowest one.
        limit = PARTNERS if word.startswith("restrictedTo") else listed([source.organisation])
        audience = source.default_audience.meet(limit)
        if audience is None:
            raise InvalidRecord("its confidentiality leaves no one who may see it")
        return audience


_Reader = Callable[[Element, SituationRecord, Times], None]


def _named(
    kind: str, codes: tuple[str, ...], causes: tuple[str, ...], journeys: tuple[str, ...]
) -> tuple[str, str | None]:
    return category_of(kind, codes, causes, journeys), clean(source_code_of(kind, codes))


def _placed(category: str, told_place: str | None, told_road: str | None) -> tuple[str, str | None, str | None]:
    place, road = clean(told_place), clean(told_road)
    return headline_of(category_named(category).name("fr"), road, place), place, road


def read_record(element: Element, times: Times) -> SituationRecord:
    """Return a record from its element, in one pass; raise InvalidRecord for a value that cannot be read."""
    record = SituationRecord(kind=xsi_type(element))
    for child in element:
        _READERS[child.tag](child, record, times)
    return record


def _word(name: str) -> _Reader:
    def read(element: Element, record: SituationRecord, _: Times) -> None:
        record.words[name] = text_of(element)

    return read


def _read_version_time(element: Element, record: SituationRecord, times: Times) -> None:
    record.version_time = times.moment(text_of(element))


def _read_journey(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("journey", text_of(element))


def _read_code(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("code", text_of(element))


def _note_unread(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("unread", local(element))


def _read_comment(element: Element, record: SituationRecord, _: Times) -> None:
    kind, text, language = "", "", None
    for child in element:
        name = local(child)
        if name == "comment":
            text, language = chosen(child)
        elif name == "commentType":
            kind = text_of(child)
    if not text:
        return
    if kind == "locationDescriptor":
        record.add("descriptor", text)
    elif kind in PUBLIC_COMMENTS:
        record.descriptions.append((text, language))
    else:
        record.add("unread", "generalPublicComment." + ("internalNote" if kind == "internalNote" else "commentType"))


def _read_management(element: Element, record: SituationRecord, _: Times) -> None:
    for child in element.iter("{*}cancel", "{*}end"):
        if local(child) == "cancel":
            record.is_cancelled = record.is_cancelled or is_true(child)
        else:
            record.is_ended = record.is_ended or is_true(child)


def _read_cause(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("cause", *(text_of(child) for child in element.iter("{*}causeType", "{*}detailedCauseType")))
    for child in element.iter("{*}detailedCauseType"):
        record.add("cause", *(text_of(part) for part in child))


def _read_impact(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("constriction", *(text_of(child) for child in element.iter("{*}trafficConstrictionType")))


def _read_place(element: Element, record: SituationRecord, _: Times) -> None:
    read_location(element, record.location)


def _read_validity(element: Element, record: SituationRecord, times: Times) -> None:
    record.validity = read_validity(element, times)


def _read_rerouting(element: Element, record: SituationRecord, _: Times) -> None:
    record.add("rerouting", chosen(element)[0])


def _skip(_: Element, __: SituationRecord, ___: Times) -> None:
    return None


def _by_ending(name: str) -> _Reader:
    return _read_code if name.endswith("Type") else _note_unread


_WORDS = (
    "situationRecordCreationTime",
    "situationRecordObservationTime",
    "probabilityOfOccurrence",
    "severity",
    "confidentialityOverride",
)
_NAMED: dict[str, _Reader] = {
    **{name: _word(name) for name in _WORDS},
    "situationRecordVersionTime": _read_version_time,
    "transitServiceType": _read_journey,
    "transitServiceInformation": _read_code,
    "generalPublicComment": _read_comment,
    "management": _read_management,
    "lifeCycleManagement": _read_management,
    "cause": _read_cause,
    "impact": _read_impact,
    "groupOfLocations": _read_place,
    "locationReference": _read_place,
    "validity": _read_validity,
    "reroutingItineraryDescription": _read_rerouting,
    "situationRecordFirstSupplierVersionTime": _skip,
    "situationRecordCreationReference": _skip,
    "situationRecordVersion": _skip,
}
_READERS = ByTag(_NAMED, _by_ending)
