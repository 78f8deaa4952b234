"""Where a map finds a value in a publisher's record: a name, or a JSONPath (RFC 9535).

A name is a property or the title of a column. A path that starts with `$` starts from the whole record; one that starts
with `^` from the object that holds the list the record is a member of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import IndexSelector, NameSelector

from events.errors import ConfigurationError, InvalidRecord

_JSONPATH = JSONPathEnvironment(strict=True)
_RECORD, _OUTER = "$", "^"
_MAX_FOUND = 1000  # values of one path in one record
Told = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the publisher: the whole of it, the part that names start from, and what holds its list."""

    root: Told
    properties: Told
    outer: Told = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Path:
    """A checked path; `names` are the steps it begins with, `is_plain` that there are no others."""

    query: JSONPath
    names: tuple[str | int, ...]
    is_plain: bool
    is_outer: bool = False

    def value(self, root: object) -> object:
        """Return the value at the path, the list of several, None for none; raise InvalidRecord when it is too deep."""
        if self.is_plain:
            return walk(root, self.names)
        found = list(self.each(root))
        return found if len(found) > 1 else next(iter(found), None)

    def each(self, root: object) -> Iterator[object]:
        """Yield the values the path leads to, a thousand at most."""
        try:
            for number, found in enumerate(self.query.finditer(root)):  # type: ignore[arg-type]
                if number == _MAX_FOUND:
                    return
                yield found.obj
        except (JSONPathError, RecursionError) as error:
            raise InvalidRecord("a path of the map leads too deep in this record") from error


def walk(node: object, steps: Sequence[str | int]) -> object:
    """Return what names and list indexes lead to; None when one of them is not there."""
    for step in steps:
        if isinstance(step, str) and isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(step, int) and isinstance(node, list) and -len(node) <= step < len(node):
            node = node[step]
        else:
            return None
    return node


def is_query(path: str) -> bool:
    """Tell whether a path is a JSONPath and not a name."""
    return path.startswith((_RECORD, _OUTER))


@cache
def read_path(text: str) -> Path:
    """Return a JSONPath ready for use; raise ConfigurationError, with the place of the fault, when it is none."""
    try:
        query = _JSONPATH.compile(_RECORD + text[1:])
    except JSONPathError as error:
        raise ConfigurationError(f"{text!r} is not a JSONPath (RFC 9535): {str(error).splitlines()[0]}") from error
    assert isinstance(query, JSONPath)  # a strict environment knows no unions of paths
    names: list[str | int] = []
    for segment in query.segments:
        step = _step(segment)
        if step is None:
            break
        names.append(step)
    return Path(query, tuple(names), len(names) == len(query.segments), text.startswith(_OUTER))


def resolve(row: Row, path: str) -> object:
    """Return the value at a path of a map."""
    if not is_query(path):
        return row.properties.get(path)
    checked = read_path(path)
    return checked.value(row.outer if checked.is_outer else row.root)


def lookup(row: Row, paths: Sequence[str], missing: frozenset[str]) -> object:
    """Return the value at a path, the texts at several paths joined by a space, None for what means missing."""
    found = [value for path in paths if not _is_missing(value := resolve(row, path), missing)]
    if len(paths) < 2:
        return found[0] if found else None
    return " ".join(str(value).strip() for value in found if isinstance(value, str | int | float)) or None


def _step(segment: object) -> str | int | None:
    if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
        return None
    selector = segment.selectors[0]
    if isinstance(selector, NameSelector):
        return selector.name
    return selector.index if isinstance(selector, IndexSelector) else None


def _is_missing(value: object, missing: frozenset[str]) -> bool:
    return value is None or (isinstance(value, str) and (not value.strip() or value.strip() in missing))
