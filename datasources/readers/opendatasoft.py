"""The shapes in which an Opendatasoft portal gives its records: exports, pages of v2.1, pages of v1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from datasources.contract import Request, Source
from datasources.readers.features import properties_of, unreadable
from datasources.readers.fieldmap import PLACE, TALLY, FieldMap
from datasources.readers.paging import LAST_RECORD, ROWS, is_web, number_in, with_query
from datasources.readers.places import LAT_LON

NO_LIST = "it holds no records of Opendatasoft: neither results, nor records, nor features, nor a list"

_SHAPES = ("geo_shape", "Geo Shape")
_POINTS = ("geo_point_2d", "Geo Point", "geo_point")
_LOOKED_AT = 100  # records among which the fields of a place are looked for


@dataclass(frozen=True, slots=True)
class Records:
    """The list of records, its name, the part of each that holds the fields, and the total the portal tells."""

    items: object
    name: str
    properties: str
    total: int | None
    is_v1: bool


def records_of(content: object, source: Source) -> Records:
    """Return the records of a document; raise DocumentUnreadable when it is none of a portal's answers."""
    if isinstance(content, list):
        is_v1 = bool(content) and isinstance(content[0], Mapping) and isinstance(content[0].get("fields"), Mapping)
        return Records(content, "items", "fields" if is_v1 else "", None, is_v1)
    told: Mapping[str, object] = content if isinstance(content, Mapping) else {}
    if "records" in told:
        return Records(told["records"], "records", "fields", _total(told.get("nhits")), is_v1=True)
    for name in ("results", "features"):
        if name in told:
            return Records(told[name], name, "", _total(told.get("total_count")), is_v1=False)
    raise unreadable(source, NO_LIST)


def next_page(records: Records, url: str, source: Source) -> Request | None:
    """Return the request for the page after this one, None after the last.

    Raises DocumentUnreadable when the portal does not give all its records by pages: the export does.
    """
    base = url if is_web(url) else source.url
    start, rows = ("start", "rows") if records.is_v1 else ("offset", "limit")
    count = len(records.items) if isinstance(records.items, list) else 0
    read = number_in(base, start) + count
    if records.total is None or records.total <= read:
        return None
    if records.total > LAST_RECORD:
        raise unreadable(
            source,
            f"it is one page of more than {LAST_RECORD} records; take the whole table from /exports/json instead",
        )
    if count == 0:
        raise unreadable(source, "a page is empty before the records the portal counts are all there")
    return Request(with_query(base, {start: [str(read)], rows: [str(ROWS)]}))


def in_records(fields: FieldMap, records: Records) -> FieldMap:
    """Return the map with the places these records hold, when it names none itself."""
    if records.is_v1:
        fields = replace(fields, pair_order=fields.pair_order or LAT_LON)  # its arrays hold the latitude first
    items = records.items if isinstance(records.items, list) else []
    members = [item for item in islice(items, _LOOKED_AT) if isinstance(item, Mapping)]
    names = {str(name) for item in members for name in properties_of(item, records.properties)}
    if any(item.get("geometry") for item in members):
        names.add("$.geometry")
    return with_places(fields, names)


def with_places(fields: FieldMap, names: Iterable[str]) -> FieldMap:
    """Return the map with the usual fields of a place that are among `names`, when it names none itself."""
    if fields.record == TALLY or PLACE & (fields.fields.keys() | fields.constants.keys()):
        return fields
    held = set(names)
    # A feature's own geometry is its shape; beside a shape v1 repeats only the point.
    shape = next((name for name in (*_SHAPES, "$.geometry") if name in held), None)
    point = next((name for name in _POINTS if name in held), None)
    found = {"geometry": shape, "position": point}
    return replace(fields, fields={**fields.fields, **{ours: (name,) for ours, name in found.items() if name}})


def _total(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
