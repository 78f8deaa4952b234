"""Events as a table for spreadsheets: UTF-8 with its mark, semicolons, ISO 8601, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import shapely
from shapely.geometry import shape

from api.exports.setting import Setting
from api.source_tables import safe_cell
from events.geometry import label_point
from events.records import Geometry
from store.kept import KeptEvent

COLUMNS = (
    "id", "number", "category", "category_name", "headline", "description", "instruction", "severity", "status", "start", "end",
    "periods", "place", "road_name", "direction", "districts", "lon", "lat", "geometry", "geometry_precision", "effects",
    "organisation", "organisation_name", "source", "audience", "published_at", "changed_at", "version", "attribution",
)  # fmt: skip


def write_table(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield the table: a remark that begins with `# `, the header, one line for each event (its hull and all its periods)."""
    yield ("\ufeff# " + setting.remark() + "\r\n").encode()
    yield _line([setting.words(f"export.column.{name}") for name in COLUMNS])
    for kept in events:
        yield _line([safe_cell(value) for value in _values(kept, setting).values()])


def _values(kept: KeptEvent, setting: Setting) -> dict[str, object]:
    told = kept.event
    lon, lat = point_in(told.geometry)
    validity = told.validity
    start = validity.start or (kept.periods[0].start if kept.periods else None)
    periods = (f"{setting.local(one.start)}/{setting.local(one.end) or '..'}" for one in kept.periods)
    return dict(
        zip(
            COLUMNS,
            (
                kept.id, f"EV-{kept.number}", told.category, setting.category(kept), setting.title(kept), told.description,
                told.instruction, int(told.severity), told.status.value if told.status else None, setting.local(start),
                setting.local(validity.end), " ".join(periods), told.place, told.road_name, told.direction,
                ",".join(told.district_codes), lon, lat, wkt_of(told.geometry),
                told.geometry_precision.value, " | ".join(one.text for one in told.effects), told.organisation,
                setting.organisation(kept), told.source_id, told.audience.level.value, setting.local(told.published_at),
                setting.local(kept.changed_at), kept.version, told.attribution,
            ),
            strict=True,
        )
    )  # fmt: skip


def point_in(geometry: Geometry | None) -> tuple[float | None, float | None]:
    """Return longitude and latitude of the pictogram; two None without a place."""
    point = label_point(geometry) if geometry is not None else None
    return (None, None) if point is None else (point[0], point[1])


def wkt_of(geometry: Geometry | None) -> str | None:
    """Return a geometry as WKT, longitude first, to the centimetre."""
    return None if geometry is None else shapely.to_wkt(shape(dict(geometry)), rounding_precision=7)


def _line(cells: list[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()
