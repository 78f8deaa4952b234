"""An event as canonical JSON and back; every free text in it must have passed the privacy gate."""

from __future__ import annotations

from datetime import time
from typing import Any

from events.audience import read_audience
from events.errors import InvalidRecord
from events.records import Checkpoint, Effect, Event, Route
from events.taxonomy import categories
from events.validity import Period, Recurrence, Validity
from events.vocabulary import (
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
from store.admitted import Cleared
from store.frozen import audience_key, cleared, cleared_or_none, code, code_or_none, moment, plain, text_or_none, when

# Looked up and not called: a page of the past reads a hundred events with six words each.
_SEVERITY = {one.value: one for one in Severity}
_URGENCY = {one.value: one for one in Urgency}
_CERTAINTY = {one.value: one for one in Certainty}
_INFORMATION = {one.value: one for one in InformationStatus}
_DETECTION = {one.value: one for one in DetectionMode}
_PRECISION = {one.value: one for one in GeometryPrecision}


def event_to_snapshot(event: Event) -> dict[str, Any]:
    """Return the event as JSON values; raise InvalidRecord naming the first text that did not pass the gate."""
    if event.category not in categories():
        raise InvalidRecord("event.category is not a category of the taxonomy")
    told = {
        "source_id": code("source_id", event.source_id),
        "external_id": cleared("external_id", event.external_id),
        "organisation": code("organisation", event.organisation),
        "category": event.category,
        "headline": cleared("headline", event.headline),
        "validity": _validity_out(event.validity),
        "audience": audience_key(event.audience),
        "severity": int(event.severity),
        "situation_id": cleared_or_none("situation_id", event.situation_id),
        "version": cleared_or_none("version", event.version),
        "source_code": cleared_or_none("source_code", event.source_code),
        "description": cleared_or_none("description", event.description),
        "instruction": cleared_or_none("instruction", event.instruction),
        "language": code("language", event.language),
        "urgency": event.urgency.value,
        "certainty": event.certainty.value,
        "status": event.status.value if event.status else None,
        "information_status": event.information_status.value,
        "detection_mode": event.detection_mode.value,
        "is_start_verified": event.is_start_verified,
        "is_end_verified": event.is_end_verified,
        "published_at": when(event.published_at),
        "observed_at": when(event.observed_at),
        "geometry": plain(event.geometry),
        "geometry_precision": event.geometry_precision.value,
        "place": cleared_or_none("place", event.place),
        "road_name": cleared_or_none("road_name", event.road_name),
        "direction": cleared_or_none("direction", event.direction),
        "district_codes": [code("district_codes", name) for name in event.district_codes],
        "size_class": event.size_class,
        "route": _route_out(event.route),
        "effects": [_effect_out(effect) for effect in event.effects],
        "attribution": cleared_or_none("attribution", event.attribution),
    }
    # As for checkpoints: what was kept before these fields existed keeps its hash.
    march = event.march_status.value if event.march_status else None
    later = {"march_status": march, "embargo_until": when(event.embargo_until)}
    return told | {name: value for name, value in later.items() if value is not None}


def snapshot_to_event(content: dict[str, Any]) -> Event:
    """Return the event that a kept snapshot holds, its texts marked as cleared."""
    return Event(
        source_id=content["source_id"],
        external_id=Cleared(content["external_id"]),
        organisation=content["organisation"],
        category=content["category"],
        headline=Cleared(content["headline"]),
        validity=_validity_in(content["validity"]),
        audience=read_audience(content["audience"]),
        severity=_SEVERITY[content["severity"]],
        situation_id=text_or_none(content["situation_id"]),
        version=text_or_none(content["version"]),
        source_code=text_or_none(content["source_code"]),
        description=text_or_none(content["description"]),
        instruction=text_or_none(content["instruction"]),
        language=content["language"],
        urgency=_URGENCY[content["urgency"]],
        certainty=_CERTAINTY[content["certainty"]],
        status=StoredStatus(content["status"]) if content["status"] else None,
        march_status=MarchStatus(content["march_status"]) if content.get("march_status") else None,
        information_status=_INFORMATION[content["information_status"]],
        detection_mode=_DETECTION[content["detection_mode"]],
        is_start_verified=content["is_start_verified"],
        is_end_verified=content["is_end_verified"],
        published_at=moment(content["published_at"]),
        observed_at=moment(content["observed_at"]),
        geometry=content["geometry"],
        geometry_precision=_PRECISION[content["geometry_precision"]],
        place=text_or_none(content["place"]),
        road_name=text_or_none(content["road_name"]),
        direction=text_or_none(content["direction"]),
        district_codes=tuple(content["district_codes"]),
        size_class=content["size_class"],
        route=_route_in(content["route"]),
        effects=tuple(_effect_in(effect) for effect in content["effects"]),
        attribution=text_or_none(content["attribution"]),
        embargo_until=moment(content.get("embargo_until")),
    )


def _validity_out(validity: Validity) -> dict[str, Any]:
    return {
        "start": when(validity.start),
        "end": when(validity.end),
        "periods": [_period_out(period) for period in validity.periods],
        "exceptions": [_period_out(period) for period in validity.exceptions],
        "recurrences": [
            {
                "start_time": recurrence.start_time.isoformat(),
                "end_time": recurrence.end_time.isoformat(),
                "timezone": recurrence.timezone,
                "weekdays": sorted(recurrence.weekdays),
                "months": sorted(recurrence.months),
            }
            for recurrence in validity.recurrences
        ],
    }


def _validity_in(content: dict[str, Any]) -> Validity:
    if not (content["periods"] or content["exceptions"] or content["recurrences"]):
        return Validity(start=moment(content["start"]), end=moment(content["end"]))
    return Validity(
        start=moment(content["start"]),
        end=moment(content["end"]),
        periods=tuple(_period_in(period) for period in content["periods"]),
        exceptions=tuple(_period_in(period) for period in content["exceptions"]),
        recurrences=tuple(
            Recurrence(
                start_time=time.fromisoformat(recurrence["start_time"]),
                end_time=time.fromisoformat(recurrence["end_time"]),
                timezone=recurrence["timezone"],
                weekdays=frozenset(recurrence["weekdays"]),
                months=frozenset(recurrence["months"]),
            )
            for recurrence in content["recurrences"]
        ),
    )


def _period_out(period: Period) -> list[str | None]:
    return [when(period.start), when(period.end)]


def _period_in(bounds: list[str | None]) -> Period:
    start = moment(bounds[0])
    assert start is not None
    return Period(start, moment(bounds[1]))


def _route_out(route: Route | None) -> list[dict[str, Any]] | None:
    if route is None:
        return None
    return [_checkpoint_out(point) for point in route.checkpoints]


def _checkpoint_out(point: Checkpoint) -> dict[str, Any]:
    told = {
        "label": cleared("route.checkpoints.label", point.label),
        "kind": point.kind.value,
        "chainage_m": point.chainage_m,
        "position": list(point.position) if point.position else None,
        "planned_at": when(point.planned_at),
        "observed_at": when(point.observed_at),
    }
    # Left out when nothing is told: what was kept before these fields existed keeps its hash.
    later = {
        "halt_min": point.halt_min,
        "tolerance_min": point.tolerance_min,
        "tail_observed_at": when(point.tail_observed_at),
    }
    return told | {name: value for name, value in later.items() if value is not None}


def _route_in(content: list[dict[str, Any]] | None) -> Route | None:
    if content is None:
        return None
    return Route(
        checkpoints=tuple(
            Checkpoint(
                label=Cleared(point["label"]),
                kind=CheckpointKind(point["kind"]),
                chainage_m=point["chainage_m"],
                position=(point["position"][0], point["position"][1]) if point["position"] else None,
                planned_at=moment(point["planned_at"]),
                observed_at=moment(point["observed_at"]),
                halt_min=point.get("halt_min"),
                tolerance_min=point.get("tolerance_min"),
                tail_observed_at=moment(point.get("tail_observed_at")),
            )
            for point in content
        )
    )


def _effect_out(effect: Effect) -> dict[str, Any]:
    return {
        "text": cleared("effects.text", effect.text),
        "axis_id": code_or_none("effects.axis_id", effect.axis_id),
        "state": effect.state.value if effect.state else None,
    }


def _effect_in(content: dict[str, Any]) -> Effect:
    return Effect(
        text=Cleared(content["text"]),
        axis_id=content["axis_id"],
        state=TrafficState(content["state"]) if content["state"] else None,
    )
