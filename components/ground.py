"""The city's own base map in the plane of a drawing: land, communes, districts, axes and names, cut to what is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import clip_by_rect, simplify, transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from events.city import City
from events.geometry import Area

_FINE = 0.35  # units of the drawing: less is not seen
_BEYOND = 12.0  # figures are cut so far outside the frame: their edge is not drawn in it


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the world a drawing of `width` by `height` units shows, north at the top."""

    area: Area
    width: float
    height: float

    @property
    def _across(self) -> float:
        west, _, east, _ = self.area
        return self.width / (east - west)

    @property
    def _down(self) -> float:
        _, south, _, north = self.area
        return self.height / (north - south)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a position stands in the drawing."""
        return round((lon - self.area[0]) * self._across, 1), round((self.area[3] - lat) * self._down, 1)

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a position is in the frame."""
        west, south, east, north = self.area
        return west <= lon <= east and south <= lat <= north

    def drawn(self, geometry: Mapping[str, Any]) -> BaseGeometry:
        """Return a figure in units of the drawing, cut to the frame and without what is too fine to be seen."""
        west, north, across, down = self.area[0], self.area[3], self._across, self._down
        placed = transform(shape(dict(geometry)), lambda pairs: (pairs - (west, north)) * (across, -down))
        cut = clip_by_rect(placed, -_BEYOND, -_BEYOND, self.width + _BEYOND, self.height + _BEYOND)
        return simplify(cut, _FINE)


def frame_around(area: Area, width: float, height: float) -> Frame:
    """Return the frame of this size that shows the whole of an area, widened where it is too narrow or too low."""
    west, south, east, north = area
    narrow = math.cos(math.radians((south + north) / 2))
    across, down = (east - west) * narrow, north - south
    wanted = width / height
    if across / down < wanted:
        more = (down * wanted - across) / narrow / 2
        west, east = west - more, east + more
    else:
        more = (across / wanted - down) / 2
        south, north = south - more, north + more
    return Frame((west, south, east, north), width, height)


def path_of(figure: BaseGeometry) -> str:
    """Return the outline of a figure as the path of a drawing; "" for an empty one and for points."""
    if figure.is_empty:
        return ""
    kind = figure.geom_type
    if kind == "Polygon":
        return "".join(_line(ring.coords) + "Z" for ring in (figure.exterior, *figure.interiors))
    if kind in ("LineString", "LinearRing"):
        return _line(figure.coords)
    if hasattr(figure, "geoms"):
        return "".join(path_of(part) for part in figure.geoms)
    return ""


def _line(points: Iterable[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (point[:2] for point in points))


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name on the map; `kind` is district or place."""

    text: str
    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What lies under the events: paths, names, and of each axis its path."""

    land: str
    communes: str
    districts: tuple[str, ...]
    axes: Mapping[str, str]
    names: tuple[Name, ...]


@dataclass(frozen=True, kw_only=True)
class BaseMap:
    """The figures of a city as its files hold them: features of GeoJSON; `credits` whose work they are."""

    city: City
    land: Sequence[Mapping[str, Any]] = ()
    communes: Sequence[Mapping[str, Any]] = ()
    landmarks: Sequence[Mapping[str, Any]] = ()
    credits: Sequence[str] = ()

    def ground(self, frame: Frame, district_name: Callable[[str], str]) -> Ground:
        """Return the base map in a frame; `district_name` says how a district's short name is written."""
        return Ground(
            land="".join(path_of(frame.drawn(one["geometry"])) for one in self.land),
            communes="".join(path_of(frame.drawn(one["geometry"])) for one in self.communes),
            districts=tuple(path_of(frame.drawn(one.geometry)) for one in self.city.districts),
            axes={one.id: path_of(frame.drawn(one.geometry)) for one in self.city.axes},
            names=tuple(_apart([*self._districts(frame, district_name), *self._places(frame)])),
        )

    def _districts(self, frame: Frame, district_name: Callable[[str], str]) -> Iterable[Name]:
        for one in self.city.districts:
            inner = shape(dict(one.geometry)).representative_point()
            if frame.holds(inner.x, inner.y):
                x, y = frame.place(inner.x, inner.y)
                yield Name(text=district_name(one.short), x=x, y=y, kind="district")

    def _places(self, frame: Frame) -> Iterable[Name]:
        ranked = sorted(self.landmarks, key=lambda one: one["properties"].get("rank") or 2)
        for one in ranked:
            if one["geometry"]["type"] != "Point":
                continue
            lon, lat = one["geometry"]["coordinates"][:2]
            if frame.holds(lon, lat):
                x, y = frame.place(lon, lat)
                yield Name(text=str(one["properties"]["name"]), x=x, y=y, kind="place")


_LETTER, _LINE = 5.4, 16.0  # about how wide a letter and how high a line of names is


def _apart(names: Sequence[Name]) -> Iterable[Name]:
    """Yield the names that leave every earlier one readable."""
    taken: list[tuple[float, float, float]] = []
    for one in names:
        half = len(one.text) * _LETTER / 2
        if all(abs(one.x - x) > half + other or abs(one.y - y) > _LINE for x, y, other in taken):
            taken.append((one.x, one.y, half))
            yield one
