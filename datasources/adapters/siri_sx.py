"""SIRI Situation Exchange, XML or JSON (SIRI Lite): disruptions of public transport, placed by the GTFS archive of the network.

Every PtSituationElement or RoadSituationElement is one event, one withdrawal (`closed`) or one reject. Source, contacts,
links and images are never read.

Reference `static`: the GTFS archive (ZIP). Without it situations are listed, and drawn where they give positions themselves.
Options: `category`: the category of situations that tell no mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, Withdrawn
from datasources.readers.gtfs_lines import lines_on_streets
from datasources.readers.gtfs_static import NO_NETWORK, Network, read_network
from datasources.readers.options import check_options, usual_category
from datasources.readers.siri_codes import CLOSED
from datasources.readers.siri_lite import elements_of, is_json
from datasources.readers.siri_situation import Context, external_id_of, read_situation
from datasources.readers.times import Times
from datasources.readers.xml import Element, empty, in_any_encoding, is_true, local, stream_elements, text_of
from events.errors import DocumentUnreadable, InvalidRecord
from events.records import Line

OPTIONS = frozenset({"category"})
STATIC = "static"
MAX_SITUATIONS = 20_000
_RECORDS = ("PtSituationElement", "RoadSituationElement")
_DELIVERY = "SituationExchangeDelivery"
_STREAMED = (
    *_RECORDS, _DELIVERY, "ResponseTimestamp", "MoreData", "SubscriptionRef", "Status", "Fault", "ErrorCondition",
)  # fmt: skip


@dataclass(slots=True)
class _Progress:
    collected: Collected = field(default_factory=Collected)
    published_at: datetime | None = None
    situations: int = 0
    media: int = 0
    has_delivery: bool = False
    is_complete: bool = True


class SiriSxAdapter(Adapter):
    """Reads situations; the network learnt from the archive is kept in memory."""

    kind: ClassVar[str] = "siri_sx"
    reference_names: ClassVar[frozenset[str]] = frozenset({STATIC})

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._usual = usual_category(source)
        self._times = Times(source.timezone)
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
        """Return every situation as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        if is_json(document):
            return self._read(elements_of(document, self.source, frozenset(_STREAMED)))
        return in_any_encoding(lambda encoding: self._read(self._from_xml(document, encoding)))

    def _from_xml(self, document: Document, encoding: str | None) -> Iterator[Element]:
        for _, element in stream_elements(document.open, _STREAMED, self.source.id, encoding, events=("end",)):
            yield element

    def _read(self, elements: Iterator[Element]) -> Reading:
        progress = _Progress()
        context = Context(self.source, self._network, self._times, self._usual)
        for element in elements:
            if local(element) in _RECORDS:
                self._situation(element, progress, context)
            else:
                self._note(element, progress)
        if not progress.has_delivery:
            raise self._unreadable("it holds no delivery of situations; check the address of the source")
        reading = progress.collected.reading(published_at=progress.published_at, is_complete=progress.is_complete)
        return replace(reading, dropped_media=progress.media)

    def _note(self, element: Element, progress: _Progress) -> None:
        name, parent = local(element), element.getparent()
        if name == _DELIVERY:
            progress.has_delivery = True
        elif name == "Fault":
            raise self._unreadable("the publisher answered with an error")
        elif parent is None or local(parent) not in (_DELIVERY, "ServiceDelivery"):
            return
        elif name == "ResponseTimestamp":
            progress.published_at = self._response_time(element) or progress.published_at
        elif (name == "MoreData" and is_true(element)) or name == "SubscriptionRef":
            progress.is_complete = False
        elif name == "ErrorCondition" or (name == "Status" and text_of(element).lower() in ("false", "0")):
            raise self._unreadable("the publisher answered with an error")

    def _situation(self, element: Element, progress: _Progress, context: Context) -> None:
        progress.situations += 1
        if progress.situations > MAX_SITUATIONS:
            raise self._unreadable(f"it has more than {MAX_SITUATIONS} situations")
        where, external_id = f"{local(element)}[{progress.situations}]", None
        try:
            external_id = external_id_of(element)
            situation = read_situation(element, self._times)
            progress.media += situation.media
            progress.collected.drop_fields(situation.unread)
            is_closed = situation.words.get("Progress") == CLOSED
            kept = Withdrawn(external_id) if is_closed else situation.to_event(external_id, context)
            progress.collected.add(where, external_id, kept, situation.rank(self._times))
        except InvalidRecord as error:
            progress.collected.reject(where, str(error), external_id)
        empty(element)

    def _response_time(self, element: Element) -> datetime | None:
        try:
            return self._times.moment(text_of(element))
        except InvalidRecord:
            return None  # a delivery without a readable time is still a delivery

    def _unreadable(self, what: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.source.id, f"the document cannot be read: {what}; what was kept stays")
