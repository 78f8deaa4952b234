"""DATEX II version 3 TrafficRegulationPublication: what authorities order on roads, as DiaLog publishes it.

Every `trafficRegulation` is one event, one withdrawal or one reject; those of one order share `situation_id`. An order
names itself, its regulations have no name: the first one has the order's, later ones their number after it.
Entry forbidden to all is a closure; to some vehicles, a restriction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.datex2_publication import NOTED, Publication
from datasources.readers.datex2_regulation import Order, read_order, read_regulation, regulations_of
from datasources.readers.datex2_regulation_codes import WITHDRAWN
from datasources.readers.options import check_options
from datasources.readers.text import identifier
from datasources.readers.times import Times
from datasources.readers.xml import Element, empty, in_any_encoding, local, stream_elements
from events.errors import InvalidRecord
from events.records import Event

_KIND = "TrafficRegulationPublication"
_ORDER = "trafficRegulationOrder"
_STREAMED = sorted(NOTED | {_KIND, _ORDER})


@dataclass(slots=True)
class _Progress:
    publication: Publication
    read_at: datetime
    collected: Collected = field(default_factory=Collected)
    orders: int = 0


class Datex2TrafficRegulationAdapter(Adapter):
    """Reads orders as a stream; memory is that of one order and of the events."""

    kind: ClassVar[str] = "datex2_trafficregulation"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset())
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every regulation as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        publication = Publication(self.source.id, self._times, _KIND, "traffic regulations")
        progress = _Progress(publication, document.retrieved_at)
        for event, element in stream_elements(document.open, _STREAMED, self.source.id, encoding, events=("end",)):
            if event == "root":
                publication.check_root(element)
            elif local(element) == _ORDER:
                self._order(element, progress)
                empty(element)
            else:
                publication.note(element)
        return progress.collected.reading(published_at=publication.published_at, is_complete=publication.is_complete)

    def _order(self, element: Element, progress: _Progress) -> None:
        progress.orders += 1
        where, order_id = f"{_ORDER}[{progress.orders}]", None
        try:
            order_id = identifier(element.get("id"))
            regulations = regulations_of(element)
        except InvalidRecord as error:
            progress.collected.reject(where, str(error), order_id)
            return
        named = [
            (regulation, order_id if number == 1 else f"{order_id}#{number}", f"{where}/trafficRegulation[{number}]")
            for number, regulation in enumerate(regulations, 1)
        ]
        try:
            order = read_order(element, order_id, self._times, progress.read_at)
        except InvalidRecord as error:
            for _, external_id, place in named:
                progress.collected.reject(place, str(error), external_id)
            return
        for regulation, external_id, place in named:
            self._regulation(regulation, order, external_id, place, progress)

    def _regulation(self, element: Element, order: Order, external_id: str, where: str, progress: _Progress) -> None:
        collected = progress.collected
        try:
            regulation = read_regulation(element, self._times, progress.read_at)
            collected.drop_fields(regulation.unread)
            kept: Event | Withdrawn = Withdrawn(external_id)
            if WITHDRAWN not in (order.status, regulation.status):
                kept = regulation.to_event(external_id, order, self.source, progress.read_at)
            collected.add(where, external_id, kept, rank_of(None, order.version))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)
