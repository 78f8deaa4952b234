"""The four records, one path: Event, RoadState, Camera, Tally; the Route an event may follow, the Line it may stop.

Field names follow CAP 1.2 and DATEX II. Positions are GeoJSON (longitude, latitude, WGS 84); times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from events.audience import Audience
from events.validity import Validity
from events.vocabulary import (
    CameraKind,
    CameraService,
    Certainty,
    CheckpointKind,
    DetectionMode,
    GeometryPrecision,
    InformationStatus,
    MarchStatus,
    Severity,
    StoredStatus,
    TrafficState,
    Urgency,
)

Geometry = Mapping[str, object]
"""A GeoJSON geometry that passed `events.geometry.check_geometry`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A point of a route: planned and observed passage of the head; `chainage_m` metres from the start.

    `halt_min` is how long the head stays there, `tolerance_min` by how much passage or halt may differ from the plan and
    still be as planned, `tail_observed_at` when the last of them was seen to leave.
    """

    label: str
    kind: CheckpointKind = CheckpointKind.PASS
    chainage_m: float | None = None
    position: tuple[float, float] | None = None
    planned_at: datetime | None = None
    observed_at: datetime | None = None
    halt_min: int | None = None
    tolerance_min: int | None = None
    tail_observed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a moving event passes and when; the line is the event's geometry."""

    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect on an axis or a line of transport, in words; `axis_id` when it names one of the city's axes."""

    text: str
    axis_id: str | None = None
    state: TrafficState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event in public space, as one publisher tells it. No field may hold a person.

    `embargo_until` is set while the event is held back: until then its audience is its own organisation, whoever follows.
    """

    source_id: str
    external_id: str
    organisation: str
    category: str
    headline: str
    validity: Validity
    audience: Audience
    severity: Severity
    situation_id: str | None = None
    version: str | None = None
    source_code: str | None = None
    description: str | None = None
    instruction: str | None = None
    language: str = "fr"
    urgency: Urgency = Urgency.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    status: StoredStatus | None = None
    march_status: MarchStatus | None = None
    information_status: InformationStatus = InformationStatus.REAL
    detection_mode: DetectionMode = DetectionMode.OPEN_DATA
    is_start_verified: bool = False
    is_end_verified: bool = False
    published_at: datetime | None = None
    observed_at: datetime | None = None
    geometry: Geometry | None = None
    geometry_precision: GeometryPrecision = GeometryPrecision.NONE
    place: str | None = None
    road_name: str | None = None
    direction: str | None = None
    district_codes: tuple[str, ...] = ()
    size_class: int | None = None
    route: Route | None = None
    effects: tuple[Effect, ...] = ()
    attribution: str | None = None
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadState:
    """Trafficability of one segment at one moment: speed in km/h, flow in vehicles an hour, reliability 0-100."""

    source_id: str
    segment_id: str
    state: TrafficState
    observed_at: datetime | None
    organisation: str
    audience: Audience
    name: str | None = None
    speed_kmh: float | None = None
    flow_vph: float | None = None
    reliability: float | None = None
    geometry: Geometry | None = None
    axis_id: str | None = None


Outline = tuple[tuple[tuple[float, float], ...], ...]
"""A polygon as closed rings of positions (longitude, latitude): its edge, then its holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A direction in degrees from north, clockwise, and how wide it is; `range_m` None: as far as its camera reaches."""

    azimuth_deg: float
    field_of_view_deg: float
    range_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Position and coverage of a camera: metres and degrees (azimuth from north, clockwise). Never an image.

    `sectors` are directions beside its own azimuth; `masks` and `masked_areas` are what it never shows (privacy masks).
    `detail_px_m`, pixels per metre at the end of the range, says what "covers" means (EN 62676-4). `is_occluded`: walls or
    trees hide part of the range. `assessment` is the reference of the impact assessment, never an address.
    """

    source_id: str
    external_id: str
    organisation: str
    audience: Audience
    position: tuple[float, float]
    kind: CameraKind
    label: str | None = None
    range_m: float | None = None
    azimuth_deg: float | None = None
    field_of_view_deg: float | None = None
    purpose: str | None = None
    legal_reference: str | None = None
    authorised_until: date | None = None
    is_coverage_verified: bool = False
    sectors: tuple[Sector, ...] = ()
    masks: tuple[Sector, ...] = ()
    masked_areas: tuple[Outline, ...] = ()
    detail_px_m: float | None = None
    verified_on: date | None = None
    is_occluded: bool | None = None
    service: CameraService | None = None
    assessment: str | None = None
    district_codes: tuple[str, ...] = ()

    @property
    def is_in_service(self) -> bool:
        """Whether it may see anything: a planned one, or one that is switched off, covers nothing."""
        return self.service in (None, CameraService.IN_SERVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A count or a rate over an area and a period, never a person; None with `is_suppressed` when hidden."""

    source_id: str
    external_id: str
    organisation: str
    audience: Audience
    measure: str
    area_code: str
    start: datetime
    end: datetime
    value: float | None
    unit: str = "count"
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of public transport as its network publishes it (GTFS route): where it runs, inside the city's area."""

    source_id: str
    external_id: str
    title: str
    geometry: Geometry
