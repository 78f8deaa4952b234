"""The list of sources of a city: one TOML file, checked whole before anything starts."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from datasources.contract import Adapter, Source
from datasources.entry import Entry, ReferenceEntry, read_span
from events.errors import ConfigurationError
from events.geometry import Area

__all__ = ["ADAPTERS", "adapter_class", "make_adapter", "missing_secrets", "read_catalogue", "read_span"]

# Kind -> module and class; imported when a source of that kind exists, so that one broken module stops no other.
ADAPTERS: dict[str, str] = {
    "cap": "datasources.adapters.cap:CapAdapter",
    "cifs": "datasources.adapters.cifs:CifsAdapter",
    "csv": "datasources.adapters.csv:CsvAdapter",
    "datex2_measured": "datasources.adapters.datex2_measured:Datex2MeasuredAdapter",
    "datex2_situation": "datasources.adapters.datex2_situation:Datex2SituationAdapter",
    "datex2_trafficregulation": "datasources.adapters.datex2_trafficregulation:Datex2TrafficRegulationAdapter",
    "emsi": "datasources.adapters.emsi:EmsiAdapter",
    "geojson": "datasources.adapters.geojson:GeoJsonAdapter",
    "gtfsrt_alerts": "datasources.adapters.gtfsrt_alerts:GtfsRealtimeAlertsAdapter",
    "icalendar": "datasources.adapters.icalendar:ICalendarAdapter",
    "json": "datasources.adapters.json:JsonAdapter",
    "meteofrance_vigilance": "datasources.adapters.meteofrance_vigilance:MeteoFranceVigilanceAdapter",
    "odisse": "datasources.adapters.odisse:OdisseAdapter",
    "open311": "datasources.adapters.open311:Open311Adapter",
    "open511": "datasources.adapters.open511:Open511Adapter",
    "openagenda": "datasources.adapters.openagenda:OpenAgendaAdapter",
    "opendatasoft": "datasources.adapters.opendatasoft:OpendatasoftAdapter",
    "overpass": "datasources.adapters.overpass:OverpassAdapter",
    "rss": "datasources.adapters.rss:RssAdapter",
    "siri_sx": "datasources.adapters.siri_sx:SiriSxAdapter",
    "ssmsi": "datasources.adapters.ssmsi:SsmsiAdapter",
    "waze": "datasources.adapters.waze:WazeAdapter",
    "wzdx": "datasources.adapters.wzdx:WzdxAdapter",
    "xml": "datasources.adapters.xml:XmlAdapter",
}

_DEMO = "{demo}"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class City:
    """What an entry takes from its city when it does not say itself."""

    timezone: str
    area: Area
    demo_url: str | None = None


def read_catalogue(path: Path, *, timezone: str, area: Area, demo_url: str | None = None) -> tuple[Source, ...]:
    """Return the sources of a TOML file, in its order.

    `timezone` and `area` (west, south, east, north in degrees) apply to entries without their own; `{demo}` in a url
    becomes `demo_url`, an address on this machine. Raises one ConfigurationError that lists every problem of the file.
    """
    entries = _read_tables(path)
    city = City(timezone, area, demo_url.rstrip("/") if demo_url else None)
    problems: list[str] = []
    sources: list[Source] = []
    for number, table in enumerate(entries, start=1):
        name = _name_of(table, number)
        values, found = _prepared(table, city)
        try:
            sources.append(Entry.model_validate(values).to_source())
        except ValidationError as error:
            found += _problems_of(error)
        problems.extend(f"{name}, {problem}" for problem in found)
    problems.extend(_repeated(entries))
    if problems:
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        raise ConfigurationError(f"{path}: {count}; no source was started\n  " + "\n  ".join(problems))
    return tuple(sources)


def make_adapter(source: Source) -> Adapter:
    """Return the reader of the source's format; raise ConfigurationError for what of the entry it cannot use.

    That is an unknown kind, unusable options, references it does not know or lacks.
    """
    if source.kind not in ADAPTERS:
        raise ConfigurationError(f"source {source.id!r}, kind: {_kind_problem(source.kind)}")
    reader = adapter_class(source.kind)
    known = ", ".join(sorted(reader.reference_names)) or f"none, {source.kind} refers to no table"
    for name in sorted(set(source.references) - reader.reference_names):
        raise ConfigurationError(f"source {source.id!r}, references: found {name[:_SHOWN]!r}; allowed: {known}")
    for name in sorted(reader.required_references - set(source.references)):
        raise ConfigurationError(
            f"source {source.id!r}, references.{name}: missing; without this table its documents mean nothing"
        )
    return reader(source)


def adapter_class(kind: str) -> type[Adapter]:
    """Return the class that reads a kind of the catalogue."""
    module, _, name = ADAPTERS[kind].partition(":")
    return cast("type[Adapter]", getattr(import_module(module), name))


def missing_secrets(sources: Iterable[Source], secrets: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return, per source that lacks any, the environment names its headers need and `secrets` does not hold."""
    lacking = {
        source.id: tuple(name for name in source.header_env.values() if not secrets.get(name))
        for source in sources
        if source.is_enabled
    }
    return {source_id: names for source_id, names in lacking.items() if names}


