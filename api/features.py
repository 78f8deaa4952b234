"""Kept records as GeoJSON features with whole words: what partners and other software read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from api.rows import audience_word
from events.records import Checkpoint, Effect, Event
from events.taxonomy import category
from events.vocabulary import detail_level
from insight.coverage import drawn
from privacy.counts import PublishedCount
from store.kept import KeptCamera, KeptEvent, KeptVersion


def event_feature(kept: KeptEvent) -> dict[str, object]:
    """Return one event; times are ISO 8601 in UTC, an open end is null."""
    told = kept.event
    return {
        "type": "Feature",
        "id": kept.id,
        "geometry": told.geometry,
        "properties": {
            "number": f"EV-{kept.number}",
            "version": kept.version,
            "headline": told.headline,
            "description": told.description,
            "instruction": told.instruction,
            "category": told.category,
            "family": category(told.category).family,
            "severity": int(told.severity),
            "urgency": told.urgency.value,
            "certainty": told.certainty.value,
            "status": told.status.value if told.status else None,
            **_declared(told),
            "information_status": told.information_status.value,
            "detection_mode": told.detection_mode.value,
            "periods": [{"start": iso(one.start), "end": iso(one.end)} for one in kept.periods],
            "place": told.place,
            "road_name": told.road_name,
            "direction": told.direction,
            "districts": list(told.district_codes),
            "geometry_precision": told.geometry_precision.value,
            "size_class": told.size_class,
            "route": [_checkpoint(point) for point in told.route.checkpoints] if told.route else None,
            "effects": [_effect(one) for one in told.effects],
            "organisation": told.organisation,
            "source": told.source_id,
            "external_id": told.external_id,
            "situation_id": told.situation_id,
            "source_code": told.source_code,
            "attribution": told.attribution,
            "audience": audience_word(told.audience.level),
            "published_at": iso(told.published_at),
            "observed_at": iso(told.observed_at),
            "recorded_at": iso(kept.recorded_at),
            "changed_at": iso(kept.changed_at),
            "last_seen_at": iso(kept.last_seen_at),
            "withdrawn_at": iso(kept.withdrawn_at),
            "source_error": kept.source_error,
            "told_by": [
                {
                    "event": one.event_id,
                    "number": f"EV-{one.number}",
                    "source": one.source_id,
                    "fields": list(one.fields),
                }
                for one in kept.told_by
            ],
            "sha256": kept.sha256,
        },
    }


def version_row(kept: KeptVersion) -> dict[str, object]:
    """Return one version: when we recorded it, and what it changed as `field: [before, after]`."""
    return {
        "version": kept.version,
        "recorded_at": iso(kept.recorded_at),
        "superseded_at": iso(kept.superseded_at),
        "withdrawn_at": iso(kept.withdrawn_at),
        "organisation": kept.organisation,
        "headline": kept.event.headline,
        "diff": dict(kept.diff),
        "sha256": kept.sha256,
        "prev_sha256": kept.prev_sha256,
    }


def camera_feature(kept: KeptCamera) -> dict[str, object]:
    """Return one camera: position and coverage in metres and degrees from north; never an image.

    `coverage` is what it may see without what its masks hide (`masked`); null: the circle of `range`, or nothing without one.
    """
    camera, shape = kept.camera, drawn(kept.camera)
    return {
        "type": "Feature",
        "id": kept.id,
        "geometry": {"type": "Point", "coordinates": list(camera.position)},
        "properties": {
            "id": kept.id,
            "kind": camera.kind.value,
            "range": camera.range_m,
            "azimuth": camera.azimuth_deg,
            "fov": camera.field_of_view_deg,
            "organisation": camera.organisation,
            "purpose": camera.purpose,
            "legal": camera.legal_reference,
            "until": iso(camera.authorised_until),
            "verified": camera.is_coverage_verified,
            "verified_on": iso(camera.verified_on),
            "sectors": [[one.azimuth_deg, one.field_of_view_deg, one.range_m] for one in camera.sectors],
            "masks": [[one.azimuth_deg, one.field_of_view_deg] for one in camera.masks],
            "masked_areas": len(camera.masked_areas),
            "coverage": shape.seen,
            "masked": shape.hidden,
            "detail": camera.detail_px_m,
            "level": camera.detail_px_m and detail_level(camera.detail_px_m),
            "occluded": camera.is_occluded,
            "service": camera.service and camera.service.value,
            "assessment": camera.assessment,
            "label": camera.label,
            "districts": list(camera.district_codes),
        },
    }


def count_row(count: PublishedCount) -> dict[str, object]:
    """Return one count; `area` null: all areas together; `value` null: hidden, so that no small count is told."""
    return {
        "source": count.source_id,
        "organisation": count.organisation,
        "measure": count.measure,
        "area": count.area_code,
        "start": iso(count.start),
        "end": iso(count.end),
        "value": count.value,
        "unit": count.unit,
        "suppressed": count.value is None,
    }


def collection(features: list[dict[str, object]], **members: object) -> Mapping[str, object]:
    """Return a FeatureCollection with further members."""
    return {"type": "FeatureCollection", "features": features, **members}


def iso(moment: datetime | date | None) -> str | None:
    """Return ISO 8601, `Z` for UTC."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _declared(told: Event) -> dict[str, object]:
    return {
        "march_status": told.march_status.value if told.march_status else None,
        "embargo_until": iso(told.embargo_until),
        "start_verified": told.is_start_verified,
        "end_verified": told.is_end_verified,
    }


def _effect(effect: Effect) -> dict[str, object]:
    return {"text": effect.text, "axis": effect.axis_id, "state": effect.state.value if effect.state else None}


def _checkpoint(point: Checkpoint) -> dict[str, object]:
    return {
        "label": point.label,
        "kind": point.kind.value,
        "chainage_m": point.chainage_m,
        "position": list(point.position) if point.position else None,
        "planned_at": iso(point.planned_at),
        "observed_at": iso(point.observed_at),
        "halt_min": point.halt_min,
        "tolerance_min": point.tolerance_min,
        "tail_observed_at": iso(point.tail_observed_at),
    }
