"""GTFS-Realtime service alerts, binary or text, placed by the GTFS archive of the same network.

Every alert is one event, one withdrawal or one reject. Feeds mix alerts with trip updates and vehicle positions: those
are no records of this source and are named among the dropped fields.

Reference `static`: the GTFS archive (ZIP). Without it alerts are listed and not drawn.
Options: `identity = "informed"` for publishers whose entity ids change from one document to the next;
`category`: the category of alerts that tell no mode.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as realtime

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.gtfs_alert import Context, content_id, moment, to_event, unused_fields
from datasources.readers.gtfs_feed import read_feed
from datasources.readers.gtfs_lines import lines_on_streets
from datasources.readers.gtfs_static import NO_NETWORK, Network, read_network
from datasources.readers.options import check_options, choice, usual_category
from datasources.readers.text import identifier
from events.errors import DocumentUnreadable, InvalidRecord
from events.records import Line

OPTIONS = frozenset({"identity", "category"})
STATIC = "static"
MAX_ALERT_BYTES = 2**19
MAX_ALERTS = 5000
MAX_PARTS = 200_000  # lines, stops and periods of all alerts together
_OWN = frozenset({"id", "is_deleted", "alert"})


class GtfsRealtimeAlertsAdapter(Adapter):
    """Reads alerts; the network learnt from the archive is kept in memory."""

    kind: ClassVar[str] = "gtfsrt_alerts"
    reference_names: ClassVar[frozenset[str]] = frozenset({STATIC})

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._is_hashed = choice(source, "identity", ("entity", "informed")) == "informed"
        self._usual = usual_category(source) if "category" in source.options else None
        self._network: Network = NO_NETWORK
        self._lines: tuple[Line, ...] | None = None

    def learn(self, name: str, document: Document) -> None:
        """Take the network of a GTFS archive; raise DocumentUnreadable and keep the one known before."""
        if name != STATIC:
            super().learn(name, document)
        self._network = read_network(document, self.source.area, self.source.id)
        self._lines = lines_on_streets(self._network, self.source.id)

    def lines(self) -> tuple[Line, ...] | None:
        """Return the buses and trams of the network, None before it was learnt."""
        return self._lines

    def read(self, document: Document) -> Reading:
        """Return every alert as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        with document.open() as stream:
            body = stream.read(self.source.max_bytes + 1)
        if len(body) > self.source.max_bytes:
            raise self._unreadable(f"it is longer than {self.source.max_bytes} bytes")
        feed = read_feed(body, self.source.id)
        context = Context(self.source, self._network, self._usual)
        collected, alerts, parts = Collected(), 0, 0
        for number, content in enumerate(feed.entities, 1):
            held = self._take(f"entity[{number}]", content, collected, context)
            alerts += held is not None
            parts += held or 0
            if alerts > MAX_ALERTS or parts > MAX_PARTS:
                raise self._unreadable(
                    f"it holds more than {MAX_ALERTS} alerts or {MAX_PARTS} lines and stops of theirs"
                )
        return collected.reading(published_at=_published_at(feed.header), is_complete=not feed.is_differential)

    def _take(self, where: str, content: memoryview, collected: Collected, context: Context) -> int | None:
        """Read one entity; return how many parts its alert has, None when it was no record of this source."""
        external_id: str | None = None
        parts = 0
        try:
            entity = _decoded(content)
            others = [f.name for f, _ in entity.ListFields() if f.name not in _OWN]
            collected.drop_fields(others)
            if others and not entity.HasField("alert"):
                return None
            external_id = self._identity(entity)
            if entity.is_deleted:
                collected.add(where, external_id, Withdrawn(external_id), rank_of(None))
                return parts
            if not entity.HasField("alert"):
                collected.reject(where, "the entity holds nothing: no alert, no deletion", external_id)
                return parts
            parts = len(entity.alert.informed_entity) + len(entity.alert.active_period)
            collected.drop_fields(unused_fields(entity.alert))
            collected.add(where, external_id, to_event(external_id, entity.alert, context), rank_of(None))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)
        return parts

    def _identity(self, entity: realtime.FeedEntity) -> str:
        if not self._is_hashed:
            own: object = entity.id
            return identifier(None if isinstance(own, bytes) else own)
        if not entity.HasField("alert"):
            raise InvalidRecord("a deletion without its alert names no event of a source whose ids change")
        return content_id(entity.alert)

    def _unreadable(self, what: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.source.id, f"the document cannot be read: {what}; what was kept stays")


def _decoded(content: memoryview) -> realtime.FeedEntity:
    if len(content) > MAX_ALERT_BYTES:
        raise InvalidRecord(f"the entity is longer than {MAX_ALERT_BYTES} bytes")
    try:
        entity: realtime.FeedEntity = realtime.FeedEntity.FromString(bytes(content))
    except DecodeError as error:
        raise InvalidRecord("the entity is damaged") from error
    return entity


def _published_at(header: realtime.FeedHeader) -> datetime | None:
    try:
        return moment(header.timestamp)
    except InvalidRecord:
        return None  # a document without a readable time is still a document
