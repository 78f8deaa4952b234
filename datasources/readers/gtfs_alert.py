"""One GTFS-Realtime alert, and the event it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from google.transit import gtfs_realtime_pb2 as realtime

from datasources.contract import Source
from datasources.readers.gtfs_codes import category_of, severity_of, source_code_of
from datasources.readers.gtfs_places import Selection, select
from datasources.readers.gtfs_static import Network
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean, headline_of
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Effect, Event
from events.taxonomy import category as category_named
from events.validity import MAX_PERIODS, Period, Validity

LANGUAGES = ("fr", "en")  # then whatever comes first
MAX_TRANSLATIONS = 40
UNUSED = (
    "url", "image", "image_alternative_text", "tts_header_text", "tts_description_text", "cause_detail",
)  # fmt: skip
_NO_START = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_S, _LAST_S = -2_208_988_800, 7_258_118_400  # 1900 and 2200: milliseconds are beyond, and so are fillers


@dataclass(frozen=True, slots=True)
class Context:
    """What an alert needs to know of its source."""

    source: Source
    network: Network
    usual_category: str | None = None


def to_event(external_id: str, alert: realtime.Alert, context: Context) -> Event:
    """Return the event; raise InvalidRecord with the reason when the alert cannot be one."""
    source = context.source
    selection = select(alert.informed_entity, context.network)
    if selection.is_elsewhere:
        raise InvalidRecord("all the lines and stops it names lie outside the source's area")
    header, language = told(alert.header_text, HEADLINE_CHARS)
    described, spoken = told(alert.description_text, DESCRIPTION_CHARS)
    if not (header or described or alert.informed_entity):
        raise InvalidRecord("the alert says neither what happens nor where")
    category = category_of(alert, selection.route_types, context.usual_category)
    detail, _ = told(alert.effect_detail)
    found, precision = selection.geometry()
    return Event(
        source_id=source.id,
        external_id=external_id,
        organisation=source.organisation,
        category=category,
        source_code=source_code_of(alert),
        headline=header or _headline(category, selection),
        description=None if described == header else described,
        language=language or spoken or LANGUAGES[0],
        severity=severity_of(alert, category),
        detection_mode=source.detection_mode,
        validity=validity_of(alert),
        geometry=check_geometry(found, source.area) if found else None,
        geometry_precision=precision,
        place=selection.place,
        effects=(Effect(text=detail),) if detail else (),
        audience=source.default_audience,
        attribution=source.attribution,
    )


def told(text: realtime.TranslatedString, limit: int = DESCRIPTION_CHARS) -> tuple[str | None, str | None]:
    """Return the translation a reader here wants and its language: French, English, else the first with words.

    Agencies leave the language empty, or mark a second, marked-up version as `fr-html`: the plain one is preferred.
    """
    spoken = [
        (clean(_plain(one.text), limit), str(_plain(one.language))[:20].strip().lower())
        for one in text.translation[:MAX_TRANSLATIONS]
    ]
    held = [(words, tag) for words, tag in spoken if words]
    for wanted in LANGUAGES:
        of_it = [(words, tag) for words, tag in held if tag.split("-")[0] == wanted]
        if of_it:
            return min(of_it, key=lambda one: "html" in one[1])[0], wanted
    words, tag = held[0] if held else (None, "")
    return words, tag.split("-")[0] if tag.split("-")[0].isalpha() and len(tag.split("-")[0]) in (2, 3) else None


def validity_of(alert: realtime.Alert) -> Validity:
    """Return when the alert is in force.

    Without `active_period`: as long as it is published. A start or an end of 0, or none, is open.
    """
    if len(alert.active_period) > MAX_PERIODS:
        raise InvalidRecord(f"the alert has more than {MAX_PERIODS} active periods")
    spans = [_span(period) for period in alert.active_period]
    if not spans:
        return Validity()
    starts = [start for start, _ in spans if start is not None]
    ends = [end for _, end in spans if end is not None]
    hull = (
        min(starts) if len(starts) == len(spans) else None,
        max(ends) if len(ends) == len(spans) else None,
    )
    periods = tuple(
        Period(start or _NO_START, end) for start, end in sorted(spans, key=lambda one: one[0] or _NO_START)
    )
    return Validity(start=hull[0], end=hull[1], periods=periods if len(periods) > 1 else ())


def moment(seconds: int) -> datetime | None:
    """Return a POSIX time in seconds as UTC; None for 0, which publishers write for "none"."""
    if seconds == 0:
        return None
    if not _FIRST_S <= seconds <= _LAST_S:
        raise InvalidRecord("a time lies outside the years 1900 to 2200: it is not in seconds")
    return datetime.fromtimestamp(seconds, UTC)


def content_id(alert: realtime.Alert) -> str:
    """Return an identifier made of what is informed and of the title, for publishers whose own ids change.

    The order of selectors does not count. A new title makes a new event.
    """
    selectors = sorted(one.SerializePartialToString(deterministic=True) for one in alert.informed_entity)
    parts = [*selectors, alert.header_text.SerializePartialToString(deterministic=True)]
    digest = hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts))
    return digest.hexdigest()[:32]


def unused_fields(alert: realtime.Alert) -> Iterator[str]:
    """Yield the names of what the alert holds and no one reads: addresses, images, texts for a voice."""
    yield from (f"alert.{name}" for name in UNUSED if alert.HasField(name))


def _span(period: realtime.TimeRange) -> tuple[datetime | None, datetime | None]:
    start = moment(period.start)
    end = None if period.end > _LAST_S else moment(period.end)  # a filler for "no end"
    if start is not None and end is not None and end < start:
        raise InvalidRecord("an active period ends before it starts")
    return start, end


def _headline(category: str, selection: Selection) -> str:
    place = selection.place if selection.place != selection.lines else None
    return headline_of(category_named(category).name("fr"), selection.lines, place)


def _plain(value: object) -> object:
    # The classes hand out bytes for a text that is not UTF-8.
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
