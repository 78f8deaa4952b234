"""The city's axes and districts as the demonstration walks them; distances in metres on a local plane."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shapely.affinity import affine_transform
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from events.errors import ConfigurationError

Position = tuple[float, float]
Figure = dict[str, object]
"""A GeoJSON geometry, longitude and latitude."""

METRES_PER_DEGREE = 111_320.0
CIRCLE_CORNERS = 24


@dataclass(frozen=True, slots=True)
class Street:
    """One axis: its line, its class and its speed without traffic (km/h)."""

    id: str
    name: str
    road_class: str
    free_flow_kmh: float
    line: LineString


@dataclass(frozen=True)
class Streets:
    """What the demonstration knows of a city: its axes, its districts with their populations, its zone."""

    city_id: str
    zone: ZoneInfo
    axes: Mapping[str, Street]
    districts: Mapping[str, BaseGeometry]
    populations: Mapping[str, int]
    _scale: float

    def axis(self, axis_id: str) -> Street:
        """Return an axis; raise ConfigurationError when the city has none of that id."""
        try:
            return self.axes[axis_id]
        except KeyError:
            raise ConfigurationError(f"city {self.city_id} has no axis {axis_id!r}: the played day names it") from None

    def part(self, axis_id: str, start: float, end: float) -> Figure:
        """Return the part of an axis between two fractions of its length."""
        return line_figure(substring(self.axis(axis_id).line, start, end, normalized=True))

    def around(self, center: Position, radius_m: float) -> Figure:
        """Return the circle of this radius as a polygon."""
        circle = self.plane(Point(center)).buffer(radius_m, quad_segs=CIRCLE_CORNERS // 4)
        return {"type": "Polygon", "coordinates": [[_rounded(point) for point in self._globe(circle).exterior.coords]]}

    def metres(self, line: Sequence[Position]) -> LineString:
        """Return a line on the local plane, where lengths are metres."""
        return self.plane(LineString(line))

    def chainage(self, line: Sequence[Position], near: Position) -> float:
        """Return how far along a line its closest point to a position is, in metres."""
        return float(self.metres(line).project(self.plane(Point(near))))

    def azimuth(self, start: Position, end: Position) -> float:
        """Return the direction from one position to another, degrees from north, clockwise."""
        east, north = (end[0] - start[0]) * self._scale, end[1] - start[1]
        return math.degrees(math.atan2(east, north)) % 360

    def plane(self, figure: BaseGeometry) -> BaseGeometry:
        """Return a figure on the local plane, in metres."""
        return affine_transform(figure, [self._scale * METRES_PER_DEGREE, 0, 0, METRES_PER_DEGREE, 0, 0])

    def _globe(self, figure: BaseGeometry) -> BaseGeometry:
        return affine_transform(figure, [1 / self._scale / METRES_PER_DEGREE, 0, 0, 1 / METRES_PER_DEGREE, 0, 0])


def read_streets(folder: Path) -> Streets:
    """Return the streets of a city's folder; raise ConfigurationError naming the file and what is wrong."""
    settings = _toml(folder / "city.toml")
    try:
        files, axis_keys, district_keys = settings["files"], settings["axes"], settings["districts"]
        axes = [_street(feature, axis_keys) for feature in _features(folder / files["axes"])]
        districts = _features(folder / files["districts"])
        codes = [feature["properties"][district_keys["code"]] for feature in districts]
        people = [int(feature["properties"][district_keys["population"]]) for feature in districts]
        zone = ZoneInfo(settings["timezone"])
        city_id, latitude = settings["id"], settings["center"][1]
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise ConfigurationError(f"{folder / 'city.toml'} or a file it names lacks or misstates {error}") from error
    shapes = dict(zip(codes, (shape(feature["geometry"]) for feature in districts), strict=True))
    return Streets(
        city_id=city_id,
        zone=zone,
        axes={axis.id: axis for axis in axes},
        districts=shapes,
        populations=dict(zip(codes, people, strict=True)),
        _scale=math.cos(math.radians(latitude)),
    )


def line_figure(line: LineString) -> Figure:
    """Return a line as GeoJSON."""
    return {"type": "LineString", "coordinates": [_rounded(point) for point in line.coords]}


def _rounded(point: Sequence[float]) -> list[float]:
    return [round(point[0], 6), round(point[1], 6)]


def _street(feature: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str]) -> Street:
    properties = feature["properties"]
    return Street(
        id=str(properties[keys["id"]]),
        name=str(properties[keys["name"]]),
        road_class=str(properties[keys["class"]]),
        free_flow_kmh=float(properties.get("free_flow_kmh", 50)),
        line=shape(feature["geometry"]),
    )


def _features(path: Path) -> list[dict[str, dict[str, Any]]]:
    try:
        features: list[dict[str, dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{path} cannot be read as a GeoJSON feature collection: {error}") from error
    return features


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
