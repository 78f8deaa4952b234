"""The archive of an invented network: one line for each thing that happens on it, where it happens."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence

from demo.desk import Desk
from demo.happening import Happening
from demo.streets import Position

MEDIA_TYPE = "application/zip"
ROUTE_TYPES = {"tram": 0, "metro": 1, "bus": 3, "navette": 4}
_DATE = (2026, 1, 1, 0, 0, 0)  # an archive of the same tables is the same archive, whenever it is made
_STOPS = ("stop_id", "stop_name", "stop_lat", "stop_lon")
_ROUTES = ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type")
_TRIPS = ("route_id", "service_id", "trip_id", "shape_id", "direction_id")
_SHAPES = ("shape_id", "shape_pt_sequence", "shape_pt_lat", "shape_pt_lon")
_STOP_TIMES = ("trip_id", "stop_id", "stop_sequence")


def route_id(happening: Happening) -> str:
    """Return the line of the network on which this happens."""
    return f"ligne-{happening.id.lower()}"


def write_archive(desk: Desk, happenings: Sequence[Happening], revision: int = 0) -> bytes:
    """Return the ZIP archive of the lines and stops of these happenings; `revision` numbers its editions."""
    placed = [one for one in happenings if one.geometry is not None and one.category in ROUTE_TYPES]
    tables: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = {
        "feed_info.txt": (("feed_publisher_name", "feed_lang", "feed_version"), [("Réseau fictif", "fr", revision)]),
        "agency.txt": (("agency_id", "agency_name"), [("reseau-fictif", "Réseau fictif")]),
        "stops.txt": (_STOPS, [row for one in placed for row in _stops(desk, one)]),
        "routes.txt": (
            _ROUTES,
            [(route_id(one), "reseau-fictif", desk.text(one, "place", one.place), "", ROUTE_TYPES[one.category]) for one in placed],
        ),
        "trips.txt": (_TRIPS, [(route_id(one), "tous", f"course-{one.id}", f"trace-{one.id}", 0) for one in placed]),
        "shapes.txt": (_SHAPES, [row for one in placed for row in _shape(one)]),
        "stop_times.txt": (
            _STOP_TIMES,
            [(f"course-{one.id}", row[0], number) for one in placed for number, row in enumerate(_stops(desk, one))],
        ),
    }  # fmt: skip
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in tables.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), _table(columns, rows))
    return body.getvalue()


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue()


def _stops(desk: Desk, happening: Happening) -> Iterator[tuple[object, ...]]:
    if len(line := _line(happening)) == 1:
        lon, lat = line[0]
        yield f"arret-{happening.id}", desk.text(happening, "place", happening.place), lat, lon


def _shape(happening: Happening) -> Iterator[tuple[object, ...]]:
    if len(line := _line(happening)) > 1:
        for number, (lon, lat) in enumerate(line):
            yield f"trace-{happening.id}", number, lat, lon


def _line(happening: Happening) -> list[Position]:
    assert happening.geometry is not None
    coordinates = happening.geometry["coordinates"]
    assert isinstance(coordinates, list | tuple)
    return [tuple(coordinates)] if happening.geometry["type"] == "Point" else [tuple(one) for one in coordinates]