def _read_tables(path: Path) -> list[Mapping[str, object]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: the list of sources cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from None
    unknown = sorted(set(content) - {"source"})
    if unknown:
        raise ConfigurationError(f"{path}: found the key {unknown[0]!r}; allowed: [[source]] tables only")
    tables = content.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigurationError(f"{path}: 'source' is not a list of tables; write each source under [[source]]")
    return tables


def _prepared(table: Mapping[str, object], city: City) -> tuple[dict[str, object], list[str]]:
    values = {"timezone": city.timezone, "area": list(city.area), **table}
    problems: list[str] = []
    references = values.get("references")
    if isinstance(references, dict):
        values["references"] = references = {
            name: dict(one) if isinstance(one, dict) else one for name, one in references.items()
        }
    tables = {"": values, **{f"references.{name}.": one for name, one in _tables(references)}}
    demo = {where: one for where, one in tables.items() if isinstance(one.get("url"), str) and _DEMO in str(one["url"])}
    for where, one in demo.items():
        if city.demo_url is None:
            problems.append(
                f"{where}url: found '{_DEMO}', but the demonstration is not running; allowed: a real address"
            )
        one["url"] = str(one["url"]).replace(_DEMO, city.demo_url or "http://127.0.0.1")
    networks = values.get("allowed_networks", [])
    if demo and isinstance(networks, list):
        values["allowed_networks"] = [*networks, "127.0.0.1/32"]
    kind = values.get("kind")
    if isinstance(kind, str) and kind not in ADAPTERS:
        problems.append(f"kind: {_kind_problem(kind)}")
    return values, problems


def _tables(references: object) -> list[tuple[str, dict[str, object]]]:
    if not isinstance(references, dict):
        return []
    return [(str(name), one) for name, one in references.items() if isinstance(one, dict)]


def _problems_of(error: ValidationError) -> list[str]:
    problems = []
    for detail in error.errors(include_url=False, include_context=False):
        key = ".".join(str(part) for part in detail["loc"])
        allowed, found = detail["msg"].removeprefix("Value error, "), detail["input"]
        if not key:  # a rule between keys: its text begins with the key to change
            key, _, allowed = allowed.partition(": ")
            found = _value_at(found, key)
        if detail["type"] == "extra_forbidden":
            known = sorted(Entry.model_fields if len(detail["loc"]) == 1 else ReferenceEntry.model_fields)
            close = difflib.get_close_matches(str(detail["loc"][-1]), known, 1)
            meant = f" (did you mean {close[0]!r}?)" if close else ""
            problems.append(f"{key}: unknown key{meant}; allowed: {', '.join(known)}")
        elif detail["type"] == "missing":
            problems.append(f"{key}: missing; every source needs it")
        else:
            problems.append(f"{key}: found {_shown(key, found)}; allowed: {allowed}")
    return problems


def _value_at(table: object, path: str) -> object:
    for key in path.split("."):
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _shown(key: str, value: object) -> str:
    # A secret pasted where its name belongs must not come back in a message, nor a key in a query string.
    if key.startswith("header_env"):
        return "a value that is not shown"
    text = repr(value.partition("?")[0].rpartition("@")[2] if key.endswith("url") and isinstance(value, str) else value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _name_of(table: Mapping[str, object], number: int) -> str:
    return f"source {str(table['id'])[:_SHOWN]!r}" if "id" in table else f"source number {number}"


def _repeated(tables: Sequence[Mapping[str, object]]) -> list[str]:
    places: dict[str, list[int]] = {}
    for number, table in enumerate(tables, start=1):
        if isinstance(table.get("id"), str):
            places.setdefault(str(table["id"]), []).append(number)
    return [
        f"source {name[:_SHOWN]!r}, id: found in entries {', '.join(map(str, numbers))}; allowed: once"
        for name, numbers in places.items()
        if len(numbers) > 1
    ]


def _kind_problem(kind: str) -> str:
    return f"found {kind[:_SHOWN]!r}; allowed: {', '.join(sorted(ADAPTERS))}"
