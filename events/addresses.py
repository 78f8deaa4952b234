"""Streets and house numbers of the national address base, kept as one file beside the city's own; read without a network.

`manage.py gazetteer` writes the file from the base's CSV (columns numero, rep, nom_voie, lon, lat). Nothing of it is a person.
"""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from events.errors import ConfigurationError
from events.geometry import Area, is_inside

MAX_NAME = 100
MAX_HOUSES = 2_000_000
_NEEDED = frozenset({"numero", "nom_voie", "lon", "lat"})
_SCHEMA = """
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL);
CREATE TABLE house (street INTEGER NOT NULL, number INTEGER NOT NULL, suffix TEXT NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL);
CREATE INDEX house_of_street ON house (street, number);
"""

Position = tuple[float, float]
House = tuple[int, str, float, float]


class Addresses:
    """The addresses of a file that `write_addresses` wrote; none when there is no such file."""

    def __init__(self, path: Path | None = None) -> None:
        """Raise ConfigurationError for a file that is there and cannot be read."""
        self._path = path if path is not None and path.is_file() else None
        self.streets: Sequence[tuple[int, str, Position]] = ()
        if self._path is not None:
            rows = self._ask("SELECT id, name, lon, lat FROM street ORDER BY name", ())
            self.streets = [(int(row[0]), str(row[1]), (float(row[2]), float(row[3]))) for row in rows]

    def house(self, street: int, number: int, suffix: str) -> Position | None:
        """Return where a number of a street is (longitude, latitude), None when the base does not know it."""
        rows = self._ask(
            "SELECT lon, lat FROM house WHERE street = ? AND number = ? AND suffix = ?", (street, number, suffix)
        )
        return (float(rows[0][0]), float(rows[0][1])) if rows else None

    def houses(self, street: int) -> list[Position]:
        """Return the positions of every number of a street."""
        rows = self._ask("SELECT lon, lat FROM house WHERE street = ?", (street,))
        return [(float(lon), float(lat)) for lon, lat in rows]

    def _ask(self, question: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._path is None:
            return []
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as connection:
                return connection.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"{self._path} cannot be read ({error}): write it again with manage.py gazetteer"
            ) from None


def write_addresses(files: Iterable[Path], target: Path, area: Area) -> int:
    """Write the addresses of these files that lie in the area; return how many, and leave no file for none.

    Files that hold no addresses (stops, facilities) are passed over. Raises ConfigurationError when it cannot be written.
    """
    streets: dict[str, list[House]] = defaultdict(list)
    count = 0
    for path in files:
        for name, house in _read(path, area):
            streets[name].append(house)
            count += 1
            if count > MAX_HOUSES:
                raise ConfigurationError(f"{path} holds more than {MAX_HOUSES:,} addresses: give those of one city")
    if not count:
        return 0
    beside = target.with_suffix(".new")
    beside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(beside)) as connection, connection:
            connection.executescript(_SCHEMA)
            for number, (name, houses) in enumerate(sorted(streets.items()), 1):
                middle = sorted(houses)[len(houses) // 2]
                connection.execute("INSERT INTO street VALUES (?, ?, ?, ?)", (number, name, *middle[2:]))
                connection.executemany(
                    "INSERT INTO house VALUES (?, ?, ?, ?, ?)", ((number, *house) for house in houses)
                )
        beside.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise ConfigurationError(f"{target} cannot be written ({error})") from None
    return count


def _read(path: Path, area: Area) -> Iterator[tuple[str, House]]:
    if not path.name.endswith((".csv", ".csv.gz")):
        return
    with _opened(path) as stream:
        head = stream.readline()
        delimiter = max(";,\t", key=head.count)
        columns = [title.strip('"\ufeff') for title in next(csv.reader([head], delimiter=delimiter))]
        if not set(columns) >= _NEEDED:
            return
        for row in csv.DictReader(stream, columns, delimiter=delimiter):
            try:
                number, place = int(row["numero"]), (float(row["lon"]), float(row["lat"]))
            except (TypeError, ValueError):
                continue  # a street without a number, or without a place: its name alone says nothing of where
            name = " ".join((row["nom_voie"] or "").split())
            if 0 < len(name) <= MAX_NAME and 0 < number < 10_000 and is_inside(place, area):
                yield name, (number, (row.get("rep") or "").strip().lower(), *place)


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
