"""Events as DATEX II v2 in the shape of Bison Futé's national snapshot.

A SOAP 1.2 envelope; `d2LogicalModel` in no namespace, its children in `ns2:`, `feedType` re-declaring the default
one; in a linear location `to` comes before `from`; consequences are further records of the same situation.
"""

from __future__ import annotations

from collections.abc import Sequence

from demo.desk import Desk
from demo.formats.markup import DECLARATION, element, leaf, multilingual
from demo.formats.situations import RECORD_TYPES, SEVERITIES, RecordType, ends, positions, validity
from demo.happening import Happening

MEDIA_TYPE = "application/xml"
NAMESPACE = "http://datex2.eu/schema/2/2_0"
_P = "ns2:"
_LANES = RecordType("RoadOrCarriagewayOrLaneManagement", "roadOrCarriagewayOrLaneManagementType", "laneClosures", True)
_LANES_SEVERITY = 1
_CENTRE = "Centre d'ingénierie fictif, district urbain"


def write_snapshot(desk: Desk, happenings: Sequence[Happening]) -> bytes:
    """Return the whole snapshot as the road operator publishes it at this minute."""
    last = len(happenings) - 1
    situations = [
        _situation(desk, happening, is_poisoned=desk.is_poisoned and index == last)
        for index, happening in enumerate(happenings)
    ]
    creator = leaf(f"{_P}country", "fr") + leaf(f"{_P}nationalIdentifier", "Tipi")
    publication = element(
        f"{_P}payloadPublication",
        f'<feedType xmlns="{NAMESPACE}">demonstration</feedType>',
        leaf(f"{_P}publicationTime", desk.now_iso()),
        element(f"{_P}publicationCreator", creator),
        *situations,
        **{"xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "xsi_type": f"{_P}SituationPublication"},
        lang="fr",
    )
    model = element(
        "d2LogicalModel",
        element(f"{_P}exchange", element(f"{_P}supplierIdentification", creator), _subscription(desk)),
        publication,
        **{"xmlns:ns2": NAMESPACE},
        modelBaseVersion="2",
    )
    envelope = element(
        "soap:Envelope",
        element("soap:Body", model),
        **{"xmlns:soap": "http://www.w3.org/2003/05/soap-envelope"},
    )
    return (DECLARATION + envelope).encode()


def _subscription(desk: Desk) -> str:
    return element(
        f"{_P}subscription",
        leaf(f"{_P}operatingMode", "operatingMode3"),
        leaf(f"{_P}subscriptionStartTime", desk.now_iso()),
        leaf(f"{_P}subscriptionState", "active"),
        leaf(f"{_P}updateMethod", "snapshot"),
        element(f"{_P}target", element(f"{_P}address"), element(f"{_P}protocol")),
    )


def _situation(desk: Desk, happening: Happening, *, is_poisoned: bool) -> str:
    reference = desk.reference(happening.id)
    records = [_record(desk, happening, RECORD_TYPES[happening.category], 1, is_poisoned=is_poisoned)]
    if happening.lanes:
        records.append(_record(desk, happening, _LANES, 2, is_poisoned=is_poisoned))
    return element(
        f"{_P}situation",
        leaf(f"{_P}overallSeverity", SEVERITIES[happening.severity]),
        leaf(f"{_P}situationVersionTime", desk.iso(happening.updated)),
        element(
            f"{_P}headerInformation",
            leaf(f"{_P}confidentiality", "noRestriction"),
            leaf(f"{_P}informationStatus", "real"),
        ),
        *records,
        id=reference,
        version=str(happening.version),
    )


def _record(desk: Desk, happening: Happening, kind: RecordType, number: int, *, is_poisoned: bool) -> str:
    published = desk.iso(min(happening.start, happening.updated))
    return element(
        f"{_P}situationRecord",
        leaf(f"{_P}situationRecordCreationTime", published),
        leaf(f"{_P}situationRecordObservationTime", published),
        leaf(f"{_P}situationRecordVersionTime", desk.iso(happening.updated)),
        leaf(f"{_P}situationRecordFirstSupplierVersionTime", published),
        leaf(f"{_P}probabilityOfOccurrence", "probable" if happening.start > desk.minute else "certain"),
        leaf(f"{_P}severity", SEVERITIES[_LANES_SEVERITY]) if kind is _LANES else "",
        _origin(),
        element(f"{_P}validity", validity(desk, happening, _P, is_poisoned=is_poisoned)),
        _impact(happening, kind),
        *_comments(desk, happening),
        _place(desk, happening),
        leaf(f"{_P}complianceOption", "mandatory") if kind.is_operator_action else "",
        leaf(f"{_P}{kind.subtype}", kind.value),
        xsi_type=f"{_P}{kind.name}",
        id=f"{desk.reference(happening.id)}-{number}",
        version=str(happening.version),
    )


def _origin() -> str:
    return element(
        f"{_P}source",
        leaf(f"{_P}sourceIdentification", "Direction des routes (démonstration)"),
        element(f"{_P}sourceName", multilingual(_P, _CENTRE)),
        leaf(f"{_P}reliable", "true"),
    )


def _impact(happening: Happening, kind: RecordType) -> str:
    if kind is _LANES:
        return element(f"{_P}impact", leaf(f"{_P}numberOfLanesRestricted", happening.lanes))
    if kind.value == "overnightClosures":
        return element(f"{_P}impact", leaf(f"{_P}trafficConstrictionType", "roadBlocked"))
    return ""


def _comments(desk: Desk, happening: Happening) -> list[str]:
    notes = [
        ("description", desk.text(happening, "description", happening.description)),
        ("locationDescriptor", desk.text(happening, "place", happening.place)),
        ("internalNote", desk.canaries.contact(desk.source, happening.id, "internal") or ""),
    ]
    return [
        element(
            f"{_P}generalPublicComment",
            element(f"{_P}comment", multilingual(_P, text)),
            leaf(f"{_P}commentType", kind),
        )
        for kind, text in notes
        if text
    ]


def _place(desk: Desk, happening: Happening) -> str:
    road = desk.text(happening, "road", happening.road)
    if len(positions(happening)) == 1:
        point = element(
            f"{_P}tpegPointLocation",
            leaf(f"{_P}tpegDirection", "bothWays"),
            leaf(f"{_P}tpegSimplePointLocationType", "nonLinkedPoint"),
            _tpeg(f"{_P}point", positions(happening)[0], road),
            xsi_type=f"{_P}TpegSimplePoint",
        )
        return element(f"{_P}groupOfLocations", point, xsi_type=f"{_P}Point")
    first, last = ends(happening)
    line = element(
        f"{_P}tpegLinearLocation",
        leaf(f"{_P}tpegDirection", "bothWays"),
        leaf(f"{_P}tpegLinearLocationType", "segment"),
        _tpeg(f"{_P}to", last, road),
        _tpeg(f"{_P}from", first, road),
    )
    return element(f"{_P}groupOfLocations", line, xsi_type=f"{_P}Linear")


def _tpeg(name: str, position: Sequence[float], road: str) -> str:
    return element(
        name,
        element(
            f"{_P}pointCoordinates",
            leaf(f"{_P}latitude", position[1]),
            leaf(f"{_P}longitude", position[0]),
        ),
        _name("Marseille", "townName"),
        _name(road, "linkName"),
        xsi_type=f"{_P}TpegNonJunctionPoint",
    )


def _name(text: str, kind: str) -> str:
    return element(
        f"{_P}name",
        element(f"{_P}descriptor", multilingual(_P, text)),
        leaf(f"{_P}tpegOtherPointDescriptorType", kind),
    )
