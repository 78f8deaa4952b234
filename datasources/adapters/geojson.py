"""GeoJSON, and any JSON that holds a list of records, read through a field map (docs/add-a-source.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected
from datasources.readers.fieldmap import FieldMap, Row, read_field_map, resolve
from datasources.readers.fieldrecords import add_record
from datasources.readers.json import read_json
from datasources.readers.places import WGS84, epsg_of, turner
from datasources.readers.text import clean
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord

OPTIONS = frozenset({"items", "properties", "document_time"})
_TOTALS = ("total_count", "numberMatched", "totalFeatures")
_GEOMETRY = frozenset({"geometry", "type", "bbox", "properties", "attributes"})
_DEPTH = 3
MAX_ITEMS = 100_000


class GeoJsonAdapter(Adapter):
    """Reads a feature collection, a list at a path, or a bare list."""

    kind: ClassVar[str] = "geojson"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._fields = read_field_map(source, OPTIONS)
        self._items = _text_option(source, "items", "features")
        self._properties = _text_option(source, "properties", "")
        self._document_time = _text_option(source, "document_time", "")

    def read(self, document: Document) -> Reading:
        """Return every member of the list as a record, a withdrawal or a reject; raise only DocumentUnreadable."""
        content = self._parse(document)
        items = content if isinstance(content, list) else _at(content, self._items)
        if not isinstance(items, list):
            raise self._unreadable(f"it holds no list at {self._items!r}")
        if len(items) > MAX_ITEMS:
            raise self._unreadable(f"its list has more than {MAX_ITEMS} members")
        fields = self._projected(content)
        collected = Collected()
        known = fields.paths()
        name = self._items if isinstance(content, Mapping) else "items"
        for index, item in enumerate(items):
            where = f"{name}[{index}]"
            if not isinstance(item, Mapping):
                collected.reject(where, "the member of the list is not an object")
                continue
            row = Row(item, self._properties_of(item))
            collected.drop_fields(_unread(row, known))
            add_record(fields, row, where, collected, document.retrieved_at)
        return collected.reading(published_at=self._time(content), is_complete=_is_whole(content, len(items)))

    def _parse(self, document: Document) -> object:
        content = read_json(document, self.source)
        if not isinstance(content, dict | list):
            raise self._unreadable("it is neither an object nor a list")
        return content

    def _unreadable(self, what: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.source.id, f"{what}; check the address of the source; what was kept stays")

    def _properties_of(self, item: Mapping[str, object]) -> Mapping[str, object]:
        names = (self._properties,) if self._properties else ("properties", "attributes")
        inner = next((part for name in names if isinstance(part := item.get(name), Mapping)), None)
        if inner is None and item.get("type") == "Feature":
            return {}
        return item if inner is None else inner

    def _projected(self, content: object) -> FieldMap:
        """Return the map with the system that an older GeoJSON names, when the source itself names none.

        A feature's own geometry is read when the map names no place field.
        """
        fields = self._fields
        if not fields.fields.keys() & {"geometry", "lon", "lat", "x", "y", "position"}:
            fields = replace(fields, fields={**fields.fields, "geometry": ("/geometry",)})
        declared = _at(content, "crs.properties.name") if isinstance(content, Mapping) else None
        epsg = epsg_of(declared) if isinstance(declared, str) else None
        if fields.has_crs or epsg in (None, WGS84):
            return fields
        try:
            return replace(fields, turn=turner(epsg or WGS84))
        except ConfigurationError as error:
            raise self._unreadable("it names a coordinate system we do not know") from error

    def _time(self, content: object) -> datetime | None:
        value = _at(content, self._document_time) if self._document_time else None
        try:
            return self._fields.times.moment(value)
        except InvalidRecord:
            return None  # a document without a readable time is still a document


def _text_option(source: Source, key: str, default: str) -> str:
    value = source.options.get(key, default)
    if not isinstance(value, str):
        raise ConfigurationError(f"source {source.id!r}, options.{key}: a text is needed")
    return value


def _at(content: object, path: str) -> object:
    root = content if isinstance(content, Mapping) else {}
    return resolve(Row(root, root), path)


def _is_whole(content: object, count: int) -> bool:
    if not isinstance(content, Mapping):
        return True
    totals = [total for name in _TOTALS if isinstance(total := content.get(name), int)]
    return content.get("exceededTransferLimit") is not True and all(total <= count for total in totals)


def _unread(row: Row, known: frozenset[str]) -> Iterator[str]:
    yield from (name for name in _names(row.properties, "", known) if clean(name))
    if row.root is not row.properties:
        yield from (name for name in row.root if name not in _GEOMETRY and f"/{name}" not in known and name != "id")


def _names(node: Mapping[str, object], prefix: str, known: frozenset[str]) -> Iterator[str]:
    """Yield the paths under a node that no path of the map reads or passes through."""
    for name, value in node.items():
        path = f"{prefix}{name}"
        if path in known or f"/{path}" in known:
            continue
        is_passed = any(one.removeprefix("/").startswith(f"{path}.") for one in known)
        if is_passed and isinstance(value, Mapping) and path.count(".") < _DEPTH:
            yield from _names(value, f"{path}.", known)
        elif not is_passed:
            yield path
