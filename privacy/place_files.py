"""Names of streets, stops and facilities out of the files that publish them: national address base, GTFS, GeoJSON."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from events.addresses import write_addresses
from events.errors import ConfigurationError
from events.geometry import Area, is_inside, label_point

MAX_NAME = 100
MAX_NAMES = 200_000
# Columns that hold a name: addresses and localities of the Base Adresse Nationale, stops of GTFS, any table with a name.
NAMES = ("nom_voie", "nom_lieu_dit", "nom_ld", "stop_name", "nom", "name")
_POSITIONS = (("lon", "lat"), ("long", "lat"), ("stop_lon", "stop_lat"), ("longitude", "latitude"))
_READ = "nom_voie or nom_lieu_dit of the Base Adresse Nationale, stop_name of GTFS, or nom or name"


def read_place_names(path: Path, area: Area) -> frozenset[str]:
    """Return the names of the places of a file that lie in the area, or whose position it does not give.

    A CSV (also .gz), a GTFS archive, or GeoJSON. Raises ConfigurationError when it is none of them or holds no name.
    """
    try:
        names = frozenset(name for name, where in _named(path) if where is None or is_inside(where, area))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror or 'damaged'})") from None
    except (
        UnicodeDecodeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        csv.Error,
        zipfile.BadZipFile,
        EOFError,
    ):
        raise ConfigurationError(f"{path} is no CSV in UTF-8, no GTFS archive and no GeoJSON") from None
    if not names:
        raise ConfigurationError(f"{path} names no place in the city's area")
    if len(names) > MAX_NAMES:
        raise ConfigurationError(f"{path} names {len(names):,} places; at most {MAX_NAMES:,} are of one city")
    return names


def keep_places(files: Sequence[Path], area: Area, places: Path, addresses: Path) -> str:
    """Write the names that the gate reads and the addresses that the form finds; return what they hold, in a sentence."""
    names = frozenset[str]().union(*(read_place_names(path, area) for path in files))
    write_place_names(names, places)
    count = write_addresses(files, addresses, area)
    return (
        f"{places} holds {len(names)} names, {count} addresses can be typed in the form; they count from the next start"
    )


def write_place_names(names: frozenset[str], target: Path) -> None:
    """Write the list that the gate reads at its start: sorted, one name a line."""
    head = (
        "# Names of the city's places for the privacy gate, written by manage.py gazetteer from files of public data.\n"
    )
    try:
        target.write_text(head + "".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written ({error.strerror})") from None


def kept_place_names(target: Path) -> tuple[str, ...]:
    """Return the names of a list that `write_place_names` wrote, none when there is no such file."""
    try:
        lines = target.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{target} cannot be read: write it again with manage.py gazetteer") from None
    return tuple(line for line in lines if line and not line.startswith("#"))


def _named(path: Path) -> Iterator[tuple[str, tuple[float, float] | None]]:
    if path.suffix in {".geojson", ".json"}:
        yield from _features(json.loads(path.read_text(encoding="utf-8")))
        return
    with _table(path) as stream:
        head = stream.readline()
        delimiter = max(";,\t", key=head.count)
        columns = [title.strip('"\ufeff') for title in next(csv.reader([head], delimiter=delimiter))]
        named = [title for title in NAMES if title in columns]
        if not named:
            raise ConfigurationError(f"{path} has no column of names; those read are {_READ}")
        for row in csv.DictReader(stream, columns, delimiter=delimiter):
            where = _position(row)
            for title in named:
                name = " ".join((row.get(title) or "").split())
                if 0 < len(name) <= MAX_NAME:
                    yield name, where


def _features(content: Any) -> Iterator[tuple[str, tuple[float, float] | None]]:
    for feature in content["features"]:
        properties, geometry = feature.get("properties") or {}, feature.get("geometry")
        name = next((str(properties[key]) for key in NAMES if properties.get(key)), "")
        if 0 < len(name) <= MAX_NAME:
            yield name, label_point(geometry) if geometry else None


def _position(row: Mapping[str, str | None]) -> tuple[float, float] | None:
    for lon, lat in _POSITIONS:
        if row.get(lon) and row.get(lat):
            return float(str(row[lon])), float(str(row[lat]))
    return None


@contextmanager
def _table(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open("stops.txt") as stream:
            yield io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    elif path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text
