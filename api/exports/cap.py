"""Warnings in CAP 1.2: a message for each event that warns people of a danger, and an Atom feed that lists them.

The first version of an event is an Alert, a later one an Update that names all the messages before it, the end of a
cancelled one a Cancel. A demonstration's messages have the status Exercise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from api.exports.atom import A, feed_head
from api.exports.setting import Setting
from api.exports.xml import Element, document, maker, wrapped
from events.audience import AudienceLevel
from events.city import METRES_PER_DEGREE
from events.taxonomy import document as taxonomy
from events.validity import Period
from events.vocabulary import InformationStatus, Severity, StoredStatus, Urgency
from store.kept import KeptEvent, KeptVersion

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
X = maker(CAP, {None: CAP})
WARNING_FAMILIES = ("secu", "risq")
LEAST = Severity.MODERATE
_SEVERITIES = {
    Severity.CRITICAL: "Extreme",
    Severity.MAJOR: "Severe",
    Severity.MODERATE: "Moderate",
    Severity.MINOR: "Minor",
}
_SCOPES = {AudienceLevel.PUBLIC: "Public", AudienceLevel.PARTNERS: "Restricted", AudienceLevel.LISTED: "Private"}
_MAX_INFOS = 20  # of one message: later periods of a warning that repeats come with its next version
_LINE_M = 15.0  # the format has no line: a road is its surface


def is_warning(kept: KeptEvent) -> bool:
    """Tell whether an event goes out as a warning: a danger that is at least moderate, not a draft."""
    told = kept.event
    is_danger = taxonomy_row(told.category).get("family") in WARNING_FAMILIES
    return is_danger and told.severity >= LEAST and told.status is not StoredStatus.DRAFT


def taxonomy_row(category: str) -> dict[str, object]:
    """Return what the taxonomy says of a category, empty for an unknown one."""
    return next((row for row in taxonomy()["categories"] if row["id"] == category), {})


def write_index(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield an Atom feed with one entry for each warning, which links to its message."""
    return wrapped(
        feed_head(setting, setting.heading()), (_entry(kept, setting) for kept in events if is_warning(kept))
    )


def _entry(kept: KeptEvent, setting: Setting) -> Element:
    return A.entry(
        A.id(f"urn:uuid:{kept.id}"),
        A.title(setting.title(kept)),
        A.updated(setting.local(kept.changed_at) or ""),
        A.link(rel="alternate", href=f"{setting.origin}/api/exports/warnings/{kept.id}.xml", type=MEDIA_TYPE),
        A.summary(setting.category(kept)),
    )


def message(kept: KeptEvent, earlier: Sequence[KeptVersion], setting: Setting) -> bytes:
    """Return the message of a warning; `earlier` are the versions before the present one that the viewer may see."""
    told = kept.event
    is_real = told.information_status is InformationStatus.REAL and not setting.is_demo
    is_over = told.status is StoredStatus.CANCELLED or kept.withdrawn_at is not None
    kind = ("Cancel" if is_over else "Update") if earlier else "Alert"
    alert = X.alert(
        X.identifier(_name(kept.id, kept.version)),
        X.sender(setting.city_id),
        X.sent(setting.local(kept.changed_at) or ""),
        X.status("Actual" if is_real else "Exercise"),
        X.msgType(kind),
        X.scope(_SCOPES[told.audience.level]),
    )
    if told.audience.level is AudienceLevel.PARTNERS:
        alert.append(X.restriction(setting.words("export.partners_only")))
    if told.audience.level is AudienceLevel.LISTED:
        alert.append(X.addresses(" ".join(sorted(told.audience.organisations))))
    if setting.is_demo:
        alert.append(X.note(setting.words("export.demo")))
    if earlier:
        named = (f"{setting.city_id},{_name(kept.id, one.version)},{setting.local(one.recorded_at)}" for one in earlier)
        alert.append(X.references(" ".join(named)))
    for period in (kept.periods or (Period(told.validity.start or kept.recorded_at, told.validity.end),))[:_MAX_INFOS]:
        alert.append(_info(kept, period, setting))
    return document(alert)


def _name(event_id: str, version: int) -> str:
    return f"{event_id}.{version}"


def _info(kept: KeptEvent, period: Period, setting: Setting) -> Element:
    told = kept.event
    urgency = told.urgency if told.urgency is not Urgency.UNKNOWN else _urgency(period, setting.made_at)
    info = X.info(
        X.language("fr-FR" if told.language == "fr" else told.language),
        X.category(str(taxonomy_row(told.category).get("cap") or "Other")),
        X.event(setting.category(kept)),
        X.urgency(urgency.value.capitalize()),
        X.severity(_SEVERITIES[told.severity]),
        X.certainty(told.certainty.value.capitalize()),
        X.onset(setting.local(period.start) or ""),
    )
    if period.end is not None:
        info.append(X.expires(setting.local(period.end) or ""))
    info.append(X.senderName(setting.organisation(kept)))
    info.append(X.headline(setting.title(kept)))
    for name, text in (("description", told.description), ("instruction", told.instruction)):
        if text:
            info.append(X(name, text))
    info.append(X.web(setting.page(kept)))
    info.append(_area(kept, setting))
    return info


def _urgency(period: Period, now: datetime) -> Urgency:
    """Return how soon to act when the publisher does not say: now, later, or no more."""
    if period.contains(now):
        return Urgency.IMMEDIATE
    return Urgency.FUTURE if period.start > now else Urgency.PAST


def _area(kept: KeptEvent, setting: Setting) -> Element:
    told = kept.event
    area = X.area(X.areaDesc(told.place or told.road_name or setting.city_name))
    figure = shape(dict(told.geometry)) if told.geometry is not None else None
    if figure is not None:
        area.extend(_shapes(figure))
    elif setting.insee:
        area.append(X.geocode(X.valueName("INSEE"), X.value(setting.insee)))
    return area


def _shapes(figure: BaseGeometry) -> list[Element]:
    parts = [part for one in shapely.get_parts(figure).tolist() for part in shapely.get_parts(one).tolist()]
    lines = [part.buffer(_LINE_M / METRES_PER_DEGREE) if part.geom_type == "LineString" else part for part in parts]
    rings = [part.exterior.coords for part in lines if part.geom_type == "Polygon"]  # the format has no holes
    points = [part for part in lines if part.geom_type == "Point"]
    return [
        *(X.polygon(" ".join(f"{lat:.6f},{lon:.6f}" for lon, lat, *_ in ring)) for ring in rings),
        *(X.circle(f"{point.y:.6f},{point.x:.6f} 0") for point in points),
    ]
