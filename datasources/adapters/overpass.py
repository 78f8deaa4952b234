"""Cameras of OpenStreetMap as Overpass gives them: positions and coverage of cameras of public space, nothing else.

OSM's tags are written by volunteers: neither complete nor official. Private cameras are never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, rank_of
from datasources.readers.features import MAX_ITEMS, at, read_container, time_of, unreadable
from datasources.readers.options import check_options
from datasources.readers.osm import PUBLIC_SPACE, direction_of, kind_of, surveillance_of, values_of
from datasources.readers.places import point_of
from datasources.readers.text import clean, identifier
from datasources.readers.times import Times
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.geometry import check_geometry
from events.records import Camera

_READ = frozenset(
    {
        "man_made", "surveillance", "surveillance:type", "surveillance:zone", "camera:type", "camera:direction",
        "direction", "operator:type",
    }
)  # fmt: skip
_IMAGES = ("url", "image", "contact:webcam", "website", "webcam", "image:0", "mapillary", "wikimedia_commons")
_TYPES = frozenset({"node", "way", "relation"})


class OverpassAdapter(Adapter):
    """Reads each tagged element as a camera; nodes without tags only give a way its shape and are no records."""

    kind: ClassVar[str] = "overpass"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"surveillance"}))
        self._kept = _kept(source)
        self._times = Times("UTC")

    def read(self, document: Document) -> Reading:
        """Return every tagged element as a camera or a reject; raise only DocumentUnreadable."""
        content = read_container(document, self.source)
        elements = content.get("elements") if isinstance(content, Mapping) else None
        if not isinstance(content, Mapping) or not isinstance(elements, list):
            raise unreadable(self.source, "it is no answer of Overpass")
        if content.get("remark"):
            # With status 200 and whatever was found until then: not the city's cameras.
            what = "Overpass gave up before the end of the query and says so in its remark"
            raise DocumentUnreadable(self.source.id, f"{what}; give the query more time; what was kept stays")
        if len(elements) > MAX_ITEMS:
            raise unreadable(self.source, f"its list has more than {MAX_ITEMS} elements")
        collected, media = Collected(), 0
        for index, element in enumerate(elements):
            where = f"elements[{index}]"
            if not isinstance(element, Mapping):
                collected.reject(where, "the member of the list is not an object")
                continue
            tags = element.get("tags")
            if tags is None or tags == {}:
                continue
            media += sum(1 for name in _IMAGES if isinstance(tags, Mapping) and name in tags)
            self._take(where, element, tags, collected)
        made = time_of(content, "$.osm3s.timestamp_osm_base", self._times)
        return replace(collected.reading(published_at=made), dropped_media=media)

    def _take(self, where: str, element: Mapping[str, object], tags: object, collected: Collected) -> None:
        external_id: str | None = None
        try:
            external_id = _identity(element)
            if not isinstance(tags, Mapping):
                raise InvalidRecord("the tags of the element are not an object")  # noqa: TRY301 - one place for rejects
            collected.drop_fields(name for name in tags if name not in _READ)
            collected.add(where, external_id, self._camera(element, tags, external_id), rank_of(None))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _camera(self, element: Mapping[str, object], tags: Mapping[str, object], external_id: str) -> Camera:
        if "surveillance" not in values_of(tags, "man_made"):
            raise InvalidRecord("the element is no surveillance")
        kind, zone = kind_of(tags), surveillance_of(tags)
        if kind is None:
            raise InvalidRecord("a guard or another device is no camera")
        if zone not in self._kept:
            raise InvalidRecord("it does not watch public space: private cameras are never shown")
        azimuth, field_of_view = direction_of(tags)
        return Camera(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            audience=self.source.default_audience,
            position=self._position(element),
            kind=kind,
            azimuth_deg=azimuth,
            field_of_view_deg=field_of_view,
            purpose=clean(tags.get("surveillance:zone")),
        )

    def _position(self, element: Mapping[str, object]) -> tuple[float, float]:
        x = at(element, "$.center.lon") if "lon" not in element else element["lon"]
        y = at(element, "$.center.lat") if "lat" not in element else element["lat"]
        pair = point_of(x, y)
        if pair is None:
            raise InvalidRecord("the element has no position: the query has to end with 'out center'")
        check_geometry({"type": "Point", "coordinates": list(pair)}, self.source.area)
        return pair


def _identity(element: Mapping[str, object]) -> str:
    kind = element.get("type")
    if kind not in _TYPES:
        raise InvalidRecord("the element is neither node, way nor relation")
    return f"{kind}/{identifier(element.get('id'))}"


def _kept(source: Source) -> frozenset[str]:
    kept = source.options.get("surveillance", list(PUBLIC_SPACE))
    if (
        not isinstance(kept, Sequence)
        or isinstance(kept, str)
        or not kept
        or not set(kept) <= {*PUBLIC_SPACE, "outdoor"}
    ):
        raise ConfigurationError(
            f"source {source.id!r}, options.surveillance: a list of {', '.join((*PUBLIC_SPACE, 'outdoor'))} is needed; "
            "cameras of the inside and of private places are never shown"
        )
    return frozenset(kept)
