"""Records of a JSON document read through a field map: the members of a list, and the names of what no one reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from datasources.contract import Document, Source
from datasources.readers.collect import Collected
from datasources.readers.fieldmap import FieldMap, Row, resolve
from datasources.readers.fieldrecords import add_record
from datasources.readers.json import read_json
from datasources.readers.text import clean
from events.errors import DocumentUnreadable

_TOTALS = ("total_count", "numberMatched", "totalFeatures")
_GEOMETRY = frozenset({"geometry", "type", "bbox", "properties", "attributes", "fields"})
_DEPTH = 3
MAX_ITEMS = 100_000


def read_container(document: Document, source: Source) -> dict[str, object] | list[object]:
    """Return the object or list a document is; raise DocumentUnreadable when it is neither."""
    content = read_json(document, source)
    if not isinstance(content, dict | list):
        raise unreadable(source, "it is neither an object nor a list")
    return content


def add_members(
    fields: FieldMap, items: object, name: str, properties: str, read_at: datetime
) -> tuple[Collected, int]:
    """Return what the members of a list become and how many there are; raise DocumentUnreadable when it is no list.

    `name` is the list's path, for the places of rejects; `properties` the part that paths start from, "" for the usual.
    """
    if not isinstance(items, list):
        raise unreadable(fields.source, f"it holds no list at {name!r}")
    if len(items) > MAX_ITEMS:
        raise unreadable(fields.source, f"its list has more than {MAX_ITEMS} members")
    collected, known = Collected(), fields.paths()
    for index, item in enumerate(items):
        where = f"{name}[{index}]"
        if not isinstance(item, Mapping):
            collected.reject(where, "the member of the list is not an object")
            continue
        row = Row(item, properties_of(item, properties))
        collected.drop_fields(_unread(row, known))
        add_record(fields, row, where, collected, read_at)
    return collected, len(items)


def properties_of(item: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the part of a member that paths start from: the one named, else GeoJSON's or ArcGIS's, else all of it."""
    names = (name,) if name else ("properties", "attributes")
    inner = next((part for one in names if isinstance(part := item.get(one), Mapping)), None)
    if inner is None and item.get("type") == "Feature":
        return {}
    return item if inner is None else inner


def at(content: object, path: str) -> object:
    """Return what a document holds at a path."""
    root = content if isinstance(content, Mapping) else {}
    return resolve(Row(root, root), path)


def is_whole(content: object, count: int) -> bool:
    """Tell whether a document of `count` records names no total above it."""
    if not isinstance(content, Mapping):
        return True
    totals = [total for name in _TOTALS if isinstance(total := content.get(name), int)]
    return content.get("exceededTransferLimit") is not True and all(total <= count for total in totals)


def unreadable(source: Source, what: str) -> DocumentUnreadable:
    """Return the error of a document that is not what its source says."""
    return DocumentUnreadable(source.id, f"{what}; check the address of the source; what was kept stays")


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
