"""DATEX II MeasuredData and ElaboratedData, versions 1 to 3: the state of roads, place by place.

Every site or predefined location is one record: a road state, or a reject when nothing there is about traffic. Several
elements about one location that say different things are one record. The reference `sites` says where the places are:
Bison Futé's refDir.csv, a table of measurement sites or of predefined locations. Without it records have no geometry.

Option: `folder = true` when the url is a folder of dated files: the newest one is read (Traficolor).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Reject, Request, Source
from datasources.readers.collect import SAME_TWICE, Collected, rank_of
from datasources.readers.datex2_location import Location, read_location
from datasources.readers.datex2_sites import MAX_SITES, PLACES, Site, is_place, line_of, placed, read_sites
from datasources.readers.datex2_traffic import Measure, read_measure
from datasources.readers.folder import is_web_page, newest_url
from datasources.readers.options import check_options, is_set
from datasources.readers.places import point_of
from datasources.readers.text import identifier
from datasources.readers.times import Times
from datasources.readers.xml import (
    Element,
    empty,
    in_any_encoding,
    is_true,
    local,
    stream_elements,
    text_of,
    xsi_type,
)
from events.errors import DocumentUnreadable, InvalidRecord
from events.records import RoadState

OPTIONS = frozenset({"folder"})
NO_TRAFFIC = "the place measures no traffic: weather or other values only"
NO_MEASURE = "a place is described, not measured: this table belongs under references, as sites"
NO_ROAD = "the state of a car park, not of a road"
_MEASUREMENTS = frozenset({"siteMeasurements", "elaboratedData"})
_PARKING = frozenset({"parkingRecordStatus", "parkingFacilityStatus"})
_PAYLOADS = frozenset({"payload", "payloadPublication"})
_ROOTS = frozenset({"Envelope", "d2LogicalModel", "messageContainer"}) | _PAYLOADS
_KINDS = frozenset(
    {
        "MeasuredDataPublication",
        "ElaboratedDataPublication",
        "MeasurementSiteTablePublication",
        "PredefinedLocationsPublication",
        "GenericPublication",
        "ParkingStatusPublication",
    }
)
_STREAMED = sorted(
    _MEASUREMENTS | _PARKING | PLACES | _PAYLOADS | _KINDS | {"publicationTime", "deliveryBreak", "Fault"}
)


@dataclass(slots=True)
class _Place:
    where: str
    site: Site | None
    measure: Measure


@dataclass(slots=True)
class _Progress:
    places: dict[str, _Place] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    published_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    has_publication: bool = False
    is_break: bool = False

    def where(self, name: str) -> str:
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"{name}[{self.counts[name]}]"


class Datex2MeasuredAdapter(Adapter):
    """Reads road states; memory is that of one element, of the states and of the table of sites."""

    kind: ClassVar[str] = "datex2_measured"
    reference_names: ClassVar[frozenset[str]] = frozenset({"sites"})

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._is_folder = is_set(source, "folder")
        self._times = Times(source.timezone)
        self._sites: dict[str, Site] = {}

    def learn(self, name: str, document: Document) -> None:
        """Take the table of sites; a site it no longer holds stays known, since refDir.csv drops some at each issue."""
        assert name in self.reference_names
        sites = self._sites | read_sites(document, self.source)
        if len(sites) > MAX_SITES:
            raise DocumentUnreadable(self.source.id, f"the tables of sites hold more than {MAX_SITES} sites in all")
        self._sites = sites

    def read(self, document: Document) -> Reading:
        """Return every place as a road state or a reject; of a folder, its newest file as the next request."""
        if self._is_folder and is_web_page(document):
            return Reading(next_requests=(Request(newest_url(document, self.source, ".xml")),))
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        progress = _Progress()
        for event, element in stream_elements(document.open, _STREAMED, self.source.id, encoding):
            name = local(element)
            if event == "root":
                self._check_root(name, progress)
            elif event == "start" and (name in _PAYLOADS or name in _KINDS):
                self._check_publication(element)
                progress.has_publication = True
            elif event == "end":
                self._take(element, name, progress)
        return self._reading(progress)

    def _take(self, element: Element, name: str, progress: _Progress) -> None:
        if name in _MEASUREMENTS:
            self._measurement(element, progress.where(name), progress)
            empty(element)
        elif name in _PARKING:
            progress.rejects.append(Reject(progress.where(name), NO_ROAD))
            empty(element)
        elif name in PLACES:
            if is_place(element):
                progress.rejects.append(Reject(progress.where(name), NO_MEASURE))
                empty(element)
        elif name == "publicationTime":
            progress.published_at = self._publication_time(element) or progress.published_at
        elif name == "deliveryBreak":
            progress.is_break = progress.is_break or is_true(element)
        elif name == "Fault":
            raise DocumentUnreadable(self.source.id, "the publisher answered with a SOAP fault; what was kept stays")

    def _measurement(self, element: Element, where: str, progress: _Progress) -> None:
        place_id: str | None = None
        try:
            place_id, site = self._place(element)
            measure = read_measure(element, self._times)
        except InvalidRecord as error:
            progress.rejects.append(Reject(where, str(error), place_id))
            return
        if not measure.kinds:
            progress.rejects.append(Reject(where, NO_TRAFFIC, place_id))
            return
        known = progress.places.get(place_id)
        if known is None:
            progress.places[place_id] = _Place(where, site, measure)
        elif known.measure.kinds.isdisjoint(measure.kinds):
            known.measure.add(measure)
        elif rank_of(known.measure.at) > rank_of(measure.at):
            progress.rejects.append(Reject(where, SAME_TWICE, place_id))
        else:
            progress.rejects.append(Reject(known.where, SAME_TWICE, place_id))
            progress.places[place_id] = _Place(where, site, measure)

    def _place(self, element: Element) -> tuple[str, Site | None]:
        """Return the identifier of the place, and where it is when the element itself says so."""
        for reference in element.iter("{*}measurementSiteReference", "{*}predefinedLocationReference"):
            return identifier(reference.get("id") or text_of(reference)), None
        found = Location()
        for pertinent in element.iter("{*}pertinentLocation"):
            read_location(pertinent, found)
        for point in element.iter("{*}openlrCoordinate"):
            parts = {local(part): text_of(part) for part in point}
            position = point_of(parts.get("longitude"), parts.get("latitude"))
            if position is not None:
                found.ends.append(position)
        line = line_of(found)
        if line is None:
            raise InvalidRecord("the measurement names no place")
        # A place without a name is known by where it is.
        return f"place-{hashlib.sha256(repr(line).encode()).hexdigest()[:16]}", placed(line, found.road(), self.source)

    def _reading(self, progress: _Progress) -> Reading:
        collected = Collected()
        for reject in progress.rejects:
            collected.reject(reject.where, reject.reason, reject.external_id)
        others: set[str] = set()
        for place_id, place in progress.places.items():
            others |= place.measure.others
            site = place.site or self._sites.get(place_id) or Site()
            if site.problem is not None:
                collected.reject(place.where, site.problem, place_id)
            else:
                state = self._road_state(place_id, site, place.measure, progress.published_at)
                collected.add(place.where, place_id, state, rank_of(state.observed_at))
        collected.drop_fields(others)
        is_complete = progress.has_publication and not progress.is_break
        return collected.reading(published_at=progress.published_at, is_complete=is_complete)

    def _road_state(self, place_id: str, site: Site, measure: Measure, published_at: datetime | None) -> RoadState:
        return RoadState(
            source_id=self.source.id,
            segment_id=place_id,
            state=measure.state,
            observed_at=measure.at or published_at,
            organisation=self.source.organisation,
            audience=self.source.default_audience,
            name=site.name,
            speed_kmh=None if measure.has_passed_nobody else measure.speed,
            flow_vph=measure.flow,
            geometry=site.geometry,
        )

    def _publication_time(self, element: Element) -> datetime | None:
        try:
            return self._times.moment(text_of(element))
        except InvalidRecord:
            return None  # a publication without a readable time is still a publication

    def _check_publication(self, element: Element) -> None:
        kind = xsi_type(element)
        if kind and kind not in _KINDS:
            raise DocumentUnreadable(
                self.source.id, "a DATEX II document of another kind than measurements; check the address of the source"
            )

    def _check_root(self, name: str, progress: _Progress) -> None:
        if name not in _ROOTS and not progress.has_publication:
            raise DocumentUnreadable(
                self.source.id, "not a DATEX II document; check the address of the source; what was kept before stays"
            )
