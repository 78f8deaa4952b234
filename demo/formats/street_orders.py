"""Events as DATEX II v3: a `d2:payload`, one record a situation, lines as GML (latitude first)."""

from __future__ import annotations

from collections.abc import Sequence

from demo.desk import Desk
from demo.formats.markup import DECLARATION, element, leaf, multilingual
from demo.formats.situations import RECORD_TYPES, SEVERITIES, positions, validity
from demo.happening import Happening

MEDIA_TYPE = "application/xml"
_NAMESPACES = {
    "xmlns:d2": "http://datex2.eu/schema/3/d2Payload",
    "xmlns:com": "http://datex2.eu/schema/3/common",
    "xmlns:loc": "http://datex2.eu/schema/3/locationReferencing",
    "xmlns:sit": "http://datex2.eu/schema/3/situation",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


def write_payload(desk: Desk, happenings: Sequence[Happening]) -> bytes:
    """Return the whole publication as the street department makes it at this minute."""
    last = len(happenings) - 1
    situations = [
        _situation(desk, happening, is_poisoned=desk.is_poisoned and index == last)
        for index, happening in enumerate(happenings)
    ]
    payload = element(
        "d2:payload",
        leaf("com:publicationTime", desk.now_iso()),
        element(
            "com:publicationCreator",
            leaf("com:country", "fr"),
            leaf("com:nationalIdentifier", "VOIRIE-DEMO"),
        ),
        *situations,
        **_NAMESPACES,
        lang="fr",
        xsi_type="sit:SituationPublication",
        modelBaseVersion="3",
    )
    return (DECLARATION + payload).encode()


def _situation(desk: Desk, happening: Happening, *, is_poisoned: bool) -> str:
    return element(
        "sit:situation",
        leaf("sit:overallSeverity", SEVERITIES[happening.severity]),
        leaf("sit:situationVersionTime", desk.iso(happening.updated)),
        element(
            "sit:headerInformation",
            leaf("com:confidentiality", "noRestriction"),
            leaf("com:informationStatus", "real"),
        ),
        _record(desk, happening, is_poisoned=is_poisoned),
        id=desk.reference(happening.id),
    )


def _record(desk: Desk, happening: Happening, *, is_poisoned: bool) -> str:
    kind = RECORD_TYPES[happening.category]
    return element(
        "sit:situationRecord",
        leaf("sit:situationRecordCreationTime", desk.iso(min(happening.start, happening.updated))),
        leaf("sit:situationRecordVersionTime", desk.iso(happening.updated)),
        leaf("sit:probabilityOfOccurrence", "certain"),
        leaf("sit:severity", SEVERITIES[happening.severity]),
        element(
            "sit:source",
            leaf("com:sourceCountry", "fr"),
            leaf("com:sourceIdentification", "Service voirie (démonstration)"),
            leaf("com:sourceType", "roadAuthorities"),
        ),
        element("sit:validity", validity(desk, happening, "com:", is_poisoned=is_poisoned)),
        element("sit:impact", leaf("sit:trafficConstrictionType", "roadBlocked")) if happening.closes else "",
        *_comments(desk, happening),
        _place(desk, happening),
        leaf("sit:complianceOption", "mandatory") if kind.is_operator_action else "",
        leaf(f"sit:{kind.subtype}", kind.value),
        xsi_type=f"sit:{kind.name}",
        id=f"{desk.reference(happening.id)}-1",
        version=str(happening.version),
    )


def _comments(desk: Desk, happening: Happening) -> list[str]:
    description = desk.text(happening, "description", happening.description)
    internal = desk.canaries.contact(desk.source, happening.id, "internal")
    written = []
    if description:
        written.append(("sit:generalPublicComment", description))
    if internal:
        written.append(("sit:nonGeneralPublicComment", internal))
    return [
        element(name, element("sit:comment", multilingual("com:", text)), leaf("sit:commentType", "description"))
        for name, text in written
    ]


def _place(desk: Desk, happening: Happening) -> str:
    line = positions(happening)
    described = element(
        "loc:supplementaryPositionalDescription",
        element("loc:locationDescription", multilingual("com:", desk.text(happening, "place", happening.place))),
        element("loc:roadInformation", leaf("loc:roadName", desk.text(happening, "road", happening.road))),
    )
    if len(line) == 1:
        point = element("loc:pointCoordinates", leaf("loc:latitude", line[0][1]), leaf("loc:longitude", line[0][0]))
        return element(
            "sit:locationReference",
            described,
            element("loc:pointByCoordinates", point),
            xsi_type="loc:PointLocation",
        )
    listed = " ".join(f"{lat} {lon}" for lon, lat in line)
    return element(
        "sit:locationReference",
        described,
        element("loc:gmlLineString", leaf("loc:posList", listed), srsName="urn:ogc:def:crs:EPSG::4326"),
        xsi_type="loc:LinearLocation",
    )
