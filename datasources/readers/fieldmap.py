"""A field map: which field of a publisher's record gives which of ours. Nothing else is ever read.

The map is the `options` of a source; `docs/add-a-source.md` is its reference. Every mistake in it is a
ConfigurationError that names the key, what was found and what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datasources.contract import Source
from datasources.readers.codes import Codes
from datasources.readers.options import check_keys
from datasources.readers.paths import Row, is_query, lookup, read_path, resolve
from datasources.readers.places import LAT_LON, LON_LAT, WGS84, Turn, turner
from datasources.readers.times import EPOCH_MS, EPOCH_S, ISO, Times
from events.counts import what_it_tells, words_of
from events.errors import ConfigurationError

EVENT, ROAD_STATE, CAMERA, TALLY = "event", "road_state", "camera", "tally"
PERIODS = ("day", "week", "month", "year")

PLACE = frozenset({"geometry", "lon", "lat", "x", "y", "position"})
_SHARED = frozenset({"external_id", "audience", "organisation"})
FIELDS: dict[str, frozenset[str]] = {
    EVENT: PLACE
    | _SHARED
    | {
        "situation_id", "version", "category", "source_code", "headline", "description", "instruction",
        "severity", "urgency", "certainty", "status", "march_status", "information_status", "start", "end", "published_at",
        "observed_at", "geometry_precision", "place", "road_name", "direction", "size_class",
        "effect_text", "effect_axis", "effect_state", "media",
    },
    ROAD_STATE: PLACE
    | _SHARED
    | {"segment_id", "state", "name", "speed_kmh", "flow_vph", "reliability", "observed_at", "axis_id"},
    CAMERA: PLACE
    | _SHARED
    | {
        "kind", "label", "range_m", "azimuth_deg", "field_of_view_deg", "purpose", "legal_reference",
        "authorised_until", "is_coverage_verified", "sectors", "masks", "masked_areas", "detail_px_m", "verified_on",
        "is_occluded", "service", "assessment",
    },
    TALLY: _SHARED | {"measure", "area_code", "start", "end", "slot", "value", "unit", "suppressed"},
}  # fmt: skip
NEEDED: dict[str, frozenset[str]] = {
    EVENT: frozenset({"external_id", "category"}),
    ROAD_STATE: frozenset({"segment_id", "state"}),
    CAMERA: frozenset({"external_id"}),
    TALLY: frozenset({"measure", "area_code", "start", "value"}),
}
LISTS: dict[str, frozenset[str]] = {
    "route": frozenset(
        {
            "label",
            "kind",
            "chainage_m",
            "planned_at",
            "observed_at",
            "halt_min",
            "tolerance_min",
            "position",
            "lon",
            "lat",
            "geometry",
        }
    ),
    "periods": frozenset({"start", "end"}),
    "effects": frozenset({"text", "axis_id", "state"}),
    "sectors": frozenset({"azimuth_deg", "field_of_view_deg", "range_m"}),
    "masks": frozenset({"azimuth_deg", "field_of_view_deg"}),
}
LISTS_OF = {EVENT: ("route", "periods", "effects"), CAMERA: ("sectors", "masks")}
COMMON_OPTIONS = frozenset(
    {
        "record", "fields", "codes", "constants", "dates", "timezone", "is_offset_false", "crs", "pair_order",
        "language", "decimal", "missing", "suppressed", "period", "min_reliability", *LISTS,
    }
)  # fmt: skip

# Words in the name of a column that may hold an image or a stream: never readable for a camera.
_IMAGE_WORDS = frozenset(
    {
        "url", "uri", "href", "link", "lien", "stream", "streaming", "flux", "rtsp", "rtmp", "hls", "http",
        "https", "image", "images", "img", "video", "snapshot", "photo", "webcam", "ip", "adresseip", "mjpeg",
        "jpeg", "jpg", "feed", "live",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListMap:
    """A field that holds a list, and what each member of it gives."""

    path: str
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """The checked map of one source."""

    source: Source
    record: str
    fields: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, object]
    codes: Codes
    times: Times
    turn: Turn
    has_crs: bool
    pair_order: str | None
    language: str
    decimal: str
    missing: frozenset[str]
    suppressed: frozenset[str]
    period: str | None
    min_reliability: float | None
    lists: Mapping[str, ListMap] = field(default_factory=dict)

    def value(self, row: Row, name: str) -> object:
        """Return what a record gives for one of our fields, else the map's constant, else None."""
        found = lookup(row, self.fields.get(name, ()), self.missing)
        return self.constants.get(name) if found is None else found

    def members(self, row: Row, name: str) -> Iterator[Row]:
        """Yield the members of a list field; members that are plain values are read under the path `.`."""
        listed = self.lists.get(name)
        found = resolve(row, listed.path) if listed else None
        for member in found if isinstance(found, list) else ():
            root = member if isinstance(member, Mapping) else {".": member}
            yield Row(root, root)

    def member_value(self, row: Row, listed: str, name: str) -> object:
        """Return what a member of a list gives for one of our fields."""
        return lookup(row, self.lists[listed].fields.get(name, ()), self.missing)

    def paths(self) -> frozenset[str]:
        """Return every path the map reads."""
        listed = (one.path for one in self.lists.values())
        return frozenset(path for paths in self.fields.values() for path in paths) | frozenset(listed)


