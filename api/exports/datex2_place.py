"""Where an event is, as a DATEX II v3 `locationReference`: points, lines and surfaces of WGS 84, latitude first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.exports.datex2_names import XSI_TYPE, L, S, texts
from api.exports.setting import Setting
from api.exports.xml import Element
from events.records import Geometry
from events.vocabulary import GeometryPrecision
from store.kept import KeptEvent

_DEGREES = "EPSG:4326"
_REFERENCE, _MEMBER = "locationReference", "locationContainedInGroup"


def location_of(kept: KeptEvent, setting: Setting) -> Element:
    """Return the reference; an event without a place lies in the city as a named area: the standard wants a place."""
    figures = _figures(kept.event.geometry)
    if not figures:
        return _area_by_name(setting)
    if kept.event.geometry_precision is GeometryPrecision.ENDPOINTS and len(figures) > 1:
        return _between(figures[0][1], figures[-1][1], kept, setting)
    if len(figures) == 1:
        return _located(_REFERENCE, *figures[0], kept, setting)
    members = [_located(_MEMBER, kind, at, kept, setting) for kind, at in figures]
    return S.locationReference({XSI_TYPE: "loc:LocationGroupByList"}, *members)


def _figures(geometry: Geometry | None) -> list[tuple[str, Any]]:
    """Return the single figures of a geometry: its type and coordinates."""
    if geometry is None:
        return []
    if geometry["type"] == "GeometryCollection":
        parts: Any = geometry["geometries"]
        return [figure for part in parts for figure in _figures(part)]
    kind, at = str(geometry["type"]), geometry["coordinates"]
    single = kind.removeprefix("Multi")
    return [(single, at)] if single == kind else [(single, part) for part in at]  # type: ignore[attr-defined]


def _located(tag: str, kind: str, at: Any, kept: KeptEvent, setting: Setting) -> Element:
    type_name, figure = _FIGURES[kind](at)
    maker = L if tag == _MEMBER else S
    element = maker(tag, {XSI_TYPE: f"loc:{type_name}"})
    if kind != "Polygon":  # a surface is no part of a network: it has no road to name
        described = _described(kept, setting)
        if len(described):
            element.append(described)
    element.append(figure)
    return element


def _point(at: Sequence[float]) -> tuple[str, Element]:
    return "PointLocation", L.pointByCoordinates(_coordinates(at))


def _line(at: Sequence[Sequence[float]]) -> tuple[str, Element]:
    return "LinearLocation", L.gmlLineString({"srsName": _DEGREES}, _positions(at))


def _surface(rings: Sequence[Sequence[Sequence[float]]]) -> tuple[str, Element]:
    outer, *holes = rings
    drawn = [L.exterior({"srsName": _DEGREES}, _positions(outer))]
    drawn += [L.interior({"srsName": _DEGREES}, _positions(hole)) for hole in holes]
    return "AreaLocation", L.gmlMultiPolygon(L.gmlPolygon(*drawn))


def _coordinates(at: Sequence[float]) -> Element:
    return L.pointCoordinates(L.latitude(f"{at[1]:.7f}"), L.longitude(f"{at[0]:.7f}"))


def _positions(at: Sequence[Sequence[float]]) -> Element:
    return L.posList(" ".join(f"{lat:.7f} {lon:.7f}" for lon, lat, *_ in at))


def _described(kept: KeptEvent, setting: Setting) -> Element:
    told = kept.event
    element = L.supplementaryPositionalDescription()
    if told.place:
        element.append(L.locationDescription(texts(told.place, setting.words.lang)))
    if told.road_name:
        element.append(L.roadInformation(L.roadName(texts(told.road_name, setting.words.lang))))
    return element


def _between(start: Sequence[float], end: Sequence[float], kept: KeptEvent, setting: Setting) -> Element:
    """Return two ends of a way that is not known; the standard writes the end first."""
    element: Element = S.locationReference({XSI_TYPE: "loc:LinearLocation"})
    described = _described(kept, setting)
    if len(described):
        element.append(described)
    name = kept.event.place or kept.event.road_name or setting.city_name
    ends = [
        L(
            tag,
            {XSI_TYPE: "loc:TpegNonJunctionPoint"},
            _coordinates(at),
            L.name(L.descriptor(texts(name, setting.words.lang)), L.tpegOtherPointDescriptorType("other")),
        )
        for tag, at in (("to", end), ("from", start))
    ]
    element.append(L.tpegLinearLocation(L.tpegDirection("unknown"), L.tpegLinearLocationType("segment"), *ends))
    return element


def _area_by_name(setting: Setting) -> Element:
    return S.locationReference(
        {XSI_TYPE: "loc:AreaLocation"},
        L.namedArea({XSI_TYPE: "loc:NamedArea"}, L.areaName(texts(setting.city_name, setting.words.lang))),
    )


_FIGURES: Mapping[str, Callable[[Any], tuple[str, Element]]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _surface,
}
