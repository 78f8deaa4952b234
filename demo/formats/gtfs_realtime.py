"""Disturbances as GTFS-Realtime alerts, the binary form; lines and stops are those of the archive beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as realtime

from demo.desk import Desk
from demo.formats.gtfs_static import AGENCY, ROUTE_TYPES
from demo.happening import Happening
from demo.network import Network

MEDIA_TYPE = "application/x-protobuf"
_LEVELS = ("INFO", "INFO", "WARNING", "SEVERE", "SEVERE")
_EFFECTS = {"metro": "NO_SERVICE", "tram": "NO_SERVICE", "bus": "DETOUR", "navette": "REDUCED_SERVICE"}


def write_alerts(desk: Desk, happenings: Sequence[Happening], network: Network) -> bytes:
    """Return the whole dataset; a broken record says that it ends before it starts."""
    feed = realtime.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.incrementality = realtime.FeedHeader.FULL_DATASET
    feed.header.timestamp = _seconds(desk.now)
    for happening in happenings:
        alert = feed.entity.add(id=desk.reference(happening.id)).alert
        _tell(desk, happening, alert)
        _inform(happening, network, alert)
    if desk.is_poisoned and feed.entity:
        period = feed.entity[-1].alert.active_period[0]
        period.start, period.end = period.end, period.start
    return bytes(feed.SerializeToString())


def _tell(desk: Desk, happening: Happening, alert: realtime.Alert) -> None:
    alert.active_period.add(start=_seconds(desk.wall(happening.start)), end=_seconds(desk.wall(happening.end)))
    is_strike = happening.category == "greve"
    alert.cause = realtime.Alert.Cause.Value("STRIKE" if is_strike else "OTHER_CAUSE")
    alert.effect = realtime.Alert.Effect.Value(_EFFECTS.get(happening.category, "REDUCED_SERVICE"))
    alert.severity_level = realtime.Alert.SeverityLevel.Value(_LEVELS[happening.severity])
    _say(alert.header_text, desk.text(happening, "headline", happening.headline))
    _say(alert.description_text, desk.text(happening, "description", happening.description))
    for number, effect in enumerate(happening.effects):
        _say(alert.effect_detail, desk.text(happening, f"effect{number}", effect.text))
    _say(alert.tts_header_text, desk.canaries.contact(desk.source, happening.id, "contact") or "")


def _inform(happening: Happening, network: Network, alert: realtime.Alert) -> None:
    selectors = network.informed.get(happening.id, ())
    for one in selectors:
        alert.informed_entity.add(
            agency_id=AGENCY, route_id=one.line.id, route_type=ROUTE_TYPES[one.line.kind], stop_id=one.stop
        )
    if not selectors:
        alert.informed_entity.add(agency_id=AGENCY)


def _say(field: realtime.TranslatedString, text: str) -> None:
    if text:
        field.translation.add(text=text, language="fr")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
