"""Closures and incidents in CIFS, the format cities send to Waze and DiaLog publishes: XML or JSON.

Option: `codes.category`, their type or subtype = our category, before the names we know.
"""

from __future__ import annotations

from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.cifs import READ, Told, direction_of, incidents_of, line_of, updated_at, validity_of
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, rank_of
from datasources.readers.options import check_options
from datasources.readers.text import DESCRIPTION_CHARS, clean, headline_of, identifier
from datasources.readers.times import Times
from datasources.readers.waze_codes import NO_POLICE, POLICE, category_of
from datasources.readers.xml import in_any_encoding
from events.errors import InvalidRecord
from events.records import Event
from events.taxonomy import UNKNOWN_CATEGORY
from events.taxonomy import category as category_named
from events.vocabulary import GeometryPrecision


class CifsAdapter(Adapter):
    """Reads each incident as one event."""

    kind: ClassVar[str] = "cifs"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"codes"}))
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every incident as an event or a reject; raise only DocumentUnreadable."""
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        collected = Collected()
        for where, told in incidents_of(document, self.source, encoding):
            if told is None:
                collected.reject(where, "the member of the list is not an object")
                continue
            collected.drop_fields(name for name, value in told.items() if name not in READ and value)
            self._take(told, where, collected)
        return collected.reading()

    def _take(self, told: Told, where: str, collected: Collected) -> None:
        if (clean(told.get("type")) or "").casefold() == POLICE:
            collected.reject(where, NO_POLICE, is_ours=True)  # not even its name is kept
            return
        external_id: str | None = None
        try:
            external_id = identifier(told.get("id"))
            event = self._event(told, external_id)
            collected.add(where, external_id, event, rank_of(event.published_at))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _event(self, told: Told, external_id: str) -> Event:
        kind, subtype = clean(told.get("type")), clean(told.get("subtype"))
        code = subtype or kind
        if code is None:
            raise InvalidRecord("the incident has no type")
        category = self._codes.ours("category", [subtype, kind]) or category_of(kind, subtype) or UNKNOWN_CATEGORY
        named, street = category_named(category), clean(told.get("street"))
        geometry = line_of(told, self.source.area)
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category,
            source_code=code,
            headline=headline_of(named.name("fr"), street, None),
            description=clean(told.get("description"), DESCRIPTION_CHARS),
            severity=named.default_severity,
            detection_mode=self.source.detection_mode,
            validity=validity_of(told, self._times),
            published_at=updated_at(told, self._times),
            geometry=geometry,
            geometry_precision=GeometryPrecision.NONE if geometry is None else GeometryPrecision.EXACT,
            road_name=street,
            direction=direction_of(told, geometry),
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )
