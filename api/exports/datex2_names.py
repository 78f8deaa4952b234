"""Namespaces and codes of DATEX II version 3 as our categories are written in them."""

from __future__ import annotations

from functools import cache

from api.exports.xml import Element, maker
from events.taxonomy import document
from events.vocabulary import Certainty, Severity

D2 = "http://datex2.eu/schema/3/d2Payload"
COM = "http://datex2.eu/schema/3/common"
SIT = "http://datex2.eu/schema/3/situation"
LOC = "http://datex2.eu/schema/3/locationReferencing"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE = f"{{{XSI}}}type"
_SPACES: dict[str | None, str] = {"d2": D2, "com": COM, "sit": SIT, "loc": LOC, "xsi": XSI}
D, C, S, L = (maker(space, _SPACES) for space in (D2, COM, SIT, LOC))

SEVERITIES = {
    Severity.CRITICAL: "highest",
    Severity.MAJOR: "high",
    Severity.MODERATE: "medium",
    Severity.MINOR: "low",
    Severity.INFORMATION: "lowest",
}
# Mandatory there: what nobody qualified is told as probable, never as certain.
PROBABILITIES = {Certainty.OBSERVED: "certain", Certainty.POSSIBLE: "riskOf", Certainty.UNLIKELY: "riskOf"}
PROBABLE = "probable"
_CODE_ELEMENTS = {
    "AbnormalTraffic": "abnormalTrafficType",
    "Accident": "accidentType",
    "AuthorityOperation": "authorityOperationType",
    "ConstructionWorks": "constructionWorkType",
    "DisturbanceActivity": "disturbanceActivityType",
    "EnvironmentalObstruction": "environmentalObstructionType",
    "GeneralObstruction": "obstructionType",
    "InfrastructureDamageObstruction": "infrastructureDamageType",
    "MaintenanceWorks": "roadMaintenanceType",
    "PoorEnvironmentConditions": "poorEnvironmentType",
    "PublicEvent": "publicEventType",
    "RoadOrCarriagewayOrLaneManagement": "roadOrCarriagewayOrLaneManagementType",
    "ServiceDisruption": "serviceDisruptionType",
    "TransitInformation": "transitServiceInformation",
    "VehicleObstruction": "vehicleObstructionType",
}
_GENERIC = "GenericSituationRecord"
_MODES = {"metro": "undergroundMetro", "tram": "tram", "bus": "bus", "train": "rail", "navette": "ferry"}


def texts(text: str, language: str) -> Element:
    """Return a multilingual text of one language."""
    return C.values(C.value(text, lang=language))


def type_of(category: str) -> str:
    """Return the type of record a category is."""
    return _codes().get(category, (_GENERIC, ""))[0]


def details_of(category: str, name: str) -> list[Element]:
    """Return what a record of a category says after its place: its code, and what its type requires besides."""
    kind, code = _codes().get(category, (_GENERIC, ""))
    if kind not in _CODE_ELEMENTS or not code:
        return [S.genericSituationRecordName(name)]
    told = [S.complianceOption("mandatory")] if kind == "RoadOrCarriagewayOrLaneManagement" else []
    told.append(S(_CODE_ELEMENTS[kind], code))
    if kind == "TransitInformation":
        told.append(S.transitServiceType(_MODES[category]))
    return told


@cache
def _codes() -> dict[str, tuple[str, str]]:
    """Return category -> type and code: the first of the taxonomy's table."""
    table: dict[str, tuple[str, str]] = {}
    for row in document()["categories"]:
        kind, _, codes = str(row["datex2"]).partition(";")[0].partition(":")
        table[str(row["id"])] = kind.strip(), codes.partition(",")[0].strip()
    return table
