"""Road states, cameras and tallies as canonical JSON and back; only their current state is kept whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from events.audience import read_audience
from events.records import Camera, RoadState, Sector, Tally
from events.vocabulary import CameraKind, CameraService, TrafficState
from store.admitted import Cleared
from store.frozen import audience_key, cleared, cleared_or_none, code, code_or_none, moment, plain, text_or_none, when


def road_to_snapshot(road: RoadState) -> dict[str, Any]:
    """Return the road state as JSON values; raise InvalidRecord naming a text that did not pass the gate."""
    return {
        "source_id": code("source_id", road.source_id),
        "segment_id": cleared("segment_id", road.segment_id),
        "state": road.state.value,
        "observed_at": when(road.observed_at),
        "organisation": code("organisation", road.organisation),
        "audience": audience_key(road.audience),
        "name": cleared_or_none("name", road.name),
        "speed_kmh": road.speed_kmh,
        "flow_vph": road.flow_vph,
        "reliability": road.reliability,
        "geometry": plain(road.geometry),
        "axis_id": code_or_none("axis_id", road.axis_id),
    }


def snapshot_to_road(content: dict[str, Any]) -> RoadState:
    """Return the road state that a kept snapshot holds."""
    return RoadState(
        source_id=content["source_id"],
        segment_id=Cleared(content["segment_id"]),
        state=TrafficState(content["state"]),
        observed_at=moment(content["observed_at"]),
        organisation=content["organisation"],
        audience=read_audience(content["audience"]),
        name=text_or_none(content["name"]),
        speed_kmh=content["speed_kmh"],
        flow_vph=content["flow_vph"],
        reliability=content["reliability"],
        geometry=content["geometry"],
        axis_id=content["axis_id"],
    )


def camera_to_snapshot(camera: Camera) -> dict[str, Any]:
    """Return the camera as JSON values; raise InvalidRecord naming a text that did not pass the gate."""
    return {
        "source_id": code("source_id", camera.source_id),
        "external_id": cleared("external_id", camera.external_id),
        "organisation": code("organisation", camera.organisation),
        "audience": audience_key(camera.audience),
        "position": list(camera.position),
        "kind": camera.kind.value,
        "label": cleared_or_none("label", camera.label),
        "range_m": camera.range_m,
        "azimuth_deg": camera.azimuth_deg,
        "field_of_view_deg": camera.field_of_view_deg,
        "purpose": cleared_or_none("purpose", camera.purpose),
        "legal_reference": cleared_or_none("legal_reference", camera.legal_reference),
        "authorised_until": camera.authorised_until.isoformat() if camera.authorised_until else None,
        "is_coverage_verified": camera.is_coverage_verified,
        "sectors": [_degrees(one) for one in camera.sectors],
        "masks": [_degrees(one) for one in camera.masks],
        "masked_areas": camera.masked_areas,
        "detail_px_m": camera.detail_px_m,
        "verified_on": camera.verified_on.isoformat() if camera.verified_on else None,
        "is_occluded": camera.is_occluded,
        "service": camera.service.value if camera.service else None,
        "assessment": cleared_or_none("assessment", camera.assessment),
        "district_codes": [code("district_codes", name) for name in camera.district_codes],
    }


def snapshot_to_camera(content: dict[str, Any]) -> Camera:
    """Return the camera that a kept snapshot holds; one kept before it had sectors and masks has none."""
    until, verified, service = (content.get(name) for name in ("authorised_until", "verified_on", "service"))
    return Camera(
        source_id=content["source_id"],
        external_id=Cleared(content["external_id"]),
        organisation=content["organisation"],
        audience=read_audience(content["audience"]),
        position=(content["position"][0], content["position"][1]),
        kind=CameraKind(content["kind"]),
        label=text_or_none(content["label"]),
        range_m=content["range_m"],
        azimuth_deg=content["azimuth_deg"],
        field_of_view_deg=content["field_of_view_deg"],
        purpose=text_or_none(content["purpose"]),
        legal_reference=text_or_none(content["legal_reference"]),
        authorised_until=date.fromisoformat(until) if until else None,
        is_coverage_verified=content["is_coverage_verified"],
        sectors=_sectors(content.get("sectors", ())),
        masks=_sectors(content.get("masks", ())),
        masked_areas=tuple(
            tuple(tuple((x, y) for x, y in ring) for ring in area) for area in content.get("masked_areas", ())
        ),
        detail_px_m=content.get("detail_px_m"),
        verified_on=date.fromisoformat(verified) if verified else None,
        is_occluded=content.get("is_occluded"),
        service=CameraService(service) if service else None,
        assessment=text_or_none(content.get("assessment")),
        district_codes=tuple(content["district_codes"]),
    )


def _degrees(sector: Sector) -> list[float | None]:
    return [sector.azimuth_deg, sector.field_of_view_deg, sector.range_m]


def _sectors(kept: Iterable[Sequence[float]]) -> tuple[Sector, ...]:
    return tuple(Sector(azimuth_deg=one[0], field_of_view_deg=one[1], range_m=one[2]) for one in kept)


def tally_to_snapshot(tally: Tally) -> dict[str, Any]:
    """Return the tally as JSON values; raise InvalidRecord naming a text that did not pass the gate."""
    return {
        "source_id": code("source_id", tally.source_id),
        "external_id": cleared("external_id", tally.external_id),
        "organisation": code("organisation", tally.organisation),
        "audience": audience_key(tally.audience),
        "measure": code("measure", tally.measure),
        "area_code": code("area_code", tally.area_code),
        "start": when(tally.start),
        "end": when(tally.end),
        "value": tally.value,
        "unit": code("unit", tally.unit),
        "is_suppressed": tally.is_suppressed,
    }


def snapshot_to_tally(content: dict[str, Any]) -> Tally:
    """Return the tally that a kept snapshot holds."""
    return Tally(
        source_id=content["source_id"],
        external_id=Cleared(content["external_id"]),
        organisation=content["organisation"],
        audience=read_audience(content["audience"]),
        measure=content["measure"],
        area_code=content["area_code"],
        start=datetime.fromisoformat(content["start"]),
        end=datetime.fromisoformat(content["end"]),
        value=content["value"],
        unit=content["unit"],
        is_suppressed=content["is_suppressed"],
    )
