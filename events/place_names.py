"""The city's own gazetteer: its axes, districts and landmarks by name, with accents and abbreviations, without a network."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shapely import STRtree
from shapely.affinity import affine_transform
from shapely.geometry import Point, shape

from events.city import METRES_PER_DEGREE, City
from events.geometry import label_point
from events.records import Geometry

AT_M = 90.0  # a point this close to a landmark is called after it, even when an axis is closer
NEAR_M = 400.0  # farther from every name, a point has none
MOST = 8
_WORD = re.compile(r"[a-z0-9]+")
_SHORT = {
    "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "bvd": "boulevard", "av": "avenue", "ave": "avenue",
    "pl": "place", "r": "rue", "ch": "chemin", "chem": "chemin", "crs": "cours", "q": "quai", "rte": "route",
    "sq": "square", "imp": "impasse", "all": "allees", "st": "saint", "ste": "sainte", "gal": "general", "rd": "rond",
    "mal": "marechal", "fg": "faubourg", "mte": "montee", "trav": "traverse", "bat": "batiment",
}  # fmt: skip
_EMPTY = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux", "et"})


@dataclass(frozen=True, slots=True)
class Place:
    """A named place: `kind` axis, street, district or landmark; `position` is where its name stands (longitude, latitude).

    `axis_id` of an axis; `ref` of a street of the address base that it is, for its numbers.
    """

    name: str
    kind: str
    position: tuple[float, float]
    geometry: Geometry
    axis_id: str | None = None
    ref: int | None = None


class PlaceNames:
    """Finds places by what people type, and the name of the place a point is at."""

    def __init__(
        self,
        city: City,
        landmarks: Iterable[Mapping[str, object]] = (),
        streets: Iterable[tuple[int, str, tuple[float, float]]] = (),
    ) -> None:
        """`landmarks` are GeoJSON features with a `name`, those that are no point are left out; `streets` of the address base."""
        latitude = math.radians((city.area[1] + city.area[3]) / 2)
        self._scale = [math.cos(latitude) * METRES_PER_DEGREE, 0, 0, METRES_PER_DEGREE, 0, 0]
        known, others = _streets(city, streets)
        self._places = (*_landmarks(landmarks), *_axes(city, known), *others, *_districts(city))
        self._words = [_words(place.name) for place in self._places]
        self._near = [place for place in self._places if place.kind in ("axis", "landmark")]
        figures = [affine_transform(shape(dict(place.geometry)), self._scale) for place in self._near]
        self._figures, self._tree = figures, STRtree(figures)

    def find(self, text: str, most: int = MOST) -> tuple[Place, ...]:
        """Return the places whose name holds every word typed (each may be its beginning), the closest name first."""
        asked = [word for word in _words(text) if word not in _EMPTY] or _words(text)
        if not asked:
            return ()
        found = []
        for place, words in zip(self._places, self._words, strict=True):
            if all(any(word.startswith(one) for word in words) for one in asked):
                whole = sum(one in words for one in asked)
                starts = bool(words) and words[0].startswith(asked[0])
                found.append(((-whole, not starts, len(words), place.name), place))
        return tuple(place for _rank, place in sorted(found, key=lambda pair: pair[0])[:most])

    def name_at(self, position: tuple[float, float]) -> str | None:
        """Return what a point is called: the nearest landmark, else the nearest axis, None when nothing is near."""
        here = affine_transform(Point(position), self._scale)
        near = [
            (self._figures[index].distance(here), self._near[index])
            for index in self._tree.query(here.buffer(NEAR_M)).tolist()
        ]
        near = [pair for pair in near if pair[0] <= NEAR_M]
        landmarks = [pair for pair in near if pair[1].kind == "landmark" and pair[0] <= AT_M]
        best = min(landmarks or near, key=lambda pair: (pair[0], pair[1].name), default=None)
        return best[1].name if best else None


def _landmarks(features: Iterable[Mapping[str, object]]) -> Iterable[Place]:
    for feature in features:
        geometry, properties = feature.get("geometry"), feature.get("properties")
        if isinstance(geometry, Mapping) and isinstance(properties, Mapping) and geometry.get("type") == "Point":
            longitude, latitude = geometry["coordinates"][:2]
            yield Place(str(properties.get("name")), "landmark", (float(longitude), float(latitude)), geometry)


def _streets(
    city: City, streets: Iterable[tuple[int, str, tuple[float, float]]]
) -> tuple[Mapping[str, int], Sequence[Place]]:
    """Return which axis is which street of the address base, by id, and the other streets."""
    by_words = {tuple(_words(axis.name)): axis.id for axis in city.axes}
    known: dict[str, int] = {}
    others = []
    for ref, name, at in streets:
        axis_id = by_words.get(tuple(_words(name)))
        if axis_id is not None:
            known[axis_id] = ref
        else:
            point = {"type": "Point", "coordinates": list(at)}
            others.append(Place(name, "street", at, point, ref=ref))
    return known, others


def _axes(city: City, known: Mapping[str, int]) -> Sequence[Place]:
    return [
        Place(axis.name, "axis", label_point(axis.geometry), axis.geometry, axis_id=axis.id, ref=known.get(axis.id))
        for axis in city.axes
    ]


def _districts(city: City) -> Sequence[Place]:
    return [Place(one.name, "district", label_point(one.geometry), one.geometry) for one in city.districts]


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return [_SHORT.get(word, word) for word in _WORD.findall(bare)]
