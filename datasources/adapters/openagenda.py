"""Agendas of OpenAgenda: its API (v2), its exports, and the mirror on Opendatasoft portals.

Every event is one event, its timings are its periods. The same event of several agendas has one uid and is one record. Online
events are listed and not drawn. What the agenda does not show (draft, private, not published) is a withdrawal.

Options: `category`, for events that no table knows; `codes.category`; `category_field`, a field of the agenda's own whose
values the table knows, in place of the keywords.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Request, Source
from datasources.readers.agenda import AgendaEvent
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.features import MAX_ITEMS, properties_of, read_container, unreadable
from datasources.readers.opendatasoft import next_page, records_of
from datasources.readers.options import check_options, text_option, usual_category
from datasources.readers.paging import is_web, number_in, with_query
from datasources.readers.text import headline_of
from datasources.readers.times import Times
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Event
from events.taxonomy import category as category_named
from events.vocabulary import GeometryPrecision

OPTIONS = frozenset({"category", "codes", "category_field"})
_AFTER = "after[]"


class OpenAgendaAdapter(Adapter):
    """Reads events, whichever way they are published."""

    kind: ClassVar[str] = "openagenda"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._usual = usual_category(source)
        self._codes = Codes.of(source, frozenset({"category"}))
        self._field = text_option(source, "category_field", "") or None
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every event as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        items, name, properties, following = self._events_of(content, document.url)
        if not isinstance(items, list):
            raise unreadable(self.source, f"it holds no list at {name!r}")
        if len(items) > MAX_ITEMS:
            raise unreadable(self.source, f"its list has more than {MAX_ITEMS} members")
        collected, images = Collected(), 0
        for index, item in enumerate(items):
            where = f"{name}[{index}]"
            if not isinstance(item, Mapping):
                collected.reject(where, "the member of the list is not an object")
                continue
            told = AgendaEvent(properties_of(item, properties))
            images += told.images()
            collected.drop_fields(told.dropped(self._field))
            self._take(told, where, collected)
        return replace(
            collected.reading(), dropped_media=images, next_requests=(following,) if following is not None else ()
        )

    def _events_of(self, content: object, url: str) -> tuple[object, str, str, Request | None]:
        """Return the list of events, its name, the part of each that holds the fields, and the next page."""
        if isinstance(content, Mapping):
            one = content.get("event", content)
            if isinstance(one, Mapping) and "uid" in one:
                return [one], "event", "", None
            if "events" in content:
                return content["events"], "events", "", self._next(content, url)
        records = records_of(content, self.source)
        return records.items, records.name, records.properties, next_page(records, url, self.source)

    def _next(self, content: Mapping[str, object], url: str) -> Request | None:
        after, events = content.get("after"), content["events"]
        if not isinstance(after, list) or not isinstance(events, list) or not after or not events:
            return None
        base = url if is_web(url) else self.source.url
        size = number_in(base, "size")
        if len(after) > 10 or (size and len(events) < size):
            return None
        return Request(with_query(base, {_AFTER: [str(part) for part in after]}))

    def _take(self, told: AgendaEvent, where: str, collected: Collected) -> None:
        external_id: str | None = None
        try:
            external_id = told.identity()
            rank = rank_of(told.updated_at(self._times))
            kept = self._event(told, external_id) if told.is_published() else Withdrawn(external_id)
            collected.add(where, external_id, kept, rank)
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _event(self, told: AgendaEvent, external_id: str) -> Event:
        codes = told.codes(self._field)
        category = self._codes.ours("category", list(codes)) or self._usual
        headline, language = told.headline()
        place, position = told.place(), told.position()
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category,
            source_code=codes[0] if codes else None,
            headline=headline or headline_of(category_named(category).name("fr"), None, place),
            description=told.description(),
            language=language,
            severity=category_named(category).default_severity,
            status=told.status(),
            detection_mode=self.source.detection_mode,
            validity=told.validity(self._times),
            published_at=told.updated_at(self._times),
            geometry=(
                None
                if position is None
                else check_geometry({"type": "Point", "coordinates": list(position)}, self.source.area)
            ),
            geometry_precision=GeometryPrecision.NONE if position is None else GeometryPrecision.EXACT,
            place=None if told.is_online() else place,
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )
