"""Any XML that holds a list of records, read through a field map: elements are fields, attributes `element@attribute`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.features import MAX_ITEMS, Members, unreadable
from datasources.readers.fieldmap import read_field_map
from datasources.readers.options import text_option
from datasources.readers.xml import Element, empty, in_any_encoding, local, stream_elements
from datasources.readers.xmltold import told_by
from events.errors import ConfigurationError

OPTIONS = frozenset({"items"})


class XmlAdapter(Adapter):
    """Reads each element of one name inside the element of another as one record."""

    kind: ClassVar[str] = "xml"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        self._list, _, self._item = text_option(source, "items", "").partition("/")
        if not self._list or not self._item or "/" in self._item or self._list == self._item:
            raise ConfigurationError(
                f"source {source.id!r}, options.items: the name of the list and of a record, such as 'incidents/incident'"
            )

    def read(self, document: Document) -> Reading:
        """Return every record as one of ours, a withdrawal or a reject; raise only DocumentUnreadable."""
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        members = Members(self._fields, "", document.retrieved_at)
        for number, element in enumerate(self._records(document, encoding), start=1):
            if number > MAX_ITEMS:
                raise unreadable(self.source, f"its list has more than {MAX_ITEMS} members")
            members.add(f"{self._item}[{number}]", told_by(element))
            empty(element)
        return members.collected.reading()

    def _records(self, document: Document, encoding: str | None) -> Iterator[Element]:
        names = (self._list, self._item)
        has_list, open_items = False, 0
        for event, element in stream_elements(document.open, names, self.source.id, encoding):
            if event == "root":
                break
            if local(element) == self._list:
                has_list = True
            elif event == "start":
                open_items += 1
            else:
                open_items -= 1
                if open_items == 0 and has_list:  # an element of the same name inside a record is part of it
                    yield element
        if not has_list:
            raise unreadable(self.source, f"it holds no element {self._list!r}")
