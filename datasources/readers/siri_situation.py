"""One situation of SIRI-SX, and the event it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from datasources.contract import Source
from datasources.readers.collect import Rank, rank_of
from datasources.readers.gtfs_codes import mode_of
from datasources.readers.gtfs_places import Selection
from datasources.readers.gtfs_static import Network
from datasources.readers.languages import chosen_text
from datasources.readers.siri_affects import Affected, read_affects
from datasources.readers.siri_codes import (
    AT_ALL,
    AT_PARTNERS,
    DAY_TYPES,
    EXERCISES,
    PROGRESS,
    TEST,
    category_of,
    code_of,
    severity_of,
)
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean, headline_of, identifier
from datasources.readers.times import Times
from datasources.readers.xml import LANGUAGES, Element, local, text_of
from events.audience import PARTNERS, Audience, listed
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Event
from events.taxonomy import category as category_named
from events.validity import MAX_PERIODS, Period, Recurrence, Validity
from events.vocabulary import InformationStatus

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ROAD = "RoadSituationElement"
_TEXTS = frozenset({"Summary", "Description", "Detail", "Advice"})
_WORDS = frozenset(
    {
        "Version", "CreationTime", "VersionedAtTime", "Progress", "Severity",
        "Reality", "Audience",
    }
)  # fmt: skip
_IDENTITY = frozenset({"ParticipantRef", "SituationNumber"})
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What a situation needs to know of its source."""

    source: Source
    network: Network
    times: Times
    usual_category: str | None = None


@dataclass(slots=True)
class Situation:
    """The elements of a situation that we use; the others are only named."""

    kind: str
    words: dict[str, str] = field(default_factory=dict)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    reasons: list[tuple[str, str | None]] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    affected: Affected = field(default_factory=Affected)
    media: int = 0
    unread: set[str] = field(default_factory=set)

    def updated_at(self, times: Times) -> datetime | None:
        """Return when this version was made: its own time, else that of its creation."""
        return _told_at(self.words.get("VersionedAtTime"), times) or _told_at(self.words.get("CreationTime"), times)

    def rank(self, times: Times) -> Rank:
        """Return what orders two versions: the time first, as `Version` is missing, repeated or a time itself."""
        return rank_of(self.updated_at(times), self.words.get("Version"))

    def to_event(self, external_id: str, context: Context) -> Event:
        """Return the event; raise InvalidRecord with the reason when the situation cannot be one."""
        source = context.source
        if self.words.get("Reality") == TEST:
            raise InvalidRecord("the publisher marks it as a test")
        selection = self.affected.selection(context.network, source.area)
        if selection.is_elsewhere:
            raise InvalidRecord("all the lines and stops it names lie outside the source's area")
        headline, description, language = self._told()
        if headline is None and self.affected.is_empty:
            raise InvalidRecord("the situation says neither what happens nor where")
        category = self._category(selection, context.usual_category)
        found, precision = selection.geometry()
        return Event(
            source_id=source.id,
            external_id=external_id,
            organisation=source.organisation,
            category=category,
            version=clean(self.words.get("Version")),
            source_code=self._source_code(),
            headline=headline or _headline(category, selection),
            description=description,
            instruction=chosen_text(self.texts.get("Advice", []), DESCRIPTION_CHARS)[0],
            language=language or LANGUAGES[0],
            severity=severity_of((self.words.get("Severity", ""), *self.levels), self.conditions, category),
            status=PROGRESS.get(self.words.get("Progress", "")),
            information_status=EXERCISES.get(self.words.get("Reality", ""), InformationStatus.REAL),
            detection_mode=source.detection_mode,
            validity=self._validity(context.times),
            published_at=self.updated_at(context.times),
            geometry=check_geometry(found, source.area) if found else None,
            geometry_precision=precision,
            place=selection.place,
            audience=self._audience(source),
            attribution=source.attribution,
        )

    def _told(self) -> tuple[str | None, str | None, str | None]:
        """Return headline, description and language; a message without summary is headed by its description."""
        summary, spoken = chosen_text(self.texts.get("Summary", []), HEADLINE_CHARS)
        described, other = chosen_text(self.texts.get("Description", []), DESCRIPTION_CHARS)
        detail, third = chosen_text(self.texts.get("Detail", []), DESCRIPTION_CHARS)
        parts = dict.fromkeys(text for text in (described, detail) if text and text != summary)
        description = clean(" ".join(parts), DESCRIPTION_CHARS)
        headline = summary or clean(described or detail, HEADLINE_CHARS)
        return headline, None if description == headline else description, spoken or other or third

    def _category(self, selection: Selection, usual: str | None) -> str:
        known = [mode for number in selection.route_types if (mode := mode_of(number)) is not None]
        reasons = [code for _, code in self.reasons if code]
        return category_of(reasons, self.affected.modes, is_road=self.kind == _ROAD, usual=known[0] if known else usual)

    def _source_code(self) -> str:
        reason = next((code or name for name, code in self.reasons), self.kind)
        return clean(": ".join([reason, *dict.fromkeys(self.conditions[:1])])) or self.kind

    def _validity(self, times: Times) -> Validity:
        """Return when it is in force: the hull of its periods, the periods, and the days it repeats on."""
        spans = self.spans
        starts = [start for start, _ in spans if start is not None]
        ends = [end for _, end in spans if end is not None]
        listed_periods = [Period(start or _BEFORE_ALL, end) for start, end in spans]
        periods = tuple(sorted(listed_periods, key=lambda one: one.start)) if len(spans) > 1 else ()
        days = frozenset(self.weekdays) if len(self.weekdays) < 7 else frozenset[int]()
        return Validity(
            start=min(starts) if spans and len(starts) == len(spans) else None,
            end=max(ends) if spans and len(ends) == len(spans) else None,
            periods=periods,
            recurrences=(Recurrence(time(0), time(0), times.zone.key, days),) if days else (),
        )

    def _audience(self, source: Source) -> Audience:
        word = self.words.get("Audience", "")
        if word in AT_ALL:
            return source.default_audience
        audience = source.default_audience.meet(PARTNERS if word in AT_PARTNERS else listed([source.organisation]))
        if audience is None:
            raise InvalidRecord("its audience leaves no one who may see it")
        return audience


