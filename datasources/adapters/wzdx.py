"""Work zones in WZDx 3.1 to 4.x, and CWZ 1.0.

Every road event is one event. Directions, occurrences and detours of one work zone are several, tied by
`related_road_events`: they share one `situation_id`. Devices of the field are no events.

Options: `codes.category`, their `event_type` = our category, before the names we know; `language` of the descriptions,
English without the option.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.options import check_options, choice
from datasources.readers.text import DESCRIPTION_CHARS, SHORT_CHARS, clean, headline_of, identifier
from datasources.readers.ties import situations
from datasources.readers.times import Times
from datasources.readers.wzdx import (
    CATEGORIES,
    CLOSED,
    COMPLETED,
    READ,
    STATUS,
    Told,
    direction_of,
    is_verified,
    related_to,
    roads_of,
    told_of,
    validity_of,
    word,
)
from datasources.readers.xml import LANGUAGES
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Event
from events.taxonomy import UNKNOWN_CATEGORY
from events.taxonomy import category as category_named
from events.vocabulary import GeometryPrecision

_HEADERS = ("feed_info", "road_event_feed_info", "feedInfo")


class WzdxAdapter(Adapter):
    """Reads road events as events."""

    kind: ClassVar[str] = "wzdx"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"codes", "language"}))
        self._language = choice(source, "language", LANGUAGES) or "en"
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every feature as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        features = content.get("features") if isinstance(content, Mapping) else None
        if not isinstance(content, Mapping) or not isinstance(features, list):
            raise unreadable(self.source, "it holds no list at 'features'")
        if len(features) > MAX_ITEMS:
            raise unreadable(self.source, f"its list has more than {MAX_ITEMS} members")
        collected, found = Collected(), list[tuple[str, str, Told, object]]()
        for index, feature in enumerate(features):
            where = f"features[{index}]"
            try:
                found.append((where, *_checked(feature)))
            except InvalidRecord as error:
                collected.reject(where, str(error))
        tied = situations((event_id, related_to(told)) for _, event_id, told, _ in found)
        for where, event_id, told, geometry in found:
            collected.drop_fields(name for name, value in told.items() if name not in READ and value)
            try:
                updated = self._updated(told)
                kept: Event | Withdrawn = Withdrawn(event_id)
                if word(told, "event_status") != COMPLETED:
                    kept = self._event(told, event_id, geometry, document.retrieved_at, tied.get(event_id))
                collected.add(where, event_id, kept, rank_of(updated))
            except InvalidRecord as error:
                collected.reject(where, str(error), event_id)
        return collected.reading(published_at=self._published(content))

    def _event(self, told: Told, event_id: str, geometry: object, read_at: datetime, situation: str | None) -> Event:
        kind, road = word(told, "event_type"), roads_of(told)
        if not kind:
            raise InvalidRecord("the road event has no type")
        known = "fermeture" if word(told, "vehicle_impact") == CLOSED else CATEGORIES.get(kind, UNKNOWN_CATEGORY)
        category = category_named(self._codes.ours("category", kind) or known)
        shape = None if geometry is None else check_geometry(geometry, self.source.area)
        is_ends = shape is not None and shape["type"] == "MultiPoint"
        precision = GeometryPrecision.ENDPOINTS if is_ends else GeometryPrecision.EXACT
        return Event(
            source_id=self.source.id,
            external_id=event_id,
            situation_id=situation,
            organisation=self.source.organisation,
            category=category.id,
            source_code=clean(told.get("event_type"), SHORT_CHARS),
            headline=headline_of(category.name(self._language), road, None),
            description=clean(told.get("description"), DESCRIPTION_CHARS),
            language=self._language,
            severity=category.default_severity,
            status=STATUS.get(word(told, "event_status")),
            detection_mode=self.source.detection_mode,
            validity=validity_of(told, self._times, read_at),
            is_start_verified=is_verified(told, "start"),
            is_end_verified=is_verified(told, "end"),
            published_at=self._updated(told),
            geometry=shape,
            geometry_precision=GeometryPrecision.NONE if shape is None else precision,
            road_name=road,
            direction=direction_of(told),
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )

    def _updated(self, told: Told) -> datetime | None:
        return self._times.moment(told.get("update_date")) or self._times.moment(told.get("creation_date"))

    def _published(self, content: Mapping[str, object]) -> datetime | None:
        header = next((part for name in _HEADERS if isinstance(part := content.get(name), Mapping)), {})
        try:
            return self._times.moment(header.get("update_date", header.get("updateDate")))
        except InvalidRecord:
            return None  # the header's hour only; the records have their own


def _checked(feature: object) -> tuple[str, Told, object]:
    """Return identifier, fields and geometry of a feature; raise InvalidRecord when it is no road event."""
    if not isinstance(feature, Mapping):
        raise InvalidRecord("the member of the list is not an object")
    told = told_of(feature)
    if "device_type" in told:
        raise InvalidRecord("a device of the field is no event")
    return identifier(feature.get("id") or told.get("road_event_id")), told, feature.get("geometry") or None
