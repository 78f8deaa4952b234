"""Reads the transport operator's network of a city (`demo-network.toml`): stops, lines, and what each event is about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.streets import Position, Streets
from events.errors import ConfigurationError

FILE = "demo-network.toml"
KINDS = frozenset({"metro", "tram", "bus", "navette"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the network: the stops it serves, in order, and where it runs."""

    id: str
    kind: str
    stops: tuple[str, ...]
    path: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """What an event is about: a line, or one stop of it."""

    line: Line
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """Stops by id (name and position), lines, and the selectors of each event; no selectors: the whole network."""

    stops: Mapping[str, tuple[str, Position]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    informed: Mapping[str, tuple[Selector, ...]] = field(default_factory=dict)


def read_network(folder: Path, streets: Streets) -> Network:
    """Return the network of a city's folder, an empty one without the file; raise ConfigurationError naming the fault."""
    path = folder / FILE
    if not path.exists():
        return Network()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        stops = {name: (one["name"], (one["at"][0], one["at"][1])) for name, one in document["stops"].items()}
        lines = {one["id"]: _line(one, stops, streets) for one in document["line"]}
        informed = {
            event: tuple(_selector(word, lines) for word in words) for event, words in document["informed"].items()
        }
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    except (KeyError, TypeError, IndexError) as error:
        raise ConfigurationError(f"{path} lacks or misstates {error}") from error
    return Network(stops, tuple(lines.values()), informed)


def _line(entry: Mapping[str, Any], stops: Mapping[str, tuple[str, Position]], streets: Streets) -> Line:
    name, kind, served = entry["id"], entry["kind"], tuple(entry["stops"])
    if kind not in KINDS or set(entry) - {"id", "kind", "stops", "axes"}:
        raise ConfigurationError(f"line {name} of the played network: unknown kind or key")
    path = [stops[stop][1] for stop in served]
    if "axes" in entry:
        path = [(lon, lat) for axis in entry["axes"] for lon, lat in streets.axis(axis).line.coords]
    return Line(name, kind, served, tuple(path))


def _selector(word: str, lines: Mapping[str, Line]) -> Selector:
    name, _, stop = word.partition("/")
    line = lines[name]
    if stop and stop not in line.stops:
        raise ConfigurationError(f"line {name} of the played network does not serve {stop!r}")
    return Selector(line, stop or None)
