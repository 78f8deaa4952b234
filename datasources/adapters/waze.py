"""The partner feed of Waze for Cities: alerts are events, jams are states of roads.

It is a snapshot without ends: what vanishes is over. Who reported, and what they wrote, is never read.
Option: `codes.category`, their type or subtype = our category, before the names we know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.options import check_options
from datasources.readers.places import number_of, pair_of
from datasources.readers.text import clean, headline_of, identifier
from datasources.readers.times import EPOCH_MS, Times
from datasources.readers.waze_codes import NO_POLICE, POLICE, category_of
from events.errors import InvalidRecord
from events.geometry import MAX_VERTICES, check_geometry
from events.records import Event, Geometry, RoadState
from events.taxonomy import UNKNOWN_CATEGORY
from events.taxonomy import category as category_named
from events.validity import Validity
from events.vocabulary import GeometryPrecision, TrafficState

_READ = {
    "alerts": frozenset({"uuid", "type", "subtype", "location", "pubMillis", "street"}),
    "jams": frozenset({"uuid", "id", "line", "level", "speed", "speedKMH", "delay", "street", "pubMillis", "blockingAlertUuid"}),
}  # fmt: skip
_WINDOW = frozenset({"startTimeMillis", "endTimeMillis", "startTime", "endTime", *_READ})
_LEVELS = (TrafficState.FREE, *[TrafficState.SLOW] * 2, *[TrafficState.CONGESTED] * 2, TrafficState.CLOSED)
_KMH = 3.6

Told = Mapping[str, object]


class WazeAdapter(Adapter):
    """Reads alerts and jams; a jam that an alert of the same document explains is told by the alert alone."""

    kind: ClassVar[str] = "waze"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"codes"}))
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone, (EPOCH_MS,))

    def read(self, document: Document) -> Reading:
        """Return every alert and jam as an event, a state, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        if not isinstance(content, Mapping) or not set(content) & _WINDOW:
            raise unreadable(self.source, "it is no feed of alerts and jams")
        collected = Collected()
        collected.drop_fields(name for name in content if name not in _WINDOW)
        alerts, jams = (self._members(content, name, collected) for name in _READ)
        named = {str(alert.get("uuid")) for _, alert in alerts}
        for where, alert in alerts:
            self._take(alert, where, collected, named, is_jam=False)
        for where, jam in jams:
            self._take(jam, where, collected, named, is_jam=True)
        try:
            published = self._times.moment(content.get("endTimeMillis"))
        except InvalidRecord:
            published = None  # the window's hour only; the records have their own
        return collected.reading(published_at=published)

    def _members(self, content: Told, name: str, collected: Collected) -> list[tuple[str, Told]]:
        items = content.get(name) or []
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise unreadable(self.source, f"{name!r} is no list of at most {MAX_ITEMS} members")
        found: list[tuple[str, Told]] = []
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                collected.drop_fields(one for one in item if one not in _READ[name])
                found.append((f"{name}[{index}]", item))
            else:
                collected.reject(f"{name}[{index}]", "the member of the list is not an object")
        return found

    def _take(self, told: Told, where: str, collected: Collected, alerts: set[str], *, is_jam: bool) -> None:
        if not is_jam and (clean(told.get("type")) or "").casefold() == POLICE:
            collected.reject(where, NO_POLICE, is_ours=True)  # not even its name is kept
            return
        external_id: str | None = None
        try:
            external_id = identifier(told.get("id", told.get("uuid")) if is_jam else told.get("uuid"))
            kept: Event | RoadState | Withdrawn
            if is_jam:
                is_told = str(told.get("blockingAlertUuid")) in alerts
                kept = Withdrawn(external_id) if is_told else self._state(told, external_id)
            else:
                kept = self._event(told, external_id)
            collected.add(where, external_id, kept, rank_of(self._times.moment(told.get("pubMillis"))))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _event(self, told: Told, external_id: str) -> Event:
        kind, subtype, street = (clean(told.get(name)) for name in ("type", "subtype", "street"))
        code, start, position = (
            subtype or kind,
            self._times.moment(told.get("pubMillis")),
            pair_of(told.get("location"), None),
        )
        if code is None or start is None or position is None:
            raise InvalidRecord("the type, the time or the place is missing")
        known = self._codes.ours("category", [subtype, kind]) or category_of(kind, subtype) or UNKNOWN_CATEGORY
        category = category_named(known)
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category.id,
            source_code=code,
            headline=headline_of(category.name("fr"), street, None),
            severity=category.default_severity,
            detection_mode=self.source.detection_mode,
            validity=Validity(start=start),
            published_at=start,
            geometry=check_geometry({"type": "Point", "coordinates": list(position)}, self.source.area),
            geometry_precision=GeometryPrecision.EXACT,
            road_name=street,
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )

    def _state(self, told: Told, external_id: str) -> RoadState:
        level = told.get("level")
        is_known = isinstance(level, int) and not isinstance(level, bool) and 0 <= level < len(_LEVELS)
        state = _LEVELS[level] if is_known and isinstance(level, int) else TrafficState.UNKNOWN
        kmh, metres = number_of(told.get("speedKMH")), number_of(told.get("speed"))
        speed = kmh if kmh is not None or metres is None else round(metres * _KMH, 1)
        return RoadState(
            source_id=self.source.id,
            segment_id=external_id,
            state=state,
            observed_at=self._times.moment(told.get("pubMillis")),
            organisation=self.source.organisation,
            audience=self.source.default_audience,
            name=clean(told.get("street")),
            speed_kmh=None if state is TrafficState.CLOSED else speed,
            geometry=self._line(told.get("line")),
        )

    def _line(self, line: object) -> Geometry:
        if not isinstance(line, list) or not 1 < len(line) <= MAX_VERTICES:
            raise InvalidRecord("the jam has no line")
        pairs = [pair_of(point, None) for point in line]
        return check_geometry(
            {"type": "LineString", "coordinates": [list(p) if p else p for p in pairs]}, self.source.area
        )