def external_id_of(element: Element) -> str:
    """Return participant and number together, as numbers repeat from one participant to another; InvalidRecord without."""
    number = identifier(element.findtext("{*}SituationNumber"))
    participant = (element.findtext("{*}ParticipantRef") or "").strip()
    return identifier(f"{participant}:{number}" if participant else number)


def read_situation(element: Element, times: Times) -> Situation:
    """Return a situation from its element, in one pass; raise InvalidRecord for a value that cannot be read."""
    situation = Situation(kind=local(element))
    for child in element.iterchildren():
        name = local(child)
        if name in _WORDS:
            situation.words[name] = text_of(child)
        elif name in _TEXTS:
            language = (child.get(_LANGUAGE) or "").strip().lower()[:2]
            situation.texts.setdefault(name, []).append((text_of(child), language))
        elif name.endswith("Reason") or name == "AlertCause":
            situation.reasons.append((name, code_of(text_of(child))))
        elif (reader := _READERS.get(name)) is not None:
            reader(child, situation, times)
        elif name not in _IDENTITY:
            situation.unread.add(name)
    return situation


def _read_period(element: Element, situation: Situation, times: Times) -> None:
    told = {local(part): text_of(part) for part in element.iterchildren()}
    start, end = times.moment(told.get("StartTime")), times.moment(told.get("EndTime"), is_end=True)
    if start is not None and end is not None and end < start:
        raise InvalidRecord("a validity period ends before it starts")
    if len(situation.spans) >= MAX_PERIODS:
        raise InvalidRecord(f"the situation has more than {MAX_PERIODS} validity periods")
    situation.spans.append((start, end))


def _read_repetitions(element: Element, situation: Situation, _: Times) -> None:
    for part in element.iterchildren("{*}DayType"):
        situation.weekdays.update(DAY_TYPES.get(text_of(part), ()))


def _read_affects(element: Element, situation: Situation, _: Times) -> None:
    situation.affected = read_affects(element)


def _read_consequences(element: Element, situation: Situation, _: Times) -> None:
    for part in element.iter("{*}Condition", "{*}Severity"):
        code = code_of(text_of(part))
        if code:
            (situation.conditions if local(part) == "Condition" else situation.levels).append(code)


def _count_media(element: Element, situation: Situation, _: Times) -> None:
    situation.media += sum(1 for _one in element.iterchildren())


def _told_at(value: str | None, times: Times) -> datetime | None:
    try:
        return times.moment(value)
    except InvalidRecord:
        return None  # producers without a creation time write the year 1; the situation stands all the same


def _headline(category: str, selection: Selection) -> str:
    place = selection.place if selection.place != selection.lines else None
    return headline_of(category_named(category).name("fr"), selection.lines, place)


_READERS: dict[str, Callable[[Element, Situation, Times], None]] = {
    "ValidityPeriod": _read_period,
    "Repetitions": _read_repetitions,
    "Affects": _read_affects,
    "Consequences": _read_consequences,
    "Images": _count_media,
}
