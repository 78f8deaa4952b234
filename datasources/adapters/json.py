"""Any JSON that holds a list of records, read through a field map: the API of a city needs no code of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from datasources.contract import Adapter, Document, Reading, Request, Source
from datasources.readers.features import MAX_ITEMS, Members, at, is_whole, read_container, time_of, unreadable
from datasources.readers.fieldmap import check_path, read_field_map
from datasources.readers.options import text_option
from datasources.readers.paging import is_web
from datasources.readers.paths import is_query, read_path, walk
from events.errors import ConfigurationError

OPTIONS = frozenset({"items", "document_time", "total", "next"})
_OF_LIST, _OF_OBJECT = "[*]", ".*"


class JsonAdapter(Adapter):
    """Reads what a JSONPath leads to, one record each, page after page."""

    kind: ClassVar[str] = "json"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        where = f"source {source.id!r}, options"
        paths = {name: text_option(source, name, "") for name in OPTIONS}
        for name, path in paths.items():
            check_path(path, f"{where}.{name}")
        if not is_query(paths["items"]) or not paths["items"].endswith((_OF_LIST, _OF_OBJECT)):
            raise ConfigurationError(f"{where}.items: a JSONPath to each record, such as '$.results[*]' or '$[*]'")
        self._items = read_path(paths["items"])
        is_one_list = paths["items"].endswith(_OF_LIST) and len(self._items.names) + 1 == len(
            self._items.query.segments
        )
        self._first = (list,) if is_one_list else (list, Mapping)
        self._document_time, self._total, self._next = paths["document_time"], paths["total"], paths["next"]

    def read(self, document: Document) -> Reading:
        """Return every record as one of ours, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        members = Members(self._fields, "", document.retrieved_at)
        count = 0
        for item, outer in self._records(content):
            if count == MAX_ITEMS:
                raise unreadable(self.source, f"its list has more than {MAX_ITEMS} members")
            members.add(f"items[{count}]", item, outer)
            count += 1
        following = self._following(content, document.url)
        return replace(
            members.collected.reading(
                published_at=time_of(content, self._document_time, self._fields.times),
                is_complete=bool(self._next) or self._is_whole(content, count),
            ),
            next_requests=(following,) if following else (),
        )

    def _records(self, content: object) -> Iterator[tuple[object, Mapping[str, object] | None]]:
        """Yield each record and the object that holds its list; raise DocumentUnreadable when there is no list.

        The part of the path before its first `[*]` must be there, even when it is empty.
        """
        first = walk(content, self._items.names)
        if not isinstance(first, self._first):
            raise unreadable(self.source, "it holds no list where 'items' leads to")
        try:
            for found in self._items.query.finditer(content):  # type: ignore[arg-type]
                holder = found.parent.parent if found.parent and isinstance(found.parent.obj, list) else found.parent
                yield found.obj, holder.obj if holder and isinstance(holder.obj, Mapping) else None
        except RecursionError as error:
            raise unreadable(self.source, "it is too deep for the path 'items'") from error

    def _following(self, content: object, url: str) -> Request | None:
        """Return the request for the next page the publisher names; only its own host is ever asked."""
        told = at(content, self._next) if self._next else None
        if told is None or told == "":
            return None
        base = url if is_web(url) else self.source.url
        address = urljoin(base, told) if isinstance(told, str) else ""
        if urlsplit(address)[:2] != urlsplit(base)[:2]:
            raise unreadable(self.source, "its next page is on another host than its first one")
        return Request(address)

    def _is_whole(self, content: object, count: int) -> bool:
        if not self._total:
            return is_whole(content, count)
        total = at(content, self._total)
        return not isinstance(total, int) or total <= count
