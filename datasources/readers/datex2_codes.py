"""What the codes of DATEX II mean here: the taxonomy's own table first, then what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from events.taxonomy import UNKNOWN_CATEGORY, document
from events.vocabulary import Certainty, InformationStatus, Severity

SEVERITIES = {
    "highest": Severity.CRITICAL,
    "high": Severity.MAJOR,
    "medium": Severity.MODERATE,
    "low": Severity.MINOR,
    "lowest": Severity.INFORMATION,
    "none": Severity.INFORMATION,
}
# Looked up once: a member of an enumeration is found through its class each time it is named.
NO_CERTAINTY = Certainty.UNKNOWN
REAL = InformationStatus.REAL
CERTAINTIES = {"certain": Certainty.OBSERVED, "probable": Certainty.LIKELY, "riskOf": Certainty.POSSIBLE}
EXERCISES = {
    "securityExercise": InformationStatus.EXERCISE,
    "technicalExercise": InformationStatus.EXERCISE,
}
PUBLIC_COMMENTS = frozenset({"", "description", "warning", "other"})
DIRECTIONS = {
    "bothWays": "deux sens",
    "allDirections": "tous sens",
    "northBound": "vers le nord",
    "northEastBound": "vers le nord-est",
    "eastBound": "vers l’est",
    "southEastBound": "vers le sud-est",
    "southBound": "vers le sud",
    "southWestBound": "vers le sud-ouest",
    "westBound": "vers l’ouest",
    "northWestBound": "vers le nord-ouest",
    "clockwise": "sens horaire",
    "anticlockwise": "sens antihoraire",
    "inboundTowardsTown": "vers le centre",
    "outboundFromTown": "depuis le centre",
}
# A road that nothing passes; FEEDS 1: `medium` hides many of them.
BLOCKED = frozenset({"roadBlocked", "carriagewayBlocked"})
CLOSURES = frozenset({"roadClosed", "carriagewayClosures", "closedPermanentlyForTheWinter", "overnightClosures"})
# Records that say what an operator does about a cause: their cause may say more than they do (Spain's roadworks).
MANAGEMENT = frozenset(
    {
        "RoadOrCarriagewayOrLaneManagement",
        "NetworkManagement",
        "GeneralNetworkManagement",
        "GeneralInstructionToRoadUsers",
        "GeneralInstructionOrMessageToRoadUsers",
        "SpeedManagement",
        "ReroutingManagement",
        "WinterDrivingManagement",
        "OperatorAction",
        "GenericSituationRecord",
    }
)
_BY_TYPE = {
    "Accident": "accident",
    "MaintenanceWorks": "chantier",
    "ConstructionWorks": "chantier",
    "VehicleObstruction": "panne",
    "GeneralObstruction": "obstacle",
    "EnvironmentalObstruction": "obstacle",
    "AnimalPresenceObstruction": "obstacle",
    "InfrastructureDamageObstruction": "obstacle",
    "NonWeatherRelatedRoadConditions": "obstacle",
    "WeatherRelatedRoadConditions": "obstacle",
    "AbnormalTraffic": "congestion",
    "CarParks": "parking",
    "RoadOrCarriagewayOrLaneManagement": "restriction",
    "NetworkManagement": "restriction",
    "GeneralNetworkManagement": "restriction",
    "SpeedManagement": "restriction",
    "ReroutingManagement": "restriction",
    "WinterDrivingManagement": "restriction",
}
_BY_CODE = {
    ("RoadOrCarriagewayOrLaneManagement", "closedPermanentlyForTheWinter"): "fermeture",
    ("VehicleObstruction", "vehicleOnFire"): "incendie",
    ("AbnormalTraffic", "slowTraffic"): "congestion",
    ("PublicEvent", "musicFestival"): "spectacle",
    ("PublicEvent", "sportsMeeting"): "match",
    ("DisturbanceActivity", "publicDisturbance"): "rassemblement",
    ("AuthorityOperation", "policeInvestigation"): "operation_police",
    ("AuthorityOperation", "policeOperation"): "operation_police",
    ("PoorEnvironmentConditions", "stormForceWinds"): "vent",
    ("PoorEnvironmentConditions", "hurricaneForceWinds"): "vent",
}
_BY_CAUSE = {
    "accident": "accident",
    "roadMaintenance": "chantier",
    "roadworks": "chantier",
    "constructionWork": "chantier",
    "vehicleObstruction": "panne",
    "obstruction": "obstacle",
    "congestion": "congestion",
    "abnormalTraffic": "congestion",
    "earlierAccident": "accident",
}
# TransitInformation has one list of codes for every mode: the mode decides.
_BY_TRANSIT = {
    "undergroundMetro": "metro",
    "metro": "metro",
    "tram": "tram",
    "bus": "bus",
    "rail": "train",
    "train": "train",
    "ferry": "navette",
    "hydrofoil": "navette",
}
_TRANSIT = "TransitInformation"


@cache
def _by_code() -> dict[tuple[str, str], str]:
    table = dict(_BY_CODE)
    for row in document()["categories"]:
        for part in str(row["datex2"]).split(";"):
            kind, _, codes = part.strip().partition(":")
            if kind != _TRANSIT:
                table.update({(kind, code.strip()): str(row["id"]) for code in codes.split(",") if code.strip()})
    return table


def category_of(kind: str, codes: Sequence[str], causes: Sequence[str], journeys: Sequence[str]) -> str:
    """Return the category of a record: its code, else its cause when it only manages one, else its type."""
    if kind == _TRANSIT:
        return next((_BY_TRANSIT[mode] for mode in journeys if mode in _BY_TRANSIT), UNKNOWN_CATEGORY)
    by_code = next((found for code in codes if (found := _by_code().get((kind, code)))), None)
    if kind in MANAGEMENT and not (by_code and CLOSURES.intersection(codes)):
        by_cause = next((_BY_CAUSE[cause] for cause in causes if cause in _BY_CAUSE), None)
        if by_cause:
            return by_cause
    return by_code or _BY_TYPE.get(kind, UNKNOWN_CATEGORY)


def source_code_of(kind: str, codes: Sequence[str]) -> str:
    """Return the publisher's own words for what the record is, in the form of the taxonomy."""
    return f"{kind}: {codes[0]}" if codes else kind