def read_field_map(source: Source, own_options: frozenset[str]) -> FieldMap:
    """Return the checked field map of a source; `own_options` are the adapter's own keys."""
    where = f"source {source.id!r}, options"
    options = source.options
    check_keys(options, COMMON_OPTIONS | own_options, where)
    record = _one_of(options, "record", tuple(FIELDS), where)
    assert record is not None
    fields = _paths(options.get("fields"), FIELDS[record], f"{where}.fields")
    constants = _table(options.get("constants", {}), f"{where}.constants")
    check_keys(constants, FIELDS[record], f"{where}.constants")
    lacking = sorted(NEEDED[record] - set(fields) - set(constants))
    if lacking:
        raise ConfigurationError(f"{where}.fields: {lacking[0]!r} is needed for a record {record!r}")
    lists = {name: _list_map(options[name], name, where) for name in LISTS if name in options}
    for name in lists.keys() - LISTS_OF.get(record, ()):
        owner = next(one for one, names in LISTS_OF.items() if name in names)
        raise ConfigurationError(f"{where}.{name}: only a record {owner!r} has it")
    _refuse_columns(record, fields, f"{where}.fields")
    epsg = options.get("crs", WGS84)
    if not isinstance(epsg, int) or isinstance(epsg, bool):
        raise ConfigurationError(f"{where}.crs: an EPSG number such as 2154 is needed")
    return FieldMap(
        source=source,
        record=record,
        fields=fields,
        constants=constants,
        codes=Codes(_table(options.get("codes", {}), f"{where}.codes"), where),
        times=_times(source, where),
        turn=turner(epsg),
        has_crs="crs" in options,
        pair_order=_one_of(options, "pair_order", (LAT_LON, LON_LAT), where, is_needed=False),
        language=str(options.get("language", "fr")),
        decimal=_one_of(options, "decimal", (".", ","), where, is_needed=False) or ".",
        missing=frozenset(_strings(options.get("missing", []), f"{where}.missing")),
        suppressed=frozenset(_strings(options.get("suppressed", []), f"{where}.suppressed")),
        period=_one_of(options, "period", PERIODS, where, is_needed=False),
        min_reliability=_number(options.get("min_reliability"), f"{where}.min_reliability"),
        lists=lists,
    )


def _times(source: Source, where: str) -> Times:
    formats = _strings(source.options.get("dates", ISO), f"{where}.dates")
    for pattern in formats:
        if pattern not in (ISO, EPOCH_S, EPOCH_MS) and "%" not in pattern:
            raise ConfigurationError(
                f"{where}.dates: {pattern!r} is not {ISO}, {EPOCH_S}, {EPOCH_MS} or a strptime pattern"
            )
    zone = source.options.get("timezone", source.timezone)
    return Times(str(zone), formats, is_offset_false=source.options.get("is_offset_false") is True)


def _list_map(value: object, name: str, where: str) -> ListMap:
    table = _table(value, f"{where}.{name}")
    check_keys(table, frozenset({"path", "fields"}), f"{where}.{name}")
    path = table.get("path")
    if not isinstance(path, str) or not path:
        raise ConfigurationError(f"{where}.{name}.path: the path of the list is needed")
    check_path(path, f"{where}.{name}.path")
    return ListMap(path, _paths(table.get("fields"), LISTS[name], f"{where}.{name}.fields"))


def _paths(value: object, allowed: frozenset[str], where: str) -> dict[str, tuple[str, ...]]:
    table = _table(value, where)
    check_keys(table, allowed, where)
    read = {name: tuple(_strings(paths, f"{where}.{name}")) for name, paths in table.items()}
    for name, paths in read.items():
        for path in paths:
            check_path(path, f"{where}.{name}")
    return read


def check_path(path: str, where: str) -> None:
    """Raise ConfigurationError, naming its place, for a path that is neither a name nor a JSONPath."""
    if is_query(path):
        try:
            read_path(path)
        except ConfigurationError as error:
            raise ConfigurationError(f"{where}: {error}") from error


def _strings(value: object, where: str) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, Sequence) or not all(isinstance(one, str) for one in values):
        raise ConfigurationError(f"{where}: a text or a list of texts is needed")
    if value == "":
        raise ConfigurationError(f"{where}: the text is empty")
    return list(values)


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{where}: a table is needed")
    return value


def _one_of(
    options: Mapping[str, object], key: str, allowed: Sequence[str], where: str, *, is_needed: bool = True
) -> str | None:
    value = options.get(key)
    if value is None and not is_needed:
        return None
    if not isinstance(value, str) or value not in allowed:
        raise ConfigurationError(f"{where}.{key}: found {value!r}; allowed: {', '.join(allowed)}")
    return value


def _number(value: object, where: str) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ConfigurationError(f"{where}: a number is needed")
    return value


def _refuse_columns(record: str, fields: Mapping[str, tuple[str, ...]], where: str) -> None:
    for name, paths in fields.items():
        for path in paths:
            if record == CAMERA and words_of(path) & _IMAGE_WORDS:
                raise ConfigurationError(f"{where}.{name}: {path!r} looks like the address of an image; never readable")
            if record == TALLY and what_it_tells(path) is not None:
                raise ConfigurationError(
                    f"{where}.{name}: {path!r} may hold a place, an agent, a unit or an address; a count never reads it"
                )
