"""Requests to a city's services in Open311 (GeoReport v2), XML or JSON: what is to be repaired or cleaned, and where.

Only service, dates, status and position are ever read: descriptions, notes, addresses and media may name people.

Options: `category`, for requests that no table knows; `codes.category`, their service code or name = our category. With that
table, requests for services it does not name do not concern public space: they are withdrawals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.options import check_options, usual_category
from datasources.readers.places import point_of
from datasources.readers.text import HEADLINE_CHARS, clean, identifier
from datasources.readers.times import Times
from datasources.readers.xml import empty, in_any_encoding, local, stream_elements, text_of
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Event
from events.taxonomy import category as category_named
from events.validity import Validity
from events.vocabulary import DetectionMode, GeometryPrecision

READ = frozenset(
    {
        "service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime",
        "lat", "long",
    }
)  # fmt: skip
CLOSED = "closed"
_ERROR = "the publisher answered with an error"

Told = Mapping[str, object]


class Open311Adapter(Adapter):
    """Reads open requests as events; closed ones are withdrawals."""

    kind: ClassVar[str] = "open311"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"category", "codes"}))
        self._usual = usual_category(source)
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every request as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        with document.open() as stream:
            is_json = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
        if is_json:
            return self._reading(self._from_json(document))
        return in_any_encoding(lambda encoding: self._reading(self._from_xml(document, encoding)))

    def _reading(self, requests: Iterator[tuple[str, Told | None]]) -> Reading:
        collected = Collected()
        for where, told in requests:
            if told is None:
                collected.reject(where, "the member of the list is not an object")
                continue
            collected.drop_fields(name for name, value in told.items() if name not in READ and value)
            self._take(told, where, collected)
        return collected.reading()

    def _from_json(self, document: Document) -> Iterator[tuple[str, Told | None]]:
        content = read_container(document, self.source)
        if not isinstance(content, list):
            raise unreadable(self.source, "it is no list of requests")
        if len(content) > MAX_ITEMS:
            raise unreadable(self.source, f"its list has more than {MAX_ITEMS} members")
        if any(isinstance(one, Mapping) and "code" in one and "service_request_id" not in one for one in content):
            raise unreadable(self.source, _ERROR)
        for index, one in enumerate(content):
            yield f"[{index}]", one if isinstance(one, Mapping) else None

    def _from_xml(self, document: Document, encoding: str | None) -> Iterator[tuple[str, Told | None]]:
        count = 0
        for event, element in stream_elements(document.open, ("request",), self.source.id, encoding, events=("end",)):
            if event == "root":
                if local(element) != "service_requests":
                    raise unreadable(self.source, _ERROR if local(element) == "errors" else "it is no list of requests")
                continue
            count += 1
            if count > MAX_ITEMS:
                raise unreadable(self.source, f"it has more than {MAX_ITEMS} requests")
            yield (
                f"request[{count}]",
                {name: text_of(part) for part in element.iterchildren() if (name := local(part))},
            )
            empty(element)

    def _take(self, told: Told, where: str, collected: Collected) -> None:
        external_id: str | None = None
        try:
            external_id = identifier(told.get("service_request_id"))
            rank = rank_of(self._times.moment(told.get("updated_datetime")))
            collected.add(where, external_id, self._kept(told, external_id), rank)
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _kept(self, told: Told, external_id: str) -> Event | Withdrawn:
        code, name = clean(told.get("service_code")), clean(told.get("service_name"), HEADLINE_CHARS)
        known = self._codes.ours("category", [code, name])
        is_elsewhere = known is None and self._codes.has("category")
        if is_elsewhere or (clean(told.get("status")) or "").casefold() == CLOSED:
            return Withdrawn(external_id)
        source_code = code or name
        start = self._times.moment(told.get("requested_datetime"))
        if source_code is None:
            raise InvalidRecord("the request names no service")
        if start is None:
            raise InvalidRecord("the request does not say when it was made")
        category = category_named(known or self._usual)
        position = point_of(told.get("long"), told.get("lat"))
        shape = None if position is None else {"type": "Point", "coordinates": list(position)}
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category.id,
            source_code=source_code,
            headline=(clean((name or "").replace("_", " ")) or category.name("fr")),
            severity=category.default_severity,
            detection_mode=DetectionMode.REPORT,
            validity=Validity(start=start),
            published_at=self._times.moment(told.get("updated_datetime")) or start,
            geometry=None if shape is None else check_geometry(shape, self.source.area),
            geometry_precision=GeometryPrecision.NONE if shape is None else GeometryPrecision.EXACT,
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )
