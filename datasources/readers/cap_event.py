"""One CAP message as the event it announces."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from datasources.contract import Source
from datasources.readers.cap_alert import CapAlert, CapInfo
from datasources.readers.cap_area import OutsideArea, geometry_of, is_whole, shape_of
from datasources.readers.cap_codes import (
    ALL_CLEAR,
    CERTAINTIES,
    GREEN,
    LEVELS,
    SEVERITIES,
    STATUSES,
    URGENCIES,
    category_of,
    level_of,
)
from datasources.readers.codes import Codes
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean
from datasources.readers.times import Times
from datasources.readers.xml import LANGUAGES
from datasources.readers.zones import zone_key, zone_name
from events.audience import PARTNERS, Audience, listed
from events.errors import InvalidRecord
from events.geometry import Area
from events.records import Effect, Event, Geometry
from events.taxonomy import category as category_named
from events.validity import Period, Validity
from events.vocabulary import Certainty, GeometryPrecision, Severity, Urgency


@dataclass(frozen=True, slots=True)
class Context:
    """What a message needs to know of its source: `zones` are the city's own, `effects` names of parameters.

    Both are empty when the source's entry says nothing.
    """

    source: Source
    times: Times
    codes: Codes
    zones: frozenset[str] = frozenset()
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One info of the chosen language that concerns the source, with its shape cut to the area."""

    info: CapInfo
    category: str
    severity: Severity
    period: Period
    figure: BaseGeometry | None


def infos_of(alert: CapAlert, zones: frozenset[str]) -> list[CapInfo]:
    """Return the infos of one language, French first, that do not name other zones only.

    Several infos are one message in several languages, or its levels and areas: one language is read, and its infos
    are one event, never a sum.
    """
    spoken = dict.fromkeys(info.language for info in alert.infos)
    chosen = next((language for language in (*LANGUAGES, *spoken) if language in spoken), None)
    infos = [info for info in alert.infos if info.language == chosen]
    return [info for info in infos if not info.areas or any(_concerns(area.codes, zones) for area in info.areas)]


def external_id_of(identifier: str, sender: str, *, has_several_senders: bool) -> str:
    """Return the identity of a message: its identifier, and a mark of its sender where two may use the same one.

    The mark is a hash: a sender is often a person's address.
    """
    if not has_several_senders:
        return identifier
    return f"{identifier}~{hashlib.sha256(sender.strip().lower().encode()).hexdigest()[:8]}"


def is_green(infos: Sequence[CapInfo]) -> bool:
    """Tell whether every info carries MeteoAlarm's green level: nothing is announced."""
    return bool(infos) and all(level_of(info.parameters.get("awareness_level")) == GREEN for info in infos)


def to_event(alert: CapAlert, infos: Sequence[CapInfo], external_id: str, context: Context) -> Event:
    """Return the event of these infos, the most severe one speaking first; raise InvalidRecord with the reason."""
    source = context.source
    sent = context.times.moment(alert.words.get("sent"))
    if sent is None:
        raise InvalidRecord("the message does not say when it was sent")
    parts = _parts(infos, sent, context)
    first = parts[0]
    geometry, precision = _place(parts, source.area, context.zones)
    is_over = all(ALL_CLEAR in part.info.responses for part in parts)
    return Event(
        source_id=source.id,
        external_id=external_id,
        version=clean(alert.words.get("sent")),
        organisation=source.organisation,
        category=first.category,
        source_code=clean(first.info.words.get("event")),
        headline=_headline(first),
        description=_described(parts),
        instruction=clean(first.info.words.get("instruction"), DESCRIPTION_CHARS),
        language=first.info.language,
        severity=first.severity,
        urgency=URGENCIES.get(first.info.words.get("urgency", "").lower(), Urgency.UNKNOWN),
        certainty=CERTAINTIES.get(first.info.words.get("certainty", "").lower(), Certainty.UNKNOWN),
        information_status=STATUSES[alert.word("status")],
        detection_mode=source.detection_mode,
        is_end_verified=is_over,
        validity=_validity(parts, sent, is_over=is_over),
        published_at=sent,
        geometry=geometry,
        geometry_precision=precision,
        place=_named(parts, context.zones),
        effects=_effects(parts, context.effects),
        audience=_audience(alert, source),
        attribution=source.attribution,
    )


def _parts(infos: Sequence[CapInfo], sent: datetime, context: Context) -> list[_Part]:
    """Return the infos that lie in the source's area, the most severe first; raise when none does."""
    parts: list[_Part] = []
    outside: OutsideArea | None = None
    for info in infos:
        try:
            parts.append(_part(info, sent, context))
        except OutsideArea as error:
            outside = error
    if outside is not None and not parts:
        raise outside
    if not parts:
        raise InvalidRecord("the message holds no info: it says nothing")
    return sorted(parts, key=lambda part: -part.severity)


def _part(info: CapInfo, sent: datetime, context: Context) -> _Part:
    if not info.words.get("event") and not info.words.get("headline"):
        raise InvalidRecord("an info says neither event nor headline")
    names = [info.words.get("event", ""), *info.event_codes, info.words.get("headline", "")]
    awareness = info.parameters.get("awareness_type")
    told = context.codes.ours("category", names[0]) if context.codes.has("category") else None
    category = told or category_of(awareness, names, info.categories)
    severity = LEVELS.get(level_of(info.parameters.get("awareness_level"))) or SEVERITIES.get(
        info.words.get("severity", "").lower(), category_named(category).default_severity
    )
    areas = [area for area in info.areas if _concerns(area.codes, context.zones)]
    period = _period(info, sent, context.times)
    return _Part(info, category, severity, period, shape_of(areas, context.source.area))


def _period(info: CapInfo, sent: datetime, times: Times) -> Period:
    onset, effective = (times.moment(info.words.get(name)) for name in ("onset", "effective"))
    return Period(onset or effective or sent, times.moment(info.words.get("expires"), is_end=True))


def _validity(parts: Sequence[_Part], sent: datetime, *, is_over: bool) -> Validity:
    periods = sorted({part.period for part in parts}, key=lambda one: one.start)
    start = periods[0].start
    ends = [period.end for period in periods if period.end is not None]
    end = max(ends) if len(ends) == len(periods) else None
    if is_over:  # the danger is past: its end was said, whatever the message's own expiry
        return Validity(start=min(start, sent), end=sent)
    return Validity(start=start, end=end, periods=tuple(periods) if len(periods) > 1 else ())


def _place(parts: Sequence[_Part], box: Area, zones: frozenset[str]) -> tuple[Geometry | None, GeometryPrecision]:
    figures = [part.figure for part in parts if part.figure is not None]
    if len(figures) < len(parts):
        # At least one info names zones only: the city as a whole, when they are its own.
        return None, GeometryPrecision.CITY if zones else GeometryPrecision.NONE
    if any(is_whole(figure, box) for figure in figures):
        return None, GeometryPrecision.CITY
    return geometry_of(figures, box), GeometryPrecision.EXACT


def _named(parts: Sequence[_Part], zones: frozenset[str]) -> str | None:
    areas = [area for part in parts for area in part.info.areas if _concerns(area.codes, zones)]
    told = dict.fromkeys(name for area in areas for name in area.names)
    return clean(", ".join(told)) or zone_name(code for area in areas for code in area.codes)


def _concerns(codes: Sequence[str], zones: frozenset[str]) -> bool:
    """Tell whether an area may be the city's: one of its zones, or none named at all."""
    return not zones or not codes or any(zone_key(code) in zones for code in codes)


def _headline(part: _Part) -> str:
    words = part.info.words
    told = clean(words.get("headline"), HEADLINE_CHARS) or clean(words.get("event"), HEADLINE_CHARS)
    return told or category_named(part.category).name("fr")


def _described(parts: Sequence[_Part]) -> str | None:
    told = dict.fromkeys(text for part in parts if (text := part.info.words.get("description")))
    return clean(" ".join(told), DESCRIPTION_CHARS)


def _effects(parts: Sequence[_Part], names: Sequence[str]) -> tuple[Effect, ...]:
    told = dict.fromkeys(part.info.parameters.get(name) for part in parts for name in names)
    return tuple(Effect(text=text) for value in told if (text := clean(value)))


def _audience(alert: CapAlert, source: Source) -> Audience:
    scope = alert.word("scope") or "public"
    if scope == "public":
        return source.default_audience
    # A word we do not know is read as the narrowest one.
    limit = PARTNERS if scope == "restricted" else listed([source.organisation])
    audience = source.default_audience.meet(limit)
    if audience is None:
        raise InvalidRecord("its scope leaves no one who may see it")
    return audience
