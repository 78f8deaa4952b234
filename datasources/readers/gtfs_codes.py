"""What the codes of GTFS and GTFS-Realtime mean here: mode and cause to category, level and effect to severity."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.unknown_fields import UnknownFieldSet
from google.transit import gtfs_realtime_pb2 as realtime

from events.taxonomy import UNKNOWN_CATEGORY, category
from events.vocabulary import Severity

Alert = realtime.Alert

# The basic modes, then the hundreds of the extended ones that agencies use in their place.
_MODES = {0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "navette", 5: "tram", 11: "bus", 12: "metro"}
_EXTENDED = {1: "train", 2: "bus", 4: "metro", 7: "bus", 8: "bus", 9: "tram", 10: "navette", 12: "navette"}
# The design's note on buses: an alert that names no mode and moves a stop or a way is one of theirs.
_ROAD_EFFECTS = frozenset({Alert.DETOUR, Alert.STOP_MOVED})
_NO_HINDRANCE = frozenset({Alert.NO_EFFECT, Alert.ADDITIONAL_SERVICE})
_LIGHT = frozenset({Alert.DETOUR, Alert.MODIFIED_SERVICE, Alert.STOP_MOVED, Alert.ACCESSIBILITY_ISSUE})
_CAUSE_FIELD, _EFFECT_FIELD = 6, 7
_MOST_UNKNOWN_BYTES = 512  # a hostile alert is all unknown fields


def mode_of(route_type: int) -> str | None:
    """Return the category of a GTFS `route_type`, basic or extended; None for a mode we have no category for."""
    return _MODES.get(route_type) if route_type < 100 else _EXTENDED.get(route_type // 100)


def category_of(alert: realtime.Alert, route_types: Iterable[int], usual: str | None) -> str:
    """Return the category: a strike is one whatever it stops; else the first mode known, else the source's usual one."""
    if alert.cause == Alert.STRIKE:
        return "greve"
    mode = next((mode for number in route_types if (mode := mode_of(number)) is not None), usual)
    if mode is None and alert.effect in _ROAD_EFFECTS:
        return "bus"
    return mode or UNKNOWN_CATEGORY


def severity_of(alert: realtime.Alert, category_id: str) -> Severity:
    """Return the severity: the publisher's level; without one, what the effect leaves of the category's usual one."""
    is_harmless = alert.effect in _NO_HINDRANCE
    if alert.severity_level == Alert.SEVERE:
        return Severity.MAJOR
    if alert.severity_level == Alert.WARNING:
        return Severity.MODERATE
    if alert.severity_level == Alert.INFO:
        return Severity.INFORMATION if is_harmless else Severity.MINOR
    usual = category(category_id).default_severity
    if is_harmless:
        return Severity.INFORMATION
    if alert.effect == Alert.NO_SERVICE:
        return usual
    return min(usual, Severity.MINOR if alert.effect in _LIGHT else Severity.MODERATE)


def source_code_of(alert: realtime.Alert) -> str:
    """Return `cause: effect` in the publisher's words; a value the classes do not know yet is its number."""
    unknown = _unknown_numbers(alert)
    cause = unknown.get(_CAUSE_FIELD) or Alert.Cause.Name(alert.cause)
    effect = unknown.get(_EFFECT_FIELD) or Alert.Effect.Name(alert.effect)
    return f"{cause}: {effect}"


def _unknown_numbers(alert: realtime.Alert) -> dict[int, str]:
    """Return the whole numbers of fields whose value the classes refuse, by field; none when they are suspiciously many."""
    if alert.HasField("cause") and alert.HasField("effect"):
        return {}
    known = realtime.Alert()
    known.CopyFrom(alert)
    known.DiscardUnknownFields()
    if not 0 < alert.ByteSize() - known.ByteSize() <= _MOST_UNKNOWN_BYTES:
        return {}
    return {one.field_number: str(one.data) for one in UnknownFieldSet(alert) if isinstance(one.data, int)}
