"""Records of a JSON document read through a field map: the members of a list, and the names of what no one reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import takewhile

from datasources.contract import Document, Source
from datasources.readers.collect import Collected
from datasources.readers.fieldmap import FieldMap
from datasources.readers.fieldrecords import add_record
from datasources.readers.json import read_json
from datasources.readers.paths import Row, is_query, read_path, resolve
from datasources.readers.text import clean
from datasources.readers.times import Times
from events.errors import DocumentUnreadable, InvalidRecord

_TOTALS = ("total_count", "numberMatched", "totalFeatures")
_INNER = ("properties", "attributes", "fields")
_GEOMETRY = frozenset({"geometry", "type", "bbox", *_INNER})
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
    members = Members(fields, properties, read_at)
    for index, item in enumerate(items):
        members.add(f"{name}[{index}]", item)
    return members.collected, len(items)


class Members:
    """Gathers the members of a document's lists as records of a map."""

    def __init__(self, fields: FieldMap, properties: str, read_at: datetime) -> None:
        self.collected = Collected()
        self._fields = fields
        self._properties = properties
        self._read_at = read_at
        self._names = _Names(fields.paths())

    def add(self, where: str, item: object, outer: Mapping[str, object] | None = None) -> None:
        """Add what a member found at `where` becomes; `outer` is the object that holds its list."""
        if not isinstance(item, Mapping):
            self.collected.reject(where, "the member of the list is not an object")
            return
        row = Row(item, properties_of(item, self._properties), outer or {})
        self.collected.drop_fields(self._names.unread(row))
        add_record(self._fields, row, where, self.collected, self._read_at)


def properties_of(item: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the part of a member that paths start from: the one named, else GeoJSON's or ArcGIS's, else all of it."""
    names = (name,) if name else ("properties", "attributes")
    inner = next((part for one in names if isinstance(part := item.get(one), Mapping)), None)
    if inner is None and item.get("type") == "Feature":
        return {}
    return item if inner is None else inner


def at(content: object, path: str) -> object:
    """Return what a document holds at a path; None when nothing is there, or nothing that can be reached."""
    root = content if isinstance(content, Mapping) else {}
    try:
        return resolve(Row(root, root), path)
    except InvalidRecord:
        return None


def time_of(content: object, path: str, times: Times) -> datetime | None:
    """Return when a document says it was made; None without a path, and when what is there is no time."""
    try:
        return times.moment(at(content, path)) if path else None
    except InvalidRecord:
        return None  # a document without a readable time is still a document


def is_whole(content: object, count: int) -> bool:
    """Tell whether a document of `count` records names no total above it."""
    if not isinstance(content, Mapping):
        return True
    totals = [total for name in _TOTALS if isinstance(total := content.get(name), int)]
    return content.get("exceededTransferLimit") is not True and all(total <= count for total in totals)


def unreadable(source: Source, what: str) -> DocumentUnreadable:
    """Return the error of a document that is not what its source says."""
    return DocumentUnreadable(source.id, f"{what}; check the address of the source; what was kept stays")


class _Names:
    """The names a map reads, and those of a record that it does not."""

    def __init__(self, paths: frozenset[str]) -> None:
        plain = {(path,) for path in paths if not is_query(path)}
        rooted = {_named(path) for path in paths if path.startswith("$")}
        self._whole = _with_steps(plain | rooted)
        self._inner = _with_steps(plain | {steps[1:] for steps in rooted if steps[:1] and steps[0] in _INNER})
        self._outside = _with_steps(rooted)

    def unread(self, row: Row) -> Iterator[str]:
        """Yield the names of a record that no path of the map reads or passes through."""
        if row.root is row.properties:
            yield from _unread(row.root, (), self._whole)
            return
        yield from _unread(row.properties, (), self._inner)
        known = self._outside[1]
        yield from (name for name in row.root if name not in _GEOMETRY and (name,) not in known and name != "id")


def _named(path: str) -> tuple[str, ...]:
    return tuple(takewhile(lambda step: isinstance(step, str), read_path(path).names))  # type: ignore[arg-type]


def _with_steps(paths: set[tuple[str, ...]]) -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """Return the paths, and every beginning of one."""
    return frozenset(paths), frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))


def _unread(
    node: Mapping[str, object],
    before: tuple[str, ...],
    known: tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]],
) -> Iterator[str]:
    read, passed = known
    for name, value in node.items():
        path = (*before, name)
        if path in read:
            continue
        if path not in passed:
            if clean(name):
                yield ".".join(path)
        elif isinstance(value, Mapping) and len(path) <= _DEPTH:
            yield from _unread(value, path, known)
