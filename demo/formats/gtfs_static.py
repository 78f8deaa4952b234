"""The GTFS archive of the transport operator's network: what its alerts name, and where that is."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable

from demo.desk import Desk
from demo.network import Network

MEDIA_TYPE = "application/zip"
AGENCY = "reseau-fictif"
ROUTE_TYPES = {"tram": 0, "metro": 1, "bus": 3, "navette": 4}
_DATE = (2026, 1, 1, 0, 0, 0)  # an archive of the same tables is the same archive, whenever it is made
_COLUMNS = {
    "agency.txt": ("agency_id", "agency_name", "agency_url", "agency_timezone"),
    "feed_info.txt": ("feed_publisher_name", "feed_lang", "feed_version"),
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id", "agency_id", "route_short_name", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id", "direction_id", "shape_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence"),
    "shapes.txt": ("shape_id", "shape_pt_sequence", "shape_pt_lat", "shape_pt_lon"),
}


def write_archive(desk: Desk, network: Network, revision: int = 0) -> bytes:
    """Return the ZIP archive; `revision` numbers its editions."""
    rows = _rows(desk, network, revision)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in _COLUMNS.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), _table(columns, rows[name]), zipfile.ZIP_DEFLATED)
    return body.getvalue()


def _rows(desk: Desk, network: Network, revision: int) -> dict[str, list[tuple[object, ...]]]:
    def named(text: str, *place: str) -> str:
        return desk.canaries.planted(text, desk.source, *place)

    return {
        "agency.txt": [(AGENCY, named("Réseau fictif", "agency"), "https://example.org/", str(desk.clock.zone))],
        "feed_info.txt": [("Réseau fictif", "fr", revision)],
        "stops.txt": [
            (stop, named(name, "stop", stop), lat, lon) for stop, (name, (lon, lat)) in network.stops.items()
        ],
        "routes.txt": [
            (line.id, AGENCY, named(line.id, "line", line.id), ROUTE_TYPES[line.kind]) for line in network.lines
        ],
        "trips.txt": [(line.id, "tous", f"course-{line.id}", 0, f"trace-{line.id}") for line in network.lines],
        "stop_times.txt": [
            (f"course-{line.id}", stop, number) for line in network.lines for number, stop in enumerate(line.stops)
        ],
        "shapes.txt": [
            (f"trace-{line.id}", number, lat, lon)
            for line in network.lines
            for number, (lon, lat) in enumerate(line.path)
        ],
    }


def _table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue()
