"""What every DATEX II document has around its records: an envelope, a publication of one kind, its time, its breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from datasources.readers.times import Times
from datasources.readers.xml import Element, is_true, local, text_of, xsi_type
from events.errors import DocumentUnreadable, InvalidRecord

PAYLOADS = frozenset({"payload", "payloadPublication"})
ROOTS = frozenset({"Envelope", "d2LogicalModel", "messageContainer"}) | PAYLOADS
NOTED = frozenset({"publicationTime", "deliveryBreak", "Fault"}) | PAYLOADS


@dataclass(slots=True)
class Publication:
    """What is known so far of the publication a document holds."""

    source_id: str
    times: Times
    kind: str  # the xsi:type, or the element, that a document of this format holds
    what: str  # its records in words
    published_at: datetime | None = None
    has_come: bool = False
    is_break: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether the document holds all there is: a delivery break means nothing to say, not all over."""
        return self.has_come and not self.is_break

    def note(self, element: Element) -> None:
        """Take one of the elements NOTED or the publication itself; raise DocumentUnreadable for another kind."""
        name = local(element)
        if name in PAYLOADS or name == self.kind:
            self._check(element)
            self.has_come = True
        elif name == "publicationTime":
            # Long before its end, a publication of another kind is refused by the first thing it says.
            for parent in element.iterancestors():
                if local(parent) in PAYLOADS:
                    self._check(parent)
            self.published_at = self._moment(element) or self.published_at
        elif name == "deliveryBreak":
            self.is_break = self.is_break or is_true(element)
        elif name == "Fault":
            raise DocumentUnreadable(self.source_id, "the publisher answered with a SOAP fault; what was kept stays")

    def check_root(self, root: Element) -> None:
        """Raise DocumentUnreadable when a document that is over was none of DATEX II."""
        if local(root) not in ROOTS and not self.has_come:
            raise DocumentUnreadable(
                self.source_id, "not a DATEX II document; check the address of the source; what was kept before stays"
            )

    def _check(self, element: Element) -> None:
        kind = xsi_type(element)
        if kind and kind != self.kind:
            raise DocumentUnreadable(
                self.source_id,
                f"a DATEX II document of another kind than {self.what}; check the address of the source",
            )

    def _moment(self, element: Element) -> datetime | None:
        try:
            return self.times.moment(text_of(element))
        except InvalidRecord:
            return None  # a publication without a readable time is still a publication
