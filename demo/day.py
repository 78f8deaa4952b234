"""Reads the played day of a city (`demo-day.toml`): happenings, traffic, faults. Unknown keys are errors."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.clock import read_moment
from demo.happening import CHANGEABLE, Change, Consequence, Happening, Stop
from demo.network import Network, read_network
from demo.streets import Figure, Position, Streets
from events.errors import ConfigurationError

FILE = "demo-day.toml"
FAULT_KINDS = frozenset({"fail", "hang", "empty", "poison", "freeze"})
_PLACES = frozenset({"at", "axis", "along", "around"})
_KEYS = CHANGEABLE | _PLACES | {"source", "id", "updated", "changes", "from", "to"}
_TIMES = frozenset({"start", "end", "updated", "appears"})


@dataclass(frozen=True, slots=True)
class Span:
    """A state of some axes between two played minutes."""

    axes: tuple[str, ...]
    state: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """Something a source does wrong, `start` to `end` minutes after each loop begins; `times` answers at most."""

    source: str
    kind: str
    start: float
    end: float | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The whole played day."""

    loop_start: int
    happenings: tuple[Happening, ...]
    spans: tuple[Span, ...]
    unknown_axes: frozenset[str]
    faults: tuple[PlannedFault, ...]
    network: Network

    def of(self, source: str) -> tuple[Happening, ...]:
        """Return the happenings one source publishes, in order."""
        return tuple(happening for happening in self.happenings if happening.source == source)


def read_day(folder: Path, streets: Streets) -> Day:
    """Return the day of a city's folder; raise ConfigurationError that names the event and what is wrong with it."""
    path = folder / FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    _only(document, {"loop_start", "event", "traffic", "fault"}, "the played day")
    traffic = document.get("traffic", {})
    _only(traffic, {"unknown", "span"}, "traffic")
    happenings = tuple(_happening(entry, streets) for entry in document.get("event", ()))
    ids = [happening.id for happening in happenings]
    if len(set(ids)) != len(ids):
        raise ConfigurationError(f"{path}: two events share an id ({max(ids, key=ids.count)})")
    network = read_network(folder, streets)
    if unknown := sorted(set(network.informed) - set(ids)):
        raise ConfigurationError(f"the played network informs of {unknown[0]!r}, which is no event of {path}")
    return Day(
        loop_start=read_moment(document.get("loop_start")),
        happenings=happenings,
        spans=tuple(_span(entry, streets) for entry in traffic.get("span", ())),
        unknown_axes=frozenset(streets.axis(axis).id for axis in traffic.get("unknown", ())),
        faults=tuple(_fault(entry) for entry in document.get("fault", ())),
        network=network,
    )


def _happening(entry: Mapping[str, Any], streets: Streets) -> Happening:
    name = f"event {entry.get('id', '?')}"
    _only(entry, _KEYS, name)
    values = {key: value for key, value in entry.items() if key in CHANGEABLE | {"source", "id", "updated"}}
    try:
        geometry = _geometry(entry, streets)
        return Happening(
            **_prepared(values, streets, geometry) | {"geometry": geometry},
            changes=tuple(_change(change, streets, geometry) for change in entry.get("changes", ())),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ConfigurationError(f"{name} of the played day is incomplete or malformed: {error}") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}: {error}") from error


def _change(entry: Mapping[str, Any], streets: Streets, geometry: Figure | None) -> Change:
    _only(entry, CHANGEABLE | {"at"}, "a change")
    values = {key: value for key, value in entry.items() if key != "at"}
    return Change(at=read_moment(entry.get("at")), values=_prepared(values, streets, geometry))


def _prepared(values: Mapping[str, Any], streets: Streets, geometry: Figure | None) -> dict[str, Any]:
    prepared: dict[str, Any] = {}
    for key, value in values.items():
        if key in _TIMES:
            prepared[key] = read_moment(value)
        elif key == "nightly":
            prepared[key] = tuple(read_moment(part) for part in value)
        elif key == "effects":
            prepared[key] = tuple(Consequence(**effect) for effect in value)
        elif key == "stops":
            prepared[key] = tuple(_stop(stop, streets, geometry) for stop in value)
        else:
            prepared[key] = value
    return prepared


def _stop(entry: Mapping[str, Any], streets: Streets, geometry: Figure | None) -> Stop:
    _only(entry, {"label", "kind", "near", "planned", "observed"}, "a stop")
    if geometry is None or geometry["type"] != "LineString":
        raise ConfigurationError("stops need a line to stand on")
    line: Any = geometry["coordinates"]
    near: Position = (entry["near"][0], entry["near"][1])
    return Stop(
        label=entry["label"],
        kind=entry["kind"],
        position=near,
        chainage_m=round(streets.chainage(line, near)),
        planned=read_moment(entry["planned"]),
        observed=read_moment(entry["observed"]) if "observed" in entry else None,
    )


def _geometry(entry: Mapping[str, Any], streets: Streets) -> Figure | None:
    named = sorted(_PLACES & entry.keys())
    if len(named) > 1:
        raise ConfigurationError(f"one place at most, found {', '.join(named)}")
    if "at" in entry:
        return {"type": "Point", "coordinates": entry["at"]}
    if "axis" in entry:
        return streets.part(entry["axis"], entry.get("from", 0.0), entry.get("to", 1.0))
    if "along" in entry:
        return {"type": "LineString", "coordinates": entry["along"]}
    if "around" in entry:
        return streets.around(entry["around"]["center"], entry["around"]["radius_m"])
    return None


def _span(entry: Mapping[str, Any], streets: Streets) -> Span:
    _only(entry, {"axes", "state", "from", "to"}, "a traffic span")
    axes = tuple(streets.axis(axis).id for axis in entry.get("axes", ()))
    return Span(axes, entry.get("state", ""), read_moment(entry.get("from")), read_moment(entry.get("to")))


def _fault(entry: Mapping[str, Any]) -> PlannedFault:
    _only(entry, {"source", "kind", "from", "to", "times"}, "a fault")
    if entry.get("kind") not in FAULT_KINDS:
        raise ConfigurationError(f"fault {entry.get('kind')!r} is none of {', '.join(sorted(FAULT_KINDS))}")
    return PlannedFault(entry["source"], entry["kind"], entry["from"], entry.get("to"), entry.get("times"))


def _only(entry: Mapping[str, Any], allowed: frozenset[str] | set[str], name: str) -> None:
    unknown = sorted(set(entry) - allowed)
    if unknown:
        raise ConfigurationError(f"{name}: unknown key {unknown[0]!r}; allowed are {', '.join(sorted(allowed))}")
