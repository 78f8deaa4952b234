"""Open511, JSON or XML: events of roads, traffic cameras without their images, and measured segments.

Options: `codes.category`, their subtype or type = our category, before the names we know; `language`, of the texts of a
document that does not tell it, English without the option.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urljoin

from datasources.contract import Adapter, Document, Reading, Request, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.datex2_traffic import Measure
from datasources.readers.open511 import (
    COMPASS,
    SEVERITIES,
    Listed,
    Told,
    category_of,
    direction_of,
    effects_of,
    from_json,
    from_xml,
    grouped_with,
    media_of,
    place_of,
    road_name_of,
    text_in,
    word,
    words,
)
from datasources.readers.open511_schedule import validity_of
from datasources.readers.options import check_options, choice
from datasources.readers.places import number_of
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean, headline_of, identifier
from datasources.readers.ties import situations
from datasources.readers.times import Times
from datasources.readers.xml import LANGUAGES, in_any_encoding
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Camera, Event, Geometry, RoadState
from events.taxonomy import UNKNOWN_CATEGORY
from events.taxonomy import category as category_named
from events.vocabulary import CameraKind, GeometryPrecision

ARCHIVED = "ARCHIVED"
_READ = frozenset(
    {
        "id", "status", "headline", "description", "detour", "event_type", "event_subtypes", "severity", "geography",
        "roads", "areas", "schedule", "schedules", "created", "updated", "grouped_events", "name", "orientation",
        "current_speed", "historical_speed", "current_travel_time", "historical_travel_time", "attachments", "media_files",
    }
)  # fmt: skip
_UNUSED = frozenset({"url", "jurisdiction_url"})  # nothing anyone could miss
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


@dataclass(slots=True)
class _Progress:
    read_at: datetime
    tied: Mapping[str, str]
    collected: Collected = field(default_factory=Collected)
    media: int = 0


class Open511Adapter(Adapter):
    """Reads events, cameras and traffic segments, page after page."""

    kind: ClassVar[str] = "open511"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"codes", "language"}))
        self._language = choice(source, "language", LANGUAGES) or "en"
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every member as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        with document.open() as stream:
            is_json = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
        if is_json:
            return self._reading(from_json(document, self.source), document)
        return in_any_encoding(lambda encoding: self._reading(from_xml(document, self.source, encoding), document))

    def _reading(self, listed: Listed, document: Document) -> Reading:
        ties = ((clean(told.get("id")), grouped_with(told)) for _, _, told in listed.members if told is not None)
        progress = _Progress(document.retrieved_at, situations((name, tied) for name, tied in ties if name))
        for kind, where, told in listed.members:
            self._take(kind, told, where, progress)
        reading = replace(progress.collected.reading(), dropped_media=progress.media)
        next_url = urljoin(document.url, listed.next_url) if listed.next_url else document.url
        if next_url == document.url:
            return reading
        return replace(reading, next_requests=(Request(next_url),))

    def _take(self, kind: str, told: Told | None, where: str, progress: _Progress) -> None:
        collected, external_id = progress.collected, None
        if told is None:
            collected.reject(where, "the member of the list is not an object")
            return
        try:
            collected.drop_fields(name for name, value in told.items() if name not in _READ | _UNUSED and value)
            progress.media += media_of(told)
            external_id = identifier(told.get("id"))
            updated = self._times.moment(told.get("updated")) or self._times.moment(told.get("created"))
            # An event, a camera and a segment may bear one name.
            key = external_id if kind == "event" else f"{kind} {external_id}"
            collected.add(where, key, self._kept(kind, told, external_id, progress), rank_of(updated))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _kept(
        self, kind: str, told: Told, external_id: str, progress: _Progress
    ) -> Event | Camera | RoadState | Withdrawn:
        if kind == "camera":
            return self._camera(told, external_id)
        if kind == "traffic_segment":
            return self._state(told, external_id)
        if word(told, "status") == ARCHIVED:
            return Withdrawn(external_id)
        return self._event(told, external_id, progress)

    def _event(self, told: Told, external_id: str, progress: _Progress) -> Event:
        kind, subtypes = word(told, "event_type"), words(told, "event_subtypes")
        if not kind:
            raise InvalidRecord("the event has no type")
        known = self._codes.ours("category", [*subtypes, kind]) or category_of(told) or UNKNOWN_CATEGORY
        category = category_named(known)
        road, place = road_name_of(told), place_of(told)
        headline, spoken = text_in(told, "headline", HEADLINE_CHARS)
        language = spoken or self._language
        created = self._times.moment(told.get("created"))
        geometry = self._geometry(told)
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            situation_id=progress.tied.get(external_id),
            organisation=self.source.organisation,
            category=category.id,
            source_code=clean(": ".join([kind, *subtypes[:1]])),
            headline=headline or headline_of(category.name(language if language in LANGUAGES else "en"), road, place),
            description=text_in(told, "description", DESCRIPTION_CHARS)[0],
            instruction=text_in(told, "detour", DESCRIPTION_CHARS)[0],
            language=language,
            severity=SEVERITIES.get(word(told, "severity"), category.default_severity),
            detection_mode=self.source.detection_mode,
            validity=validity_of(told.get("schedule") or told.get("schedules"), self._times, created, progress.read_at),
            published_at=self._times.moment(told.get("updated")) or created,
            geometry=geometry,
            geometry_precision=GeometryPrecision.NONE if geometry is None else GeometryPrecision.EXACT,
            place=place,
            road_name=road,
            direction=direction_of(told),
            effects=effects_of(told, language),
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )

    def _camera(self, told: Told, external_id: str) -> Camera:
        geometry = self._geometry(told)
        if geometry is None or geometry["type"] != "Point":
            raise InvalidRecord("the camera has no position")
        coordinates = geometry["coordinates"]
        assert isinstance(coordinates, list)
        label = text_in(told, "name", HEADLINE_CHARS)[0]
        return Camera(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            audience=self.source.default_audience,
            position=(coordinates[0], coordinates[1]),
            kind=CameraKind.FIXED,
            label=None if label is None or _ADDRESS.search(label) else label,
            azimuth_deg=COMPASS.get(word(told, "orientation")),
        )

    def _state(self, told: Told, external_id: str) -> RoadState:
        names = ("current_speed", "historical_speed", "current_travel_time", "historical_travel_time")
        speed, usual_speed, duration, usual_duration = (number_of(told.get(name)) for name in names)
        measure = Measure(speed=speed, free_speed=usual_speed, travel_time=duration, free_time=usual_duration)
        return RoadState(
            source_id=self.source.id,
            segment_id=external_id,
            state=measure.state,
            observed_at=self._times.moment(told.get("updated")),
            organisation=self.source.organisation,
            audience=self.source.default_audience,
            name=clean(" ".join(part for part in (road_name_of(told), direction_of(told)) if part)),
            speed_kmh=speed,
            geometry=self._geometry(told),
        )

    def _geometry(self, told: Told) -> Geometry | None:
        shape = told.get("geography")
        return check_geometry(shape, self.source.area) if shape else None
